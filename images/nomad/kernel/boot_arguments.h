// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// /chosen/bootargs: words separated by blanks, each NAME=VALUE; a value with blanks is put in double quotes.
//   ip=A.B.C.D  mask=A.B.C.D  gw=A.B.C.D   own address (default 10.0.2.15, 255.255.255.0, 10.0.2.2)
//   run="PROGRAM [ARGUMENTS];PROGRAM ..."  started in the background at boot (default "rmcd;netd")
// Unknown names are ignored, so that a tree made for another system does not stop the boot.
#include "lib/types.h"

namespace nomad::boot_arguments {

const char* whole();
bool value(const char* name, char* buffer, u64 size);
u32 address(const char* name, u32 otherwise);  // dotted IPv4

}  // namespace nomad::boot_arguments

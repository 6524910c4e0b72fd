// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The files of a lab's LUNs, and of disks in physical slots that begin as a copy, before anybody opens them.

#include "emu/app/labs.h"

namespace emu::app {

// Makes those that are the lab's own and not there yet. What is there stays as it is: a file that is no disk, too short, or somebody
// else's and not known as a disk is an error that begins with file and line of the lab file.
Status provide_luns(const NamedLab&);
// One of them, or one that was made since. (emu/core/san.h)
Status provide_lun(const NamedLab&, const LunConfig&);

}  // namespace emu::app

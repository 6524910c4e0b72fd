// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Of the readers of lab files and of the SAN's file alone: a [[lun]].

#include "emu/core/lab/reading.h"

namespace emu::lab_file {

LunConfig read_lun(Reading&, Once& in_lab, const Lab&, const toml::table&);

}  // namespace emu::lab_file

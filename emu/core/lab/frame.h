// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Of the reader of lab files alone: a [[frame]] and its partitions.

#include "emu/core/lab/reading.h"

namespace emu::lab_file {

// `lab` has its LUNs and segments already. What is wrong is in `reading`; the answer means nothing then.
FrameConfig read_frame(Reading& reading, Once& in_lab, const Lab& lab, const toml::table& table);

}  // namespace emu::lab_file

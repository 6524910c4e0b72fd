// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Of the reader of lab files alone: many frames and partitions that nobody has to write down. Their names, and with them all identities
// that are made of names, are the same each time.

#include <string>

#include "emu/core/types.h"

namespace emu::lab_file {

// [[generate]] of a lab file.
struct Generate {
  std::string prefix = "frame";
  u32 frames = 0;
  u32 partitions = 0;  // of all frames together, spread evenly
  u32 memory_mb = 65536;
  u32 processors = 64;
  u32 desired_mem = 256;
};
inline constexpr u32 most_generated_frames = 1000;
inline constexpr u32 most_generated_partitions = 250;  // of a frame, beside its Virtual I/O Server

// [[frame]] tables, and the [[segment]] that they hang on, as somebody would write them.
std::string generated(const Generate&);

}  // namespace emu::lab_file

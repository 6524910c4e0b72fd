// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Small files in memory: scripts, and what they write. They move with the partition, and are gone when it is off.
#include "lib/abi.h"

namespace nomad::files {

constexpr u32 file_limit = 16;
constexpr u64 file_bytes = 8192;

// Error::no_memory: what does not fit is not written in part.
i64 write(const char* name, const char* bytes, u64 length, bool append);
// From `offset`, at most `size` bytes; how many. Error::no_such_thing: there is no such file.
i64 read(const char* name, u64 offset, char* to, u64 size);
bool exists(const char* name);
i64 remove(const char* name);
bool info(u64 index, FileInfo& info);

}  // namespace nomad::files

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Small files of a lab's own, in its state folder.

#include <optional>
#include <string>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu {

// Nothing if there is no such file; an error if it is there and cannot be read.
Result<std::optional<Bytes>> read_file(const std::string& path);
// As a whole: a reader sees the old content or the new one. On an error the old one stays.
Status replace_file(const std::string& path, std::span<const u8> content);

Status append_to_file(const std::string& path, std::span<const u8> content);

// Of what a file holds: a file that something else has changed is found by it.
u64 checksum(std::span<const u8> content);

}  // namespace emu

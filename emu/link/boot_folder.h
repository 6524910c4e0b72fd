// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The files that are handed out over a network: those of one folder, and of folders inside it. A name with "..", a link, and what is no
// ordinary file is refused, so that nothing leads out.

#include <string>
#include <string_view>

#include "emu/core/descriptor.h"
#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu {

class BootFile {
 public:
  u64 size() const { return size_; }
  // Fewer bytes than the file had when it was opened: it was cut meanwhile, and nothing of it counts.
  Result<Bytes> read(u64 offset, u64 length) const;

 private:
  friend class BootFolder;
  BootFile(Descriptor file, u64 size) : file_(std::move(file)), size_(size) {}
  Descriptor file_;
  u64 size_ = 0;
};

class BootFolder {
 public:
  static constexpr u64 largest_file = GiB;
  explicit BootFolder(std::string path) : path_(std::move(path)) {}
  // Slashes in front of the name mean the folder, as with servers that change their root to it. Errors: "not-found", "access".
  Result<BootFile> open(std::string_view name) const;

 private:
  std::string path_;
};

}  // namespace emu

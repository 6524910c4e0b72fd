// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/boot_folder.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "emu/core/text.h"

namespace emu {

Result<Bytes> BootFile::read(u64 offset, u64 length) const {
  if (offset > size_) return Error{"access", "The file is not so long."};
  Bytes content(std::min(length, size_ - offset));
  size_t got = 0;
  while (got < content.size()) {
    const ssize_t now = pread(file_.number(), content.data() + got, content.size() - got, static_cast<off_t>(offset + got));
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) return Error{"access", "The file cannot be read."};
    got += static_cast<size_t>(now);
  }
  return content;
}

Result<BootFile> BootFolder::open(std::string_view name) const {
  const Error refused{"access", "This name is refused."};
  if (name.find('\0') != name.npos) return refused;
  const std::vector<std::string> parts = words(name, '/');
  if (parts.empty()) return refused;
  if (std::ranges::any_of(parts, [](const std::string& part) { return part == "." || part == ".."; })) return refused;
  Descriptor at(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!at) break;
    // Not waiting: a pipe has no writer.
    const int how = i + 1 < parts.size() ? O_PATH | O_DIRECTORY : O_RDONLY | O_NONBLOCK | O_NOCTTY;
    at = Descriptor(openat(at.number(), parts[i].c_str(), how | O_NOFOLLOW | O_CLOEXEC));
  }
  if (!at) return errno == ENOENT ? Error{"not-found", "There is no such file."} : refused;
  struct stat file {};
  if (fstat(at.number(), &file) != 0 || !S_ISREG(file.st_mode)) return refused;
  const u64 size = static_cast<u64>(file.st_size);
  if (size > largest_file) return refused;
  return BootFile(std::move(at), size);
}

}  // namespace emu

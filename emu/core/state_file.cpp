// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/state_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace emu {

namespace {

Error cannot(const std::string& path, std::string_view what) {
  return {"files", fmt::format("The file {} cannot be {}: {}.", path, what, std::strerror(errno))};
}

bool write_all(int file, std::span<const u8> content) {
  while (!content.empty()) {
    const ssize_t done = write(file, content.data(), content.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    content = content.subspan(static_cast<size_t>(done));
  }
  return true;
}

// Closed in any case; `errno` tells of the first failure.
bool write_and_close(int file, std::span<const u8> content) {
  const bool written = write_all(file, content);
  const int why = errno;
  const bool closed = close(file) == 0;
  if (!written) errno = why;
  return written && closed;
}

}  // namespace

Result<std::optional<Bytes>> read_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return std::optional<Bytes>();
  if (file < 0) return cannot(path, "read");
  Bytes content;
  std::array<u8, 4096> part;
  ssize_t done = 0;
  while ((done = read(file, part.data(), part.size())) != 0) {
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      const Error why = cannot(path, "read");
      close(file);
      return why;
    }
    content.insert(content.end(), part.begin(), part.begin() + done);
  }
  close(file);
  return std::optional<Bytes>(std::move(content));
}

Status replace_file(const std::string& path, std::span<const u8> content) {
  const std::string fresh = path + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return cannot(path, "written");
  if (write_and_close(file, content) && rename(fresh.c_str(), path.c_str()) == 0) return success();
  const Error why = cannot(path, "written");
  unlink(fresh.c_str());
  return why;
}

Status append_to_file(const std::string& path, std::span<const u8> content) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0 || !write_and_close(file, content)) return cannot(path, "written");
  return success();
}

u64 checksum(std::span<const u8> content) {
  u64 sum = 0xCBF2'9CE4'8422'2325;  // FNV-1a
  for (const u8 byte : content) sum = (sum ^ byte) * 0x100'0000'01B3;
  return sum;
}

}  // namespace emu

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/secret.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emu/core/types.h"

namespace emu {

namespace {

constexpr size_t digits = 32;

Result<std::string> read_secret(int file, const std::string& name) {
  struct stat status {};
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077))
    return Error{"secret", fmt::format("{} is not a file of this user alone: stop the lab, then remove it.", name)};
  std::array<char, digits + 1> text{};
  const ssize_t got = read(file, text.data(), text.size());
  const std::string secret(text.data(), digits);
  if (got != digits + 1 || text[digits] != '\n' || secret.find_first_not_of("0123456789abcdef") != std::string::npos)
    return Error{"secret", fmt::format("{} holds no secret of a lab: stop the lab, then remove it.", name)};
  return secret;
}

}  // namespace

Result<std::string> lab_secret(const std::string& file) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    const int there = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (there >= 0) {
      auto secret = read_secret(there, file);
      close(there);
      return secret;
    }
    std::array<u8, digits / 2> random;
    if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) break;
    std::string text;
    for (const u8 byte : random) text += fmt::format("{:02x}", byte);
    text += '\n';
    // Whole or not at all; and if another process was faster, its secret counts.
    const std::string fresh = fmt::format("{}.new-{}", file, getpid());
    unlink(fresh.c_str());
    const int made = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool written = made >= 0 && write(made, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (made >= 0) close(made);
    const bool named = written && (link(fresh.c_str(), file.c_str()) == 0 || errno == EEXIST);
    unlink(fresh.c_str());
    if (!named) break;
  }
  return Error{"secret", fmt::format("The lab's secret cannot be kept in {}.", file)};
}

bool same_secret(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;  // everybody knows how long it is
  unsigned difference = 0;
  for (size_t i = 0; i < one.size(); ++i) difference |= static_cast<unsigned char>(one[i] ^ other[i]);
  return difference == 0;
}

}  // namespace emu

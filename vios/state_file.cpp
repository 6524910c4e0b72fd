// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/state_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace vios {

std::optional<Bytes> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

emu::Status replace_file(const std::string& path, std::span<const u8> content) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(fresh, path, failed);
  if (!file || failed) return emu::Error{"vios", "The file " + path + " cannot be written; the host's disk may be full."};
  return emu::success();
}

emu::Status append_to_file(const std::string& path, std::span<const u8> content) {
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) return emu::Error{"vios", "The file " + path + " cannot be written; the host's disk may be full."};
  return emu::success();
}

}  // namespace vios

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Questions about files that end no process: what the standard library throws at a name of 5000 characters, or at a folder that may
// not be searched, is here the answer no. (tests/paths.cmake refuses the others.)

#include <filesystem>
#include <string>

#include "emu/core/result.h"

namespace emu {

inline bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}
inline bool is_file(const std::filesystem::path& path) {  // follows links
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}
// Absolute and without links, as far as it is there; else as it was given.
inline std::string resolved(const std::filesystem::path& path) {
  std::error_code failed;
  const std::filesystem::path found = std::filesystem::weakly_canonical(path, failed);
  return failed ? path.string() : found.string();
}
inline std::filesystem::path made_absolute(const std::filesystem::path& path) {
  std::error_code failed;
  const std::filesystem::path found = std::filesystem::absolute(path, failed);
  return failed ? path : found;
}
inline std::filesystem::path temporary_folder() {
  std::error_code failed;
  const std::filesystem::path found = std::filesystem::temp_directory_path(failed);
  return failed ? "/tmp" : found;
}

// Makes the folder if it is not there (those above it must be). An error unless it is a folder and no link, belongs to this user, and is
// closed to everybody else: whoever could put links or files into it could have our files overwritten.
Status own_folder(const std::string& path);

}  // namespace emu

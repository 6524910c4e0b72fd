// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/paths.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace emu {

Status own_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return Error{"folder", fmt::format("The folder {} cannot be made: {}.", path, std::strerror(errno))};
  const int folder = open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat status {};
  const bool found = folder >= 0 && fstat(folder, &status) == 0;
  if (folder >= 0) close(folder);
  if (!found) return Error{"folder", fmt::format("{} is not a folder, or a link to one: remove it.", path)};
  if (status.st_uid != geteuid())
    return Error{
        "folder",
        fmt::format("The folder {} belongs to another user: set XDG_RUNTIME_DIR and XDG_STATE_HOME to folders of yours.", path)};
  if (status.st_mode & 077)
    return Error{"folder",
                 fmt::format("The folder {} is open to other users: look at what is in it, then `chmod 700` it.", path)};
  return success();
}

}  // namespace emu

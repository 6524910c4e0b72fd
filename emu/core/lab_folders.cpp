// SPDX-License-Identifier: GPL-2.0-or-later
// Where a lab keeps what it has, and its links.
#include "emu/core/lab.h"

#include "emu/core/names.h"
#include "emu/core/paths.h"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

namespace emu {

LabFolders lab_folder_names(std::string_view lab_name) {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value ? value : "";
  };
  namespace fs = std::filesystem;
  fs::path state = variable("XDG_STATE_HOME");
  if (state.empty()) state = fs::path(variable("HOME").empty() ? "/tmp" : variable("HOME")) / ".local" / "state";
  fs::path runtime = variable("XDG_RUNTIME_DIR");
  runtime = runtime.empty() ? fs::path("/dev/shm") / fmt::format("twinframe-{}", getuid()) : runtime / "twinframe";
  return {(state / "twinframe" / lab_name).string(), (runtime / lab_name).string()};
}

Status may_be_lab(std::string_view name) {
  if (is_device_name(name)) return success();
  return Error{"lab", fmt::format("\"{}\" is no name for a lab.", shown_name(name))};
}

Result<LabFolders> lab_folders(std::string_view lab_name) {
  TRY(may_be_lab(lab_name));
  namespace fs = std::filesystem;
  LabFolders folders = lab_folder_names(lab_name);
  for (const std::string& folder : {folders.state, folders.runtime}) {
    const fs::path of_all_labs = fs::path(folder).parent_path();
    std::error_code ignored;  // own_folder finds out, and says so
    fs::create_directories(of_all_labs.parent_path(), ignored);
    TRY(own_folder(of_all_labs.string()));
    TRY(own_folder(folder));
  }
  return folders;
}

}  // namespace emu

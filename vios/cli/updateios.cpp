// SPDX-License-Identifier: GPL-2.0-or-later
// A level is installed from a folder, and can be had no more, or for good. /mnt is a folder of the host (docs/hmc.md, Levels), as a
// server's own would be one of another machine.
// SIMPLIFIED: an update is a folder with a file ios.level, which names the level. It has no new file sets (-install), nothing else of
// the server becomes different, and nobody is asked before.
#include <filesystem>

#include <fmt/format.h>

#include "emu/core/ios_level.h"
#include "emu/core/state_file.h"
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

namespace fs = std::filesystem;

constexpr Option options[] = {{"-dev", Takes::one},        {"-f", Takes::nothing},      {"-install", Takes::nothing},
                              {"-accept", Takes::nothing}, {"-commit", Takes::nothing}, {"-reject", Takes::nothing},
                              {"-cleanup", Takes::nothing}};
constexpr std::string_view what[] = {"-dev", "-commit", "-reject", "-cleanup"};
struct Belongs {
  std::string_view option;
  std::string_view to;
  std::string_view or_to;
};
constexpr Belongs belongs[] = {{"-f", "-dev", "-reject"}, {"-install", "-dev", "-dev"}, {"-accept", "-dev", "-dev"}};

constexpr std::string_view mounted = "/mnt";

Output complaint(std::string_view sentence) { return failure(fmt::format("updateios: {}", sentence)); }

// Nothing if the server has no such folder.
std::optional<fs::path> on_host(const std::string& folder, const Setup& setup) {
  const fs::path below = fs::path(folder).lexically_normal().lexically_relative(mounted);
  if (!folder.starts_with('/') || below.empty() || *below.begin() == ".." || setup.config.updates.empty()) return std::nullopt;
  const fs::path found = fs::path(setup.lab_folder) / setup.config.updates / below;
  std::error_code failed;
  if (!fs::is_directory(found, failed)) return std::nullopt;
  return found;
}

// Empty if the folder has none.
std::string level_in(const fs::path& folder) {
  constexpr size_t longest_file = 64;
  const fs::path file = folder / "ios.level";
  std::error_code failed;
  if (!fs::is_regular_file(file, failed) || fs::file_size(file, failed) > longest_file || failed) return "";
  const auto content = emu::read_file(file.string());
  if (!content || !*content) return "";
  std::string text((*content)->begin(), (*content)->end());
  text.erase(text.find_last_not_of(" \r\n") + 1);
  return emu::ios_level_from(text) ? text : "";
}

Output install(const Arguments& arguments, Devices& devices) {
  const std::string media = arguments.value("-dev");
  if (devices.exists(media)) return complaint(fmt::format("The device {} holds no update.", media));
  const auto folder = on_host(media, devices.setup());
  if (!folder) return complaint(fmt::format("{} is neither a device nor a directory.", media));
  const std::string level = level_in(*folder);
  if (level.empty()) return complaint(fmt::format("{} holds no update: it has no file ios.level with a level.", media));
  if (*emu::ios_level_from(level) <= *emu::ios_level_from(devices.level()))
    return complaint(fmt::format("{} holds level {}, and level {} is installed already.", media, level, devices.level()));
  if (!devices.committed_level().empty() && !arguments.has("-f"))
    return complaint("There are uncommitted updates. Commit or reject them, or use -f.");
  const auto installed = devices.install(level, arguments.has("-accept"));
  return installed ? Output{} : failure(updateios, installed.error());
}

Output settle(Devices& devices, emu::Status (Devices::*how)()) {
  if (devices.committed_level().empty()) return failure("There are no uncommitted updates.");
  const auto settled = (devices.*how)();
  return settled ? Output{} : failure(updateios, settled.error());
}

Output update(const Arguments& arguments, Devices& devices) {
  if (std::ranges::count_if(what, [&](std::string_view each) { return arguments.has(each); }) != 1)
    return usage_error(updateios, "Command requires one of the options \"-dev\", \"-commit\", \"-reject\", \"-cleanup\".");
  for (const auto& [option, to, or_to] : belongs)
    if (arguments.has(option) && !arguments.has(to) && !arguments.has(or_to))
      return usage_error(updateios, fmt::format("Option {} requires {}.", option, to));
  if (arguments.has("-commit")) return settle(devices, &Devices::commit);
  if (arguments.has("-reject")) return settle(devices, &Devices::reject);
  if (arguments.has("-dev")) return install(arguments, devices);
  return {};  // an update is installed as a whole, or not: nothing is left of one to be cleaned up
}

}  // namespace

constexpr Command updateios = {"updateios", "Updates the Virtual I/O Server to the latest maintenance level.",
                               "-dev Media [-f] [-install] [-accept] | -commit | -reject [-f] | -cleanup", options, update};

}  // namespace vios::cli

// SPDX-License-Identifier: GPL-2.0-or-later
// mksp, chsp, rmsp: storage pools of logical volumes, and of files.
#include "emu/core/names.h"
#include "vios/cli/storage.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option make_options[] = {{"-f", Takes::nothing}, {"-fb", Takes::one}, {"-size", Takes::one}, {"-sp", Takes::one}};
constexpr Option change_options[] = {
    {"-add", Takes::nothing}, {"-f", Takes::nothing}, {"-rm", Takes::nothing}, {"-sp", Takes::one}};
constexpr Option remove_options[] = {{"-f", Takes::nothing}};

Output make_of_files(const Arguments& arguments, Devices& devices) {
  if (!arguments.operands().empty() || arguments.has("-f") || !arguments.has("-size"))
    return usage_error(mksp, "A file storage pool has options \"-sp\" and \"-size\", and no physical volumes.");
  const std::string name = arguments.value("-fb"),
                    parent = arguments.has("-sp") ? arguments.value("-sp") : std::string(rootvg_name);
  const auto in = pool_of(devices, parent);
  if (!in || in->is_file_pool()) return no_pool(parent);
  const auto size = parse_size(arguments.value("-size"));
  if (!size) return usage_error(mksp, fmt::format("\"{}\" is not a size such as 512M or 2G.", arguments.value("-size")));
  if (!emu::is_device_name(name)) return usage_error(mksp, fmt::format("\"{}\" is not a name.", name));
  const auto made = make_volume(devices, mksp, {name, *size, 0, parent, VolumeKind::file_pool});
  if (!made) return failure(mksp, made.error());
  const u64 size_mb = pool_of(devices, name)->size_mb;
  return {0, fmt::format("{}\nFile system created successfully.\n{} kilobytes total disk space.\nNew File System size is {}\n",
                         name, size_mb * 1024, size_mb * 2048)};
}

Output make(const Arguments& arguments, Devices& devices) {
  if (arguments.has("-fb")) return make_of_files(arguments, devices);
  if (arguments.has("-size") || arguments.has("-sp")) return usage_error(mksp, "Options -size and -sp belong to \"-fb\".");
  if (arguments.operands().size() < 2) return usage_error(mksp, "Command requires a storage pool and a physical volume.");
  const std::string& name = arguments.operands().front();
  if (!emu::is_device_name(name)) return usage_error(mksp, fmt::format("\"{}\" is not a name.", name));
  if (devices.taken(name))
    return failure(fmt::format("0516-360 mksp: The device name {} is already used; choose a different name.", name));
  const std::vector<std::string> disks(arguments.operands().begin() + 1, arguments.operands().end());
  std::string text;
  if (const auto may = may_join(devices, mksp, disks, arguments.has("-f"), text); !may)
    return {1, text + failure(mksp, may.error()).output};
  if (const auto joined = join(devices, name, disks); !joined) return {1, text + failure(mksp, joined.error()).output};
  return {0, text + name + "\n"};
}

Output change(const Arguments& arguments, Devices& devices) {
  if (arguments.has("-add") == arguments.has("-rm")) return usage_error(chsp, "Command requires option \"-add\" or \"-rm\".");
  if (arguments.operands().empty()) return usage_error(chsp, "Command requires a physical volume.");
  const std::string name = arguments.has("-sp") ? arguments.value("-sp") : std::string(rootvg_name);
  const auto pool = pool_of(devices, name);
  if (!pool) return no_pool(name);
  if (pool->is_file_pool() || name == rootvg_name)
    return failure(fmt::format("The physical volumes of storage pool \"{}\" cannot be changed.", name));
  if (arguments.has("-rm")) {
    if (arguments.operands().size() >= pool->group.disks.size() && !arguments.has("-f"))
      return failure(fmt::format("Storage pool \"{}\" ends with its last physical volume: specify the -f flag.", name));
    const auto ended = leave(devices, chsp, name, arguments.operands());
    if (!ended) return failure(chsp, ended.error());
    return {0, *ended ? fmt::format("Storage pool \"{}\" was removed with its last physical volume.\n", name) : ""};
  }
  std::string text;
  if (const auto may = may_join(devices, chsp, arguments.operands(), arguments.has("-f"), text, name); !may)
    return {1, text + failure(chsp, may.error()).output};
  if (const auto joined = join(devices, name, arguments.operands()); !joined)
    return {1, text + failure(chsp, joined.error()).output};
  return {0, text};
}

Output remove(const Arguments& arguments, Devices& devices) {
  if (arguments.operands().empty()) return usage_error(rmsp, "Command requires a storage pool.");
  const std::string& name = arguments.operands().front();
  const auto pool = pool_of(devices, name);
  if (!pool || !pool->is_file_pool()) return no_pool(name);
  if (!pool->devices.empty())
    return failure(fmt::format("Storage pool \"{}\" has backing devices: remove them with rmbdsp first.", name));
  if (!arguments.has("-f"))
    return failure(fmt::format("Storage pool \"{}\" ends with all that is in it: specify the -f flag.", name));
  const auto removed = devices.remove_volume(name);
  return removed ? Output{0, fmt::format("rmlv: Logical volume {} is removed.\n", name)} : failure(rmsp, removed.error());
}

}  // namespace

constexpr Command mksp = {"mksp",
                          "Creates a storage pool.",
                          "[-f] StoragePool PhysicalVolume ...\n       mksp -fb FileStoragePool -size Size [-sp StoragePool]",
                          make_options,
                          make,
                          any_number};
constexpr Command chsp = {"chsp",
                          "Adds physical volumes to a storage pool, or removes them.",
                          "{-add | -rm} [-f] [-sp StoragePool] PhysicalVolume ...",
                          change_options,
                          change,
                          any_number};
constexpr Command rmsp = {"rmsp", "Removes a file storage pool.", "[-f] FileStoragePool", remove_options, remove, 1};

}  // namespace vios::cli

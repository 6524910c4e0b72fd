// SPDX-License-Identifier: GPL-2.0-or-later
// mkbdsp, rmbdsp: logical volumes and files of storage pools that back virtual disks.
#include "emu/core/names.h"
#include "vios/backends/virtual_scsi.h"
#include "vios/cli/storage.h"

#include <algorithm>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option make_options[] = {{"-bd", Takes::one}, {"-sp", Takes::one}, {"-tn", Takes::one}, {"-vadapter", Takes::one}};
constexpr Option remove_options[] = {{"-bd", Takes::one}, {"-f", Takes::nothing}, {"-sp", Takes::one}};

std::string path_in(const Pool& pool, const std::string& name) {
  return pool.is_file_pool() ? fmt::format("{}/{}/{}", pool_folder, pool.name, name) : name;
}
std::string_view kind_in(const Pool& pool) { return pool.is_file_pool() ? "file" : "logical volume"; }

emu::Status make_in(Devices& devices, const Pool& pool, const std::string& name, u64 size_mb) {
  if (!pool.is_file_pool()) return make_volume(devices, mkbdsp, {name, size_mb, 0, pool.name});
  const std::string path = path_in(pool, name);
  if (std::ranges::count(pool.devices, path, &StoredVolume::name))
    return emu::Error{std::string(plain_code),
                      fmt::format("The file \"{}\" is already in storage pool \"{}\".", name, pool.name)};
  if (size_mb > pool.free_mb)
    return emu::Error{std::string(plain_code),
                      fmt::format("Storage pool \"{}\" has {} megabytes left.", pool.name, pool.free_mb)};
  return devices.add_volume({path, size_mb, 0, pool.name, VolumeKind::file});
}

Output make(const Arguments& arguments, Devices& devices) {
  const std::string wanted = arguments.has("-sp") ? arguments.value("-sp") : std::string(rootvg_name);
  const auto pool = pool_of(devices, wanted);
  if (!pool) return no_pool(wanted);
  const std::string adapter = arguments.value("-vadapter");
  if (arguments.has("-tn") && adapter.empty()) return usage_error(mkbdsp, "Option -tn requires \"-vadapter\".");
  if (!adapter.empty() && !devices.find(adapter)) return not_found(adapter);
  if (arguments.has("-tn") && (!emu::is_device_name(arguments.value("-tn")) || devices.taken(arguments.value("-tn"))))
    return usage_error(mkbdsp, fmt::format("\"{}\" is not a name, or is taken.", arguments.value("-tn")));

  std::string name = arguments.value("-bd"), text;
  if (name.empty()) name = devices.free_name("lv");
  if (!emu::is_device_name(name)) return usage_error(mkbdsp, fmt::format("\"{}\" is not a name.", name));
  const bool new_one = !arguments.operands().empty();
  if (new_one) {
    const auto size = parse_size(arguments.operands().front());
    if (!size) return usage_error(mkbdsp, fmt::format("\"{}\" is not a size such as 512M or 2G.", arguments.operands().front()));
    if (const auto made = make_in(devices, *pool, name, *size); !made) return failure(mkbdsp, made.error());
    text = fmt::format("Creating {} \"{}\" in storage pool \"{}\".\n", kind_in(*pool), name, pool->name);
  } else if (adapter.empty()) {
    return usage_error(mkbdsp, "Command requires a size, or option \"-vadapter\".");
  } else if (!std::ranges::count(pool->devices, path_in(*pool, name), &StoredVolume::name)) {
    return failure(fmt::format("Storage pool \"{}\" has no backing device \"{}\".", pool->name, name));
  }
  if (adapter.empty()) return {0, text};
  const auto mapped = devices.scsi().map(
      {"-vdev", path_in(*pool, name), {path_in(*pool, name)}, {adapter}, arguments.value("-tn"), "", "", false, {}});
  if (mapped) return {0, text + fmt::format("Assigning {} \"{}\" as a backing device.\n{}", kind_in(*pool), name, *mapped)};
  if (new_one) (void)devices.remove_volume(path_in(*pool, name));
  return failure(mkbdsp, mapped.error());
}

Output remove(const Arguments& arguments, Devices& devices) {
  if (!arguments.has("-bd")) return usage_error(rmbdsp, "Command requires option \"-bd\".");
  const std::string wanted = arguments.has("-sp") ? arguments.value("-sp") : std::string(rootvg_name);
  const auto pool = pool_of(devices, wanted);
  if (!pool) return no_pool(wanted);
  const std::string name = arguments.value("-bd"), path = path_in(*pool, name);
  const Disk* disk = devices.any_disk(path);
  if (!disk || !std::ranges::count(pool->devices, path, &StoredVolume::name))
    return failure(fmt::format("Storage pool \"{}\" has no backing device \"{}\".", pool->name, name));
  const auto targets = devices.scsi().targets_of(*disk);
  if (std::ranges::any_of(targets, [&](const std::string& each) { return devices.held(each); })) return busy(rmbdsp);
  if (!targets.empty() && !arguments.has("-f"))
    return failure(fmt::format("\"{}\" is the backing device of {}: specify the -f flag to remove both.", name, targets.front()));
  std::string text;
  if (!targets.empty()) {
    if (const auto gone = devices.scsi().remove_targets(targets); !gone) return failure(rmbdsp, gone.error());
    for (const std::string& each : targets) text += each + " deleted\n";
  }
  if (const auto removed = devices.remove_volume(path); !removed) return {1, text + failure(rmbdsp, removed.error()).output};
  return {0, text + (pool->is_file_pool() ? fmt::format("File \"{}\" is removed.\n", name)
                                          : fmt::format("rmlv: Logical volume {} is removed.\n", name))};
}

}  // namespace

constexpr Command mkbdsp = {
    "mkbdsp",
    "Creates a backing device in a storage pool, and assigns it to a virtual server adapter.",
    "[-sp StoragePool] Size [-bd BackingDevice] [-vadapter ServerVirtualSCSIAdapter [-tn TargetDeviceName]]\n"
    "       mkbdsp [-sp StoragePool] -bd BackingDevice -vadapter ServerVirtualSCSIAdapter\n"
    "              [-tn TargetDeviceName]",
    make_options,
    make,
    1};
constexpr Command rmbdsp = {"rmbdsp", "Removes a backing device from its storage pool, with its virtual target devices.",
                            "[-sp StoragePool] -bd BackingDevice [-f]", remove_options, remove};

}  // namespace vios::cli

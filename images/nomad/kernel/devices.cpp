// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/devices.h"

#include "drivers/disks.h"
#include "drivers/ethernet.h"
#include "drivers/nvram.h"
#include "drivers/virtio_block.h"
#include "drivers/vscsi.h"
#include "drivers/vty.h"
#include "kernel/cpu.h"
#include "kernel/device_tree.h"
#include "kernel/error_log.h"
#include "kernel/migration.h"
#include "kernel/network.h"
#include "kernel/pages.h"
#include "kernel/process.h"
#include "kernel/volumes.h"
#include "lib/text.h"

namespace nomad::devices {
namespace {

using Describe = bool (*)(u32 index, DeviceInfo& info);

bool system(u32 index, DeviceInfo& info) {
  if (index) return false;
  info = {"sys0", "sys", "Available", "/", ""};
  format(info.description, sizeof info.description, "%s %s", tree::text(tree::root(), "model", "-"), tree::text(tree::root(), "system-id", ""));
  return true;
}

bool processor(u32 index, DeviceInfo& info) {
  for (const Cpu& cpu : cpus) {
    if (!cpu.online || index--) continue;
    info = {"", "processor", "Available", "", "Processor"};
    format(info.name, sizeof info.name, "proc%u", cpu.index);
    format(info.location, sizeof info.location, "server %u", cpu.server);
    return true;
  }
  return false;
}

bool memory(u32 index, DeviceInfo& info) {
  if (index) return false;
  info = {"mem0", "memory", "Available", "", ""};
  format(info.description, sizeof info.description, "Memory, %lu MB", pages::total() >> 20);
  return true;
}

// Devices whose drivers have nothing to tell but that they are there: one row each.
struct Plain {
  const char* compatible;
  const char* device_type;
  const char* device_class;
  const char* name;
  const char* description;
};
constexpr Plain plain_devices[] = {
    {"hvterm1", "serial", "adapter", "vsa", "LPAR Virtual Serial Adapter"},
    {"IBM,Logical_PHB", "pci", "bus", "pci", "PCI Bus"},
    {nullptr, "nvram", "nvram", "nvram", "Non-volatile memory"},
    {nullptr, "ibm,bsr", "bsr", "bsr", "Barrier Synchronization Register"},
};

// Host bridges that rmdev -d has taken from the list, until cfgmgr finds them.
constinit const tree::Node* hidden[16] = {};

bool is_hidden(const tree::Node* node) {
  for (const tree::Node* each : hidden)
    if (each == node) return true;
  return false;
}

bool plain(u32 index, DeviceInfo& info) {
  for (const Plain& kind : plain_devices) {
    u32 unit = 0;
    for (tree::Node* node = tree::next_of_type(nullptr, kind.device_type); node; node = tree::next_of_type(node, kind.device_type)) {
      if (kind.compatible && !tree::lists(tree::property(node, "compatible"), kind.compatible)) continue;
      if (!is_hidden(node) && index-- == 0) {
        info = {"", "", "Available", "", ""};
        copy_text(info.device_class, sizeof info.device_class, kind.device_class);
        format(info.name, sizeof info.name, "%s%u", kind.name, unit);
        tree::path(node, info.location, sizeof info.location);
        copy_text(info.description, sizeof info.description, kind.description);
        return true;
      }
      unit++;
    }
  }
  return false;
}

constexpr Describe kinds[] = {system, processor, memory, plain, vscsi::describe_adapter, virtio_block::describe, disks::describe,
                              vscsi::describe_path, ethernet::describe, network::describe};

// As AIX says it, and who it is.
bool is_busy(const char* name, const char* user, char* why, u64 size) {
  format(why, size, "%s: 0514-062 Cannot perform the requested function because the specified device is busy (%s).", name, user);
  return false;
}

const char* user_of(u64 users) { return users ? processes[__builtin_ctzl(users)].name : nullptr; }

// Devices that a driver can let go of, by the numbers in their names.
struct Driver {
  const char* prefix;
  const char* (*user)(u32 index);  // who uses it; nullptr: nobody
  void (*stop)(u32 index);
  const tree::Node* (*node)(u32 index);  // nullptr: a device that is behind another
  void (*forget)(u32 index);
};

const char* user_of_virtual_scsi(u32 index) { return user_of(vscsi::users_of_adapter(index)); }
const char* user_of_scsi(u32 index) { return user_of(virtio_block::users(index)); }
const char* user_of_disk(u32 index) {
  const char* group = volumes::group_of_disk(index);
  return group ? group : user_of(disks::users(index));
}

const char* user_of_network(u32 index) {
  const u32 pid = network::is_up(index) ? network::user() : 0;
  const Process* process = pid ? find_process(pid) : nullptr;
  return process ? process->name : nullptr;
}

constexpr Driver drivers[] = {
    {"vscsi", user_of_virtual_scsi, vscsi::stop_adapter, vscsi::node, vscsi::forget_adapter},
    {"scsi", user_of_scsi, virtio_block::stop, virtio_block::node, virtio_block::forget},
    {"hdisk", user_of_disk, disks::stop, nullptr, disks::forget},
    {"ent", user_of_network, network::stop_adapter, ethernet::node, ethernet::forget},
};

// The driver's device that is, or is behind, a node of the tree.
struct Found {
  const Driver* driver;
  u32 index;
};

// The next of them after `place`, which counts through drivers and numbers.
bool next_at(const tree::Node* node, u32& place, Found& found) {
  constexpr u32 limit = 16;
  for (; place < limit * (sizeof drivers / sizeof *drivers); place++) {
    found = {&drivers[place / limit], place % limit};
    const tree::Node* own = found.driver->node ? found.driver->node(found.index) : nullptr;
    if (own && (own == node || own->parent == node)) return place++, true;
  }
  return false;
}

bool exists(const char* name) {
  DeviceInfo found;
  for (u32 i = 0; info(i, found); i++)
    if (equal(found.name, name)) return true;
  return false;
}

bool stop(const Driver& driver, u32 index, char* why, u64 size) {
  char name[sizeof DeviceInfo::name];
  format(name, sizeof name, "%s%u", driver.prefix, index);
  if (const char* user = driver.user(index)) return is_busy(name, user, why, size);
  driver.stop(index);
  return true;
}

// The host bridge of this name, as plain() counts them.
const tree::Node* bridge_of(const char* name) {
  DeviceInfo found;
  for (u32 i = 0; plain(i, found); i++)
    if (equal(found.name, name) && equal(found.device_class, "bus")) return tree::find(found.location);
  return nullptr;
}

void say(char* said, u64 size, const char* name, bool removed) {
  const u64 so_far = strlen(said);
  format(said + so_far, size - so_far, "%s%s %s", so_far ? "\n" : "", name, removed ? "deleted" : "Defined");
}

void hide(const tree::Node* node) {
  for (const tree::Node*& place : hidden)
    if (!place) {
      place = node;
      return;
    }
}

bool unconfigure_bridge(const tree::Node* bridge, DeviceChange what, const char* name, char* said, u64 size) {
  const bool all = what == DeviceChange::unconfigure_tree || what == DeviceChange::remove_tree;
  const bool removed = what == DeviceChange::remove || what == DeviceChange::remove_tree;
  Found found;
  for (u32 place = 0; next_at(bridge, place, found);) {
    if (!all) {
      format(said, size, "%s: 0514-029 Cannot perform the requested function because a child device of the specified device is not in a correct state.", name);
      return false;
    }
    if (!stop(*found.driver, found.index, said, size)) return false;
    char child[sizeof DeviceInfo::name];
    format(child, sizeof child, "%s%u", found.driver->prefix, found.index);
    if (removed) found.driver->forget(found.index);
    say(said, size, child, removed);
  }
  if (removed) hide(bridge);
  say(said, size, name, removed);
  return true;
}

}  // namespace

void start() {
  error_log::start();
  configure();
  migration::start();
}

void configure() {
  for (const tree::Node*& node : hidden) node = nullptr;
  vscsi::start();
  virtio_block::start();
  volumes::find();
  network::start();
}

bool unconfigure(DeviceChange what, const char* name, char* said, u64 size) {
  if (!exists(name)) {
    format(said, size, "%s: 0514-519 The device was not found in the customized device configuration database.", name);
    return false;
  }
  said[0] = 0;
  if (const tree::Node* bridge = bridge_of(name)) return unconfigure_bridge(bridge, what, name, said, size);
  const bool removed = what == DeviceChange::remove || what == DeviceChange::remove_tree;
  for (const Driver& driver : drivers) {
    u64 index;
    if (!starts_with(name, driver.prefix) || !parse_number(name + strlen(driver.prefix), index)) continue;
    if (!stop(driver, static_cast<u32>(index), said, size)) return false;
    if (removed) driver.forget(static_cast<u32>(index));
    say(said, size, name, removed);
    return true;
  }
  return is_busy(name, "the kernel", said, size);
}

// A device that no driver has is given up as it is; but the console stays.
bool give_up(const tree::Node* node, char* why, u64 size) {
  if (tree::number(node, "reg", 0) == vty::unit_address()) return is_busy("vsa0", "console", why, size);
  Found found;
  for (u32 place = 0; next_at(node, place, found);) {
    if (!stop(*found.driver, found.index, why, size)) return false;
    found.driver->forget(found.index);
  }
  for (const tree::Node*& each : hidden)
    if (each == node) each = nullptr;
  return true;
}

bool info(u32 index, DeviceInfo& info) {
  for (const Describe describe : kinds) {
    u32 unit = 0;
    for (; describe(unit, info); unit++)
      if (index-- == 0) return true;
  }
  return false;
}

}  // namespace nomad::devices

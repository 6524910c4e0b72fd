// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/devices.h"

#include "drivers/llan.h"
#include "drivers/nvram.h"
#include "drivers/vscsi.h"
#include "drivers/vty.h"
#include "kernel/cpu.h"
#include "kernel/device_tree.h"
#include "kernel/error_log.h"
#include "kernel/migration.h"
#include "kernel/network.h"
#include "kernel/pages.h"
#include "kernel/process.h"
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

bool plain(u32 index, DeviceInfo& info) {
  for (const Plain& kind : plain_devices) {
    u32 unit = 0;
    for (tree::Node* node = tree::next_of_type(nullptr, kind.device_type); node; node = tree::next_of_type(node, kind.device_type)) {
      if (kind.compatible && !tree::lists(tree::property(node, "compatible"), kind.compatible)) continue;
      if (index-- == 0) {
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

constexpr Describe kinds[] = {system, processor, memory, plain, vscsi::describe_adapter, vscsi::describe_disk,
                              vscsi::describe_path, llan::describe, network::describe};

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

const char* user_of_adapter(u32 index) { return user_of(vscsi::users_of_adapter(index)); }
const char* user_of_disk(u32 index) { return user_of(vscsi::users_of_disk(index)); }

const char* user_of_network(u32 index) {
  const u32 pid = llan::has_interface(index) ? network::user() : 0;
  const Process* process = pid ? find_process(pid) : nullptr;
  return process ? process->name : nullptr;
}

constexpr Driver drivers[] = {
    {"vscsi", user_of_adapter, vscsi::stop_adapter, vscsi::node, vscsi::forget_adapter},
    {"hdisk", user_of_disk, vscsi::stop_disk, nullptr, nullptr},
    {"ent", user_of_network, llan::stop, llan::node, llan::forget},
};

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

}  // namespace

void start() {
  error_log::start();
  configure();
  migration::start();
}

void configure() {
  vscsi::start();
  network::start();
}

bool unconfigure(const char* name, char* why, u64 size) {
  if (!exists(name)) {
    format(why, size, "%s: 0514-519 The device was not found in the customized device configuration database.", name);
    return false;
  }
  for (const Driver& driver : drivers) {
    u64 index;
    if (starts_with(name, driver.prefix) && parse_number(name + strlen(driver.prefix), index))
      return stop(driver, static_cast<u32>(index), why, size);
  }
  return is_busy(name, "the kernel", why, size);
}

// A device that no driver has is given up as it is; but the console stays.
bool give_up(const tree::Node* node, char* why, u64 size) {
  if (tree::number(node, "reg", 0) == vty::unit_address()) return is_busy("vsa0", "console", why, size);
  constexpr u32 limit = 16;
  for (const Driver& driver : drivers)
    for (u32 i = 0; driver.node && i < limit; i++)
      if (driver.node(i) == node) {
        if (!stop(driver, i, why, size)) return false;
        driver.forget(i);
      }
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

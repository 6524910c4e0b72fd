// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/devices.h"

#include "drivers/nvram.h"
#include "drivers/vscsi.h"
#include "kernel/cpu.h"
#include "kernel/device_tree.h"
#include "kernel/error_log.h"
#include "kernel/migration.h"
#include "kernel/network.h"
#include "kernel/pages.h"
#include "lib/text.h"

namespace nomad::devices {
namespace {

using Describe = bool (*)(u32 index, DeviceInfo& info);

bool system(u32 index, DeviceInfo& info) {
  if (index) return false;
  info = {"sys0", "Available", "/", ""};
  format(info.description, sizeof info.description, "%s %s", tree::text(tree::root(), "model", "-"), tree::text(tree::root(), "system-id", ""));
  return true;
}

bool processor(u32 index, DeviceInfo& info) {
  if (index >= cpu_limit || !cpus[index].online) return false;
  info = {"", "Available", "", "Processor"};
  format(info.name, sizeof info.name, "proc%u", index);
  format(info.location, sizeof info.location, "server %u", cpus[index].server);
  return true;
}

bool memory(u32 index, DeviceInfo& info) {
  if (index) return false;
  info = {"mem0", "Available", "", ""};
  format(info.description, sizeof info.description, "Memory, %lu MB", pages::total() >> 20);
  return true;
}

// Devices whose drivers have nothing to tell but that they are there: one row each.
struct Plain {
  const char* compatible;
  const char* device_type;
  const char* name;
  const char* description;
};
constexpr Plain plain_devices[] = {
    {"hvterm1", "serial", "vsa", "LPAR Virtual Serial Adapter"},
    {nullptr, "nvram", "nvram", "Non-volatile memory"},
    {nullptr, "ibm,bsr", "bsr", "Barrier Synchronization Register"},
};

bool plain(u32 index, DeviceInfo& info) {
  for (const Plain& kind : plain_devices) {
    u32 unit = 0;
    for (tree::Node* node = tree::next_of_type(nullptr, kind.device_type); node; node = tree::next_of_type(node, kind.device_type)) {
      if (kind.compatible && !tree::lists(tree::property(node, "compatible"), kind.compatible)) continue;
      if (index-- == 0) {
        info = {"", "Available", "", ""};
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

constexpr Describe kinds[] = {system, processor, memory, plain, vscsi::describe_adapter, vscsi::describe_disk, network::describe};

}  // namespace

void start() {
  error_log::start();
  vscsi::start();
  network::start();
  migration::start();
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

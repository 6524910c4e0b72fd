// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/vscsi.h"

#include "drivers/disks.h"
#include "drivers/vscsi_adapter.h"
#include "kernel/clock.h"
#include "kernel/machine.h"
#include "kernel/process.h"
#include "lib/text.h"

namespace nomad::vscsi {
namespace {

constexpr u32 path_limit = 4, unit_name_bytes = 96;

struct Path {
  Adapter* adapter;  // nullptr: no path
  u64 lun;
};

// What a disk of ours has beside what all have, by the same number.
struct Unit {
  Path paths[path_limit];  // none: it is no disk of ours
  u32 name_length;         // 0: it has none, and a single path
  u8 name[unit_name_bytes];  // the same on each path to it: a designator of its vital product data (SPC-3)
};

Unit units[disks::limit];

bool is_known(const Unit& unit) {
  for (const Path& path : unit.paths)
    if (path.adapter) return true;
  return false;
}

// The first that is ready; nullptr: none is.
const Path* ready_path(const Unit& unit) {
  for (const Path& path : unit.paths)
    if (path.adapter && path.adapter->ready) return &path;
  return nullptr;
}

// Until a path has answered: a server that is away comes back, or the partition has arrived where there is another.
i64 run(u32 disk, const u8* cdb, void* buffer, u64 length, bool out) {
  while (disks::available(disk)) {
    const Path* path = ready_path(units[disk]);
    if (!path) {
      wait_on(&path_channel, clock::after_milliseconds(1000));
      continue;
    }
    const i64 result = run_on(*path->adapter, path->lun, cdb, buffer, length, out);
    if (result != path_lost) return result;
  }
  return Error::no_device;
}

u64 big_endian(const u8* bytes, u32 count) {
  u64 value = 0;
  for (u32 i = 0; i < count; i++) value = value << 8 | bytes[i];
  return value;
}

// By the path that leads there, or by the name that it has on all paths; otherwise the first number that no disk has.
u32 number_of(const Adapter& adapter, u64 lun, const Unit& found) {
  for (u32 number = 0; number < disks::limit; number++)
    for (const Path& path : units[number].paths)
      if (path.adapter == &adapter && path.lun == lun) return number;
  for (u32 number = 0; number < disks::limit; number++)
    if (const Unit& unit = units[number]; is_known(unit) && found.name_length && unit.name_length == found.name_length &&
                                          memcmp(unit.name, found.name, found.name_length) == 0)
      return number;
  return disks::free_number();
}

void add_path(Unit& unit, Adapter& adapter, u64 lun) {
  for (const Path& path : unit.paths)
    if (path.adapter == &adapter && path.lun == lun) return;
  for (Path& path : unit.paths)
    if (!path.adapter) {
      path = {&adapter, lun};
      return;
    }
}

void remove_paths(const Adapter& adapter) {
  for (Unit& unit : units)
    for (Path& path : unit.paths)
      if (path.adapter == &adapter) path = {};
}

// The first designator of the disk itself, with its kind. (SPC-3: page 0x83)
void ask_name(Adapter& adapter, u64 lun, Unit& unit) {
  u8 page[252];
  const u8 ask[16] = {0x12, 1, 0x83, 0, sizeof page};
  if (run_once(adapter, lun, ask, page, sizeof page) != 0 || page[1] != 0x83) return;
  const u32 end = 4 + static_cast<u32>(big_endian(page + 2, 2));
  if (end > sizeof page) return;
  for (u32 at = 4; at + 4 <= end; at += 4 + page[at + 3]) {
    const u32 length = 4 + page[at + 3];
    if (at + length > end) return;
    if ((page[at + 1] >> 4 & 3) != 0 || (page[at + 1] & 0xF) == 0 || length > unit_name_bytes) continue;  // of a port; vendor's own
    memcpy(unit.name, page + at, length);
    unit.name_length = length;
    return;
  }
}

i64 transfer(u32 number, u64 block, u64 count, void* buffer, bool out);
i64 flush(u32 disk);
i64 reserve(u32 disk, bool on);
bool is_ready(u32 disk);
void describe(u32 disk, char* location, u64 size);
void statistics(u32 disk, DiskInfo& info);
void forget(u32 disk) { units[disk] = {}; }

constexpr disks::Driver driver = {transfer, flush, reserve, is_ready, describe, statistics, forget};

void add_disk(Adapter& adapter, u64 lun) {
  u8 inquiry[36], capacity[32];
  const u8 ask_inquiry[16] = {0x12, 0, 0, 0, sizeof inquiry};
  if (run_once(adapter, lun, ask_inquiry, inquiry, sizeof inquiry) != 0 || inquiry[0] != 0) return;
  Unit found{};
  ask_name(adapter, lun, found);
  const u32 number = number_of(adapter, lun, found);
  if (number == disks::limit) return;
  if (disks::available(number)) {
    add_path(units[number], adapter, lun);
    return;
  }
  disks::Disk disk{};
  const u8 ask_capacity[16] = {0x25};
  if (run_once(adapter, lun, ask_capacity, capacity, 8) != 0) return;
  disk.blocks = big_endian(capacity, 4) + 1;
  disk.block_bytes = static_cast<u32>(big_endian(capacity + 4, 4));
  if (disk.blocks > 0xFFFFFFFF) {
    const u8 ask_long_capacity[16] = {0x9E, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32};
    if (run_once(adapter, lun, ask_long_capacity, capacity, 32) != 0) return;
    disk.blocks = big_endian(capacity, 8) + 1;
    disk.block_bytes = static_cast<u32>(big_endian(capacity + 8, 4));
  }
  u32 length = 0;
  for (u32 i = 8; i < 32 && length + 1 < sizeof disk.identity; i++) {
    const char c = static_cast<char>(inquiry[i]);
    if (c > ' ' || (c == ' ' && length && disk.identity[length - 1] != ' ')) disk.identity[length++] = c;
  }
  if (disk.block_bytes < 512 || disk.block_bytes > 4096) return;
  disk.driver = &driver;
  disk.available = true;
  disk.description = "Virtual SCSI Disk Drive";
  memcpy(found.paths, units[number].paths, sizeof found.paths);
  units[number] = found;
  add_path(units[number], adapter, lun);
  disks::add(number, disk);
}

}  // namespace

void discover(Adapter& adapter) {
  u8 list[8 + 16 * 8] = {};
  const u8 ask[16] = {0xA0, 0, 0, 0, 0, 0, 0, 0, 0, sizeof list};
  if (run_once(adapter, 0x8000000000000000, ask, list, sizeof list) == 0) {
    u64 count = big_endian(list, 4) / 8;
    for (u64 i = 0; i < count && i < 16; i++) {
      const u64 lun = big_endian(list + 8 + i * 8, 8);
      add_disk(adapter, lun ? lun : 0x8000000000000000);
    }
    return;
  }
  // A server without REPORT LUNS on target 0: ask the first targets one by one.
  for (u64 target = 0; target < 8; target++) add_disk(adapter, 0x8000000000000000 | target << 56);
}

namespace {

bool known(const tree::Node* node) {
  for (const Adapter& adapter : adapters)
    if (adapter.node == node) return true;
  return false;
}

}  // namespace

void start() {
  for (tree::Node* node = tree::next_compatible(nullptr, "IBM,v-scsi"); node; node = tree::next_compatible(node, "IBM,v-scsi"))
    for (Adapter& adapter : adapters)
      if (!adapter.node && !known(node)) adapter.node = node;
  for (Adapter& adapter : adapters) {
    if (adapter.node && !adapter.started) {
      start(adapter);
    } else if (adapter.started) {
      adapter.discovered = false;
      wake(&adapter);
    }
  }
  // Programs started at boot expect their disk, but a missing server must not stop the boot.
  const u64 deadline = clock::after_milliseconds(3000);
  const u32 before = disks::number_available();
  while (disks::number_available() == before && !all_discovered() && timebase() < deadline) wait_on(&discovery_channel, deadline);
}

namespace {

i64 transfer(u32 number, u64 block, u64 count, void* buffer, bool out) {
  const u32 block_bytes = disks::known(number)->block_bytes;
  u8 cdb[16] = {};
  if (block + count <= 0xFFFFFFFF) {
    cdb[0] = out ? 0x2A : 0x28;  // WRITE(10), READ(10)
    for (u32 i = 0; i < 4; i++) cdb[2 + i] = static_cast<u8>(block >> (24 - 8 * i));
    cdb[7] = static_cast<u8>(count >> 8);
    cdb[8] = static_cast<u8>(count);
  } else {
    cdb[0] = out ? 0x8A : 0x88;  // WRITE(16), READ(16)
    for (u32 i = 0; i < 8; i++) cdb[2 + i] = static_cast<u8>(block >> (56 - 8 * i));
    for (u32 i = 0; i < 4; i++) cdb[10 + i] = static_cast<u8>(count >> (24 - 8 * i));
  }
  return run(number, cdb, buffer, count * block_bytes, out);
}

i64 flush(u32 disk) {
  const u8 cdb[16] = {0x35};  // SYNCHRONIZE CACHE(10), the whole disk
  return run(disk, cdb, nullptr, 0, false);
}

i64 reserve(u32 disk, bool on) {
  const u8 cdb[16] = {static_cast<u8>(on ? 0x16 : 0x17)};  // RESERVE(6), RELEASE(6)
  return run(disk, cdb, nullptr, 0, false);
}

bool is_ready(u32 disk) { return ready_path(units[disk]) != nullptr; }

void describe(u32 disk, char* location, u64 size) {
  const Path* path = ready_path(units[disk]);
  for (const Path& each : units[disk].paths)
    if (!path && each.adapter) path = &each;
  format(location, size, "vscsi%u lun 0x%016lx", path->adapter->index, path->lun);
}

void statistics(u32 disk, DiskInfo& info) {
  for (const Path& path : units[disk].paths) {
    if (!path.adapter) continue;
    info.retries += path.adapter->retries;
    info.logins += path.adapter->logins;
  }
}

}  // namespace

namespace {

// Whether it is the only way to the disk.
bool leads_alone(const Adapter& adapter, const Unit& unit, bool ready_ones) {
  bool here = false, elsewhere = false;
  for (const Path& path : unit.paths) {
    if (!path.adapter) continue;
    here |= path.adapter == &adapter;
    elsewhere |= path.adapter != &adapter && (path.adapter->ready || !ready_ones);
  }
  return here && !elsewhere;
}

}  // namespace

u64 users_of_adapter(u32 index) {
  u64 users = 0;
  for (u32 disk = 0; disk < disks::limit; disk++)
    if (leads_alone(adapters[index], units[disk], true)) users |= disks::known(disk)->users;
  return users;
}

const tree::Node* node(u32 index) { return index < sizeof adapters / sizeof *adapters ? adapters[index].node : nullptr; }

void stop_adapter(u32 index) {
  for (u32 disk = 0; disk < disks::limit; disk++)
    if (leads_alone(adapters[index], units[disk], false)) disks::stop(disk);
  stop(adapters[index]);
}

void forget_adapter(u32 index) {
  remove_paths(adapters[index]);
  for (u32 disk = 0; disk < disks::limit; disk++)
    if (const disks::Disk* known = disks::known(disk); known && known->driver == &driver && !is_known(units[disk]))
      disks::forget(disk);
  adapters[index].node = nullptr;
}

bool describe_adapter(u32 index, DeviceInfo& info) {
  const Adapter* found = nullptr;
  for (const Adapter& each : adapters)
    if (!found && each.node && index-- == 0) found = &each;
  if (!found) return false;
  const Adapter& adapter = *found;
  copy_text(info.device_class, sizeof info.device_class, "adapter");
  format(info.name, sizeof info.name, "vscsi%u", adapter.index);
  copy_text(info.status, sizeof info.status, adapter.ready ? "Available" : "Defined");
  tree::path(adapter.node, info.location, sizeof info.location);
  format(info.description, sizeof info.description, "Virtual SCSI Client Adapter (partner %s)", adapter.partner[0] ? adapter.partner : "-");
  return true;
}

bool describe_path(u32 index, DeviceInfo& info) {
  for (u32 disk = 0; disk < disks::limit; disk++)
    for (const Path& path : units[disk].paths) {
      if (!path.adapter || index--) continue;
      copy_text(info.device_class, sizeof info.device_class, path_class);
      format(info.name, sizeof info.name, "hdisk%u", disk);
      copy_text(info.status, sizeof info.status, !disks::available(disk) ? "Defined" : path.adapter->ready ? "Enabled" : "Failed");
      format(info.location, sizeof info.location, "vscsi%u", path.adapter->index);
      format(info.description, sizeof info.description, "lun 0x%016lx", path.lun);
      return true;
    }
  return false;
}

}  // namespace nomad::vscsi

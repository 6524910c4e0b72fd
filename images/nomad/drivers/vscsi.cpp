// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/vscsi.h"

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

struct Disk {
  Path paths[path_limit];  // none: no disk has this number
  bool available;
  u64 users;               // one bit per process
  u64 blocks;
  u32 block_bytes;
  char identity[32];
  u32 unit_name_length;    // 0: it has none, and a single path
  u8 unit_name[unit_name_bytes];  // the same on each path to it: a designator of its vital product data (SPC-3)
};

Disk disks[16];

Disk* available(u32 number) { return number < sizeof disks / sizeof *disks && disks[number].available ? &disks[number] : nullptr; }

bool is_known(const Disk& disk) {
  for (const Path& path : disk.paths)
    if (path.adapter) return true;
  return false;
}

// The first that is ready; nullptr: none is.
const Path* ready_path(const Disk& disk) {
  for (const Path& path : disk.paths)
    if (path.adapter && path.adapter->ready) return &path;
  return nullptr;
}

u32 disks_available() {
  u32 count = 0;
  for (const Disk& disk : disks) count += disk.available;
  return count;
}

// Until a path has answered: a server that is away comes back, or the partition has arrived where there is another.
i64 run(const Disk& disk, const u8* cdb, void* buffer, u64 length, bool out) {
  while (disk.available) {
    const Path* path = ready_path(disk);
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
Disk* place_of(const Adapter& adapter, u64 lun, const Disk& found) {
  for (Disk& disk : disks)
    for (const Path& path : disk.paths)
      if (path.adapter == &adapter && path.lun == lun) return &disk;
  for (Disk& disk : disks)
    if (is_known(disk) && found.unit_name_length && disk.unit_name_length == found.unit_name_length &&
        memcmp(disk.unit_name, found.unit_name, found.unit_name_length) == 0)
      return &disk;
  for (Disk& disk : disks)
    if (!is_known(disk)) return &disk;
  return nullptr;
}

void add_path(Disk& disk, Adapter& adapter, u64 lun) {
  for (const Path& path : disk.paths)
    if (path.adapter == &adapter && path.lun == lun) return;
  for (Path& path : disk.paths)
    if (!path.adapter) {
      path = {&adapter, lun};
      return;
    }
}

void remove_paths(const Adapter& adapter) {
  for (Disk& disk : disks)
    for (Path& path : disk.paths)
      if (path.adapter == &adapter) path = {};
}

// The first designator of the disk itself, with its kind. (SPC-3: page 0x83)
void ask_unit_name(Adapter& adapter, u64 lun, Disk& disk) {
  u8 page[252];
  const u8 ask[16] = {0x12, 1, 0x83, 0, sizeof page};
  if (run_once(adapter, lun, ask, page, sizeof page) != 0 || page[1] != 0x83) return;
  const u32 end = 4 + static_cast<u32>(big_endian(page + 2, 2));
  if (end > sizeof page) return;
  for (u32 at = 4; at + 4 <= end; at += 4 + page[at + 3]) {
    const u32 length = 4 + page[at + 3];
    if (at + length > end) return;
    if ((page[at + 1] >> 4 & 3) != 0 || (page[at + 1] & 0xF) == 0 || length > unit_name_bytes) continue;  // of a port; vendor's own
    memcpy(disk.unit_name, page + at, length);
    disk.unit_name_length = length;
    return;
  }
}

void add_disk(Adapter& adapter, u64 lun) {
  u8 inquiry[36], capacity[32];
  const u8 ask_inquiry[16] = {0x12, 0, 0, 0, sizeof inquiry};
  if (run_once(adapter, lun, ask_inquiry, inquiry, sizeof inquiry) != 0 || inquiry[0] != 0) return;
  Disk disk{};
  ask_unit_name(adapter, lun, disk);
  Disk* place = place_of(adapter, lun, disk);
  if (!place) return;
  if (place->available) {
    add_path(*place, adapter, lun);
    return;
  }
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
  disk.available = true;
  memcpy(disk.paths, place->paths, sizeof disk.paths);
  *place = disk;
  add_path(*place, adapter, lun);
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
  const u32 before = disks_available();
  while (disks_available() == before && !all_discovered() && timebase() < deadline) wait_on(&discovery_channel, deadline);
}

bool disk_info(u32 disk, DiskInfo& info) {
  if (!available(disk)) return false;
  const Disk& d = disks[disk];
  info = {d.blocks, d.block_bytes, static_cast<u32>(data_bytes / d.block_bytes), 0, 0};
  for (const Path& path : d.paths) {
    if (!path.adapter) continue;
    info.retries += path.adapter->retries;
    info.logins += path.adapter->logins;
  }
  return true;
}

namespace {

i64 transfer(u32 number, u64 block, u64 count, void* buffer, bool out) {
  if (!available(number)) return Error::no_device;
  const Disk& disk = disks[number];
  if (count == 0 || count > data_bytes / disk.block_bytes || block >= disk.blocks || count > disk.blocks - block) return Error::invalid;
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
  return run(disk, cdb, buffer, count * disk.block_bytes, out);
}

}  // namespace

i64 read(u32 disk, u64 block, u64 count, void* buffer) { return transfer(disk, block, count, buffer, false); }
i64 write(u32 disk, u64 block, u64 count, const void* buffer) { return transfer(disk, block, count, const_cast<void*>(buffer), true); }

i64 flush(u32 disk) {
  if (!available(disk)) return Error::no_device;
  const u8 cdb[16] = {0x35};  // SYNCHRONIZE CACHE(10), the whole disk
  return run(disks[disk], cdb, nullptr, 0, false);
}

i64 reserve(u32 disk, bool on) {
  if (!available(disk)) return Error::no_device;
  const u8 cdb[16] = {static_cast<u8>(on ? 0x16 : 0x17)};  // RESERVE(6), RELEASE(6)
  return run(disks[disk], cdb, nullptr, 0, false);
}

void flush_all() {
  for (u32 i = 0; i < sizeof disks / sizeof *disks; i++)
    if (available(i) && ready_path(disks[i])) flush(i);
}

void use(u32 disk, u32 process) {
  if (Disk* used = available(disk)) used->users |= 1ul << process;
}

void close_all(u32 process) {
  for (Disk& disk : disks) disk.users &= ~(1ul << process);
}

void stop_disk(u32 index) {
  if (Disk* disk = available(index)) disk->available = false;
}

u64 users_of_disk(u32 index) { return available(index) ? disks[index].users : 0; }

u64 users_of_adapter(u32 index) {
  u64 users = 0;
  for (const Disk& disk : disks) {
    bool here = false, elsewhere = false;
    for (const Path& path : disk.paths) {
      if (!path.adapter) continue;
      here |= path.adapter == &adapters[index];
      elsewhere |= path.adapter != &adapters[index] && path.adapter->ready;
    }
    if (here && !elsewhere) users |= disk.users;
  }
  return users;
}

const tree::Node* node(u32 index) { return index < sizeof adapters / sizeof *adapters ? adapters[index].node : nullptr; }

void stop_adapter(u32 index) {
  Adapter& adapter = adapters[index];
  for (Disk& disk : disks) {
    bool here = false, elsewhere = false;
    for (const Path& path : disk.paths) {
      here |= path.adapter == &adapter;
      elsewhere |= path.adapter && path.adapter != &adapter;
    }
    if (here && !elsewhere) disk.available = false;
  }
  stop(adapter);
}

void forget_adapter(u32 index) {
  remove_paths(adapters[index]);
  for (Disk& disk : disks)
    if (!is_known(disk)) disk = {};
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

bool describe_disk(u32 index, DeviceInfo& info) {
  const Disk* found = nullptr;
  for (const Disk& each : disks)
    if (!found && is_known(each) && index-- == 0) found = &each;
  if (!found) return false;
  const Disk& disk = *found;
  const Path* path = ready_path(disk);
  copy_text(info.device_class, sizeof info.device_class, "disk");
  format(info.name, sizeof info.name, "hdisk%lu", static_cast<u64>(found - disks));
  copy_text(info.status, sizeof info.status, disk.available && path ? "Available" : "Defined");
  for (const Path& each : disk.paths)
    if (!path && each.adapter) path = &each;
  format(info.location, sizeof info.location, "vscsi%u lun 0x%016lx", path->adapter->index, path->lun);
  format(info.description, sizeof info.description, "Virtual SCSI Disk Drive %s, %lu MB", disk.identity, disk.blocks * disk.block_bytes >> 20);
  return true;
}

bool describe_path(u32 index, DeviceInfo& info) {
  for (const Disk& disk : disks)
    for (const Path& path : disk.paths) {
      if (!path.adapter || index--) continue;
      copy_text(info.device_class, sizeof info.device_class, path_class);
      format(info.name, sizeof info.name, "hdisk%lu", static_cast<u64>(&disk - disks));
      copy_text(info.status, sizeof info.status, !disk.available ? "Defined" : path.adapter->ready ? "Enabled" : "Failed");
      format(info.location, sizeof info.location, "vscsi%u", path.adapter->index);
      format(info.description, sizeof info.description, "lun 0x%016lx", path.lun);
      return true;
    }
  return false;
}

}  // namespace nomad::vscsi

// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/disks.h"

#include "lib/text.h"

namespace nomad::disks {
namespace {

Disk disks[limit];

i64 transfer(u32 number, u64 block, u64 count, void* buffer, bool out) {
  const Disk* disk = available(number);
  if (!disk) return Error::no_device;
  if (count == 0 || count > largest_transfer / disk->block_bytes || block >= disk->blocks || count > disk->blocks - block)
    return Error::invalid;
  return disk->driver->transfer(number, block, count, buffer, out);
}

}  // namespace

Disk* known(u32 number) { return number < limit && disks[number].driver ? &disks[number] : nullptr; }
Disk* available(u32 number) { return known(number) && disks[number].available ? &disks[number] : nullptr; }

u32 number_available() {
  u32 count = 0;
  for (const Disk& disk : disks) count += disk.available;
  return count;
}

u32 free_number() {
  u32 number = 0;
  while (known(number)) number++;
  return number;
}

void add(u32 number, const Disk& disk) {
  const u64 users = disks[number].users;
  disks[number] = disk;
  disks[number].users = users;
}

bool info(u32 number, DiskInfo& info) {
  const Disk* disk = available(number);
  if (!disk) return false;
  info = {disk->blocks, disk->block_bytes, static_cast<u32>(largest_transfer / disk->block_bytes), 0, 0};
  disk->driver->statistics(number, info);
  return true;
}

i64 read(u32 disk, u64 block, u64 count, void* buffer) { return transfer(disk, block, count, buffer, false); }
i64 write(u32 disk, u64 block, u64 count, const void* buffer) { return transfer(disk, block, count, const_cast<void*>(buffer), true); }

i64 flush(u32 number) {
  const Disk* disk = available(number);
  return disk ? disk->driver->flush(number) : i64{Error::no_device};
}

i64 reserve(u32 number, bool on) {
  const Disk* disk = available(number);
  return disk ? disk->driver->reserve(number, on) : i64{Error::no_device};
}

void flush_all() {
  for (u32 i = 0; i < limit; i++)
    if (available(i) && disks[i].driver->is_ready(i)) flush(i);
}

void use(u32 number, u32 process) {
  if (Disk* disk = available(number)) disk->users |= 1ul << process;
}

void close_all(u32 process) {
  for (Disk& disk : disks) disk.users &= ~(1ul << process);
}

u64 users(u32 number) { return available(number) ? disks[number].users : 0; }

void stop(u32 number) {
  if (Disk* disk = available(number)) disk->available = false;
}

void forget(u32 number) {
  if (const Disk* disk = known(number)) disk->driver->forget(number);
  if (number < limit) disks[number] = {};
}

bool describe(u32 index, DeviceInfo& info) {
  for (u32 number = 0; number < limit; number++) {
    const Disk& disk = disks[number];
    if (!disk.driver || index--) continue;
    copy_text(info.device_class, sizeof info.device_class, "disk");
    format(info.name, sizeof info.name, "hdisk%u", number);
    copy_text(info.status, sizeof info.status, disk.available && disk.driver->is_ready(number) ? "Available" : "Defined");
    disk.driver->describe(number, info.location, sizeof info.location);
    format(info.description, sizeof info.description, "%s %s, %lu MB", disk.description, disk.identity, disk.blocks * disk.block_bytes >> 20);
    return true;
  }
  return false;
}

}  // namespace nomad::disks

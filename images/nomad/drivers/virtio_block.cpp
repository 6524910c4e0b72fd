// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/virtio_block.h"

#include "drivers/disks.h"
#include "drivers/virtio.h"
#include "kernel/clock.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "kernel/process.h"
#include "lib/text.h"

namespace nomad::virtio_block {
namespace {

constexpr u32 adapter_limit = 4;
constexpr u64 flush_feature = 1 << 9;
constexpr u32 sector = 512;
enum Type : u32 { read = 0, write = 1, flush_cache = 4, identify = 8 };
constexpr u8 good = 0;

// A command on its way: a request in a chain of its own, whose answer the device writes behind the data.
struct Slot {
  bool used, done;
  u8* request;  // header, then the answer
  u64 request_io;
  u8* data;
  u64 data_io;
};
constexpr u32 slot_count = 4, chain_length = 3;
constexpr u64 request_bytes = 32, header_bytes = 16;
constexpr u64 data_pages = disks::largest_transfer / page_bytes;

struct Adapter {
  const tree::Node* node;  // nullptr: no adapter has this number
  bool started;
  u32 disk;
  Virtio device;
  Virtqueue queue;
  u8* requests;
  Slot slots[slot_count];
};

constinit Adapter adapters[adapter_limit] = {};

void drain(Adapter& adapter) {
  u16 first;
  u32 written;
  while (adapter.queue.take(first, written))
    if (const u32 index = first / chain_length; index < slot_count) adapter.slots[index].done = true;
  wake(&adapter);
}

void interrupt(void* argument) {
  Adapter& adapter = *static_cast<Adapter*>(argument);
  adapter.device.take_interrupt();
  drain(adapter);
}

Slot& free_slot(Adapter& adapter) {
  for (;;) {
    for (Slot& slot : adapter.slots)
      if (!slot.used) return slot;
    wait_on(&adapter);
  }
}

// What the device writes goes to `from_device`, what it reads is at `to_device`.
i64 run(Adapter& adapter, Type type, u64 first_sector, const void* to_device, void* from_device, u64 bytes) {
  Slot& slot = free_slot(adapter);
  slot.used = true;
  slot.done = false;
  const u32 kind = __builtin_bswap32(type);
  const u64 at = __builtin_bswap64(first_sector);
  memset(slot.request, 0, request_bytes);
  memcpy(slot.request, &kind, sizeof kind);
  memcpy(slot.request + 8, &at, sizeof at);
  volatile u8& answer = slot.request[header_bytes];
  answer = 0xFF;
  if (to_device) memcpy(slot.data, to_device, bytes);
  const Virtqueue::Piece header = {slot.request_io, header_bytes, false};
  const Virtqueue::Piece data = {slot.data_io, static_cast<u32>(bytes), from_device != nullptr};
  const Virtqueue::Piece status = {slot.request_io + header_bytes, 1, true};
  const Virtqueue::Piece with_data[] = {header, data, status}, without[] = {header, status};
  adapter.queue.put(static_cast<u16>((&slot - adapter.slots) * chain_length), bytes ? with_data : without, bytes ? 3 : 2);
  adapter.device.notify(0);
  for (drain(adapter); !slot.done; drain(adapter)) wait_on(&adapter, clock::after_milliseconds(1000));
  const bool well = answer == good;
  if (well && from_device) memcpy(from_device, slot.data, bytes);
  slot.used = false;
  wake(&adapter);
  return well ? 0 : i64{Error::input_output};
}

Adapter* of(u32 disk) {
  for (Adapter& adapter : adapters)
    if (adapter.started && adapter.disk == disk) return &adapter;
  return nullptr;
}

// Of a disk that is available, which no disk of a stopped adapter is.
i64 transfer(u32 disk, u64 block, u64 count, void* buffer, bool out) {
  return run(*of(disk), out ? write : read, block, out ? buffer : nullptr, out ? nullptr : buffer, count * sector);
}

i64 flush(u32 disk) { return run(*of(disk), flush_cache, 0, nullptr, nullptr, 0); }
i64 reserve(u32, bool) { return Error::not_supported; }
bool is_ready(u32 disk) { return of(disk) != nullptr; }
void statistics(u32, DiskInfo&) {}

void describe_disk(u32 disk, char* location, u64 size) {
  for (const Adapter& adapter : adapters)
    if (adapter.node && adapter.disk == disk) format(location, size, "scsi%lu", static_cast<u64>(&adapter - adapters));
}

void forget_disk(u32 disk) {
  for (Adapter& adapter : adapters)
    if (adapter.node && adapter.disk == disk) adapter.disk = disks::limit;
}

constexpr disks::Driver driver = {transfer, flush, reserve, is_ready, describe_disk, statistics, forget_disk};

void release(Adapter& adapter) {
  adapter.device.close();
  adapter.queue.destroy();
  for (Slot& slot : adapter.slots) {
    pages::release_contiguous(slot.data, data_pages);
    slot = {};
  }
  pages::release_contiguous(adapter.requests, 1);
  adapter.requests = nullptr;
  adapter.started = false;
}

bool make_slots(Adapter& adapter) {
  adapter.requests = static_cast<u8*>(pages::allocate_contiguous(1));
  const u64 requests_io = adapter.requests ? adapter.device.window().map(adapter.requests, 1) : 0;
  for (u32 i = 0; i < slot_count; i++) {
    Slot& slot = adapter.slots[i];
    slot.request = adapter.requests + i * request_bytes;
    slot.request_io = requests_io + i * request_bytes;
    slot.data = static_cast<u8*>(pages::allocate_contiguous(data_pages));
    slot.data_io = slot.data ? adapter.device.window().map(slot.data, data_pages) : 0;
    if (!slot.data_io) return false;
  }
  return requests_io != 0;
}

void add_disk(Adapter& adapter) {
  disks::Disk disk{&driver, true, 0, adapter.device.configuration(0, 8), sector, "Virtio Disk Drive", {}};
  char serial[21] = {};
  if (run(adapter, identify, 0, nullptr, serial, sizeof serial - 1) == 0) copy_text(disk.identity, sizeof disk.identity, serial);
  disks::add(adapter.disk, disk);
}

bool open(Adapter& adapter) {
  if (!adapter.device.open(adapter.node, flush_feature) || !adapter.device.add_queue(0, adapter.queue) || !make_slots(adapter)) return false;
  adapter.started = true;
  interrupts::connect(adapter.device.interrupt(), interrupt, &adapter);
  adapter.device.start();
  add_disk(adapter);
  return true;
}

bool known(const tree::Node* node) {
  for (const Adapter& adapter : adapters)
    if (adapter.node == node) return true;
  return false;
}

}  // namespace

void start() {
  for (tree::Node* node = nullptr; (node = tree::next_compatible(node, "pci1af4,1042"));)
    for (Adapter& adapter : adapters)
      if (!adapter.node && !known(node)) {
        adapter.node = node;
        adapter.disk = disks::limit;
      }
  for (Adapter& adapter : adapters) {
    if (!adapter.node) continue;
    if (adapter.disk == disks::limit) adapter.disk = disks::free_number();
    if (adapter.disk == disks::limit) continue;
    if (adapter.started && !disks::available(adapter.disk)) add_disk(adapter);
    if (!adapter.started && !open(adapter)) release(adapter);
  }
}

const tree::Node* node(u32 index) { return index < adapter_limit ? adapters[index].node : nullptr; }
u64 users(u32 index) { return adapters[index].started ? disks::users(adapters[index].disk) : 0; }

void stop(u32 index) {
  Adapter& adapter = adapters[index];
  if (!adapter.started) return;
  if (adapter.disk < disks::limit) disks::stop(adapter.disk);
  interrupts::disconnect(adapter.device.interrupt());
  release(adapter);
}

void forget(u32 index) {
  if (!adapters[index].node) return;
  if (adapters[index].disk < disks::limit) disks::forget(adapters[index].disk);
  adapters[index] = {};
}

bool describe(u32 index, DeviceInfo& info) {
  for (const Adapter& adapter : adapters) {
    if (!adapter.node || index--) continue;
    info = {"", "adapter", "Defined", "", "PCI Virtio Block Adapter"};
    if (adapter.started) copy_text(info.status, sizeof info.status, "Available");
    format(info.name, sizeof info.name, "scsi%lu", static_cast<u64>(&adapter - adapters));
    tree::path(adapter.node, info.location, sizeof info.location);
    return true;
  }
  return false;
}

}  // namespace nomad::virtio_block

// SPDX-License-Identifier: GPL-2.0-or-later
// System calls on disks, NVRAM, the error log, BSR windows and huge pages.
#include "drivers/disks.h"
#include "drivers/nvram.h"
#include "kernel/device_tree.h"
#include "kernel/error_log.h"
#include "kernel/hash_table.h"
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "kernel/system_calls.h"
#include "kernel/volumes.h"

namespace nomad::system_calls {
namespace {

// Disks, or logical volumes, by number.
struct Storage {
  bool (*info)(u32 number, DiskInfo& info);
  i64 (*read)(u32 number, u64 block, u64 count, void* buffer);
  i64 (*write)(u32 number, u64 block, u64 count, const void* buffer);
  i64 (*flush)(u32 number);
  void (*use)(u32 number, u32 process);
};
constexpr Storage disk_storage = {disks::info, disks::read, disks::write, disks::flush, disks::use};
constexpr Storage volume_storage = {volumes::info, volumes::read, volumes::write, volumes::flush, volumes::use};

const Storage& storage_of(const Call& call) { return call.argument(0) < volumes::first_number ? disk_storage : volume_storage; }

void use_disk(const Call& call) { storage_of(call).use(static_cast<u32>(call.argument(0)), static_cast<u32>(&call.process - processes)); }

// A program's buffer is copied through pages of the kernel, because it need not be contiguous in real memory.
template <class Transfer>
i64 with_buffer(Call& call, bool out, Transfer transfer) {
  DiskInfo info;
  if (!storage_of(call).info(static_cast<u32>(call.argument(0)), info)) return Error::no_device;
  use_disk(call);
  const u64 count = call.argument(2);
  if (count == 0 || count > info.largest_transfer) return Error::invalid;
  const u64 length = count * info.block_bytes;
  const u64 page_count = (length + page_bytes - 1) / page_bytes;
  auto* buffer = static_cast<u8*>(pages::allocate_contiguous(page_count));
  if (!buffer) return Error::no_memory;
  i64 result = Error::bad_address;
  if (!out || call.process.space.copy_in(buffer, call.argument(3), length)) {
    result = transfer(static_cast<u32>(call.argument(0)), call.argument(1), count, buffer);
    if (result == 0 && !out && !call.process.space.copy_out(call.argument(3), buffer, length)) result = Error::bad_address;
  }
  for (u64 i = 0; i < page_count; i++) pages::release(real_of(buffer) + i * page_bytes);
  return result;
}

}  // namespace

i64 disk_info(Call& call) {
  DiskInfo info{};
  if (!storage_of(call).info(static_cast<u32>(call.argument(0)), info)) return Error::no_device;
  use_disk(call);
  return call.give(call.argument(1), info) ? 0 : i64{Error::bad_address};
}

i64 disk_read(Call& call) {
  return with_buffer(call, false, storage_of(call).read);
}

i64 disk_write(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  return with_buffer(call, true, storage_of(call).write);
}

i64 disk_flush(Call& call) {
  use_disk(call);
  return storage_of(call).flush(static_cast<u32>(call.argument(0)));
}

i64 disk_reserve(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  use_disk(call);
  return disks::reserve(static_cast<u32>(call.argument(0)), call.argument(1) != 0);
}

i64 error_log(Call& call) {
  ErrorRecord record;
  if (!error_log::get(call.argument(0), record)) return Error::no_such_thing;
  return call.give(call.argument(1), record) ? 0 : i64{Error::bad_address};
}

i64 nvram_read(Call& call) {
  if (call.argument(2) == 0) return nvram::size();
  u8 buffer[256];
  const u64 length = call.argument(2) < sizeof buffer ? call.argument(2) : sizeof buffer;
  if (!nvram::fetch(static_cast<u32>(call.argument(0)), buffer, static_cast<u32>(length))) return Error::invalid;
  return call.process.space.copy_out(call.argument(1), buffer, length) ? static_cast<i64>(length) : i64{Error::bad_address};
}

// A node may tell of several: ibm,expected#pages is the logarithm of their number.
i64 huge_page_map(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  u64 index = call.argument(0), real = 0;
  for (tree::Node* node = tree::next_of_type(nullptr, "memory"); node && !real; node = tree::next_of_type(node, "memory")) {
    const tree::Property* expected = tree::property(node, "ibm,expected#pages");
    const tree::Property* reg = tree::property(node, "reg");
    if (!expected || !reg) continue;
    const u64 count = 1ul << tree::cell(expected, 0);
    if (index < count) real = (static_cast<u64>(tree::cell(reg, 0)) << 32 | tree::cell(reg, 1)) + index * AddressSpace::huge_bytes;
    index -= count;
  }
  if (!real) return Error::no_device;
  if (!hash_table::huge_page().shift) return Error::not_supported;
  for (const Process& process : processes)
    if (process.state != Process::State::unused && process.space.has_huge_page(real)) return Error::busy;
  const u64 start = call.process.space.add_huge_page(real);
  return start ? static_cast<i64>(start) : i64{Error::no_memory};
}

// One window per (address, size) pair of the BSR node's reg; lock bytes and stride are lists beside it. (LoPAR B.5.16)
i64 device_map(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  const tree::Node* node = tree::next_of_type(nullptr, "ibm,bsr");
  const tree::Property* reg = tree::property(node, "reg");
  const u32 index = static_cast<u32>(call.argument(0));
  if (!reg || (index + 1) * 16 > reg->length) return Error::no_device;
  const u64 real = static_cast<u64>(tree::cell(reg, index * 4)) << 32 | tree::cell(reg, index * 4 + 1);
  DeviceWindow window{};
  window.bytes = static_cast<u64>(tree::cell(reg, index * 4 + 2)) << 32 | tree::cell(reg, index * 4 + 3);
  window.lock_bytes = tree::cell(tree::property(node, "ibm,#lock-bytes"), index);
  window.lock_stride = tree::cell(tree::property(node, "ibm,lock-stride"), index);
  const u64 start = call.process.space.reserve_device(window.bytes);
  if (!start) return Error::no_memory;
  for (u64 offset = 0; offset < window.bytes; offset += page_bytes)
    if (!call.process.space.add_device_page(start + offset, real + offset)) return Error::no_memory;
  return call.give(call.argument(1), window) ? static_cast<i64>(start) : i64{Error::bad_address};
}

}  // namespace nomad::system_calls

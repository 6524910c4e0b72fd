// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/device_access.h"

#include <algorithm>
#include <iterator>

#include "cpu/effective_address.h"
#include "cpu/processor.h"

namespace cpu {

namespace {

struct Row {
  u32 opcode;
  u32 extended;  // of opcode 31 that of the X-form, of DS-forms the last two bits; 0 of D-forms
  DeviceAccess access;
};

constexpr DeviceAccess load(u32 bytes) { return {.bytes = bytes}; }
constexpr DeviceAccess load_update(u32 bytes) { return {.bytes = bytes, .update = true}; }
constexpr DeviceAccess load_sign(u32 bytes) { return {.bytes = bytes, .algebraic = true}; }
constexpr DeviceAccess load_sign_update(u32 bytes) { return {.bytes = bytes, .algebraic = true, .update = true}; }
constexpr DeviceAccess load_reversed(u32 bytes) { return {.bytes = bytes, .reversed = true}; }
constexpr DeviceAccess store(u32 bytes) { return {.bytes = bytes, .store = true}; }
constexpr DeviceAccess store_update(u32 bytes) { return {.bytes = bytes, .store = true, .update = true}; }
constexpr DeviceAccess store_reversed(u32 bytes) { return {.bytes = bytes, .store = true, .reversed = true}; }

constexpr Row rows[] = {
    {31, 21, load(8)},
    {31, 23, load(4)},
    {31, 53, load_update(8)},
    {31, 55, load_update(4)},
    {31, 87, load(1)},
    {31, 119, load_update(1)},
    {31, 149, store(8)},
    {31, 151, store(4)},
    {31, 181, store_update(8)},
    {31, 183, store_update(4)},
    {31, 215, store(1)},
    {31, 247, store_update(1)},
    {31, 279, load(2)},
    {31, 311, load_update(2)},
    {31, 341, load_sign(4)},
    {31, 343, load_sign(2)},
    {31, 373, load_sign_update(4)},
    {31, 375, load_sign_update(2)},
    {31, 407, store(2)},
    {31, 439, store_update(2)},
    {31, 532, load_reversed(8)},
    {31, 534, load_reversed(4)},
    {31, 660, store_reversed(8)},
    {31, 662, store_reversed(4)},
    {31, 790, load_reversed(2)},
    {31, 918, store_reversed(2)},
    {32, 0, load(4)},
    {33, 0, load_update(4)},
    {34, 0, load(1)},
    {35, 0, load_update(1)},
    {36, 0, store(4)},
    {37, 0, store_update(4)},
    {38, 0, store(1)},
    {39, 0, store_update(1)},
    {40, 0, load(2)},
    {41, 0, load_update(2)},
    {42, 0, load_sign(2)},
    {43, 0, load_sign_update(2)},
    {44, 0, store(2)},
    {45, 0, store_update(2)},
    {58, 0, load(8)},
    {58, 1, load_update(8)},
    {58, 2, load_sign(4)},
    {62, 0, store(8)},
    {62, 1, store_update(8)},
};

u64 swapped(u64 value, u32 bytes) { return emu::byte_swapped(value) >> (64 - 8 * bytes); }
u64 sign_extended(u64 value, u32 bytes) {
  const u32 unused = 64 - 8 * bytes;
  return static_cast<u64>(static_cast<s64>(value << unused) >> unused);
}

}  // namespace

std::optional<DeviceAccess> device_access(Instruction i) {
  const u32 extended = i.opcode() == 31 ? i.extended() : i.opcode() == 58 || i.opcode() == 62 ? i.word & 3 : 0;
  const auto* row =
      std::ranges::find_if(rows, [&](const Row& each) { return each.opcode == i.opcode() && each.extended == extended; });
  if (row == std::end(rows)) return std::nullopt;
  return row->access;
}

// The page of the fault is no memory. What no adapter answers is a machine check, as before; so is any other kind of access, and one
// inside of a transaction.
bool Processor::reach_device(const PendingFault& fault) {
  Instruction i;
  Fault ignored = Fault::none;
  if (looks_at_accesses() || !fetch(pc_, i, ignored)) return false;
  const auto access = device_access(i);
  const auto address = effective_address(i, *engine_, sixty_four_bit());
  if (!access || !address || (*address ^ fault.page_address) >= emu::page_size || *address % access->bytes) return false;
  const Translation t =
      translate(registers_, options_.slb_slots, table_, memory_, *address, access->store ? Access::write : Access::read);
  if (t.fault != Fault::no_memory || t.slot == no_entry) return false;
  const u64 real = t.page << emu::page_shift | (*address & (emu::page_size - 1));
  const bool swap = access->reversed == (byte_order() == ByteOrder::little);
  u64 value = 0;
  if (access->store) {
    value = engine_->gpr(i.rt());
    if (access->bytes < 8) value &= (u64{1} << 8 * access->bytes) - 1;
    if (!supervisor_.store_device(real, access->bytes, swap ? swapped(value, access->bytes) : value)) return false;
  } else {
    if (!supervisor_.load_device(real, access->bytes, value)) return false;
    if (swap) value = swapped(value, access->bytes);
    engine_->set_gpr(i.rt(), access->algebraic ? sign_extended(value, access->bytes) : value);
  }
  if (access->update) engine_->set_gpr(i.ra(), *address);
  pc_ = pc_ + 4;
  if (!sixty_four_bit()) pc_ &= 0xFFFFFFFF;
  ++counters_.emulated;
  const u64 bits = hpte_referenced | (access->store ? hpte_changed : 0);
  if (Hpte hpte = table_.read(t.slot); (hpte.r & bits) != bits) {
    hpte.r |= bits;
    table_.write(t.slot, hpte);
  }
  return true;
}

}  // namespace cpu

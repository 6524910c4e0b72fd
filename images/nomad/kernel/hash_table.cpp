// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/hash_table.h"

#include "kernel/device_tree.h"
#include "kernel/hypercall.h"
#include "kernel/machine.h"
#include "kernel/panic.h"

namespace nomad::hash_table {
namespace {

constexpr u64 valid_bit = 1, secondary_bit = 2, large_bit = 4, bolted_bit = 0x10;
constexpr u64 referenced_changed = 0x180;
constexpr u64 H_AVPN = 1ul << 31, H_ANDCOND = 1ul << 30;

u64 group_mask = 0;
PageSize largest{12, 0, 0};
PageSize huge{0, 0, 0};

u64 first_word(u64 vsid, u64 address, u32 shift) {
  const u64 offset = address & 0x0FFFFFFF & ~((1ul << shift) - 1);
  return ((vsid << 28 | offset) >> 23) << 7;
}

u64 hash_of(u64 vsid, u64 address, u32 shift) { return vsid ^ ((address & 0x0FFFFFFF) >> shift); }

u64 group_of(u64 hash, bool secondary) { return (secondary ? ~hash : hash) & group_mask; }

// The same of a segment of 1 TiB.
constexpr u64 tebibyte_segment = 1ul << 62;
constexpr u64 in_tebibyte = 0xFFFFFFFFFF;

u64 huge_first_word(u64 vsid, u64 address) {
  return tebibyte_segment | vsid << 24 | ((address & in_tebibyte) >> huge.shift << huge.shift >> 16 & 0xFFFF80);
}

u64 huge_hash_of(u64 vsid, u64 address) { return vsid ^ vsid << 25 ^ (address & in_tebibyte) >> huge.shift; }

// Both groups are full: throw out something that is not bolted. Its owner will fault it in again.
void evict(u64 group) {
  const u64 start = timebase();
  for (u64 i = 0; i < 8; i++)
    if (hypercall(H_REMOVE, H_ANDCOND, group * 8 + ((start + i) & 7), bolted_bit).status == H_SUCCESS) return;
  panic("no entry of hash group 0x%lx can be evicted", group);
}

Slot insert(u64 word, u64 second, u64 hash, u64 address) {
  for (;;) {
    for (u32 choice = 0; choice < 2; choice++) {
      const bool secondary = choice == 1;
      const u64 group = group_of(hash, secondary);
      const Hypercall answer = hypercall(H_ENTER, 0, group * 8, word | (secondary ? secondary_bit : 0), second);
      if (answer.status == H_SUCCESS) return {true, secondary, static_cast<u8>(answer.out[0] & 7)};
      if (answer.status != H_PTEG_FULL) panic("H_ENTER of 0x%lx, second word 0x%lx: %ld", address, second, answer.status);
    }
    evict(group_of(hash, timebase() & 1));
  }
}

}  // namespace

const PageSize small_page{12, 0, 0};

void start() {
  const tree::Node* cpu = tree::next_of_type(nullptr, "cpu");
  const tree::Property* table = tree::property(cpu, "ibm,pft-size");
  if (!table) panic("the tree has no ibm,pft-size");
  group_mask = (1ul << (tree::cell(table, 1) - 7)) - 1;
  // Records: base page shift, SLB encoding, n, then n pairs (actual page shift, penc).
  const tree::Property* sizes = tree::property(cpu, "ibm,segment-page-sizes");
  for (u32 i = 0; sizes && i * 4 < sizes->length;) {
    const u32 shift = tree::cell(sizes, i), encoding = tree::cell(sizes, i + 1), pairs = tree::cell(sizes, i + 2);
    for (u32 pair = 0; pair < pairs; pair++) {
      if (tree::cell(sizes, i + 3 + 2 * pair) != shift) continue;
      const PageSize size{shift, encoding, tree::cell(sizes, i + 4 + 2 * pair)};
      if (shift > largest.shift && (shift == 16 || shift == 24)) largest = size;
      if (shift == 34) huge = size;
    }
    i += 3 + 2 * pairs;
  }
}

PageSize kernel_page() { return largest; }
PageSize huge_page() { return huge; }

// Context 0 is the kernel. Neighbouring contexts must not share hash groups, so the number is spread by a multiplication that
// is one to one (a prime modulo 2^35 - 1); the result fits the smallest virtual address of the family.
u64 vsid(u32 context, u64 address) {
  const u64 segment = (address & ~(0xFul << 60)) >> 28 & 0x7FFF;
  return (static_cast<u64>(context) << 15 | segment) * 268435399 % ((1ul << 35) - 1) + 1;
}

Slot enter(u64 vsid, u64 address, const PageSize& size, u64 real, u64 protection, bool bolted) {
  const u64 word = first_word(vsid, address, size.shift) | valid_bit | (size.shift > 12 ? large_bit : 0) | (bolted ? bolted_bit : 0);
  const u64 second = (real & ~((1ul << size.shift) - 1)) | static_cast<u64>(size.penc) << 12 | protection | referenced_changed;
  return insert(word, second, hash_of(vsid, address, size.shift), address);
}

Slot enter_huge(u64 vsid, u64 address, u64 real, u64 protection) {
  const u64 second = real | static_cast<u64>(huge.penc) << 12 | protection | referenced_changed;
  return insert(huge_first_word(vsid, address) | valid_bit | large_bit, second, huge_hash_of(vsid, address), address);
}

void remove_huge(u64 vsid, u64 address, Slot slot) {
  if (!slot.valid) return;
  hypercall(H_REMOVE, H_AVPN, group_of(huge_hash_of(vsid, address), slot.secondary) * 8 + slot.index, huge_first_word(vsid, address));
}

void remove(u64 vsid, u64 address, Slot slot) {
  if (!slot.valid) return;
  const u64 position = group_of(hash_of(vsid, address, 12), slot.secondary) * 8 + slot.index;
  hypercall(H_REMOVE, H_AVPN, position, first_word(vsid, address, 12));
}

void remove_large(u64 vsid, u64 address, const PageSize& size) {
  const u64 hash = hash_of(vsid, address, size.shift), word = first_word(vsid, address, size.shift);
  for (u64 i = 0; i < 16; i++)
    if (hypercall(H_REMOVE, H_AVPN, group_of(hash, i >= 8) * 8 + i % 8, word).status == H_SUCCESS) return;
}

bool protect(u64 vsid, u64 address, Slot slot, u64 protection) {
  const u64 position = group_of(hash_of(vsid, address, 12), slot.secondary) * 8 + slot.index;
  return hypercall(H_PROTECT, H_AVPN | (protection & 7), position, first_word(vsid, address, 12)).status == H_SUCCESS;
}

}  // namespace nomad::hash_table

// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/pages.h"

#include "kernel/device_tree.h"
#include "kernel/kernel_map.h"
#include "kernel/machine.h"
#include "kernel/panic.h"
#include "lib/text.h"

extern "C" char image_end[];

namespace nomad::pages {
namespace {

// SIMPLIFIED: memory above 4 GiB is left alone: one bit per page, and sixteen 256 MiB segments that stay in the SLB.
constexpr u64 page_count = limit / page_bytes;

u64 used[page_count / 64];  // bit set = not free; everything is used until a memory node says otherwise
u64 present[page_count / 64];
u64 next_word = 0;
u64 free_count = 0;
u64 total_count = 0;
u64 end_of_memory = 0;  // of what there may ever be

bool test(const u64* map, u64 page) { return map[page / 64] >> (page % 64) & 1; }
void set(u64* map, u64 page) { map[page / 64] |= 1ul << (page % 64); }
void clear(u64* map, u64 page) { map[page / 64] &= ~(1ul << (page % 64)); }

void may_reach(u64 end) {
  if (end > limit) end = limit;
  if (end > end_of_memory) end_of_memory = end;
}

// The rows of ibm,dynamic-memory: address in two cells, DRC index, reserved, list of domains, flags. (LoPAR B.5.6.2)
void add_dynamic_memory() {
  enum : u32 { row_cells = 6, assigned = 8 };
  const tree::Node* node = tree::find("/ibm,dynamic-reconfiguration-memory");
  const tree::Property* table = tree::property(node, "ibm,dynamic-memory");
  const u64 bytes = tree::number(node, "ibm,lmb-size", 0);
  const u32 rows = tree::cell(table, 0);
  for (u32 row = 0; row < rows; row++) {
    const u32 at = 1 + row * row_cells;
    const u64 start = static_cast<u64>(tree::cell(table, at)) << 32 | tree::cell(table, at + 1);
    may_reach(start + bytes);
    if (tree::cell(table, at + 5) & assigned) add(start, bytes);
  }
}

void reserve(u64 start, u64 bytes) {
  for (u64 page = start / page_bytes; page * page_bytes < start + bytes && page < page_count; page++) {
    if (test(used, page)) continue;
    set(used, page);
    free_count--;
  }
}

void take(u64 page) {
  set(used, page);
  free_count--;
  kernel_map::map(page * page_bytes);
}

}  // namespace

void start() {
  memset(used, 0xFF, sizeof used);
  for (tree::Node* node = tree::next_of_type(nullptr, "memory"); node; node = tree::next_of_type(node, "memory")) {
    // A 16 GiB page's node (ibm,expected#pages) is not ordinary memory.
    if (tree::property(node, "ibm,expected#pages")) continue;
    const tree::Property* reg = tree::property(node, "reg");
    for (u32 i = 0; reg && (i + 4) * 4 <= reg->length; i += 4) {
      const u64 begin = static_cast<u64>(tree::cell(reg, i)) << 32 | tree::cell(reg, i + 1);
      const u64 bytes = static_cast<u64>(tree::cell(reg, i + 2)) << 32 | tree::cell(reg, i + 3);
      add(begin, bytes);
      may_reach(begin + bytes);
    }
  }
  add_dynamic_memory();
  if (total_count < 4096) panic("%lu KiB of memory are too little", total_count * 4);
  reserve(0, real_of(image_end));
  const tree::Range flattened = tree::flattened_range();
  reserve(real_of(pointer(flattened.start)), flattened.bytes);
  for (u32 i = 0; tree::reserved(i).bytes; i++) reserve(tree::reserved(i).start, tree::reserved(i).bytes);
  const tree::Node* rtas = tree::find("/rtas");
  if (const u64 base = tree::number(rtas, "linux,rtas-base", 0)) reserve(base, tree::number(rtas, "rtas-size", page_bytes));
}

u64 allocate() {
  for (u64 tried = 0; tried < page_count / 64; tried++) {
    const u64 word = used[next_word];
    if (~word) {
      const u64 page = next_word * 64 + static_cast<u64>(__builtin_ctzl(~word));
      take(page);
      memset(pointer(page * page_bytes), 0, page_bytes);
      return page * page_bytes;
    }
    next_word = (next_word + 1) % (end_of_memory / page_bytes / 64);
  }
  return 0;
}

void* allocate_contiguous(u64 count) {
  u64 length = 0;
  for (u64 page = 0; page < page_count; page++) {
    length = test(used, page) ? 0 : length + 1;
    if (length != count) continue;
    const u64 first = page + 1 - count;
    for (u64 i = first; i <= page; i++) take(i);
    memset(pointer(first * page_bytes), 0, count * page_bytes);
    return pointer(first * page_bytes);
  }
  return nullptr;
}

void release(u64 real) {
  clear(used, real / page_bytes);
  free_count++;
  if (real / page_bytes / 64 < next_word) next_word = real / page_bytes / 64;
}

void release_contiguous(const void* first, u64 count) {
  for (u64 i = 0; first && i < count; i++) release(real_of(first) + i * page_bytes);
}

void add(u64 start, u64 bytes) {
  for (u64 page = start / page_bytes; page < (start + bytes) / page_bytes && page < page_count; page++) {
    if (test(present, page)) continue;
    set(present, page);
    clear(used, page);
    free_count++;
    total_count++;
  }
}

bool remove(u64 start, u64 bytes) {
  const u64 first = start / page_bytes, end = (start + bytes) / page_bytes;
  for (u64 page = first; page < end; page++)
    if (page >= page_count || test(used, page)) return false;
  for (u64 page = first; page < end; page++) {
    set(used, page);
    clear(present, page);
    free_count--;
    total_count--;
  }
  return true;
}

u64 total() { return total_count * page_bytes; }
u64 free() { return free_count * page_bytes; }
u64 highest() { return end_of_memory; }

}  // namespace nomad::pages

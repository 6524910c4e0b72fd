// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/unicorn/block_test.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>

#include <sys/mman.h>

#include "emu/core/guest_memory.h"

namespace cpu::unicorn {

namespace {

using CodeByte = std::optional<u8>;  // nothing: any
constexpr CodeByte any;

// movabs rdi, ...; or lea rdi, [rip + ...]
constexpr CodeByte far[] = {0x48, 0xBF, any, any, any, any, any, any, any, any};
constexpr CodeByte near[] = {0x48, 0x8D, 0x3D, any, any, any, any};
// xor esi, esi; call [rip + ...]
constexpr CodeByte call[] = {0x33, 0xF6, 0xFF, 0x15, any, any, any, any};
constexpr size_t call_size = 6;

bool matches(std::span<const u8> code, std::span<const CodeByte> expected) {
  return std::ranges::equal(code.first(expected.size()), expected,
                            [](u8 is, CodeByte wanted) { return !wanted || *wanted == is; });
}

}  // namespace

std::unique_ptr<NearWord> NearWord::create(const void* address) {
  const auto from = reinterpret_cast<std::uintptr_t>(address) & ~(emu::page_size - 1);
  constexpr std::uintptr_t step = 64 * MiB;  // heaps of the C library are that far apart
  constexpr std::uintptr_t reach = 2 * GiB - step;
  for (std::uintptr_t away = step; away < reach; away += step) {
    for (const std::uintptr_t wanted : {from - away, from + away}) {
      void* page =
          mmap(reinterpret_cast<void*>(wanted), emu::page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (page == MAP_FAILED) continue;
      const s64 distance = reinterpret_cast<s64>(page) - reinterpret_cast<s64>(address);
      if (distance == static_cast<s32>(distance)) {
        return std::unique_ptr<NearWord>(new NearWord(new (page) std::atomic<u32>(0), static_cast<s32>(distance)));
      }
      munmap(page, emu::page_size);
    }
  }
  return nullptr;
}

NearWord::~NearWord() { munmap(word_, emu::page_size); }

size_t block_test_size(std::span<const u8> code) {
  for (const std::span<const CodeByte> first : {std::span<const CodeByte>(near), std::span<const CodeByte>(far)}) {
    const size_t size = first.size() + std::size(call);
    if (code.size() >= size && matches(code, first) && matches(code.subspan(first.size()), call)) return size;
  }
  return 0;
}

bool shorten_block_test(std::span<u8> code, s32 distance) {
  const size_t size = block_test_size(code);
  if (size == 0) return false;
  // cmp dword [rbp + distance], 0; je behind the call; a nop of three bytes if there is room. The call stays where it is: what is
  // called knows the block by the address that it returns to, and needs none of its arguments.
  constexpr u8 compare_size = 9;
  std::array<u8, compare_size> compare = {0x83, 0xBD, 0, 0, 0, 0, 0, 0x74, static_cast<u8>(size - compare_size)};
  std::memcpy(&compare[2], &distance, sizeof distance);
  constexpr u8 nop[] = {0x0F, 0x1F, 0x00};
  std::ranges::copy(compare, code.begin());
  if (size - call_size > compare_size) std::ranges::copy(nop, code.begin() + compare_size);
  return true;
}

}  // namespace cpu::unicorn

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What stands before each block that Unicorn has translated: a call that asks whether to leave. The call costs more than many
// a block, so it is made to happen only while a word is not 0 that the block itself compares. (x86-64)

#include <array>
#include <atomic>
#include <memory>
#include <span>

#include "emu/core/types.h"

namespace cpu::unicorn {

// A word that host code reaches by a 32-bit displacement from an address: from the registers, to which it has a pointer.
class NearWord {
 public:
  static std::unique_ptr<NearWord> create(const void* address);  // null if no memory near it is free
  ~NearWord();
  NearWord(const NearWord&) = delete;
  NearWord& operator=(const NearWord&) = delete;

  std::atomic<u32>& word() { return *word_; }
  s32 distance() const { return distance_; }  // from that address, in bytes

 private:
  NearWord(std::atomic<u32>* word, s32 distance) : word_(word), distance_(distance) {}
  std::atomic<u32>* word_;
  s32 distance_;
};

// Bytes of the code that prepares and does the call, which returns behind that: it depends on how far away Unicorn's object is.
inline constexpr std::array<size_t, 2> block_test_sizes = {15, 18};
// Of these, what `code` begins with, if it is a block's host code; 0 if it does not begin as expected.
size_t block_test_size(std::span<const u8> code);

// Makes the call depend on the word at `distance` from the registers. False, and nothing is changed, if the block's host code
// does not begin as expected.
bool shorten_block_test(std::span<u8> code, s32 distance);

}  // namespace cpu::unicorn

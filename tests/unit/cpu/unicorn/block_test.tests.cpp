// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/unicorn/block_test.h"

#include <vector>

#include <sys/mman.h>

#include "tests/support/catch.h"

namespace {

// Unicorn's object may be anywhere, or near the code.
const std::vector<u8> far = {0x48, 0xBF, 1, 2, 3, 4, 5, 6, 7, 8, 0x33, 0xF6, 0xFF, 0x15, 0x7E, 0, 0, 0, 0x90};
const std::vector<u8> near = {0x48, 0x8D, 0x3D, 1, 2, 3, 4, 0x33, 0xF6, 0xFF, 0x15, 0x7B, 0, 0, 0, 0x90};

}  // namespace

TEST_CASE("the call before a block is skipped while the word is 0, and its return address stays", "[block test]") {
  for (const auto& original : {far, near}) {
    auto code = original;
    const size_t size = cpu::unicorn::block_test_size(code);
    REQUIRE(size == original.size() - 1);
    REQUIRE(cpu::unicorn::shorten_block_test(code, -0x1234));
    // cmp dword [rbp - 0x1234], 0; je over the call
    const std::vector<u8> compare = {0x83, 0xBD, 0xCC, 0xED, 0xFF, 0xFF, 0x00, 0x74};
    CHECK(std::equal(compare.begin(), compare.end(), code.begin()));
    CHECK(9 + code[8] == static_cast<int>(size));
    CHECK(std::equal(code.end() - 7, code.end(), original.end() - 7));  // the call, and what follows
    CHECK_FALSE(cpu::unicorn::shorten_block_test(code, 0));             // it is done
  }
}

TEST_CASE("code that begins otherwise is left alone", "[block test]") {
  for (const auto& original : {far, near})
    for (const size_t changed : {size_t{0}, size_t{1}, original.size() - 9, original.size() - 7}) {
      auto code = original;
      code[changed] ^= 1;
      const auto before = code;
      CHECK(cpu::unicorn::block_test_size(code) == 0);
      CHECK_FALSE(cpu::unicorn::shorten_block_test(code, 8));
      CHECK(code == before);
    }
  std::vector<u8> cut(near.begin(), near.begin() + 14);
  CHECK_FALSE(cpu::unicorn::shorten_block_test(cut, 8));
}

TEST_CASE("a word near an address is where its distance says", "[block test]") {
  void* somewhere = mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(somewhere != MAP_FAILED);
  {
    const auto near_word = cpu::unicorn::NearWord::create(somewhere);
    REQUIRE(near_word);
    CHECK(near_word->word() == 0);
    CHECK(reinterpret_cast<u8*>(&near_word->word()) == static_cast<u8*>(somewhere) + near_word->distance());
  }
  munmap(somewhere, 4096);
}

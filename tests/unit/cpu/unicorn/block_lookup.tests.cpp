// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/unicorn/block_lookup.h"

#include "tests/support/catch.h"

TEST_CASE("a block is found by its address and its mode", "[block lookup]") {
  cpu::unicorn::BlockLookup blocks;
  const int code = 0, other = 0;
  CHECK(blocks.find(0, 0) == nullptr);
  blocks.remember(0xC000000000001000, 3, &code);
  blocks.remember(0xC000000000002000, 3, &other);
  CHECK(blocks.find(0xC000000000001000, 3) == &code);
  CHECK(blocks.find(0xC000000000002000, 3) == &other);
  CHECK(blocks.find(0xC000000000001000, 4) == nullptr);
  CHECK(blocks.find(0xC000000000001004, 3) == nullptr);
}

TEST_CASE("a block in the same place takes another's", "[block lookup]") {
  cpu::unicorn::BlockLookup blocks;
  const int code = 0, other = 0;
  blocks.remember(0x1000, 3, &code);
  blocks.remember(0x1000, 4, &other);
  CHECK(blocks.find(0x1000, 3) == nullptr);
  CHECK(blocks.find(0x1000, 4) == &other);
}

TEST_CASE("what is forgotten is gone", "[block lookup]") {
  cpu::unicorn::BlockLookup blocks;
  const int code = 0;
  blocks.remember(0x1000, 3, &code);
  blocks.forget_page(0x7000);
  CHECK(blocks.find(0x1000, 3) == &code);
  blocks.forget_page(0x1000);
  CHECK(blocks.find(0x1000, 3) == nullptr);
  blocks.remember(0x1000, 3, &code);
  blocks.forget();
  CHECK(blocks.find(0x1000, 3) == nullptr);
}

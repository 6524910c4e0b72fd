// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/move/page_books.h"

#include "tests/support/catch.h"

using namespace firmware::move;

TEST_CASE("the books of a move say of every group of pages what has become of it", "[move]") {
  PageBooks books(64 * 3 + 32);
  books.moved(0, Content::some);
  for (u64 page = 64; page < 128; ++page) books.moved(page, Content::none);
  for (u64 page = 128; page < 160; ++page) books.moved(page, Content::some);
  for (u64 page = 192; page < 224; ++page) books.moved(page, Content::some, Fetched::on_demand);
  MemoryMap map = books.map(nullptr);
  CHECK(map.pages_per_cell == 64);
  REQUIRE(map.content.size() == 4);
  CHECK(map.content[0] == 4);  // one of 64, rounded up
  CHECK(map.zero[1] == 255);
  CHECK(map.content[2] == 128);
  CHECK(map.demanded[3] == 255);  // of the 32 that there are
  CHECK(map.content[3] == 255);

  // Written again: by what is dirty now, or by what a pass has taken.
  emu::PageMap dirty(64 * 3 + 32);
  dirty.set(0);
  dirty.set(1);  // never sent: nothing to repeat
  const u64 taken[] = {0, ~u64{0}, 0, 0};
  books.outdated(taken);
  map = books.map(&dirty);
  CHECK(map.stale[0] == 4);
  CHECK(map.content[0] == 0);
  CHECK(map.stale[1] == 255);
  CHECK(map.zero[1] == 0);
  books.moved(64, Content::some);
  CHECK(books.map(nullptr).content[1] == 4);
}

TEST_CASE("of a large memory the cells are larger, not more", "[move]") {
  const MemoryMap map = PageBooks(u64{16} << 20).map(nullptr);  // 64 GiB
  CHECK(map.content.size() == 1024);
  CHECK(map.pages_per_cell == 16384);
}

TEST_CASE("a hole of the memory looks as what was empty, from the beginning", "[move]") {
  PageBooks books(1024);
  books.hole(256, 512);
  books.moved(0, Content::some);
  const MemoryMap map = books.map(nullptr);
  REQUIRE(map.pages_per_cell == 64);
  for (size_t cell = 0; cell < 16; ++cell) CHECK(map.zero[cell] == (cell >= 4 && cell < 12 ? 255 : 0));
  CHECK(map.content[0] != 0);
}

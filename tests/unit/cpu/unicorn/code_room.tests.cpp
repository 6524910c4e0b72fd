// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/unicorn/code_room.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <sys/mman.h>

#include "emu/core/guest_memory.h"
#include "tests/support/catch.h"

namespace {

struct Reserved {
  explicit Reserved(size_t bytes)
      : room(static_cast<u8*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)),
             bytes) {}
  ~Reserved() { munmap(room.data(), room.size()); }
  bool present() const {
    std::vector<u8> pages(room.size() / emu::page_size);
    REQUIRE(mincore(room.data(), room.size(), pages.data()) == 0);
    return std::ranges::all_of(pages, [](u8 page) { return page & 1; });
  }
  std::span<u8> room;
};

}  // namespace

TEST_CASE("room for code comes by itself, and keeps what is in it", "[code room]") {
  Reserved some(6 * MiB), more(MiB);
  some.room[5] = 17;
  cpu::unicorn::CodeRoom code_room;
  code_room.provide(some.room);
  code_room.provide(more.room);
  for (int i = 0; i < 10'000 && !(some.present() && more.present()); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(some.present());
  CHECK(more.present());
  CHECK(some.room[5] == 17);
}

TEST_CASE("room that is not there, or that nobody waits for any more, does no harm", "[code room]") {
  Reserved some(2 * MiB), much(u64{64} * GiB);
  munmap(some.room.data() + MiB, MiB);
  cpu::unicorn::CodeRoom code_room;
  code_room.provide(some.room);
  code_room.provide(much.room);  // ends before it is there
}

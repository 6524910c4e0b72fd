// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/guest_memory.h"

#include "tests/support/catch.h"

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include <sys/mman.h>

namespace {

using emu::GuestMemory;
using emu::page_size;

std::unique_ptr<GuestMemory> memory_of(u64 size) {
  auto memory = GuestMemory::create(size);
  REQUIRE(memory);
  return std::move(*memory);
}

struct Watcher final : emu::CodeWatcher {
  std::vector<u64> pages;
  void code_written(u64 page) override { pages.push_back(page); }
};

// Brings every page when asked, filled with its number.
struct Source final : emu::PageSource {
  explicit Source(GuestMemory& to) : memory(to) {}
  GuestMemory& memory;
  std::vector<u64> asked;
  bool dead = false;
  bool fetch(u64 page) override {
    asked.push_back(page);
    if (dead) return false;
    memory.arrive(page, std::vector<u8>(page_size, static_cast<u8>(page)));
    return true;
  }
};

}  // namespace

TEST_CASE("a page that has come while somebody asked for it is there, whatever its source says then", "[memory]") {
  // The last of all pages comes by another way, and the source is not one any more when it is asked.
  struct Ended final : emu::PageSource {
    explicit Ended(GuestMemory& of) : memory(of) {}
    GuestMemory& memory;
    bool fetch(u64 page) override {
      memory.arrive(page, {});
      memory.all_arrived();
      return false;
    }
  };
  const auto memory = memory_of(MiB);
  Ended source(*memory);
  memory->missing().set(0);
  memory->expect_pages(&source);
  CHECK(memory->ensure_present(0));
}

TEST_CASE("who forgets a source waits for those that ask it", "[memory]") {
  struct Slow final : emu::PageSource {
    std::atomic<bool> asked{false}, answers{false}, left{false};
    std::atomic<u32> others{0};
    bool fetch(u64 page) override {
      if (page != 0) {
        ++others;
        return false;
      }
      asked = true;
      while (!answers.load()) std::this_thread::yield();
      left = true;
      return false;
    }
  };
  const auto memory = memory_of(MiB);
  Slow source;
  memory->missing().set(0);
  memory->missing().set(1);
  memory->expect_pages(&source);
  std::atomic<bool> came{true}, had_left{false};
  std::thread asking([&] { came = memory->ensure_present(0); });
  while (!source.asked.load()) std::this_thread::yield();
  std::thread forgetting([&] {
    memory->forget_source();
    had_left = source.left.load();
  });
  // Until nobody is asked any more: from then on it waits for who is inside.
  for (u32 before = ~0U; before != source.others.load();) {
    before = source.others.load();
    CHECK_FALSE(memory->ensure_present(1));
  }
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  source.answers = true;
  forgetting.join();
  asking.join();
  CHECK(had_left.load());
  CHECK_FALSE(came.load());
  CHECK_FALSE(memory->ensure_present(0));
}

TEST_CASE("a map of pages keeps one bit for each", "[memory]") {
  emu::PageMap map(130);
  CHECK(map.words() == 3);
  CHECK(map.count() == 0);
  CHECK(map.claim(129));
  CHECK_FALSE(map.claim(129));
  CHECK(map.release(129));
  CHECK_FALSE(map.release(129));
  map.fill();
  CHECK(map.count() == 130);
  CHECK(map.take(1) == ~u64{0});
  CHECK(map.count() == 66);
  CHECK_FALSE(map.test(64));
  map.reset();
  CHECK(map.count() == 0);
}

TEST_CASE("guest memory is big-endian, and ends where it ends", "[memory]") {
  auto memory = memory_of(emu::page_size * 256);
  CHECK(memory->write_be<u32>(0x100, 0x01020304));
  std::array<u8, 4> bytes{};
  CHECK(memory->read(0x100, bytes));
  CHECK(bytes == std::array<u8, 4>{1, 2, 3, 4});
  u64 value = 0;
  CHECK_FALSE(memory->read_be(memory->size() - 4, value));
  CHECK_FALSE(memory->write_be<u64>(memory->size() - 7, 1));
  CHECK_FALSE(memory->write_be<u64>(~u64{0} - 3, 1));
  CHECK_FALSE(memory->zero(memory->size() - 1, 2));
  CHECK(memory->zero(memory->size(), 0));
  CHECK(memory->write_be<u64>(memory->size() - 8, 1));
  CHECK(memory->raw(0, memory->size() + 1).empty());
}

SCENARIO("a pass knows what was written since the last one", "[memory]") {
  auto memory = memory_of(MiB);
  CHECK_FALSE(memory->tracking());
  memory->write_be<u8>(0, 1);
  CHECK(memory->dirty().count() == 0);
  memory->start_tracking();
  CHECK(memory->dirty().count() == memory->pages());
  memory->dirty().reset();

  WHEN("a write crosses a page's end") {
    memory->write_be<u64>(3 * page_size - 4, 1);
    CHECK(memory->dirty().test(2));
    CHECK(memory->dirty().test(3));
    CHECK(memory->dirty().count() == 2);
  }
  WHEN("pages are zeroed, or only read") {
    memory->zero(5 * page_size, 2 * page_size);
    u64 value = 0;
    CHECK(memory->read_be(9 * page_size, value));
    CHECK(memory->dirty().count() == 2);
  }
  WHEN("a write fails") {
    CHECK_FALSE(memory->write_be<u64>(memory->size(), 1));
    CHECK(memory->dirty().count() == 0);
  }
  WHEN("tracking ends") {
    memory->stop_tracking();
    memory->write_be<u8>(0, 1);
    CHECK(memory->dirty().count() == 0);
  }
}

TEST_CASE("a write into translated code is reported until the page is forgotten", "[memory]") {
  auto memory = memory_of(MiB);
  Watcher watcher;
  memory->set_code_watcher(&watcher);
  memory->holds_code(4);
  memory->write_be<u8>(4 * page_size + 1, 1);
  memory->write_be<u8>(5 * page_size, 1);
  CHECK(watcher.pages == std::vector<u64>{4});
  memory->forget_code(4);
  memory->write_be<u8>(4 * page_size, 1);
  CHECK(watcher.pages.size() == 1);
}

SCENARIO("pages of a moved partition arrive when they are wanted, once", "[memory]") {
  auto memory = memory_of(MiB);
  Source source(*memory);
  memory->missing().set(7);
  memory->missing().set(8);
  memory->expect_pages(&source);

  WHEN("somebody reads across two of them") {
    std::vector<u8> bytes(page_size);
    CHECK(memory->read(7 * page_size + 100, bytes));
    CHECK(bytes.front() == 7);
    CHECK(bytes.back() == 8);
    CHECK(source.asked == std::vector<u64>{7, 8});
    AND_WHEN("one arrives again by itself, it does not overwrite what the partition has written since") {
      memory->write_be<u8>(7 * page_size, 0xEE);
      CHECK_FALSE(memory->arrive(7, {}));
      u8 first = 0;
      memory->read_be(7 * page_size, first);
      CHECK(first == 0xEE);
    }
  }
  WHEN("a page of zeros arrives") {
    CHECK(memory->arrive(8, {}));
    u64 value = 1;
    CHECK(memory->read_be(8 * page_size, value));
    CHECK(value == 0);
    CHECK(source.asked.empty());
  }
  WHEN("a page arrives that nobody waits for, or that is none") {
    CHECK_FALSE(memory->arrive(1, {}));
    CHECK_FALSE(memory->arrive(memory->pages() + 5, {}));
  }
  WHEN("the source is dead") {
    source.dead = true;
    u64 value = 0;
    CHECK_FALSE(memory->read_be(7 * page_size, value));
    CHECK_FALSE(memory->write_be<u64>(7 * page_size, 1));
    CHECK_FALSE(memory->zero(7 * page_size, 1));
    CHECK(memory->read_be(9 * page_size, value));
  }
  WHEN("pages are tracked for the next move, an arrival counts as a write") {
    memory->start_tracking();
    memory->dirty().reset();
    CHECK(memory->arrive(7, {}));
    CHECK(memory->dirty().test(7));
  }
  WHEN("all have arrived, nobody is asked any more") {
    memory->arrive(7, {});
    memory->arrive(8, {});
    memory->all_arrived();
    u64 value = 0;
    CHECK(memory->read_be(8 * page_size, value));
    CHECK(source.asked.empty());
  }
}

TEST_CASE("a window onto a link lies beside the RAM", "[memory]") {
  auto memory = memory_of(MiB);
  std::vector<u8> shared(2 * page_size);
  CHECK_FALSE(memory->attach(page_size, shared));
  CHECK_FALSE(memory->attach(16 * MiB + 1, shared));
  REQUIRE(memory->attach(16 * MiB, shared));
  CHECK(memory->write_be<u16>(16 * MiB + page_size, 0x1234));
  CHECK(shared[page_size] == 0x12);
  u16 value = 0;
  CHECK(memory->read_be(16 * MiB + page_size, value));
  CHECK(value == 0x1234);
  CHECK_FALSE(memory->write_be<u16>(16 * MiB + 2 * page_size - 1, 1));
  CHECK_FALSE(memory->write_be<u16>(2 * MiB, 1));
}

TEST_CASE("two threads never both get a page", "[memory]") {
  emu::PageMap map(64 * 100);
  map.fill();
  std::array<u64, 2> taken{};
  const auto take = [&](u64& count) {
    for (u64 page = 0; page < map.pages(); ++page) count += map.release(page) ? 1 : 0;
  };
  std::thread first(take, std::ref(taken[0]));
  std::thread second(take, std::ref(taken[1]));
  first.join();
  second.join();
  CHECK(taken[0] + taken[1] == map.pages());
}

namespace {
u64 provided(const GuestMemory& memory) {
  u64 sum = 0;
  const emu::MemorySegment& segment = memory.segment();
  for (auto data = segment.data_from(0); data.begin < segment.size(); data = segment.data_from(data.end))
    sum += data.end - data.begin;
  return sum;
}
}  // namespace

TEST_CASE("memory that nobody uses is not provided, whatever it may grow to", "[memory]") {
  const auto memory = std::move(*GuestMemory::create(64 * MiB, emu::FaultIn::as_used, 128 * MiB));
  CHECK(memory->segment().size() == 128 * MiB);
  CHECK(provided(*memory) == 0);
  REQUIRE(memory->write_be(5 * MiB, u64{1}));
  CHECK(provided(*memory) > 0);
  CHECK(provided(*memory) <= emu::MemorySegment::huge_page);
  CHECK_FALSE(memory->contains(64 * MiB, 1));
}

TEST_CASE("memory whose beginning is provided at once is empty, and keeps what is written to it meanwhile", "[memory]") {
  constexpr u64 size = 64 * MiB;
  auto memory = std::move(*GuestMemory::create(size, emu::FaultIn::beginning));
  for (u64 at = size; at > 0; at -= MiB) {
    u64 word = 1;
    REQUIRE(memory->read_be(at - 8, word));
    REQUIRE(word == 0);
  }
  // The last word of each page counts while the page comes.
  std::vector<u8> present(size / page_size);
  for (u64 count = 1; std::ranges::count(present, 1) != static_cast<long>(present.size()); ++count) {
    for (u64 at = page_size; at <= size; at += page_size) {
      u64 word = 0;
      REQUIRE(memory->read_be(at - 8, word));
      if (word != count - 1) FAIL(word << " at " << at << " instead of " << count - 1);
      REQUIRE(memory->write_be(at - 8, count));
    }
    REQUIRE(mincore(memory->host(), size, present.data()) == 0);
  }
}

TEST_CASE("small pages become huge ones where many are used, and keep what is written to them meanwhile", "[memory]") {
  auto memory = std::move(*GuestMemory::create(16 * MiB));
  const auto probe = std::move(*emu::MemorySegment::create(MiB));
  if (!probe->provide_huge(0)) return;  // this host has none
  constexpr u64 begin = 4 * MiB;
  constexpr u64 end = begin + 3 * emu::MemorySegment::huge_page / 4;
  u64 count = 0;
  const auto began = std::chrono::steady_clock::now();
  do {
    ++count;
    for (u64 at = begin; at < end; at += page_size) {
      u64 word = 0;
      REQUIRE(memory->read_be(at, word));
      if (word != count - 1) FAIL(word << " at " << at << " instead of " << count - 1);
      REQUIRE(memory->write_be(at, count));
    }
    REQUIRE(std::chrono::steady_clock::now() - began < std::chrono::seconds(60));
  } while (provided(*memory) < emu::MemorySegment::huge_page);
}

TEST_CASE("a page that is right as it is arrives without being touched", "[memory]") {
  auto memory = std::move(*GuestMemory::create(4 * MiB));
  memory->missing().set(700);
  CHECK(memory->arrive_untouched(700));
  CHECK_FALSE(memory->arrive_untouched(700));
  CHECK_FALSE(memory->arrive_untouched(memory->pages()));
  CHECK(provided(*memory) == 0);
}

TEST_CASE("memory that is being provided does not hold up its end", "[memory]") {
  const auto memory = GuestMemory::create(1024 * MiB, emu::FaultIn::beginning);
  REQUIRE(memory);
}

TEST_CASE("memory that the host does not have is refused at once", "[memory]") {
  const auto memory = GuestMemory::create(u64{1} << 50);
  REQUIRE_FALSE(memory);
  CHECK(memory.error().code == "memory");
}

TEST_CASE("memory behind a hole takes nothing before it is used, and the hole is no memory", "[memory][hugepages]") {
  constexpr u64 far = 16 * GiB;
  const auto memory = std::move(*GuestMemory::create(64 * MiB, emu::FaultIn::as_used, 0, {far, far}));
  CHECK(memory->size() == 64 * MiB);
  CHECK(memory->pages() == 2 * far / emu::page_size);
  CHECK(memory->write_be<u64>(far, 1));
  CHECK(memory->write_be<u64>(2 * far - 8, 2));
  u64 value = 0;
  CHECK(memory->read_be(2 * far - 8, value));
  CHECK(value == 2);
  CHECK(memory->read_be(far + 8, value));
  CHECK(value == 0);
  for (const u64 outside : {64 * MiB, far - 8, far - 4, 2 * far - 4, 2 * far, 64 * MiB - 4, ~u64{0} - 3}) {
    INFO(outside);
    CHECK_FALSE(memory->read_be(outside, value));
    CHECK_FALSE(memory->contains(outside, 8));
  }
  CHECK_FALSE(memory->contains(0, 2 * far));
  CHECK_FALSE(memory->contains(far, far + 1));
  CHECK(memory->contains(far, far));
  CHECK(provided(*memory) <= 3 * emu::MemorySegment::huge_page);
}

TEST_CASE("memory comes and goes in blocks: a hole is no memory, and what comes again is empty", "[memory][holes]") {
  const auto memory = std::move(*GuestMemory::create(64 * MiB, emu::FaultIn::as_used, 128 * MiB));
  CHECK(memory->size() == 128 * MiB);
  CHECK(memory->filled() == 64 * MiB);
  CHECK(memory->pages() == 128 * MiB / emu::page_size);
  CHECK_FALSE(memory->write_be<u64>(64 * MiB, 1));
  CHECK_FALSE(memory->contains(64 * MiB - 8, 16));

  memory->fill(96 * MiB, 16 * MiB);
  CHECK(memory->filled() == 80 * MiB);
  CHECK(memory->write_be<u64>(96 * MiB, 1));
  CHECK(memory->write_be<u64>(112 * MiB - 8, 2));
  CHECK_FALSE(memory->write_be<u64>(112 * MiB - 4, 2));
  CHECK_FALSE(memory->write_be<u64>(80 * MiB, 1));
  CHECK(memory->raw(80 * MiB, 32 * MiB).empty());

  CHECK(memory->write_be<u64>(16 * MiB, 3));
  memory->punch(16 * MiB, 16 * MiB);
  u64 value = 9;
  CHECK_FALSE(memory->read_be(16 * MiB, value));
  CHECK(memory->contains(0, 16 * MiB));
  CHECK(memory->contains(32 * MiB, 32 * MiB));
  CHECK_FALSE(memory->contains(16 * MiB - 1, 2));
  memory->fill(16 * MiB, 16 * MiB);
  CHECK(memory->read_be(16 * MiB, value));
  CHECK(value == 0);
  CHECK(memory->contains(0, 64 * MiB));
}

TEST_CASE("the first pass of a move sends what is there, and no holes", "[memory][holes]") {
  const auto memory = std::move(*GuestMemory::create(4 * MiB, emu::FaultIn::as_used, 16 * MiB));
  memory->fill(8 * MiB, MiB);
  memory->punch(MiB, MiB);
  memory->start_tracking();
  CHECK(memory->dirty().count() == 4 * MiB / emu::page_size);
  for (u64 page = 0; page < memory->pages(); ++page)
    if (memory->dirty().test(page) != memory->contains(page * emu::page_size, emu::page_size)) FAIL("page " << page);
}

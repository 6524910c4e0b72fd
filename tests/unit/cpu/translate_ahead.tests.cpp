// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <atomic>

#include "cpu/code_notes.h"
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using cpu::HotCode;
using test::Machine;

namespace {
constexpr u64 code_at = 0x3000;
const std::vector<u32> answer_42 = {li(5, 40), b(4), addi(5, 5, 2), hypercall};
const std::atomic<bool> not_enough{false};
}  // namespace

TEST_CASE("what a processor runs is noted, block by block, with the page in which it lies", "[ahead]") {
  Machine m;
  m.processor->note_code(true);
  m.run(code_at, {li(5, 40), b(4), addi(5, 5, 2)});
  const auto noted = m.processor->noted_code();
  for (const u64 pc : {code_at, code_at + 8}) {
    INFO("block at " << pc);
    const auto found = std::ranges::find(noted, pc, &HotCode::pc);
    REQUIRE(found != noted.end());
    CHECK(found->page == code_at >> 12);
    CHECK((cpu::msr_of_mode(found->mode) & test::sf) != 0);
  }

  m.processor->note_code(false);
  CHECK(m.processor->noted_code().empty());
}

TEST_CASE("a mode keeps all of MSR that a translation depends on", "[ahead]") {
  for (const u64 msr : {test::sf | test::vsx | test::fp, test::vec | u64{1}, u64{0}})
    CHECK(cpu::msr_of_mode(cpu::hot_mode(msr)) == msr);
}

TEST_CASE("code that was translated ahead runs, and what is written afterwards runs in its place", "[ahead]") {
  Machine source;
  source.put(code_at, answer_42);
  source.processor->note_code(true);
  source.start_at(code_at);
  source.processor->run();
  const auto noted = source.processor->noted_code();
  REQUIRE(noted.size() >= 2);

  Machine m;
  m.put(code_at, answer_42);
  m.processor->translate_ahead(noted, not_enough);

  SECTION("as it was") {
    m.start_at(code_at);
    CHECK(m.processor->run() == cpu::Stop::requested);
    CHECK(m.r(5) == 42);
  }
  SECTION("written by a device") {
    m.put(code_at, {li(5, 7), hypercall});
    m.start_at(code_at);
    CHECK(m.processor->run() == cpu::Stop::requested);
    CHECK(m.r(5) == 7);
  }
  SECTION("written by a pass of a move, which goes past GuestMemory and tells it") {
    const u32 word = emu::byte_swapped(li(5, 9));
    std::memcpy(m.memory->host() + code_at, &word, 4);
    m.memory->rewritten(code_at >> 12, 1);
    m.start_at(code_at);
    m.processor->run();
    CHECK(m.r(5) == 11);
  }
  SECTION("in the other byte order the same page is other code") {
    m.put_little(code_at, {li(5, 3), hypercall});
    m.start_at(code_at, test::real_mode | 1);
    m.processor->run();
    CHECK(m.r(5) == 3);
  }
}

TEST_CASE("nonsense to translate costs time, and nothing else", "[ahead]") {
  Machine m;
  std::vector<HotCode> nonsense = {
      {.page = ~u32{0}, .mode = 0, .pc = 0x1000},
      {.page = 1, .mode = ~u32{0}, .pc = ~u64{3}},
      {.page = 1, .mode = ~u32{0}, .pc = 0x1002},
      {.page = 2, .mode = 1, .pc = 0xC000000000002FFC},
      {.page = 2, .mode = 0x80000000, .pc = 0xFFFFFFFFFFFFF000},
      {.page = 2, .mode = 0, .pc = 0xFFFFFFFFFFFFC400},
  };
  // More pages than the pool of copies has.
  for (u32 page = 0; page < 4096; ++page)
    for (const u32 mode : {u32{0}, u32{1}, u32{0x80000000}})
      nonsense.push_back({.page = page, .mode = mode, .pc = u64{page} << 12});
  m.processor->translate_ahead(nonsense, not_enough);

  m.run(code_at, {li(5, 1), mfspr(6, 272)});
  CHECK(m.r(5) == 1);
  CHECK(m.processor->trouble() == "");
}

TEST_CASE("translating ends when it is told that it is enough", "[ahead]") {
  Machine m;
  const std::atomic<bool> enough{true};
  m.processor->translate_ahead(std::vector<HotCode>{{.page = 3, .mode = 0, .pc = code_at}}, enough);
  m.run(code_at, {li(5, 1)});
  CHECK(m.r(5) == 1);
}

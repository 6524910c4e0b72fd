// SPDX-License-Identifier: GPL-2.0-or-later
// The engine by itself: how it is stopped, and how it keeps apart what several TLBs and modes say.
#include "cpu/engine.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "cpu/unicorn/engine_inside.h"
#include "emu/core/guest_memory.h"
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/assembler.h"

namespace {

// Every address is itself, but that data may lie elsewhere; an exception stops.
struct Flat final : cpu::EngineClient {
  void block(u64) override {}
  cpu::Engine* engine = nullptr;
  u64 code_at_0x2000 = 0x2000;
  u64 data_is_at = 0;  // where accesses to data find their page; 0: where they look for it
  std::vector<u64> data_pages;
  bool fill(u64 page, cpu::Access access, cpu::Mapping& mapping) override {
    mapping = {.physical = page >= cpu::Engine::exit_pages ? 0 : page, .read = true, .write = true, .execute = true};
    if (access == cpu::Access::fetch) {
      if (page == 0x2000) mapping.physical = code_at_0x2000;
      return true;
    }
    data_pages.push_back(page);
    if (data_is_at != 0) mapping.physical = data_is_at;
    mapping.execute = false;
    return true;
  }
  void exception(cpu::Exception) override { engine->stop(); }
  void instruction(u64) override {}
  u32 instruction_at(u64) override { return 0; }
};

}  // namespace

constexpr u64 wide = u64{1} << 63 | 0xC030;
constexpr u64 narrow = 0xC030;

struct World {
  World() : memory(std::move(*emu::GuestMemory::create(MiB))), engine(make()) {
    client.engine = engine.get();
    REQUIRE(engine->map(0, memory->raw(0, MiB)));
  }
  std::unique_ptr<cpu::Engine> make() {
    auto made = engines->make(client, cpu::Report::exceptions_only);
    REQUIRE(made);
    return std::move(*made);
  }
  void put(u64 at, std::initializer_list<u32> words) {
    for (const u32 word : words) {
      memory->write_be(at, word);
      at += 4;
    }
  }
  std::unique_ptr<emu::GuestMemory> memory;
  Flat client;
  std::unique_ptr<cpu::Engines> engines = cpu::Engines::create();
  std::unique_ptr<cpu::Engine> engine;
};

TEST_CASE("this version of Unicorn lets us take what we want to take", "[engine]") {
  const World world;
  CHECK(cpu::engine_version_trouble() == "");
  CHECK(cpu::engine_inside_trouble() == "");
  CHECK(world.engine->tlbs() == 8);
}

TEST_CASE("blocks look by themselves whether they are to be left, and where they go on is remembered", "[engine]") {
  World world;
  world.put(0x1000, {ppc::b(0x1000)});
  world.put(0x2000, {ppc::sc});
  world.engine->set_mode(wide, 0);
  for (int i = 0; i < 2; ++i) REQUIRE(world.engine->run(0x1000) == cpu::Engine::Exit::stopped);
#ifndef __SANITIZE_ADDRESS__  // that keeps all addresses near its heap for itself
  CHECK(cpu::unicorn::taken().short_test);
#endif
  CHECK(cpu::unicorn::taken().lookup);
}

TEST_CASE("when an address means another page, code that goes there goes to the other page's code", "[engine]") {
  World world;
  auto& engine = *world.engine;
  world.put(0x1000, {ppc::b(0x1000)});
  world.put(0x2000, {ppc::li(3, 2), ppc::sc});
  world.put(0x5000, {ppc::li(3, 5), ppc::sc});
  world.put(0x6000, {ppc::li(3, 6), ppc::sc});
  engine.set_mode(wide, 0);
  const auto arrives = [&](u64 at) {
    world.client.code_at_0x2000 = at;
    for (int i = 0; i < 3; ++i) REQUIRE(engine.run(0x1000) == cpu::Engine::Exit::stopped);
    return engine.gpr(3);
  };
  CHECK(arrives(0x2000) == 2);
  CHECK(arrives(0x5000) == 2);  // remembered
  engine.flush_page(0x2000, 1);
  CHECK(arrives(0x5000) == 5);
  engine.flush_tlb(0);
  CHECK(arrives(0x6000) == 6);
  engine.flush_tlbs();
  CHECK(arrives(0x2000) == 2);
  engine.flush_translations();
  world.put(0x2000, {ppc::li(3, 7)});
  CHECK(arrives(0x2000) == 7);
}

TEST_CASE("registers of an engine are what its code sees, and what it leaves", "[engine]") {
  World world;
  auto& engine = *world.engine;
  world.put(0x1000, {ppc::mflr(3), ppc::mfctr(4), ppc::x_form(5, 0, 0, 19), ppc::addi(6, 31, 1), ppc::mtlr(6), ppc::sc});
  engine.set_mode(wide, 0);
  engine.set_lr(0x123456789ABCDEF0);
  engine.set_ctr(0x0FEDCBA987654321);
  engine.set_cr(0x13579BDF);
  engine.set_gpr(31, 41);
  REQUIRE(engine.run(0x1000) == cpu::Engine::Exit::stopped);
  CHECK(engine.gpr(3) == 0x123456789ABCDEF0);
  CHECK(engine.gpr(4) == 0x0FEDCBA987654321);
  CHECK(engine.gpr(5) == 0x13579BDF);
  CHECK(engine.cr() == 0x13579BDF);
  CHECK(engine.lr() == 42);
  CHECK(engine.pc() == 0x1018);
}

TEST_CASE("what one TLB holds is not in another, and flushing one leaves the others alone", "[engine]") {
  World world;
  auto& engine = *world.engine;
  world.put(0x1000, {ppc::lwz(5, 0x4000, 0), ppc::sc});
  world.memory->write_be(0x8000, u32{8});
  world.memory->write_be(0x9000, u32{9});
  const auto loads = [&](u32 tlb, u64 from) {
    world.client.data_is_at = from;
    engine.set_mode(wide, tlb);
    REQUIRE(engine.run(0x1000) == cpu::Engine::Exit::stopped);
    return engine.gpr(5);
  };
  CHECK(loads(0, 0x8000) == 8);
  CHECK(loads(1, 0x9000) == 9);
  CHECK(loads(0, 0x9000) == 8);  // remembered
  engine.flush_tlb(1);
  CHECK(loads(1, 0x8000) == 8);
  CHECK(loads(0, 0x9000) == 8);
  engine.flush_tlbs();
  CHECK(loads(0, 0x9000) == 9);
}

TEST_CASE("code of 64-bit mode is not taken for code of 32-bit mode", "[engine]") {
  World world;
  auto& engine = *world.engine;
  world.client.data_is_at = 0x4000;
  world.put(0x1000, {ppc::lwz(5, 0, 4), ppc::sc});
  engine.set_gpr(4, 0x1'0000'8000);
  for (const u64 mode : {wide, narrow, wide}) {
    engine.set_mode(mode, 0);
    REQUIRE(engine.run(0x1000) == cpu::Engine::Exit::stopped);
  }
  CHECK(world.client.data_pages == std::vector<u64>{0x1'0000'8000, 0x8000});
}

TEST_CASE("an engine can be stopped by another thread", "[engine]") {
  World world;
  auto& engine = world.engine;
  auto& memory = world.memory;
  world.put(0x1000, {ppc::lwz(5, 0x4000, 0), ppc::addi(5, 5, 1), ppc::stw(5, 0x4000, 0), ppc::sc});
  engine->set_mode(wide, 0);
  REQUIRE(engine->run(0x1000) == cpu::Engine::Exit::stopped);
  CHECK(engine->gpr(5) == 1);
  CHECK(engine->pc() == 0x1010);

  memory->write_be(0x2000, ppc::b(0));
  std::atomic<bool> back{false};
  std::thread other([&] {
    while (!back) engine->request_stop();
  });
  CHECK(engine->run(0x2000) == cpu::Engine::Exit::stopped);
  CHECK(engine->pc() == 0x2000);
  back = true;
  other.join();
}

TEST_CASE("the descriptions of the engine's TLBs are found by what they hold when they are empty, or not at all", "[engine]") {
  constexpr size_t step = 90, first = 1000;
  std::vector<u64> memory(first + 10 * step + 500, 7);
  const auto describe = [&](size_t at) {
    memory[at] = memory[at + 1] = ~u64{0};
    memory[at + 4] = memory[at + 5] = 0;
    std::fill_n(memory.begin() + static_cast<long>(at) + 6, 64, ~u64{0});
  };
  const auto found = [&] {
    return cpu::unicorn::find_tlb_use({reinterpret_cast<const u8*>(memory.data()), memory.size() * sizeof(u64)});
  };
  for (size_t i = 0; i < 9; ++i) describe(first + i * step);
  CHECK(found().first == nullptr);  // one is missing
  describe(first + 9 * step);
  const auto use = found();
  REQUIRE(use.first == &memory[first + 4]);
  memory[first + step + 4] = ~u64{0};  // counted down below zero
  memory[first + 2 * step + 4] = 3;
  use.limit(100);
  CHECK(memory[first + step + 4] == 100);
  CHECK(memory[first + 2 * step + 4] == 3);
  memory[first + step + 4] = 0;
  memory[first + 2 * step + 4] = 0;
  describe(first + 10 * step);
  CHECK(found().first == nullptr);  // one too many
}

// SPDX-License-Identifier: GPL-2.0-or-later
// The engine by itself: above all the second way of stopping it, which no processor takes while the first one works.
#include "cpu/engine.h"

#include <thread>

#include "emu/core/guest_memory.h"
#include "tests/support/catch.h"
#include "tests/unit/cpu/support/assembler.h"

namespace {

// Every address is itself; an exception stops.
struct Flat final : cpu::EngineClient {
  void block(u64) override {}
  cpu::Engine* engine = nullptr;
  bool fill(u64 page, cpu::Access, cpu::Mapping& mapping) override {
    mapping = {.physical = page >= cpu::Engine::exit_pages ? 0 : page, .read = true, .write = true, .execute = true};
    return true;
  }
  void exception(cpu::Exception) override { engine->stop(); }
  void instruction(u64) override {}
};

}  // namespace

TEST_CASE("an engine can be stopped by another thread", "[engine]") {
  auto memory = std::move(*emu::GuestMemory::create(MiB));
  Flat client;
  auto made = cpu::Engine::create(client, cpu::Report::exceptions_only);
  REQUIRE(made);
  auto& engine = *made;
  client.engine = engine.get();
  REQUIRE(engine->map(0, memory->raw(0, MiB)));
  u64 at = 0x1000;
  for (const u32 word : {ppc::lwz(5, 0x4000, 0), ppc::addi(5, 5, 1), ppc::stw(5, 0x4000, 0), ppc::sc}) {
    memory->write_be(at, word);
    at += 4;
  }
  engine->set_msr(u64{1} << 63 | 0xC030);
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

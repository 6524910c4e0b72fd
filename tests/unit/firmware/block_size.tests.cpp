// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/block_size.h"

#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

TEST_CASE("a system's memory says how large its memory blocks are if nobody chooses", "[lmb]") {
  struct Row {
    u64 memory_mb;
    u32 block_mb;
  };
  for (const auto& [memory_mb, block_mb] :
       {Row{64, 16}, {4096, 16}, {4097, 32}, {8192, 32}, {16384, 64}, {32768, 128}, {32784, 256}, {1 << 20, 256}})
    CHECK(emu::automatic_block_mb(memory_mb) == block_mb);
}

TEST_CASE("another size of memory blocks comes with a power-on, and stays", "[lmb]") {
  World world({});
  const auto restart = [&] {
    world.hypervisor.reset();
    world.hypervisor = std::move(*Hypervisor::create(world.config, *world.journal, *world.witness, world.clock));
  };
  const u32 before = world.config.lmb_mb;
  const u32 wanted = before * 2;
  CHECK(world->system().lmb_mb == before);
  CHECK(world->system().pending_lmb_mb == before);
  for (const u32 wrong : {1U, 8U, 48U, 512U, ~0U}) CHECK_FALSE(world->request_block_size(wrong));
  REQUIRE(world->request_block_size(wanted));
  CHECK(world->system().lmb_mb == before);
  CHECK(world->system().pending_lmb_mb == wanted);
  // The death of the process is no power-on.
  restart();
  CHECK(world->system().lmb_mb == before);
  CHECK(world->system().pending_lmb_mb == wanted);
  REQUIRE(world->set_power(emu::SystemPower::off));
  CHECK(world->system().lmb_mb == before);
  REQUIRE(world->set_power(emu::SystemPower::operating));
  CHECK(world->system().lmb_mb == wanted);
  restart();
  CHECK(world->system().lmb_mb == wanted);
  // A lab that starts is one, too.
  REQUIRE(world->request_block_size(0));
  CHECK(world->system().automatic_lmb);
  CHECK(world->system().lmb_mb == wanted);
  REQUIRE(world->begin_anew());
  CHECK(world->system().lmb_mb == emu::automatic_block_mb(world.config.memory_mb));
}

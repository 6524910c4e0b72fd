// SPDX-License-Identifier: GPL-2.0-or-later
// A mover that is hostile, or broken: everything it can say over its VASI, and much that nobody would.
#include <random>

#include "firmware/move/hello.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/hand.h"

using namespace firmware;
using namespace firmware::test;

namespace {

bool known(s64 status) {
  return status == 0 || status == 14 || status == 2 || (status >= 9900 && status <= 9905) || (status < 0 && status > -512);
}

}  // namespace

TEST_CASE("a mover that talks nonsense ends at most its own migrations", "[move][fuzz]") {
  World world({vios(1, "vios", {vasi_adapter()}), lpar(2, "guest", {})});
  REQUIRE(world->activate(1, "", {}));
  REQUIRE(world->activate(2, "", {}));
  REQUIRE(world.wait_for_output(2, "guest# ", 60));
  Hand hand(*world->native(1));
  std::mt19937_64 random(20070401);
  const auto coming = [] {
    auto shell = lpar(3, "coming", {});
    shell.uuid = "46AB5A2C-0EE4-4C3B-8A9C-4C1FA6F5E2D1";
    shell.profiles[0].min_mem = shell.profiles[0].desired_mem = 16;
    return shell;
  }();

  for (u64 round = 1; round <= 60; ++round) {
    const bool source = round % 2 == 0;
    const u64 stream = 0x1000 + round;
    u32 lpar_id = 2;
    if (!source) lpar_id = *world->create_shell(stream, with_current(coming), true, "cec2");
    REQUIRE(world->enable_stream(stream, lpar_id, source, 1, "cec2", nullptr));
    const auto service = source ? vasi::Service::source_mover : vasi::Service::target_mover;
    u32 bottom = round % 5 == 0 ? 0 : hand.open(stream, service);
    std::array<u64, 2> sequence{};
    if (bottom && !source && round % 3) {
      // Far enough in for the records of a pass to be looked at.
      const auto shell = world.partition(lpar_id);
      move::Hello hello{coming.uuid, "coming", shell->memory().size(), world.config.lmb_mb, shell->page_table().shift(), 1};
      CHECK(hand.download(bottom, move::Kind::hello, move::Lane::normal, stream, sequence[0]++, 0, emu::to_bytes(hello)) == 0);
      CHECK(world->progress(stream)->phase == move::Phase::passes);
    }
    if (bottom && source && round % 3)
      CHECK(hand.download(bottom, move::Kind::welcome, move::Lane::normal, stream, sequence[0]++, 0, {}) == 0);
    if (source) (void)world->begin_passes(stream, {.max_passes = 3});

    const auto handle = [&]() -> u64 {
      switch (random() % 4) {
        case 0:
          return random() % 80;
        case 1:
          return static_cast<u32>(random());
        default:
          return bottom;
      }
    };
    const auto content = [&]() -> u64 {
      switch (random() % 6) {
        case 0:
          return stream;
        case 1:
          return vasi::pack({static_cast<u32>(random() % (2 * buffer_bytes)), Hand::io_address(random() % (2 * buffer_count))});
        case 2:
          return vasi::pack({static_cast<u32>(random()), static_cast<u32>(random())});
        case 3:
          return (random() & 0xFFFF'FFFF) << 32 | (random() % 2 ? random() % 8 : random() % 0x10000) << 16;  // a signal
        case 4:
          return random() % 64;
        default:
          return random();
      }
    };
    for (int i = 0; i < 300; ++i) {
      s64 status = 0;
      const u64 what = random() % 16;
      if (what < 9) {
        const u64 format = random() % 12 == 0 ? random() % 256 : random() % 0x11;
        status = hand.send(u64{0x80} << 56 | format << 48 | (random() % 4 ? 0 : random() % 256) << 40 | (random() % 5) << 32 |
                               (handle() & 0xFFFF'FFFF),
                           content());
      } else if (what == 9) {
        status = hand.send(random(), random());
      } else if (what == 10) {
        status = hand.donate(handle());
      } else {
        // Sealed as it must be, and senseless inside.
        const auto kind = static_cast<move::Kind>(1 + random() % 17);
        const auto lane = random() % 8 ? move::Lane::normal : move::Lane::urgent;
        Bytes payload(random() % 3 ? (random() % 20) * 4 : random() % 3000);
        for (u8& byte : payload) byte = static_cast<u8>(random() % 4 ? random() % 3 : random());
        status = hand.download(bottom, kind, lane, stream, sequence[lane == move::Lane::urgent]++,
                               static_cast<u32>(random() % 3 ? payload.size() / 4 : random()), payload);
      }
      if (!known(status)) CHECK(known(status));
      hand.drain();
      // A stream that has ended makes room for the same again.
      if (random() % 50 == 0) bottom = hand.open(stream, service);
    }
    if (round % 10 == 0) CHECK(hand.queue_again() == 0);
    CHECK(world->close_stream(stream));
    CHECK((source ? world->roll_back_source(stream) : world->remove_shell(stream)));
    CHECK(world->verdicts().empty());
    CHECK(world->lpars().size() == 2);
    CHECK(world.status(2).migration_stream == 0);
  }
  world.type(2, "uname -a\n");
  CHECK(world.wait_for_output(2, "ppc64"));
  CHECK(world.status(2).state == LparState::running);
}

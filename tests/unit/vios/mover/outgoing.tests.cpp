// SPDX-License-Identifier: GPL-2.0-or-later
#include <vector>

#include "tests/support/catch.h"
#include "vios/mover/outgoing.h"

namespace {

// A link that takes so many descriptors, and then no more until it may again.
class NarrowLink final : public emu::MoverLink {
 public:
  bool connected() override { return true; }
  bool up() override { return true; }
  bool peer_alive() override { return true; }
  std::span<u8> buffers() override { return {}; }
  u32 out_first() const override { return 0; }
  u32 out_count() const override { return 0; }
  std::optional<u32> take_free() override { return std::nullopt; }
  bool send(const Descriptor& descriptor) override {
    if (room == 0) return false;
    --room;
    sent.push_back(descriptor.index);
    return true;
  }
  std::optional<Descriptor> receive() override { return std::nullopt; }
  void give_back(u32) override {}
  bool waiting() const override { return false; }
  void wait(u64) override {}
  void ring() override {}
  void cut(bool) override {}
  void limit_rate(u64) override {}

  u32 room = 0;
  std::vector<u32> sent;
};

emu::MoverLink::Descriptor descriptor(u32 index, bool urgent) {
  emu::MoverLink::Descriptor made;
  made.index = index;
  made.urgent = urgent;
  return made;
}

}  // namespace

TEST_CASE("what is urgent overtakes the others, never each other", "[mover]") {
  NarrowLink link;
  vios::Outgoing outgoing;
  CHECK_FALSE(outgoing.send(link));
  outgoing.add(descriptor(1, false));
  outgoing.add(descriptor(2, false));
  outgoing.add(descriptor(3, true));
  CHECK_FALSE(outgoing.send(link));  // no room
  outgoing.add(descriptor(4, true));
  link.room = 1;
  CHECK(outgoing.send(link));
  CHECK(link.sent == std::vector<u32>{3});
  outgoing.add(descriptor(5, true));
  link.room = 3;
  CHECK(outgoing.send(link));
  CHECK(link.sent == std::vector<u32>{3, 4, 5, 1});
  link.room = 9;
  CHECK(outgoing.send(link));
  CHECK_FALSE(outgoing.send(link));
  CHECK(link.sent == std::vector<u32>{3, 4, 5, 1, 2});
}

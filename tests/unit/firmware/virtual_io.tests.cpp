// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/virtual_switch.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/station.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

struct Element {
  u64 high = 0;
  u64 low = 0;
};

// A queue of one page at I/O address 0 of an adapter, real address `real`.
struct Queue {
  Partition& p;
  u64 unit, liobn, real, at = 0;
  s64 put(u64 number, std::initializer_list<u64> in) { return guest_call(p, number, in); }
  void map() { CHECK(put(0x20, {liobn, 0, real | 3}) == 0); }
  s64 open() { return put(0xFC, {unit, 0, 4096}); }
  s64 send(u64 high, u64 low) { return put(0x108, {unit, high, low}); }
  Element next() {
    Element e;
    p.memory().read_be(real + at, e.high);
    p.memory().read_be(real + at + 8, e.low);
    if (!(e.high >> 63)) return {};
    const u8 zero = 0;
    p.memory().write(real + at, {&zero, 1});
    at = (at + 16) % 4096;
    return e;
  }
};

}  // namespace

SCENARIO("a virtual SCSI client and its server meet", "[crq]") {
  GIVEN("a VIOS that runs, and a client that is there but waits") {
    auto client = lpar(2, "client", {scsi_client(3, 1, 12)});
    client.profiles[0].boot_mode = emu::BootMode::of;
    World world({vios(1, "vios", {scsi_server(12, 2, 3)}), client});
    REQUIRE(world->activate(1, "", {}));
    REQUIRE(world->activate(2, "", {}));
    CHECK(world.status(2).state == LparState::open_firmware);
    auto c = world.partition(2);
    auto s = world.partition(1);
    NativePartition& native = *world->native(1);
    Queue client_queue{*c, unit_address_of(3), liobn_of(3), 0x20000};
    Queue server_queue{*s, unit_address_of(12), liobn_of(12), 0x20000};
    CHECK(client_queue.open() == -4);  // not mapped
    client_queue.map();
    server_queue.map();

    THEN("the second to register finds the first, and messages flow both ways") {
      CHECK(client_queue.open() == 2);
      CHECK(client_queue.open() == -16);
      CHECK(client_queue.send(0xC001'0000'0000'0000, 0) == 2);
      CHECK(server_queue.open() == 0);
      CHECK(native.hcall(hcall::H_VIO_SIGNAL, {server_queue.unit, 1}).status == 0);
      CHECK(client_queue.send(0xC001'0000'0000'0000, 0) == 0);
      CHECK(native.wait(0) == std::vector<u32>{interrupt_of(12)});
      CHECK(server_queue.next().high == 0xC001'0000'0000'0000);
      CHECK(server_queue.send(0xC002'0000'0000'0000, 5) == 0);
      const Element e = client_queue.next();
      CHECK(e.high == 0xC002'0000'0000'0000);
      CHECK(e.low == 5);
      CHECK(client_queue.send(0x0001'0000'0000'0000, 0) == -4);
      CHECK(client_queue.send(0xFF01'0000'0000'0000, 0) == -4);

      AND_THEN("the server copies through both windows, and only where they allow it") {
        c->memory().write_be(0x30000, u64{0xFEEDFACECAFEBEEF});
        CHECK(guest_call(*c, 0x20, {liobn_of(3), 0x1000, 0x30000 | 1}) == 0);
        CHECK(guest_call(*s, 0x20, {liobn_of(12), 0x1000, 0x30000 | 3}) == 0);
        CHECK(guest_call(*s, 0x110, {8, remote_liobn_of(12), 0x1000, liobn_of(12), 0x1000}) == 0);
        u64 got = 0;
        s->memory().read_be(0x30000, got);
        CHECK(got == 0xFEEDFACECAFEBEEF);
        CHECK(guest_call(*s, 0x110, {8, liobn_of(12), 0x1000, remote_liobn_of(12), 0x1000}) == -14);  // read only
        CHECK(guest_call(*s, 0x110, {8, remote_liobn_of(12), 0x2000, liobn_of(12), 0x1000}) == -13);  // not mapped
        CHECK(guest_call(*c, 0x110, {8, remote_liobn_of(3), 0, liobn_of(3), 0}) == -13);  // a client has no second window
        CHECK(guest_call(*c, 0x20, {liobn_of(3), 0x1000, 64 * MiB | 3}) == -4);
        CHECK(guest_call(*c, 0x20, {liobn_of(3), 64 * MiB, 0x30003}) == -4);
        CHECK(guest_call(*c, 0x138, {liobn_of(3), 0x10000, 0x40003, 512}) == 0);
        CHECK(guest_call(*c, 0x138, {liobn_of(3), 0x10000, 0x40003, 513}) == -57);
      }
      AND_THEN("a full queue drops, and an element taken makes room") {
        int sent = 0;
        while (client_queue.send(0x8001'0000'0000'0000, static_cast<u64>(sent)) == 0) ++sent;
        CHECK(sent == 256);
        CHECK(client_queue.send(0x8001'0000'0000'0000, 0) == -12);
        CHECK(server_queue.next().low == 0);
        CHECK(client_queue.send(0x8001'0000'0000'0000, 0) == 0);
      }
      AND_THEN("deregistering is an event for the other") {
        CHECK(guest_call(*s, 0x100, {server_queue.unit}) == 0);
        CHECK(client_queue.next().high == 0xFF02'0000'0000'0000);
        CHECK(client_queue.send(0xC001'0000'0000'0000, 0) == 2);
      }
      AND_THEN("so is the removal of the server's adapter") {
        CHECK(native.remove_adapter(12));
        CHECK(client_queue.next().high == 0xFF02'0000'0000'0000);
        CHECK(client_queue.send(0xC001'0000'0000'0000, 0) == 2);
      }
      AND_THEN("so are power off and failure") {
        CHECK(world->power_off(2, false));
        CHECK(server_queue.next().high == 0xFF01'0000'0000'0000);
        CHECK(server_queue.send(0xC001'0000'0000'0000, 0) == 2);
      }
    }
    THEN("adapters can be added to the VIOS while it runs, and pulled") {
      emu::VirtualAdapter wanted = scsi_server(0, 2, 7);
      auto added = native.add_adapter(wanted);
      REQUIRE(added);
      CHECK(added->config.slot == 2);
      CHECK(added->remote_liobn == remote_liobn_of(2));
      CHECK(native.adapters().size() == 2);
      CHECK(native.remove_adapter(2));
      CHECK_FALSE(native.remove_adapter(2));
      wanted.slot = 12;
      CHECK_FALSE(native.add_adapter(wanted));
      wanted.slot = 0;
      size_t many = 0;
      while (native.add_adapter(wanted)) ++many;
      CHECK(many == 17);  // of the 20 of the profile all but 0, 1 and 12
    }
  }
}

SCENARIO("of the trunks of a VLAN one passes packets", "[ethernet][trunk]") {
  using Trunk = VirtualSwitch::Trunk;
  const std::string a = "02000000000A", outside = "020000000099", all = "FFFFFFFFFFFF";
  auto spare = ethernet(2, "02000000000D", 1, true);
  spare.trunk_priority = 2;
  World world(
      {vios(1, "one", {ethernet(2, a)}), vios(2, "sea1", {ethernet(2, "02000000000C", 1, true)}), vios(3, "sea2", {spare})});
  for (const u32 id : {1U, 2U, 3U}) REQUIRE(world->activate(id, "", {}));
  Station one(*world->native(1), 2), first(*world->native(2), 2), second(*world->native(3), 2);
  VirtualSwitch& ethernet = world.frame().ethernet();
  const Bytes out = packet_to(outside, a, 0x0800, Bytes(50, 0x55)), hello = packet_to(all, a, 0x0806, Bytes(50, 0x55));
  const Bytes in = packet_to(all, outside, 0x0806, Bytes(50, 0x55));
  // Both ways, and nowhere else: what comes in through a passive one would go out again through the active one.
  const auto passes = [&](Station& active, Station& passive) {
    for (const Bytes& packet : {out, hello}) {
      CHECK(one.send(packet) == 0);
      CHECK(active.receive() == packet);
      CHECK(passive.receive().empty());
    }
    CHECK(passive.send(in) == -12);
    CHECK(one.receive().empty());
    CHECK(active.receive().empty());
    CHECK(active.send(in) == 0);
    CHECK(one.receive() == in);
    CHECK(passive.receive().empty());
  };

  SECTION("the lower number, until it does not receive any more") {
    passes(first, second);
    CHECK(world->native(2)->hcall(hcall::H_FREE_LOGICAL_LAN, {first.adapter().unit_address}).status == 0);
    CHECK(one.send(out) == 0);
    CHECK(second.receive() == out);
    CHECK(ethernet.is_active_trunk(3, 2));
  }
  SECTION("the one that its guest makes active, whose network hears of everybody behind it") {
    ethernet.set_trunk(2, 2, Trunk::active);
    while (!first.receive().empty()) {
    }
    ethernet.set_trunk(3, 2, Trunk::active);
    const Bytes rarp = second.receive();
    REQUIRE(rarp.size() == 60);
    CHECK(std::equal(rarp.begin() + 6, rarp.begin() + 12, out.begin() + 6));
    CHECK(second.receive().empty());
    passes(second, first);
    ethernet.set_trunk(2, 2, Trunk::active);
    (void)first.receive();
    passes(first, second);
  }
  SECTION("none, if both stand by") {
    ethernet.set_trunk(2, 2, Trunk::standby);
    passes(second, first);
    ethernet.set_trunk(3, 2, Trunk::standby);
    CHECK(one.send(out) == 0);
    CHECK(first.receive().empty());
    CHECK(second.receive().empty());
    CHECK_FALSE(ethernet.is_active_trunk(3, 2));
  }
}

SCENARIO("trunks of two servers differ in their priorities", "[ethernet][trunk]") {
  World world({vios(1, "sea1", {ethernet(2, "02000000000C", 1, true)}), vios(2, "sea2", {ethernet(2, "02000000000D", 7, true)})});
  REQUIRE(world->activate(1, "", {}));
  auto definition = world->lpars().at(1).definition;
  const auto with = [&](u16 vlan, u32 priority) {
    auto profile = definition.profiles[0];
    profile.adapters[0].port_vlan_id = vlan;
    profile.adapters[0].trunk_priority = priority;
    const auto stored = world->write_profile(2, profile);
    return stored ? std::string() : stored.error().code;
  };
  CHECK(with(1, 1) == "HSCLF062");
  CHECK(with(1, 2).empty());
  REQUIRE(world->activate(2, "", {}));
  // While it runs: the VLANs of one, or another adapter.
  CHECK(world->set_ethernet(2, {2, {9}, false}));
  auto more = ethernet(3, "02000000000E", 9, true);
  CHECK(world->may_add_adapter(1, more));
  more.trunk_priority = 2;
  CHECK(world->may_add_adapter(1, more).error().code == "HSCLF062");
  // Two on one server are a loop whatever their numbers are.
  CHECK(world->may_add_adapter(2, ethernet(3, "02000000000E", 9, true)).error().code == "configuration");
}

SCENARIO("the frame's virtual Ethernet", "[ethernet]") {
  const std::string a = "02000000000A", b = "02000000000B", t = "02000000000C", d = "02000000000D";
  auto trunk = ethernet(2, t, 1, true);
  trunk.addl_vlan_ids = {20};
  auto tagged = ethernet(2, d, 5);
  tagged.addl_vlan_ids = {20};
  World world({vios(1, "one", {ethernet(2, a)}), vios(2, "two", {ethernet(2, b), ethernet(3, "02000000000E", 20)}),
               vios(3, "sea", {trunk}), vios(4, "four", {tagged})});
  for (const u32 id : {1U, 2U, 3U, 4U}) REQUIRE(world->activate(id, "", {}));
  Station one(*world->native(1), 2), two(*world->native(2), 2), sea(*world->native(3), 2), four(*world->native(4), 2);
  Station two20(*world->native(2), 3, 0x200000);
  const Bytes payload(50, 0x55);
  const std::string outside = "020000000099", all = "FFFFFFFFFFFF";
  const auto vlans_of_current = [&](u32 lpar_id, u32 slot) {
    const auto adapters = world->lpars().at(lpar_id - 1).definition.current->adapters;
    return std::ranges::find(adapters, slot, &emu::VirtualAdapter::slot)->addl_vlan_ids;
  };

  SECTION("a packet goes to the adapter that has the address, and nowhere else") {
    const Bytes packet = packet_to(b, a, 0x0800, payload);
    CHECK(one.send(packet) == 0);
    CHECK(two.receive() == packet);
    CHECK(two.receive().empty());
    CHECK(sea.receive().empty());
    CHECK(four.receive().empty());
  }
  SECTION("a broadcast stays in its VLAN") {
    const Bytes packet = packet_to(all, a, 0x0806, payload);
    CHECK(one.send(packet) == 0);
    CHECK(two.receive() == packet);
    CHECK(sea.receive() == packet);
    CHECK(four.receive().empty());
    CHECK(two20.receive().empty());
    CHECK(one.receive().empty());
  }
  SECTION("what nobody inside has goes to the trunk; what the trunk brings in is delivered") {
    const Bytes out = packet_to(outside, a, 0x0800, payload);
    CHECK(one.send(out) == 0);
    CHECK(sea.receive() == out);
    const Bytes in = packet_to(a, outside, 0x0800, payload);
    CHECK(sea.send(in) == 0);
    CHECK(one.receive() == in);
    CHECK(two.receive().empty());
  }
  SECTION("tags are kept for members of an additional VLAN, and taken off for its port VLAN") {
    Bytes with_tag = packet_to(all, d, 0x8100, {0, 20, 0x08, 0x06});
    with_tag.insert(with_tag.end(), payload.begin(), payload.end());
    CHECK(four.send(with_tag) == 0);
    CHECK(sea.receive() == with_tag);
    CHECK(two20.receive() == packet_to(all, d, 0x0806, payload));
    CHECK(two.receive().empty());
    with_tag[15] = 21;
    CHECK(four.send(with_tag) == -12);
  }
  SECTION("a receiver without buffers drops, and counts") {
    const Bytes packet = packet_to(b, a, 0x0800, payload);
    for (u64 i = 0; i < Station::buffer_count; ++i) CHECK(one.send(packet) == 0);
    CHECK(one.send(packet) == -12);
    u64 dropped = 0;
    world->native(2)->memory().read_be(0x100000 + 4096 - 8, dropped);
    CHECK(dropped == 1);
    for (u64 i = 0; i < Station::buffer_count; ++i) CHECK(two.receive() == packet);
    // The queue has wrapped by now, or will: its toggle flips.
    for (int i = 0; i < 100; ++i) {
      CHECK(one.send(packet) == 0);
      CHECK(two.receive() == packet);
    }
  }
  SECTION("multicast is delivered as the adapter asked") {
    const Bytes packet = packet_to("01005E000001", a, 0x0800, payload);
    CHECK(one.send(packet) == 0);
    CHECK(two.receive().empty());
    auto& native = *world->native(2);
    const auto answer = native.hcall(hcall::H_MULTICAST_CTRL, {two.adapter().unit_address, 0x80000 | 0x20000, 0});
    CHECK(answer.status == 0);
    CHECK(one.send(packet) == 0);
    CHECK(two.receive() == packet);
    CHECK(native.hcall(hcall::H_MULTICAST_CTRL, {two.adapter().unit_address, 0x40000 | 0x10000 | 1, 0x01005E000002}).out[0] ==
          0x30001);
    CHECK(one.send(packet) == 0);
    CHECK(two.receive().empty());
  }
  SECTION("an adapter gets and loses VLANs while it runs, and what current says is what the switch does") {
    Bytes with_tag = packet_to(all, d, 0x8100, {0, 30, 0x08, 0x06});
    with_tag.insert(with_tag.end(), payload.begin(), payload.end());
    CHECK(four.send(with_tag) == -12);
    REQUIRE(world->set_ethernet(4, {2, {20, 30}, false}));
    CHECK(four.send(with_tag) == 0);
    CHECK(sea.receive().empty());
    REQUIRE(world->set_ethernet(3, {2, {30}, false}));
    CHECK(four.send(with_tag) == 0);
    CHECK(sea.receive() == with_tag);
    CHECK(vlans_of_current(3, 2) == std::vector<u16>{30});
    CHECK(world->lpars().at(2).adapters.at(0).addl_vlan_ids == std::vector<u16>{30});
    CHECK(world->native(3)->adapters().at(0).config.addl_vlan_ids == std::vector<u16>{30});
    with_tag[15] = 20;
    CHECK(four.send(with_tag) == 0);
    CHECK(sea.receive().empty());
    CHECK_FALSE(two20.receive().empty());
  }
  SECTION("a disabled adapter sends nothing and receives nothing until it is enabled") {
    const Bytes there = packet_to(b, a, 0x0800, payload), back = packet_to(a, b, 0x0800, payload);
    REQUIRE(world->set_ethernet(2, {2, {}, true}));
    (void)one.send(there);
    CHECK(two.receive().empty());
    CHECK(two.send(back) == -12);
    CHECK(one.receive().empty());
    REQUIRE(world->set_ethernet(2, {2, {}, false}));
    CHECK(one.send(there) == 0);
    CHECK(two.receive() == there);
  }
  SECTION("VLANs that break a rule, and what is no Ethernet adapter, are refused and change nothing") {
    CHECK_FALSE(world->set_ethernet(4, {2, {20, 20}, false}));
    CHECK_FALSE(world->set_ethernet(4, {2, {5}, false}));
    CHECK_FALSE(world->set_ethernet(4, {2, {4095}, false}));
    CHECK_FALSE(world->set_ethernet(4, {0, {}, false}));
    CHECK_FALSE(world->set_ethernet(4, {9, {}, false}));
    CHECK_FALSE(world->set_ethernet(9, {2, {}, false}));
    CHECK(vlans_of_current(4, 2) == std::vector<u16>{20});
  }
  SECTION("a trunk says that it is one, and that it is active") {
    const auto ask = [&](u32 lpar_id, Station& of, u64 reset, u64 set) {
      const auto answer = world->native(lpar_id)->hcall(hcall::H_ILLAN_ATTRIBUTES, {of.adapter().unit_address, reset, set});
      return answer.status == 0 ? answer.out[0] : ~u64{0};
    };
    CHECK(ask(3, sea, 0, 0) == 0x101);
    CHECK(ask(3, sea, 1, 0) == 0x100);
    CHECK(ask(3, sea, 0, 1) == 0x101);
    CHECK(ask(3, sea, 1, 1) == ~u64{0});
    CHECK(ask(1, one, 0, 1) == 0);
  }
  SECTION("an announcement reaches everybody in the VLAN") {
    world.frame().ethernet().announce(1, 2);
    CHECK(two.receive().size() == 60);
    CHECK(sea.receive().size() == 60);
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
// Physical slots: who gets them, and what an operating system does with the host bridge of one.
#include "firmware/physical_slots.h"

#include "devices/pci/host_bridge.h"
#include "firmware/devtree/tree.h"
#include "firmware/dlpar/connectors.h"
#include "firmware/rtas/rtas.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

constexpr u32 disk_slot = 0x21010003, empty_slot = 0x21010005;
constexpr u32 bus = 3;
constexpr u32 bridge = 0x2000'0003;

struct NoDisk final : devices::pci::Disk {
  u64 bytes() const override { return 64 * KiB; }
  bool read(u64, std::span<u8> to) override {
    std::ranges::fill(to, u8{0x5A});
    return true;
  }
  bool write(u64, std::span<const u8>) override { return true; }
  bool flush() override { return true; }
};

// Two partitions, 2 and 3, whose profiles wish for these slots.
struct Slots {
  Slots(std::vector<std::string> two, std::vector<std::string> three) : world({}) {
    world.hypervisor.reset();
    world.journal = std::move(*Journal::open(":memory:"));
    world.witness = std::move(*Witness::open(":memory:"));
    emu::PhysicalSlot disk;
    disk.drc_index = disk_slot;
    disk.location = "U789D.001.DQDYKGK-P1-C3";
    disk.adapter = emu::SlotAdapter::disk;
    emu::PhysicalSlot empty;
    empty.drc_index = empty_slot;
    empty.location = "U789D.001.DQDYKGK-P1-C5";
    world.config.slots = {disk, empty};
    world.config.partitions = {lpar(2, "two", {}), lpar(3, "three", {})};
    world.config.partitions[0].profiles[0].io_slots = std::move(two);
    world.config.partitions[1].profiles[0].io_slots = std::move(three);
    begin();
  }
  void begin() {
    world.hypervisor.reset();
    world.hypervisor = std::move(*Hypervisor::create(world.config, *world.journal, *world.witness, world.clock));
    world->open_media([this](const emu::PhysicalSlot& slot) -> emu::Result<devices::pci::Medium> {
      if (!there) return emu::Error{"slots", "The file is gone."};
      CHECK(slot.drc_index == disk_slot);
      devices::pci::Medium medium;
      medium.disk = std::make_unique<NoDisk>();
      return medium;
    });
  }
  std::vector<std::string> has(u32 id) { return world.status(id).definition.current->io_slots; }
  std::string refused(const emu::Status& status) { return status ? "" : status.error().code; }

  // On a partition whose processors stand still.
  std::shared_ptr<Partition> still(u32 id) {
    auto partition = world.partition(id);
    partition->on_dispatcher([&] {
      for (Processor* p : partition->processors()) p->state = {};
      for (u64 i = 0; i < partition->page_table().slots(); ++i) partition->page_table().write(i, {});
    });
    return partition;
  }
  static s32 rtas(Partition& partition, std::string_view service, std::vector<u32> in, u32* second = nullptr) {
    const auto services = rtas::services();
    const auto row = std::ranges::find(services, service, &rtas::Row::name);
    REQUIRE(row != services.end());
    s32 status = 0;
    partition.on_dispatcher([&] {
      constexpr u64 at = 0x3000;
      emu::GuestMemory& memory = partition.memory();
      memory.write_be(at, row->token);
      memory.write_be(at + 4, row->inputs);
      memory.write_be(at + 8, row->outputs);
      for (size_t i = 0; i < in.size(); ++i) memory.write_be(at + 12 + 4 * i, in[i]);
      CHECK(guest_call(partition, 0xF000, {at}) == 0);
      u32 word = 0;
      memory.read_be(at + 12 + 4 * in.size(), word);
      status = static_cast<s32>(word);
      if (second) memory.read_be(at + 16 + 4 * in.size(), *second);
    });
    return status;
  }
  static std::vector<u32> at(u32 address, u32 bytes) {
    const u64 unit = devices::pci::unit_of(bus);
    return {address, static_cast<u32>(unit >> 32), static_cast<u32>(unit), bytes};
  }

  bool there = true;
  World world;
};

}  // namespace

TEST_CASE("a physical slot has one owner, who is the partition that runs with it", "[slots]") {
  Slots s({"21010003/none/1", "21010005/none/0"}, {"21010003/none/1"});
  REQUIRE(s.world->activate(2, "", {}));
  CHECK(s.has(2) == std::vector<std::string>{"21010003/none/1", "21010005/none/0"});
  CHECK(s.refused(s.world->activate(3, "", {})) == "HSCLF071");
  CHECK(s.world.status(3).state == LparState::not_activated);
  REQUIRE(s.world->power_off(2, false));
  CHECK(s.world->activate(3, "", {}));
  CHECK(s.refused(s.world->activate(2, "", {})) == "HSCLF071");
}

TEST_CASE("a physical slot that is only desired does not keep a partition from starting, and one that is not there is nobody's",
          "[slots]") {
  Slots s({"21010003/none/0"}, {"21010003/none/0", "21010005/none/0", "21010009/none/0"});
  REQUIRE(s.world->activate(2, "", {}));
  REQUIRE(s.world->activate(3, "", {}));
  CHECK(s.has(3) == std::vector<std::string>{"21010005/none/0"});
  Slots missing({"21010009/none/1"}, {});
  CHECK(missing.refused(missing.world->activate(2, "", {})) == "HSCLF070");
}

TEST_CASE("a partition whose physical adapter cannot be opened does not start", "[slots]") {
  Slots s({"21010003/none/0"}, {});
  s.there = false;
  CHECK(s.refused(s.world->activate(2, "", {})) == "slots");
  CHECK(s.world.status(2).trouble == "The file is gone.");
}

TEST_CASE("an operating system finds the adapter in a physical slot, and nobody reaches what is not there", "[slots]") {
  Slots s({"21010003/none/0"}, {});
  REQUIRE(s.world->activate(2, "", {}));
  const auto partition = s.still(2);
  const devices::Node tree = devtree::build(*partition, {});
  CHECK(std::ranges::count(tree.children, "pci@800000020000003", &devices::Node::name) == 1);
  u32 value = 0;
  CHECK(Slots::rtas(*partition, "ibm,read-pci-config", Slots::at(0, 4), &value) == 0);
  CHECK(value == 0x1042'1AF4);
  CHECK(Slots::rtas(*partition, "ibm,read-pci-config", Slots::at(0x800, 4), &value) == -1);
  CHECK(value == 0xFFFFFFFF);
  CHECK(Slots::rtas(*partition, "ibm,read-pci-config", Slots::at(0xFF, 4), &value) == -3);
  CHECK(Slots::rtas(*partition, "ibm,read-pci-config", Slots::at(0, 3), &value) == -3);
  CHECK(Slots::rtas(*partition, "ibm,read-pci-config", {0, 0, 0, 4}, &value) == -3);
  CHECK(Slots::rtas(*partition, "ibm,write-pci-config", {4, 0x0800'0000, 0x2000'0003, 2, 6}) == 0);

  // Memory space is entered uncached, all of the page inside; the DMA window leads to the partition's own memory.
  partition->on_dispatcher([&] {
    constexpr u64 v = 1 | u64{0x40} << 12;
    const u64 space = devices::pci::space_of(bus);
    CHECK(guest_call(*partition, 0x08, {0, 8, v, space | 0x2A}) == 0);
    CHECK(guest_call(*partition, 0x08, {0, 16, v, space | 0x2}) == -4);
    CHECK(guest_call(*partition, 0x08, {0, 16, v, (space + devices::pci::space_bytes) | 0x2A}) == -4);
    CHECK(guest_call(*partition, 0x20, {devices::pci::liobn_of(bus), 0x2000, 0x8003}) == 0);
    CHECK(guest_call(*partition, 0x20, {devices::pci::liobn_of(bus), 0x2000, 0x4000'0000'0003}) == -4);
    CHECK(guest_call(*partition, 0x20, {devices::pci::liobn_of(bus + 1), 0x2000, 0x8003}) == -4);
  });
}

TEST_CASE("a physical slot is added to a partition that runs, and removed when its operating system has given it back",
          "[slots]") {
  Slots s({}, {});
  CHECK(s.refused(s.world->add_slot(2, disk_slot)) == "HSCL05DF");
  REQUIRE(s.world->activate(2, "", {}));
  REQUIRE(s.world->activate(3, "", {}));
  const auto partition = s.still(2);
  const auto sense = [&] {
    u32 state = 99;
    CHECK(Slots::rtas(*partition, "get-sensor-state", {9003, bridge}, &state) == 0);
    return state;
  };
  const auto set = [&](u32 indicator, u32 state) { return Slots::rtas(*partition, "set-indicator", {indicator, bridge, state}); };
  u32 value = 0;
  CHECK(set(9003, 1) == -3);  // nobody has given it
  CHECK(s.refused(s.world->add_slot(2, 0x21010077)) == "HSCLF072");
  CHECK(s.refused(s.world->remove_slot(2, disk_slot)) == "HSCLF074");
  REQUIRE(s.world->add_slot(2, disk_slot));
  CHECK(s.has(2) == std::vector<std::string>{"21010003/none/0"});
  CHECK(s.refused(s.world->add_slot(3, disk_slot)) == "HSCLF073");
  CHECK(sense() == 2);
  CHECK(Slots::rtas(*partition, "ibm,read-pci-config", Slots::at(0, 4), &value) == -3);

  CHECK(set(9003, 1) == 0);
  CHECK(sense() == 1);
  CHECK(Slots::rtas(*partition, "ibm,read-pci-config", Slots::at(0, 4), &value) == -3);
  CHECK(set(9001, 1) == 0);
  CHECK(Slots::rtas(*partition, "ibm,read-pci-config", Slots::at(0, 4), &value) == 0);
  const auto node = partition->connectors().describe(bridge);
  REQUIRE(node);
  CHECK(node->children.size() == 1);
  CHECK(s.refused(s.world->remove_slot(2, disk_slot)) == "slot-taken");

  // As long as a page of memory is mapped for it, or its memory space is, it is in use.
  const auto window = partition->bridge(bus)->window();
  window->set(0, 0x8003);
  CHECK(set(9001, 0) == -9001);
  window->set(0, 0);
  partition->on_dispatcher([&] { partition->page_table().write(5, {cpu::hpte_valid, devices::pci::space_of(bus) | 0x2A}); });
  CHECK(set(9001, 0) == -9001);
  partition->on_dispatcher([&] { partition->page_table().write(5, {}); });
  CHECK(set(9001, 0) == 0);
  CHECK(set(9003, 0) == 0);
  REQUIRE(s.world->remove_slot(2, disk_slot));
  CHECK(s.has(2).empty());
  CHECK_FALSE(partition->bridge(bus));
  CHECK(sense() == 2);
  CHECK(s.world->add_slot(3, disk_slot));
  // An empty one is the partition's alone, and there is nothing to take.
  REQUIRE(s.world->add_slot(2, empty_slot));
  CHECK_FALSE(partition->bridge(5));
  REQUIRE(s.world->remove_slot(2, empty_slot));

  // A slot that was added does not come again with the next activation, and a required one is not removed.
  REQUIRE(s.world->power_off(3, false));
  REQUIRE(s.world->activate(3, "normal", {}));
  CHECK(s.has(3).empty());
  Slots required({"21010003/none/1"}, {});
  REQUIRE(required.world->activate(2, "", {}));
  CHECK(required.refused(required.world->remove_slot(2, disk_slot)) == "HSCLF075");
}

TEST_CASE("what a partition has of physical slots is known after the system's process has died", "[slots]") {
  Slots s({}, {});
  REQUIRE(s.world->activate(2, "", {}));
  REQUIRE(s.world->add_slot(2, empty_slot));
  s.begin();
  CHECK(s.has(2) == std::vector<std::string>{"21010005/none/0"});
}

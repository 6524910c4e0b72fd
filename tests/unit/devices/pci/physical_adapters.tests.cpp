// SPDX-License-Identifier: GPL-2.0-or-later
// Adapters in physical slots, as a driver of theirs reaches them: through configuration space, memory space and DMA window.
#include <algorithm>
#include <random>

#include "devices/pci/host_bridge.h"
#include "devices/pci/little_endian.h"
#include "devices/pci/virtio_block.h"
#include "devices/pci/virtio_network.h"
#include "tests/support/catch.h"

using namespace devices;
using namespace devices::pci;

namespace {

constexpr u32 bus = 3;

struct MemoryDisk final : Disk {
  Bytes content = Bytes(64 * KiB);
  int flushes = 0;
  bool broken = false;
  u64 bytes() const override { return content.size(); }
  bool read(u64 at, std::span<u8> to) override {
    if (broken || at > content.size() || to.size() > content.size() - at) return false;
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(at), to.size(), to.begin());
    return true;
  }
  bool write(u64 at, std::span<const u8> from) override {
    if (broken || at > content.size() || from.size() > content.size() - at) return false;
    std::ranges::copy(from, content.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
  }
  bool flush() override {
    ++flushes;
    return !broken;
  }
};

struct OpenCable final : Cable {
  std::vector<Bytes> sent;
  std::function<void(std::span<const u8>)> received;
  void send(std::span<const u8> packet) override { sent.emplace_back(packet.begin(), packet.end()); }
  void connect(std::function<void(std::span<const u8>)> to) override { received = std::move(to); }
};

// A bridge with an adapter, and what a driver does with it.
struct Driver {
  std::shared_ptr<emu::GuestMemory> memory = std::move(*emu::GuestMemory::create(MiB));
  MemoryDisk* disk = nullptr;
  OpenCable* cable = nullptr;
  bool line = false;
  std::unique_ptr<HostBridge> bridge;

  explicit Driver(bool network = false) {
    BridgePlace place;
    place.bus = bus;
    place.location = "U789D.001.DQDYKGK-P1-C3";
    place.interrupt_controller = 0x1111;
    place.memory = memory;
    place.line = [this](bool high) { line = high; };
    bridge = std::make_unique<HostBridge>(std::move(place), [&](auto window, auto interrupt) -> std::unique_ptr<Virtio> {
      if (network) {
        auto made = std::make_unique<OpenCable>();
        cable = made.get();
        return std::make_unique<VirtioNetwork>(std::move(window), std::move(interrupt), std::move(made),
                                               MacAddress{0x02, 1, 2, 3, 4, 5});
      }
      auto made = std::make_unique<MemoryDisk>();
      disk = made.get();
      return std::make_unique<VirtioBlock>(std::move(window), std::move(interrupt), std::move(made), "21010003");
    });
    // I/O addresses 0 to 256 KiB are the second 256 KiB of the memory.
    for (u64 at = 0; at < 256 * KiB; at += 4096) bridge->window()->set(at, (256 * KiB + at) | 3);
  }

  u32 configuration(u32 at, u32 bytes) { return bridge->read_configuration(at, bytes); }
  void load(u64 offset, std::span<u8> to) { bridge->load(space_of(bus) + offset, to); }
  template <std::unsigned_integral T>
  T get(u64 offset) {
    u8 bytes[sizeof(T)];
    load(offset, bytes);
    return load_le<T>(bytes);
  }
  template <std::unsigned_integral T>
  void set(u64 offset, T value) {
    u8 bytes[sizeof(T)];
    store_le(bytes, value);
    bridge->store(space_of(bus) + offset, bytes);
  }

  template <std::unsigned_integral T>
  void put(u64 io, T value) {
    u8 bytes[sizeof(T)];
    store_le(bytes, value);
    REQUIRE(bridge->window()->write(io, bytes, By::other));
  }
  template <std::unsigned_integral T>
  T peek(u64 io) {
    u8 bytes[sizeof(T)];
    REQUIRE(bridge->window()->read(io, bytes, By::other));
    return load_le<T>(bytes);
  }

  static constexpr u64 descriptors = 0x1000, available = 0x2000, used = 0x3000, queue_stride = 0x4000;
  static constexpr u64 common_select = 0x16, features_ok = 8;
  static constexpr u16 size = 8;

  void begin(u64 features) {
    bridge->write_configuration(0x04, 2, 0x6);  // memory space, bus master
    set<u8>(0x14, 0);
    set<u8>(0x14, 1 | 2);
    set<u32>(0x08, 0);
    set<u32>(0x0C, static_cast<u32>(features));
    set<u32>(0x08, 1);
    set<u32>(0x0C, static_cast<u32>(features >> 32));
    set<u8>(0x14, 1 | 2 | 8);
  }
  void make_queue(u16 number) {
    set<u16>(0x16, number);
    set<u16>(0x18, size);
    const u64 base = number * queue_stride;
    set<u64>(0x20, descriptors + base);
    set<u32>(0x28, static_cast<u32>(available + base));
    set<u32>(0x2C, 0);
    set<u64>(0x30, used + base);
    set<u16>(0x1C, 1);
  }
  void start(u64 features = u64{3} << 32, u16 queues = 1) {
    begin(features);
    for (u16 i = 0; i < queues; ++i) make_queue(i);
    set<u8>(0x14, 1 | 2 | 8 | 4);
  }
  u8 status() { return get<u8>(0x14); }

  struct Descriptor {
    u64 address;
    u32 bytes;
    u16 flags;
    u16 next;
  };
  // From descriptor 0 on, and offered.
  void offer(const std::vector<Descriptor>& chain, u16 queue = 0, u16 head = 0) {
    const u64 base = queue * queue_stride;
    for (size_t i = 0; i < chain.size(); ++i) {
      put<u64>(descriptors + base + 16 * i, chain[i].address);
      put<u32>(descriptors + base + 16 * i + 8, chain[i].bytes);
      put<u16>(descriptors + base + 16 * i + 12, chain[i].flags);
      put<u16>(descriptors + base + 16 * i + 14, chain[i].next);
    }
    const u16 index = peek<u16>(available + base + 2);
    put<u16>(available + base + 4 + 2 * (index % size), head);
    put<u16>(available + base + 2, static_cast<u16>(index + 1));
  }
  void notify(u16 queue = 0) { set<u16>(0x3000 + 4 * queue, queue); }

  // Header at 0x20000, data at 0x21000, answer at 0x22000.
  u8 request(u32 type, u64 sector, u32 bytes, bool to_disk) {
    put<u32>(0x20000, type);
    put<u32>(0x20004, 0);
    put<u64>(0x20008, sector);
    put<u8>(0x22000, 0xEE);
    std::vector<Descriptor> chain{{0x20000, 16, 1, 1}};
    if (bytes) chain.push_back({0x21000, bytes, static_cast<u16>(to_disk ? 1 : 3), 2});
    chain.push_back({0x22000, 1, 2, 0});
    offer(chain);
    notify();
    return peek<u8>(0x22000);
  }
};

}  // namespace

TEST_CASE("a physical adapter is found in its configuration space, and its capabilities lead to its structures") {
  Driver d;
  CHECK(d.configuration(0x00, 4) == 0x1042'1AF4);
  CHECK(d.configuration(0x08, 4) == 0x0100'0001);
  CHECK(d.configuration(0x3D, 1) == 1);
  CHECK(d.configuration(0x10, 4) == space_on_bus);
  std::vector<u32> types;
  for (u32 at = d.configuration(0x34, 1); at; at = d.configuration(at + 1, 1)) {
    CHECK(d.configuration(at, 1) == 9);
    types.push_back(d.configuration(at + 3, 1));
  }
  CHECK(types == std::vector<u32>{1, 2, 3, 4, 5});
  // Nobody else is on the bus.
  CHECK(d.configuration(0x800, 4) == 0xFFFFFFFF);
  CHECK(d.configuration(0x1'0000, 2) == 0xFFFF);
  CHECK_FALSE(d.bridge->answers(0x800));
  // What it is, nobody changes.
  d.bridge->write_configuration(0x00, 4, 0);
  CHECK(d.configuration(0x00, 4) == 0x1042'1AF4);
}

TEST_CASE("the base address register of a physical adapter tells its size, and memory space has to be on") {
  Driver d;
  CHECK(d.get<u32>(0x12) == 0xFFFFFFFF);
  d.bridge->write_configuration(0x04, 2, 2);
  CHECK(d.get<u16>(0x12) == 1);
  d.bridge->write_configuration(0x10, 4, 0xFFFFFFFF);
  CHECK(d.configuration(0x10, 4) == ~u32{Function::window_bytes - 1});
  CHECK(d.get<u16>(0x12) == 0xFFFF);
  d.bridge->write_configuration(0x10, 4, space_on_bus + 0x10000);
  CHECK(d.get<u16>(0x10012) == 1);
  // The same through the window in configuration space: the structure of its own data, four bytes from 0.
  d.bridge->write_configuration(0x84 + 8, 4, 0x2000);
  d.bridge->write_configuration(0x84 + 12, 4, 4);
  CHECK(d.configuration(0x84 + 16, 4) == 64 * KiB / 512);
}

TEST_CASE("a driver of a physical adapter must know of version 1, and that its addresses are those of a window") {
  Driver d;
  d.set<u8>(0x14, 0);
  for (const u64 features : {u64{0}, u64{1} << 32, u64{1} << 33, u64{3} << 32 | 1}) {
    d.begin(features);
    CHECK((d.status() & 8) == 0);
  }
  d.begin(u64{3} << 32);
  CHECK(d.status() == 11);
  d.set<u8>(0x14, 0);
  CHECK(d.status() == 0);
}

TEST_CASE("a physical disk reads and writes, says who it is, and raises its line until somebody has looked") {
  Driver d;
  d.disk->content[1024] = 0xAB;
  d.start();
  CHECK(d.request(0, 2, 512, false) == 0);
  CHECK(d.peek<u8>(0x21000) == 0xAB);
  CHECK(d.peek<u16>(Driver::used + 2) == 1);
  CHECK(d.peek<u32>(Driver::used + 4) == 0);
  CHECK(d.peek<u32>(Driver::used + 8) == 513);
  CHECK(d.line);
  CHECK(d.get<u8>(0x1000) == 1);
  CHECK_FALSE(d.line);
  CHECK(d.get<u8>(0x1000) == 0);

  d.put<u8>(0x21001, 0xCD);
  CHECK(d.request(1, 3, 1024, true) == 0);
  CHECK(d.disk->content[3 * 512 + 1] == 0xCD);
  CHECK(d.disk->flushes == 1);  // a driver that does not flush is told of what is safe
  CHECK(d.request(8, 0, 20, false) == 0);
  CHECK(d.peek<u64>(0x21000) == load_le<u64>(reinterpret_cast<const u8*>("21010003")));
  CHECK(d.request(4, 0, 0, false) == 0);
  CHECK(d.request(77, 0, 0, false) == 2);
  CHECK(d.request(0, 127, 1024, false) == 1);
  CHECK(d.request(0, ~u64{0}, 512, false) == 1);
  CHECK(d.request(1, u64{1} << 55, 512, true) == 1);
  CHECK(d.request(0, 0, 100, false) == 1);
  d.disk->broken = true;
  CHECK(d.request(0, 0, 512, false) == 1);
  CHECK((d.status() & 64) == 0);
  CHECK(d.get<u8>(0x1000) == 1);

  // The line can be disabled, and interrupts suppressed.
  d.put<u16>(Driver::available, 1);
  d.request(4, 0, 0, false);
  CHECK_FALSE(d.line);
  d.put<u16>(Driver::available, 0);
  d.bridge->write_configuration(0x04, 2, 0x406);
  d.request(4, 0, 0, false);
  CHECK_FALSE(d.line);
  d.bridge->write_configuration(0x04, 2, 0x6);
  CHECK(d.line);
}

TEST_CASE("a physical adapter reaches no memory before it is told to master the bus, and none outside of its window") {
  Driver d;
  d.start();
  d.bridge->write_configuration(0x04, 2, 2);
  CHECK(d.request(4, 0, 0, false) == 0xEE);
  d.bridge->write_configuration(0x04, 2, 6);
  d.notify();
  CHECK(d.peek<u8>(0x22000) == 0);
  d.put<u32>(0x20000, 0);
  d.offer({{0x20000, 16, 1, 1}, {0x100'0000, 512, 3, 2}, {0x22000, 1, 2, 0}});
  d.notify();
  CHECK(d.peek<u8>(0x22000) == 1);
  CHECK((d.status() & 64) == 0);
}

TEST_CASE("chains that are none stop a physical adapter until its driver begins anew") {
  using D = Driver::Descriptor;
  struct Bad {
    const char* what;
    std::vector<D> chain;
    u16 head = 0;
  };
  const u64 end = ~u64{0} - 8;
  const std::vector<Bad> all = {
      {"a loop", {{0x20000, 16, 1, 1}, {0x21000, 512, 3, 1}}},
      {"a loop of two", {{0x20000, 16, 1, 1}, {0x21000, 512, 1, 0}}},
      {"no such descriptor", {{0x20000, 16, 1, 200}}},
      {"no such head", {{0x20000, 16, 1, 1}}, 9},
      {"read after written", {{0x20000, 16, 3, 1}, {0x21000, 512, 0, 0}}},
      {"indirect", {{0x20000, 16, 4, 0}}},
      {"empty", {{0x20000, 0, 0, 0}}},
      {"huge", {{0x20000, 0xFFFFFFFF, 0, 0}}},
      {"huge together", {{0x20000, 9 * MiB, 1, 1}, {0x20000, 9 * MiB, 3, 0}}},
      {"not mapped", {{0x80000, 16, 1, 1}, {0x22000, 1, 2, 0}}},
      {"around the end", {{end, 16, 1, 1}, {0x22000, 1, 2, 0}}},
      {"no answer", {{0x20000, 16, 0, 0}}},
      {"a short header", {{0x20000, 15, 1, 1}, {0x22000, 1, 2, 0}}},
      {"an answer nowhere", {{0x20000, 16, 1, 1}, {0x90000, 1, 2, 0}}},
  };
  for (const Bad& bad : all) {
    INFO(bad.what);
    Driver d;
    d.start();
    d.put<u32>(0x20000, 4);
    d.offer(bad.chain, 0, bad.head);
    d.notify();
    CHECK((d.status() & 64) != 0);
    CHECK(d.get<u8>(0x1000) == 2);
    d.notify();
    d.start();
    CHECK((d.status() & 64) == 0);
  }
  // More than the ring has.
  Driver d;
  d.start();
  d.put<u16>(Driver::available + 2, 100);
  d.notify();
  CHECK((d.status() & 64) != 0);
  // Rings nowhere.
  d.begin(u64{3} << 32);
  d.make_queue(0);
  d.set<u8>(0x14, 0);
  d.begin(u64{3} << 32);
  d.set<u64>(0x20, ~u64{0});
  d.set<u64>(0x28, u64{1} << 40);
  d.set<u64>(0x30, ~u64{0});
  d.set<u16>(0x1C, 1);
  d.set<u8>(0x14, 15);
  d.notify();
  CHECK((d.status() & 64) != 0);
}

TEST_CASE("nothing that is stored anywhere in a physical adapter, or lies in its rings, ends the program") {
  std::mt19937_64 dice(7);
  for (const bool network : {false, true}) {
    Driver d(network);
    for (int i = 0; i < 20000; ++i) {
      const u64 offset = dice() % 0x5000;
      switch (dice() % 6) {
        case 0:
          d.set<u8>(offset, static_cast<u8>(dice()));
          break;
        case 1:
          d.set<u32>(offset & ~u64{3}, static_cast<u32>(dice() % 3 ? dice() % 0x40000 : dice()));
          break;
        case 2:
          d.bridge->write_configuration(static_cast<u32>(dice() % 64 * 4), 4, static_cast<u32>(dice()));
          break;
        case 3:
          for (int k = 0; k < 8; ++k) d.put<u64>(dice() % 0x4000 & ~u64{7}, dice() % 2 ? dice() % 0x40000 : dice());
          break;
        case 4:
          d.start(u64{3} << 32, network ? 2 : 1);
          break;
        default:
          d.notify(static_cast<u16>(dice() % 3));
          d.get<u64>(offset);
          if (network) d.cable->received(Bytes(60, 0xFF));
      }
    }
    d.bridge->reset();
    CHECK_FALSE(d.line);
    CHECK(d.configuration(0x10, 4) == space_on_bus);
  }
}

TEST_CASE("a physical network adapter sends and receives packets, and drops those it has no room for") {
  Driver d(true);
  d.bridge->write_configuration(0x04, 2, 6);
  CHECK(d.configuration(0x00, 4) == 0x1041'1AF4);
  CHECK(d.get<u32>(0x2000) == 0x0302'0102);
  CHECK(d.get<u16>(0x2006) == 1);
  Bytes packet(60, 0x11);
  const MacAddress mac{0x02, 1, 2, 3, 4, 5};
  std::ranges::copy(mac, packet.begin());
  d.cable->received(packet);  // nobody is there yet
  d.start(u64{3} << 32 | u64{1} << 5, 2);

  for (u64 i = 0; i < 100; ++i) d.put<u8>(0x20000 + i, static_cast<u8>(i));
  d.offer({{0x20000, 12 + 60, 0, 0}}, 1);
  d.notify(1);
  REQUIRE(d.cable->sent.size() == 1);
  CHECK(d.cable->sent[0].size() == 60);
  CHECK(d.cable->sent[0][0] == 12);
  d.offer({{0x20000, 20, 0, 0}}, 1);  // shorter than any packet: gone
  d.notify(1);
  CHECK(d.cable->sent.size() == 1);
  CHECK(d.peek<u16>(Driver::used + Driver::queue_stride + 2) == 2);

  d.get<u8>(0x1000);
  d.cable->received(packet);
  CHECK(d.peek<u16>(Driver::used + 2) == 0);
  d.offer({{0x24000, 40, 3, 1}, {0x25000, 1500, 2, 0}});
  d.cable->received(packet);
  CHECK(d.line);
  CHECK(d.peek<u16>(Driver::used + 2) == 1);
  CHECK(d.peek<u32>(Driver::used + 8) == 72);
  CHECK(d.peek<u16>(0x24000 + 10) == 1);
  CHECK(d.peek<u8>(0x24000 + 12) == 2);
  CHECK(d.peek<u8>(0x25000) == 0x11);
  // A buffer that is too small stays, and somebody else's packet is not ours.
  d.offer({{0x24000, 40, 2, 0}});
  d.cable->received(packet);
  CHECK(d.peek<u16>(Driver::used + 2) == 1);
  packet[5] = 9;
  d.cable->received(Bytes(20, 0xFF));
  CHECK(d.peek<u16>(Driver::used + 2) == 2);
  d.offer({{0x25000, 1500, 2, 0}});
  d.cable->received(packet);
  CHECK(d.peek<u16>(Driver::used + 2) == 2);
}

TEST_CASE("a host bridge describes itself and its function as the bus binding has it") {
  Driver d;
  const Node node = d.bridge->describe();
  CHECK(node.name == "pci@800000020000003");
  for (const char* name : {"reg", "ranges", "ibm,dma-window", "interrupt-map", "interrupt-map-mask", "bus-range"}) {
    INFO(name);
    CHECK(node.property(name));
  }
  REQUIRE(node.children.size() == 1);
  CHECK(node.children[0].name == "scsi@0");
  CHECK(node.children[0].property("assigned-addresses")->value.size() == 20);
  CHECK(d.bridge->in_use());
  for (u64 at = 0; at < 256 * KiB; at += 4096) d.bridge->window()->set(at, 0);
  CHECK_FALSE(d.bridge->in_use());
  CHECK(d.bridge->contains(space_of(bus), 4096));
  CHECK_FALSE(d.bridge->contains(space_of(bus) + space_bytes, 1));
  CHECK_FALSE(d.bridge->contains(space_of(bus) - 1, 2));
}

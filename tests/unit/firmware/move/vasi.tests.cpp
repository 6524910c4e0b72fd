// SPDX-License-Identifier: GPL-2.0-or-later
// A mover that is hostile, or broken: everything it can say over its VASI, and much that nobody would.
#include <cstdlib>
#include <random>

#include "devices/vasi_messages.h"
#include "firmware/move/hello.h"
#include "firmware/move/record.h"
#include "firmware/native_partition.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;
namespace vasi = devices::vasi;
namespace move = firmware::move;
using namespace firmware::hcall;

namespace {

constexpr u64 donor_operation = 0x29C;
constexpr u64 queue_bytes = 64 * KiB;
constexpr u64 buffer_bytes = 72 * KiB;
constexpr u64 buffer_count = 16;
constexpr u64 window_bytes = queue_bytes + buffer_count * buffer_bytes;

// A Virtual I/O Server's hand at its VASI, without a mover that knows what it does.
class Hand {
 public:
  explicit Hand(NativePartition& self) : self_(self) {
    for (const NativeAdapter& adapter : self.adapters())
      if (adapter.config.kind == emu::AdapterKind::vasi) vasi_ = adapter;
    window_ = {static_cast<u8*>(std::aligned_alloc(emu::page_size, window_bytes)), window_bytes};
    std::ranges::fill(window_, u8{0});
    address_ = (self.memory().size() + 16 * MiB) / (16 * MiB) * 16 * MiB;
    REQUIRE(self.memory().attach(address_, window_));
    for (u64 at = 0; at < window_bytes; at += emu::page_size)
      REQUIRE(self.hcall(H_PUT_TCE, {vasi_.liobn, at, (address_ + at) | 3}).status == 0);
    REQUIRE(self.hcall(H_REG_CRQ, {vasi_.unit_address, 0, queue_bytes}).status == 0);
  }
  ~Hand() {
    (void)self_.hcall(H_FREE_CRQ, {vasi_.unit_address});
    (void)self_.memory().attach(address_, {});
    std::free(window_.data());
  }
  Hand(const Hand&) = delete;
  Hand& operator=(const Hand&) = delete;

  s64 send(u64 high, u64 low) { return self_.hcall(H_SEND_CRQ, {vasi_.unit_address, high, low}).status; }
  s64 send(const vasi::Message& message) { return send(message.high(), message.low); }
  s64 donate(u64 handle) { return self_.hcall(donor_operation, {handle}).status; }
  s64 queue_again() {
    (void)self_.hcall(H_FREE_CRQ, {vasi_.unit_address});
    std::ranges::fill(window_.first(queue_bytes), u8{0});
    at_ = 0;
    return self_.hcall(H_REG_CRQ, {vasi_.unit_address, 0, queue_bytes}).status;
  }

  static u32 io_address(u64 buffer) { return static_cast<u32>(queue_bytes + buffer * buffer_bytes); }
  std::span<u8> buffer(u64 index) { return window_.subspan(io_address(index), buffer_bytes); }

  // Reads what has come; the handle that the last Open was given.
  u32 drain() {
    for (;;) {
      u8* element = window_.data() + at_;
      const u64 high = emu::load_be<u64>(element);
      if (high == 0) return bottom_;
      const auto message = vasi::parse(high, emu::load_be<u64>(element + 8));
      std::fill_n(element, 16, u8{0});
      at_ = (at_ + 16) % queue_bytes;
      if (message.answers(vasi::Format::open) && message.status == 0) bottom_ = message.handle;
    }
  }

  u32 open(u64 stream, vasi::Service service) {
    bottom_ = 0;
    (void)send(vasi::make(vasi::Format::open, 1, stream, static_cast<u8>(service)));
    const u32 bottom = drain();
    for (u64 i = 0; bottom && i < buffer_count / 2; ++i)
      (void)send(vasi::make(vasi::Format::add_buffer, bottom, vasi::pack({buffer_bytes, io_address(i)})));
    drain();
    return bottom;
  }

  // A record as a peer's mover would bring it.
  s64 download(u32 bottom, move::Kind kind, move::Lane lane, u64 stream, u64 sequence, u32 count, const Bytes& payload) {
    const u64 index = buffer_count - 1;
    const auto bytes = buffer(index).subspan(vasi::download_offset);
    u8* record = bytes.data() + vasi::download_header + vasi::segment_header;
    std::ranges::copy(payload, record + move::record_header);
    const u32 size =
        move::seal({record, buffer_bytes - 64}, kind, lane, stream, sequence, count, static_cast<u32>(payload.size()));
    emu::store_be(bytes.data(), index);
    emu::store_be(bytes.data() + vasi::download_header, size);
    emu::store_be(record + size, u32{0});
    const u32 length = vasi::download_header + vasi::segment_header + size + vasi::end_bytes;
    return send(vasi::make(vasi::Format::download, bottom, vasi::pack({length, io_address(index) + vasi::download_offset})));
  }

 private:
  NativePartition& self_;
  NativeAdapter vasi_;
  std::span<u8> window_;
  u64 address_ = 0;
  u64 at_ = 0;
  u32 bottom_ = 0;
};

emu::VirtualAdapter vasi_adapter() {
  emu::VirtualAdapter adapter;
  adapter.kind = emu::AdapterKind::vasi;
  adapter.slot = 5;
  return adapter;
}

bool known(s64 status) {
  return status == 0 || status == 14 || status == 2 || (status >= 9900 && status <= 9905) || (status < 0 && status > -512);
}

}  // namespace

TEST_CASE("a mover that talks nonsense ends at most its own migrations", "[move][fuzz]") {
  World world({vios(1, "vios", {vasi_adapter()}), lpar(2, "guest", {})});
  REQUIRE(world->activate(1, "", ""));
  REQUIRE(world->activate(2, "", ""));
  REQUIRE(world.wait_for_output(2, "guest# ", 60));
  Hand hand(*world->native(1));
  std::mt19937_64 random(20070401);
  const auto coming = [] {
    auto shell = lpar(3, "coming", {});
    shell.uuid = "COMING";
    shell.profiles[0].min_mem = shell.profiles[0].desired_mem = 16;
    return shell;
  }();

  for (u64 round = 1; round <= 60; ++round) {
    const bool source = round % 2 == 0;
    const u64 stream = 0x1000 + round;
    u32 lpar_id = 2;
    if (!source) lpar_id = *world->create_shell(stream, coming, coming.profiles[0], true, "cec2");
    REQUIRE(world->enable_stream(stream, lpar_id, source, 1, "cec2"));
    const auto service = source ? vasi::Service::source_mover : vasi::Service::target_mover;
    u32 bottom = round % 5 == 0 ? 0 : hand.open(stream, service);
    std::array<u64, 2> sequence{};
    if (bottom && !source && round % 3) {
      // Far enough in for the records of a pass to be looked at.
      const auto shell = world.partition(lpar_id);
      move::Hello hello{"COMING", "coming", 16 * MiB, world.config.lmb_mb, shell->page_table().shift(), 1};
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

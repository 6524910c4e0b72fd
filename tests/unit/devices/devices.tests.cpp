// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/crq.h"
#include "devices/ethernet.h"
#include "devices/interrupt_controller.h"
#include "devices/nvram.h"
#include "devices/vty.h"
#include "tests/support/catch.h"

using namespace devices;

namespace {

struct Place {
  std::shared_ptr<emu::GuestMemory> memory = std::move(*emu::GuestMemory::create(MiB));
  std::shared_ptr<TceTable> window = std::make_shared<TceTable>(0x10000002, 256 * KiB, memory);
  int raised = 0;
  Place() {
    for (u64 at = 0; at < 64 * KiB; at += 4096) window->set(at, (0x40000 + at) | 3);
  }
  Slot slot() {
    Slot s;
    s.number = 2;
    s.unit_address = 0x30000002;
    s.interrupt = 0x1102;
    s.window = window;
    s.raise = [this] { ++raised; };
    return s;
  }
};

// Saved, loaded into a fresh one, saved again: the same bytes.
template <class Device>
void round_trip(Device& from, Device& to) {
  emu::Archive saving = emu::Archive::saving();
  from.archive(saving);
  const Bytes bytes = saving.take();
  emu::Archive loading = emu::Archive::loading_from(bytes);
  to.archive(loading);
  const auto status = loading.finish();
  INFO((status ? "" : status.error().text));
  REQUIRE(status);
  emu::Archive again = emu::Archive::saving();
  to.archive(again);
  CHECK(again.take() == bytes);
}

}  // namespace

TEST_CASE("a window moves with what is mapped in it, and one that an earlier build has saved can be read") {
  Place p;
  devices::TceTable fresh(0x10000002, 256 * KiB, p.memory);
  round_trip(*p.window, fresh);
  CHECK(fresh.translate(0x1234, tce_read) == 0x41234);
  CHECK_FALSE(fresh.translate(64 * KiB, tce_read));

  const auto load = [&](u16 version, auto used) {
    emu::Archive saving = emu::Archive::saving();
    u32 liobn = 0x10000002;
    u64 count = 64;
    saving.section("tce", version);
    saving("liobn", liobn);
    saving("entries", count);
    saving("used", used);
    const Bytes bytes = saving.take();
    emu::Archive loading = emu::Archive::loading_from(bytes);
    fresh.archive(loading);
    return loading.finish();
  };
  CHECK(load(1, std::map<u32, u64>{{3, 0x5003}}));
  CHECK(fresh.get(0x3000) == 0x5003);
  CHECK(fresh.get(0) == 0);
  for (const std::vector<u64>& hostile : {std::vector<u64>{3}, std::vector<u64>{64, 0x5003}, std::vector<u64>{3, u64{1} << 40}})
    CHECK_FALSE(load(2, hostile));
}

TEST_CASE("a window translates what is mapped, and nothing while it is frozen") {
  Place p;
  CHECK(p.window->translate(0x1234, tce_read) == 0x41234);
  CHECK_FALSE(p.window->translate(64 * KiB, tce_read));
  CHECK_FALSE(p.window->translate(1 * GiB, tce_read));
  u8 bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(p.window->write(0xFFC, bytes, By::other));  // over a page's end
  u8 back[8];
  CHECK(p.memory->read(0x40FFC, back));
  CHECK(std::equal(bytes, bytes + 8, back));
  p.window->set(0x2000, 0x42000 | tce_read);
  CHECK_FALSE(p.window->write(0x2000, bytes, By::other));
  CHECK(p.window->mapped(0x2000, 4096, tce_read));
  CHECK_FALSE(p.window->mapped(0x2000, 4096, tce_write));
  p.window->freeze();
  CHECK_FALSE(p.window->read(0, back, By::other));
  CHECK(p.window->read(0, back, By::owner));
  p.window->thaw();
  CHECK(p.window->read(0, back, By::other));
  // A page that has not arrived is not waited for by others.
  p.memory->missing().set(0x40);
  CHECK_FALSE(p.window->read(0, back, By::other));
  p.memory->missing().clear(0x40);
  TceTable other(0x10000002, 256 * KiB, p.memory);
  round_trip(*p.window, other);
  CHECK(other.get(0x2000) == p.window->get(0x2000));
}

TEST_CASE("a queue fills, wraps, and survives a move") {
  Place p;
  Crq queue(p.window, [&] { ++p.raised; });
  CHECK(queue.send(0x80ULL << 56, 0) == Crq::Sent::closed);
  CHECK(queue.open(0x1000, 4096));
  CHECK_FALSE(queue.open(0x1000, 4096));
  queue.set_signal(true);
  for (int i = 0; i < 256; ++i) CHECK(queue.send(0x80ULL << 56 | static_cast<u64>(i), 7) == Crq::Sent::done);
  CHECK(queue.send(0x80ULL << 56, 0) == Crq::Sent::full);
  CHECK(p.raised == 256);
  p.memory->zero(0x41000, 32);
  CHECK(queue.send(0xC0ULL << 56, 9) == Crq::Sent::done);
  queue.disable();
  CHECK(queue.send(0xC0ULL << 56, 9) == Crq::Sent::closed);
  CHECK(queue.event(crq_partner_suspended) == Crq::Sent::done);
  u64 high = 0;
  p.memory->read_be(0x41010, high);
  CHECK(high == crq_partner_suspended);
  Crq other(p.window, [] {});
  round_trip(queue, other);
  CHECK(other.state() == queue.state());
  CHECK(queue.close());
  CHECK_FALSE(queue.close());
}

TEST_CASE("a terminal takes what is typed, to a limit") {
  Place p;
  Bytes said;
  Vty vty(p.slot(), [&](std::span<const u8> text) { said.insert(said.end(), text.begin(), text.end()); });
  const Bytes many(5000, 'x');
  CHECK(vty.type(many) == Vty::input_limit);
  CHECK(p.raised == 1);
  u8 keys[16];
  CHECK(vty.read(keys) == 16);
  CHECK(p.raised == 2);
  Vty other(p.slot(), [](std::span<const u8>) {});
  round_trip(vty, other);
  CHECK(other.read(keys) == 16);
  vty.write(many);
  CHECK(said.size() == 5000);
}

TEST_CASE("an adapter's receive state survives a move") {
  Place p;
  Ethernet lan(p.slot(), {2, 0, 0, 0, 0, 1}, false);
  CHECK(lan.open(0, u64{1} << 63 | u64{64} << 32 | 0x1000, 0x3000, {2, 0, 0, 0, 0, 9}));
  const auto descriptor = [](u64 length, u64 at) { return u64{1} << 63 | length << 32 | at; };
  CHECK(lan.add_buffer(descriptor(2048, 0x4000)) == Ethernet::Added::done);
  CHECK(lan.add_buffer(descriptor(128, 0x5000)) == Ethernet::Added::done);
  CHECK(lan.add_buffer(descriptor(2048, 0x6000)) == Ethernet::Added::done);
  p.memory->write_be(0x45000, u64{0xC0FFEE});
  const Bytes packet(60, 0xAB);
  lan.set_interrupts(true);
  CHECK(lan.receive(packet));  // into the smallest buffer that fits
  CHECK(p.raised == 1);
  u64 first = 0, correlator = 0;
  p.memory->read_be(0x41000, first);
  p.memory->read_be(0x41008, correlator);
  CHECK(first == 0xC000'0008'0000'003C);
  CHECK(correlator == 0xC0FFEE);
  Ethernet other(p.slot(), {2, 0, 0, 0, 0, 1}, false);
  round_trip(lan, other);
  CHECK(other.state() == lan.state());
  CHECK(other.mac() == MacAddress{2, 0, 0, 0, 0, 9});
  CHECK(other.receive(packet));
  CHECK(other.receive(packet));
  CHECK_FALSE(other.receive(packet));
  CHECK(other.state().dropped == 1);
  CHECK(other.remove_buffer(2048) == 0);
  CHECK_FALSE(other.receive(Bytes(4000)));
}

TEST_CASE("interrupts: pending, accepted, ended, and all of it moves") {
  std::map<u32, bool> line;
  InterruptController xics(2, [&](u32 server, bool level) { line[server] = level; });
  xics.add_source(0x1100);
  xics.pulse(0x1100);
  CHECK_FALSE(line[0]);
  xics.set_priority(0, 0xFF);
  CHECK_FALSE(line[0]);
  CHECK(xics.set_xive(0x1100, 1, 5));
  CHECK_FALSE(line[1]);
  xics.set_priority(1, 0xFF);
  CHECK(line[1]);
  CHECK(xics.accept(1) == (0xFF000000 | 0x1100));
  CHECK_FALSE(line[1]);
  xics.pulse(0x1100);  // while in service
  CHECK_FALSE(line[1]);
  InterruptController other(2, [](u32, bool) {});
  other.add_source(0x1100);
  round_trip(xics, other);
  InterruptController smaller(1, [](u32, bool) {});
  smaller.add_source(0x1100);
  emu::Archive saving = emu::Archive::saving();
  xics.archive(saving);
  const Bytes bytes = saving.take();
  emu::Archive loading = emu::Archive::loading_from(bytes);
  smaller.archive(loading);
  CHECK_FALSE(loading.finish());
  xics.end(1, 0xFF001100);
  CHECK(line[1]);
  u8 mfrr = 0;
  CHECK(xics.poll(1, mfrr) == (0xFF000000 | 0x1100));
  CHECK(mfrr == 0xFF);
  CHECK_FALSE(xics.set_mfrr(2, 4));
}

TEST_CASE("a new NVRAM is one partition of free space") {
  const Bytes content = Nvram().content();
  const u8 header[] = {0x7F, 0x1D, 0x04, 0x00, 'w', 'w'};  // the checksum as the CHRP binding wants it, worked out by hand
  CHECK(std::equal(std::begin(header), std::end(header), content.begin()));
}

TEST_CASE("NVRAM keeps what is stored") {
  Bytes kept;
  Nvram nvram([&](const Bytes& content) { kept = content; });
  const u8 bytes[] = {1, 2, 3};
  CHECK(nvram.store(Nvram::bytes - 3, bytes));
  CHECK_FALSE(nvram.store(Nvram::bytes - 2, bytes));
  CHECK_FALSE(nvram.store(~u64{0}, bytes));
  CHECK(kept.size() == Nvram::bytes);
  Nvram next;
  next.power_on(kept);
  u8 back[3];
  CHECK(next.fetch(Nvram::bytes - 3, back));
  CHECK(std::equal(bytes, bytes + 3, back));
  next.power_on({1, 2});
  CHECK(next.content() == kept);
  Nvram moved;
  round_trip(next, moved);
}

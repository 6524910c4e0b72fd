// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/service/move.h"
#include "firmware/dispatcher.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/station.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

constexpr u64 stream = 0x42;
const std::string guest_mac = "02AABBCCDD02";
const std::string host_mac = "02AABBCCDD01";

// Moves as firmware/move does, but in one step and without a link.
struct Listener final : SuspendListener {
  std::atomic<bool> is_suspended{false};
  std::atomic<u32> cancelled_because{0};
  void suspended(Partition&) override { is_suspended = true; }
  void cancelled(Partition& partition, u32 reason) override {
    cancelled_because = reason;
    partition.set_stream(stream, StreamState::aborted);
  }
};

std::vector<emu::LparDefinition> lab(bool with_guest) {
  std::vector<emu::LparDefinition> all{vios(1, "vios", {ethernet(2, host_mac)})};
  if (with_guest) {
    auto guest = lpar(2, "mobile", {ethernet(2, guest_mac)});
    give_processors(guest.profiles[0], 2);
    guest.profiles[0].boot_arguments = "ip=10.0.2.15";
    all.push_back(guest);
  }
  return all;
}

// Asks the guest's RMC daemon until it answers, or something else has happened.
template <class Condition>
std::string ask(World& world, Station& host, const std::string& request, Condition done) {
  std::string answer;
  world.wait(
      [&] {
        (void)host.send(udp(guest_mac, host_mac, 657, request));
        for (Bytes packet = host.receive(); !packet.empty(); packet = host.receive()) {
          const std::string text(packet.begin(), packet.end());
          if (const size_t at = text.find("RMC2 "); at != std::string::npos) answer = text.substr(at);
          // The guest asks who 10.0.2.9 is.
          if (packet.size() >= 42 && packet[12] == 0x08 && packet[13] == 0x06 && packet[21] == 1) {
            Bytes arp(packet.begin() + 14, packet.begin() + 42);
            arp[7] = 2;
            const Bytes sender(arp.begin() + 8, arp.begin() + 18);
            const auto mac = mac_of(host_mac);
            std::copy(mac.begin(), mac.end(), arp.begin() + 8);
            std::copy_n(arp.begin() + 24, 4, arp.begin() + 14);
            std::copy(sender.begin(), sender.end(), arp.begin() + 18);
            (void)host.send(packet_to(guest_mac, host_mac, 0x0806, arp));
          }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return (!answer.empty() && answer.find("BUSY") == std::string::npos) || done();
      },
      4);
  return answer;
}

// Of the first section of each name.
std::string section_versions(const Bytes& archive, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    const std::string mark = "S" + std::string(1, static_cast<char>(name.size())) + name;
    const auto found = std::search(archive.begin(), archive.end(), mark.begin(), mark.end());
    text += (text.empty() ? "" : ", ") + name + " ";
    if (archive.end() - found >= static_cast<long>(mark.size()) + 2)
      text += std::to_string(emu::load_be<u16>(&*found + mark.size()));
  }
  return text;
}

}  // namespace

SCENARIO("a guest that suspends itself goes on in another frame", "[mobility]") {
  GIVEN("a guest of two processors, told to migrate") {
    // Their clocks are minutes apart, and drift.
    World source(lab(true), "", "1001234", nullptr, 60'000, 500);
    World target(lab(false), "", "1001234", nullptr, -180'000, -500);
    REQUIRE(source->activate(1, "", {}));
    REQUIRE(target->activate(1, "", {}));
    auto activated = source->activate(2, "", {});
    INFO((activated ? "" : activated.error().text));
    REQUIRE(activated);
    Station host(*source->native(1), 2);
    Station far_host(*target->native(1), 2);
    REQUIRE(source.wait_for_output(2, "mobile# "));
    auto here = source.partition(2);
    Listener listener;
    here->set_suspend_listener(&listener);
    here->set_stream(stream, StreamState::enabled);
    INFO(ask(source, host, "RMC2 1 secret check 42", [] { return false; }));
    // A stranger on the network is not heard: else this would be the end.
    (void)host.send(udp(guest_mac, host_mac, 657, "RMC2 9 stranger shutdown"));
    (void)host.send(udp(guest_mac, host_mac, 657, "RMC1 9 shutdown"));
    // The daemon answers when the polling has begun.
    const std::string answer = ask(source, host, "RMC2 2 secret prepare 42", [&] { return listener.is_suspended.load(); });
    INFO(answer);
    CHECK(answer.find("OK") != std::string::npos);
    CHECK_FALSE(listener.is_suspended);

    WHEN("the stream is Suspending") {
      here->set_stream(stream, StreamState::suspending);
      REQUIRE(source.wait([&] { return listener.is_suspended.load(); }));
      CHECK(here->parked());
      CHECK(here->stream_state() == StreamState::suspended);

      THEN("the state loads into a shell, says the same again, and runs there") {
        const u64 time_before = here->time_base();
        const u64 left_at = here->time_of_day();
        const u64 saved_at = source.clock.monotonic();
        emu::Archive saving = emu::Archive::saving();
        here->archive(saving);
        const Bytes state = saving.take();
        WARN("the archive of the partition has " << state.size() << " bytes");
        CHECK(state.size() < 512 * KiB);
        // Whoever changes one of these makes the stream another one: emu::service::stream_format grows with it.
        CHECK(emu::service::stream_format == 2);
        CHECK(section_versions(state, {"partition", "rtas", "time", "processor", "interrupts", "vty", "nvram", "tce", "l-lan",
                                       "adapter", "console"}) ==
              "partition 2, rtas 1, time 2, processor 2, interrupts 1, vty 1, nvram 1, tce 2, l-lan 1, adapter 1, console "
              "1");

        Frame& frame = target.frame();
        auto id = frame.make_shell(stream, here->definition(), true);
        REQUIRE(id);
        auto there = frame.partition(*id);
        REQUIRE(there);
        CHECK(target.status(*id).state == LparState::not_available);
        auto to = there->memory().raw(0, there->memory_bytes());
        auto from = here->memory().raw(0, here->memory_bytes());
        std::copy(from.begin(), from.end(), to.begin());
        for (u64 slot = 0; slot < here->page_table().slots(); ++slot)
          there->page_table().write(slot, here->page_table().read(slot));
        emu::Archive loading = emu::Archive::loading_from(state);
        there->archive(loading);
        auto finished = loading.finish();
        INFO((finished ? "" : finished.error().text));
        REQUIRE(finished);
        // Everything that was loaded is saved again, but for the time, which goes on.
        emu::Archive again = emu::Archive::saving();
        there->archive(again);
        const Bytes copy = again.take();
        REQUIRE(copy.size() == state.size());
        size_t different = 0;
        for (size_t i = 0; i < state.size(); ++i) different += state[i] != copy[i];
        CHECK(different <= 24);

        there->set_stream(stream, StreamState::resumed);
        there->resume(0);
        REQUIRE(frame.adopt_shell(*id));
        CHECK(target.journal->blob("nvram/" + there->definition().uuid) == there->nvram().content());
        CHECK(there->time_base() >= time_before);
        const u64 arrived_at = there->time_of_day();
        const u64 travelled = source.clock.monotonic() - saved_at;
        CHECK(arrived_at >= left_at);
        CHECK(arrived_at - left_at <= travelled + emu::millisecond);
        CHECK(emu::to_nanoseconds(there->time_base() - time_before) <= travelled + emu::millisecond);
        REQUIRE(source.frame().forget(2));
        CHECK_FALSE(source.partition(2));
        there->set_stream(stream, StreamState::completed);
        CHECK(target.wait_for_output(*id, "mobile# "));
        target.type(*id, "prtconf\n");
        const bool told = target.wait_for_output(*id, "IBM,02");
        INFO(target.console(*id));
        CHECK(told);
        target.type(*id, "date\n");
        CHECK(target.wait([&] { return target.console(*id).find(" UTC") != std::string::npos; }));
        // Its first sign of life outside is the platform's own announcement.
        bool rarp = false;
        for (Bytes f = far_host.receive(); !f.empty(); f = far_host.receive())
          rarp |= f.size() >= 14 && f[12] == 0x80 && f[13] == 0x35;
        CHECK(rarp);
      }

      THEN("it can be told that it was aborted, and goes on here") {
        here->set_stream(stream, StreamState::aborted);
        here->resume(9000);
        CHECK_FALSE(here->parked());
        source.type(2, "date\n");
        const bool alive = source.wait_for_output(2, " UTC");
        INFO(source.console(2));
        CHECK(alive);
      }
    }

    WHEN("the platform aborts before the suspension") {
      here->set_stream(stream, StreamState::aborted);
      THEN("the guest goes on") {
        source.type(2, "date\n");
        CHECK(source.wait_for_output(2, " UTC"));
      }
    }
  }
}

TEST_CASE("ibm,suspend-me and its companions answer as the stream's state demands", "[mobility]") {
  World world({lpar(2, "still", {})});
  PartitionSetup setup;
  setup.definition = lpar(9, "two", {});
  setup.definition.uuid = "U";
  setup.configuration = setup.definition.profiles[0];
  setup.configuration.desired_procs = 2;
  auto made = Partition::create(setup, world.frame());
  REQUIRE(made);
  Partition& p = **made;
  p.processor(0)->state.run = RunState::running;
  p.processor(1)->state.run = RunState::running;
  const auto state_of = [&](u64 id) {
    Call call = call_on(p, {id});
    const s64 answer = run_hcall(p, 0x2A4, call);
    return answer == 0 ? static_cast<s64>(call.out[0]) : answer;
  };
  const auto suspend_me = [&] {
    p.memory().write_be(0x1000, u32{0x2014});
    p.memory().write_be(0x1004, u32{0});
    p.memory().write_be(0x1008, u32{1});
    CHECK(guest_call(p, 0xF000, {0x1000}) == 0);
    u32 answer = 0;
    p.memory().read_be(0x100C, answer);
    return static_cast<s32>(answer);
  };
  CHECK(state_of(7) == -4);
  CHECK(suspend_me() == 9000);
  p.set_stream(7, StreamState::enabled);
  CHECK(state_of(7) == 1);
  CHECK(suspend_me() == -9004);
  p.set_stream(7, StreamState::suspending);
  CHECK(state_of(7) == 3);
  CHECK(suspend_me() == -9005);
  // Aborted in the moment between the question and the suspension.
  CHECK(p.set_stream(7, StreamState::aborted) == StreamState::suspending);
  CHECK_FALSE(p.suspend(*p.processor(0), 0x100C));
  CHECK(p.stream_state() == StreamState::aborted);
  CHECK_FALSE(p.parked());
  CHECK(p.processor(0)->state.run == RunState::running);
  p.set_stream(7, StreamState::suspending);
  Call second = call_on(p, {});
  second.processor = p.processor(1);
  second.processor->cpu->set_msr(0x8000);
  CHECK(run_hcall(p, 0x298, second) == -5);  // interrupts are on
  second.processor->cpu->set_msr(0);
  CHECK(run_hcall(p, 0x298, second) == 0);
  CHECK(p.processor(1)->state.run == RunState::joined);
  p.processor(0)->cpu->set_msr(0);
  CHECK(guest_call(p, 0x298, {}) == 18);
  CHECK(guest_call(p, 0x2A0, {7, 2, 0}) == -55);
  CHECK(guest_call(p, 0x2A0, {8, 1, 0}) == -4);
  CHECK(guest_call(p, 0x2A0, {7, 1, 0x06000001}) == -63);  // nobody listens
  Listener listener;
  p.set_suspend_listener(&listener);
  CHECK(guest_call(p, 0x2A0, {stream, 1, 0}) == -4);
  p.set_stream(stream, StreamState::suspending);
  CHECK(guest_call(p, 0x2A0, {stream, 1, 0x06000001}) == 0);
  CHECK(listener.cancelled_because == 0x06000001);
  CHECK(suspend_me() == 9000);
  p.set_stream(stream, StreamState::suspending);
  CHECK(suspend_me() == 0);
  CHECK(p.stream_state() == StreamState::suspended);
  CHECK(p.parked());
}

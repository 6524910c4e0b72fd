// SPDX-License-Identifier: GPL-2.0-or-later
#include <random>
#include <set>

#include "firmware/connections.h"
#include "firmware/dispatcher.h"
#include "firmware/errands.h"
#include "firmware/processor_shares.h"
#include "firmware/rtas/rtas.h"
#include "firmware/system_clock.h"
#include "firmware/virtual_switch.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

namespace {

// A frame that only remembers what partitions tell it, with two of them connected.
class QuietFrame final : public Frame {
 public:
  QuietFrame() {
    config_.serial_num = "1001234";
    journal_ = std::move(*Journal::open(":memory:"));
    system_clock_ = std::make_unique<SystemClock>(config_, *journal_, clock_);
    REQUIRE(system_clock_->start());
  }
  const emu::FrameConfig& config() const override { return config_; }
  const emu::Clock& clock() const override { return clock_; }
  const SystemClock& system_clock() const override { return *system_clock_; }
  Witness& witness() override { return *witness_; }
  Journal& journal() override { return *journal_; }
  VirtualSwitch& ethernet() override { return switch_; }
  Connections& connections() override { return connections_; }
  Errands& errands() override { return errands_; }
  ProcessorShares& processor_shares() override { return processor_shares_; }
  void show_refcode(u32, const std::string&, const std::string&) override {}
  std::set<u32> slots_of_profile(u32) const override { return {}; }
  emu::Status keep_adapter(u32, const emu::VirtualAdapter&, firmware::Kept) override { return emu::success(); }
  emu::Status drop_adapter(u32, u32, firmware::Kept) override { return emu::success(); }
  emu::Status keep_memory_block(u32, u32, bool) override { return emu::success(); }
  emu::Status keep_processor(u32, u32, bool) override { return emu::success(); }
  emu::Result<devices::pci::Medium> open_medium(const emu::PhysicalSlot&) override { return devices::pci::Medium{}; }
  emu::Status keep_time(u32, s64) override { return emu::success(); }
  std::vector<emu::Hold> holds(u32) const override { return {}; }
  std::string uuid_of(u32) const override { return {}; }
  emu::Status may_leave(u32) const override { return emu::success(); }
  std::shared_ptr<Partition> partition(u32 id) const override { return partitions.contains(id) ? partitions.at(id) : nullptr; }
  void partition_stopped(u32, bool) override { ++stops; }
  void partition_failed(u32, const std::string&, const std::string&) override { ++failures; }
  s64 vasi_message(Partition&, Adapter&, u64, u64) override { return 0; }
  void vasi_reset(Partition&, Adapter&) override {}
  s64 donor_operation(Partition&, u64) override { return 0; }
  emu::Result<u32> make_shell(u64, const emu::LparDefinition&, bool) override { return emu::Error{"test", "no"}; }
  void mark_moving(u32, u64, bool) override {}
  emu::Status adopt_shell(u32) override { return emu::success(); }
  emu::Status forget(u32) override { return emu::success(); }

  std::shared_ptr<Partition> add(const emu::LparDefinition& definition, u64 native_memory) {
    PartitionSetup setup;
    setup.definition = definition;
    setup.definition.uuid = "UUID-" + definition.name;
    setup.configuration = definition.profiles[0];
    setup.native_memory = native_memory;
    auto made = Partition::create(setup, *this);
    REQUIRE(made);
    partitions[definition.lpar_id] = *made;
    return *made;
  }

  int stops = 0;
  int failures = 0;

 private:
  emu::FrameConfig config_;
  emu::HostClock clock_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<SystemClock> system_clock_;
  std::unique_ptr<Witness> witness_ = std::move(*Witness::open(":memory:"));
  VirtualSwitch switch_;
  Connections connections_;
  Errands errands_;
  ProcessorShares processor_shares_{clock_, 1};

 public:
  std::map<u32, std::shared_ptr<Partition>> partitions;  // last: they leave the switch when they go
};

emu::LparDefinition guest_with_everything() {
  auto guest = lpar(2, "guest", {scsi_client(2, 1, 12), ethernet(3, "02AABBCCDD02")});
  give_processors(guest.profiles[0], 2);
  guest.profiles[0].bsr_arrays = 2;
  return guest;
}

emu::LparDefinition server() {
  auto d = vios(1, "vios", {scsi_server(12, 2, 2), ethernet(3, "02AABBCCDD01", 1, true)});
  emu::VirtualAdapter vasi;
  vasi.kind = emu::AdapterKind::vasi;
  vasi.slot = 4;
  d.profiles[0].adapters.push_back(vasi);
  return d;
}

s32 rtas_call(Partition& p, u32 token, std::vector<u32> in, u32 outputs, u32* second = nullptr, u32* third = nullptr) {
  constexpr u64 at = 0x3000;
  p.memory().write_be(at, token);
  p.memory().write_be(at + 4, static_cast<u32>(in.size()));
  p.memory().write_be(at + 8, outputs);
  for (size_t i = 0; i < in.size(); ++i) p.memory().write_be(at + 12 + 4 * i, in[i]);
  CHECK(guest_call(p, 0xF000, {at}) == 0);
  const auto word = [&](u64 i) {
    u32 value = 0;
    p.memory().read_be(at + 12 + 4 * (in.size() + i), value);
    return value;
  };
  if (second) *second = word(1);
  if (third) *third = word(2);
  return static_cast<s32>(word(0));
}

}  // namespace

TEST_CASE("H_GET_PPP tells the share, the pool and the weight where Linux looks for them", "[hcall][pool]") {
  World world({lpar(2, "mobile", {})});
  auto shared = world.status(2).definition;
  shared.profiles[0].boot_mode = emu::BootMode::of;
  shared.profiles[0].desired_proc_units = 60;
  shared.profiles[0].uncap_weight = 200;
  shared.profiles[0].shared_proc_pool = 3;
  REQUIRE(world->define(shared));
  REQUIRE(world->change_processor_pool({3, "Web", 100, 0}));
  REQUIRE(world->activate(2, "", {}));
  const auto answers = [&] {
    Call call = call_on(*world.partition(2), {});
    CHECK(run_hcall(*world.partition(2), 0xEC, call) == 0);
    return call.out;
  };
  auto out = answers();
  CHECK(out[0] == 60);
  CHECK((out[2] & 0xFFFF) == 3);
  CHECK((out[3] >> 48 & 1) == 0);
  CHECK((out[3] >> 40 & 0xFF) == 200);
  CHECK((out[3] >> 16 & 0xFFFF) == 1);
  CHECK((out[3] & 0xFFFF) == 4);
}

TEST_CASE("a capped partition runs for its units, and PURR, H_PIC and the hypervisor count the same time", "[hcall][share]") {
  World world({lpar(2, "mobile", {})});
  auto shared = world.status(2).definition;
  shared.allow_perf_collection = true;
  shared.profiles[0].desired_proc_units = 20;
  shared.profiles[0].sharing_mode = emu::SharingMode::cap;
  REQUIRE(world->define(shared));
  REQUIRE(world->activate(2, "", {}));
  REQUIRE(world.wait_for_output(2, "# "));
  world.type(2, "spin int seconds=2\n");
  REQUIRE(world.wait_for_output(2, "seconds=2"));
  struct Counts {
    u64 purr, time_base, idle, hypervisor;
  };
  const auto counts = [&] {
    Counts now{};
    const auto partition = world.partition(2);
    partition->on_dispatcher([&] {
      Call purr = call_on(*partition, {}), idle = call_on(*partition, {});
      CHECK(run_hcall(*partition, 0xF4, purr) == 0);
      CHECK(run_hcall(*partition, 0xF8, idle) == 0);
      CHECK(idle.out[1] == 4);
      now = {purr.out[0], partition->time_base(), idle.out[0], emu::to_ticks(partition->used_ns())};
    });
    return now;
  };
  const Counts before = counts();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const Counts after = counts();
  const auto passed = static_cast<double>(after.time_base - before.time_base);
  const auto used = static_cast<double>(after.purr - before.purr);
  // On a busy host it may get less.
  CHECK(used / passed < 0.22);
  CHECK(used / passed > 0.05);
  CHECK(static_cast<double>(after.hypervisor - before.hypervisor) == Approx(used).epsilon(0.05));
  CHECK(static_cast<double>(after.idle - before.idle) == Approx(4 * passed - used).epsilon(0.02));
}

TEST_CASE("every call of both tables survives nonsense", "[fuzz]") {
  QuietFrame frame;
  auto guest = frame.add(guest_with_everything(), 0);
  auto native = frame.add(server(), 16 * MiB);
  // No dispatcher: this thread plays it. So the guest's port joins its switch by hand.
  native->start();
  frame.ethernet().attach(2, guest->adapter_in_slot(3));
  std::mt19937_64 random(20070401);
  const u64 nasty[] = {0,
                       1,
                       2,
                       3,
                       8,
                       16,
                       512,
                       4096,
                       0x7FFFFFFF,
                       0x80000000,
                       0xFFFFFFFF,
                       ~u64{0},
                       ~u64{0} - 1,
                       ~u64{0} << 12,
                       u64{1} << 63,
                       64 * MiB,
                       64 * MiB - 1,
                       64 * MiB - 4096,
                       64 * MiB + 4096,
                       0x30000000,
                       0x30000001,
                       0x30000002,
                       0x30000003,
                       0x30000004,
                       0x3000000C,
                       0x10000002,
                       0x10000003,
                       0x10000004,
                       0x1000000C,
                       0x2000000C,
                       0x20000004,
                       0x1102,
                       0x1103,
                       0x80100000'00010000,
                       0x8001000000030080,
                       0xC001000000000000,
                       0x800000FF00000000};
  const auto value = [&]() -> u64 {
    switch (random() % 6) {
      case 0:
      case 1:
        return nasty[random() % std::size(nasty)];
      case 2:
        return random() % 64;
      case 3:
        return (random() % (64 * MiB)) & ~u64{0xFFF};
      case 4:
        return ((random() % (64 * MiB)) & ~u64{0xFFF}) | (random() & 3);
      default:
        return random();
    }
  };
  const auto statuses_ok = [](s64 status) { return status >= -512 && status <= 9905; };
  const std::pair<Partition*, int> callers[] = {{guest.get(), 2000}, {native.get(), 1000}};
  for (const auto& [partition, rounds] : callers) {
    guest->set_stream(7, StreamState::suspending);
    for (int round = 0; round < rounds; ++round) {
      for (const Hcall& row : hcalls()) {
        Call call;
        if (!partition->native()) call.processor = partition->processor(random() % 2);
        for (u64& in : call.in) in = value();
        const s64 status = row.run(*partition, call);
        INFO(row.name);
        if (!statuses_ok(status)) CHECK(statuses_ok(status));
        if (call.outs > 9) CHECK(call.outs <= 9);
      }
      for (const rtas::Row& row : rtas::services()) {
        const u64 buffer = random() % 8 == 0 ? value() : 0x5000;
        auto& memory = partition->memory();
        memory.write_be(buffer, row.token);
        memory.write_be(buffer + 4, random() % 8 == 0 ? static_cast<u32>(value()) : row.inputs);
        memory.write_be(buffer + 8, random() % 8 == 0 ? static_cast<u32>(value()) : row.outputs);
        for (u32 i = 0; i < 16; ++i) memory.write_be(buffer + 12 + 4 * i, static_cast<u32>(value()));
        const s64 status = guest_call(*partition, 0xF000, {buffer});
        if (!statuses_ok(status)) CHECK(statuses_ok(status));
      }
      // What others may do meanwhile.
      guest->type({reinterpret_cast<const u8*>("x"), 1});
      if (round % 16 == 15) guest->resume(9000);
    }
  }
  // Whatever the guest has made of itself can be carried away.
  for (const auto& p : guest->processors()) p->state = {};
  guest->processor(1)->state.run = RunState::suspended;
  emu::Archive saving = emu::Archive::saving();
  guest->archive(saving);
  const Bytes state = saving.take();
  auto other = frame.add(guest_with_everything(), 0);
  emu::Archive loading = emu::Archive::loading_from(state);
  other->archive(loading);
  const auto finished = loading.finish();
  INFO((finished ? "" : finished.error().text));
  CHECK(finished);
  // And no damage to the stream does more than make the load fail.
  for (int i = 0; i < 200; ++i) {
    Bytes damaged = state;
    for (int n = 0; n < 3; ++n) damaged[random() % damaged.size()] = static_cast<u8>(random());
    if (i % 4 == 0) damaged.resize(random() % damaged.size());
    emu::Archive bad = emu::Archive::loading_from(damaged);
    other->archive(bad);
    (void)bad.finish();
  }
}

TEST_CASE("the tables are the documentation", "[calls]") {
  support::approved(support::checkout() / "docs/hcalls.md", hcall_table_markdown());

  const auto sets = hypertas_functions();
  const std::set<std::string> unique(sets.begin(), sets.end());
  CHECK(unique.size() == sets.size());
  for (const char* needed :
       {"hcall-pft", "hcall-term", "hcall-interrupt", "hcall-tce", "hcall-multi-tce", "hcall-vio", "hcall-crq", "hcall-lLAN",
        "hcall-splpar", "hcall-join", "hcall-vasi", "hcall-suspend", "hcall-bulk", "hcall-set-mode"})
    CHECK(unique.contains(needed));
  for (const char* unwanted : {"hcall-hpt-resize", "hcall-block-remove"}) CHECK_FALSE(unique.contains(unwanted));
  CHECK(find_hcall(0xE0)->name == "H_CEDE");
  CHECK(find_hcall(0xE1) == nullptr);
  CHECK(find_hcall(0x450) == nullptr);
}

TEST_CASE("the hashed page table changes as the guest asks", "[calls]") {
  QuietFrame frame;
  auto p = frame.add(guest_with_everything(), 0);
  const u64 v = 0x0000'1234'5678'9A80 | 1;
  const u64 r = 0x10'0000 | 2;
  const auto call = [&](u64 number, std::initializer_list<u64> in, u64 out[8] = nullptr) {
    Call c = call_on(*p, in);
    const s64 answer = run_hcall(*p, number, c);
    for (u32 i = 0; out && i < 8; ++i) out[i] = c.out[i];
    return answer;
  };
  u64 out[8];
  for (u64 i = 0; i < 8; ++i) {
    CHECK(call(0x08, {0, 83, v, r}, out) == 0);
    CHECK(out[0] == 80 + i);
  }
  CHECK(call(0x08, {0, 83, v, r}) == -6);
  CHECK(call(0x08, {u64{1} << 39, 84, v, r}) == -6);
  CHECK(call(0x08, {u64{1} << 39, 96, v, r}, out) == 0);
  CHECK(out[0] == 96);
  CHECK(call(0x08, {0, ~u64{0}, v, r}) == -4);
  CHECK(call(0x08, {0, 200, v, 64 * MiB}) == -4);              // a hole that may be filled
  CHECK(call(0x08, {0, 200, v, 128 * MiB + 2 * MiB}) == -4);   // beyond the memory
  CHECK(call(0x08, {0, 200, v, 128 * MiB}) == -4);             // the BSR, but cached
  CHECK(call(0x08, {0, 200, v, (128 * MiB) | 0x2A}) == 0);     // uncached
  CHECK(call(0x08, {0, 200, v | 4, r | 0x2000}) == -4);        // no such page size
  CHECK(call(0x08, {0, 200, v | 4, 0x3'0000 | 0x1000}) == 0);  // 64 KiB
  CHECK(call(0x0C, {0, 81}, out) == 0);
  CHECK(out[0] == v);
  CHECK(out[1] == r);
  CHECK(call(0x18, {u64{1} << 31 | 1 | 4, 81, v & ~u64{0x7F}}) == 0);
  CHECK(call(0x18, {u64{1} << 31 | 1, 81, 0}) == -7);
  CHECK(call(0x0C, {0, 81}, out) == 0);
  CHECK((out[1] & 7) == 5);
  CHECK(call(0x04, {u64{1} << 31, 81, 0x80}) == -7);
  CHECK(call(0x04, {u64{1} << 30, 81, 1}) == -7);
  CHECK(call(0x04, {u64{1} << 31, 81, v & ~u64{0x7F}}, out) == 0);
  CHECK(out[0] == v);
  CHECK(call(0x04, {0, 81, 0}) == -7);
  const u64 request = u64{1} << 62;
  CHECK(call(0x124, {request | 80, 0, request | 81, 0, u64{3} << 62, 0, request | 82, 0}, out) == 0);
  CHECK(out[0] >> 62 == 2);
  CHECK((out[0] >> 60 & 3) == 0);
  CHECK((out[2] >> 60 & 3) == 1);
  CHECK(out[4] == u64{3} << 62);
  CHECK(p->page_table().read(82).v == v);
  CHECK(call(0x358, {0}) == 0);
  CHECK(p->page_table().read(82).v == 0);
}

TEST_CASE("interrupts reach the favoured processor once", "[calls]") {
  QuietFrame frame;
  auto p = frame.add(guest_with_everything(), 0);
  const u32 vty = interrupt_of(0);
  u32 server = 9, priority = 9;
  CHECK(rtas_call(*p, 0x200B, {vty}, 3, &server, &priority) == 0);
  CHECK(server == 0);
  CHECK(priority == 0xFF);
  CHECK(rtas_call(*p, 0x200A, {vty, 7, 5}, 1) == -3);
  CHECK(rtas_call(*p, 0x200A, {vty, 0, 5}, 1) == 0);
  CHECK(rtas_call(*p, 0x200D, {vty}, 1) == 0);
  const auto xirr = [&] {
    Call c = call_on(*p, {});
    CHECK(run_hcall(*p, 0x74, c) == 0);
    return c.out[0];
  };
  CHECK(xirr() == 0);
  CHECK(guest_call(*p, 0x68, {0xFF}) == 0);
  p->type({reinterpret_cast<const u8*>("abc"), 3});
  CHECK(guest_call(*p, 0x6C, {0, 4}) == 0);
  CHECK(xirr() == (0xFF000000 | 2));
  CHECK(xirr() == 0x04000000);  // the device is less favoured than what is served
  CHECK(guest_call(*p, 0x6C, {0, 0xFF}) == 0);
  CHECK(guest_call(*p, 0x64, {0xFF000002}) == 0);
  CHECK(xirr() == (0xFF000000 | vty));
  CHECK(guest_call(*p, 0x64, {0xFF000000 | vty}) == 0);
  CHECK(xirr() == 0xFF000000);
  Call c = call_on(*p, {0});
  CHECK(run_hcall(*p, 0x54, c) == 0);
  CHECK(c.out[0] == 3);
  CHECK(c.out[1] == 0x6162630000000000);
  CHECK(guest_call(*p, 0x58, {0x30000000, 5, 0x68656C6C6F000000, 0}) == 0);
  CHECK(guest_call(*p, 0x58, {0, 17, 0, 0}) == -4);
  Bytes said;
  p->terminal_output().read(0, said);
  CHECK(std::string(said.begin(), said.end()) == "hello");
}

TEST_CASE("RTAS keeps time, NVRAM and processors", "[calls]") {
  QuietFrame frame;
  auto p = frame.add(guest_with_everything(), 0);
  CHECK(rtas_call(*p, 0x2002, {2007, 4, 1, 12, 30, 15, 500}, 1) == 0);
  u32 year = 0, month = 0;
  CHECK(rtas_call(*p, 0x2001, {}, 8, &year, &month) == 0);
  CHECK(year == 2007);
  CHECK(month == 4);
  CHECK(rtas_call(*p, 0x2002, {2007, 2, 30, 12, 30, 15, 500}, 1) == -3);
  p->memory().write_be(0x8000, u64{0x1122334455667788});
  u32 count = 0;
  CHECK(rtas_call(*p, 0x200F, {100, 0x8000, 8}, 2, &count) == 0);
  CHECK(count == 8);
  CHECK(rtas_call(*p, 0x200F, {devices::Nvram::bytes - 4, 0x8000, 8}, 2) == -3);
  CHECK(rtas_call(*p, 0x200E, {100, 0x9000, 8}, 2) == 0);
  u64 back = 0;
  p->memory().read_be(0x9000, back);
  CHECK(back == 0x1122334455667788);
  CHECK(frame.journal().blob("nvram/UUID-guest").size() == devices::Nvram::bytes);
  u32 state = 9;
  CHECK(rtas_call(*p, 0x2005, {1}, 2, &state) == 0);
  CHECK(state == 0);
  CHECK(rtas_call(*p, 0x2006, {1, 0x100, 77}, 1) == 0);
  CHECK(p->processor(1)->cpu->gpr(3) == 77);
  CHECK(rtas_call(*p, 0x2005, {1}, 2, &state) == 0);
  CHECK(state == 2);
  CHECK(rtas_call(*p, 0x2006, {1, 0x100, 77}, 1) == -1);
  CHECK(rtas_call(*p, 0x2006, {2, 0x100, 77}, 1) == -3);
  CHECK(rtas_call(*p, 0x2008, {55, 0xA000, 64}, 1) == 0);
  CHECK(rtas_call(*p, 0x2008, {44, 0xA000, 64}, 1) == -3);
  // Processor modules: length, types of module; of the one type: sockets, chips in a socket, cores on a chip.
  REQUIRE(rtas_call(*p, 0x2008, {43, 0xA000, 64}, 1) == 0);
  std::array<u16, 5> modules{};
  for (size_t i = 0; i < modules.size(); ++i) p->memory().read_be(0xA000 + 2 * i, modules[i]);
  CHECK(modules == std::array<u16, 5>{8, 1, 1, 1, 8});
  CHECK(rtas_call(*p, 0x2FFF, {}, 1) == -3);
  CHECK(rtas_call(*p, 0x2010, {0, 0, 0xA000, 64}, 1) == 1);
  // No updates before a move.
  CHECK(rtas_call(*p, 0x2016, {0xB000, 1}, 1) == 0);
  u32 operation = 9;
  p->memory().read_be(0xB010, operation);
  CHECK(operation == 0);
  CHECK(rtas_call(*p, 0x2016, {0xB010, 1}, 1) == -3);
}

TEST_CASE("a processor area is registered only where it can be", "[calls]") {
  QuietFrame frame;
  auto p = frame.add(guest_with_everything(), 0);
  p->memory().write_be(0x10004, u16{640});
  const u64 vpa = u64{1} << 45, shadow = u64{3} << 45;
  CHECK(guest_call(*p, 0xDC, {shadow, 0, 0x11000}) == -16);
  CHECK(guest_call(*p, 0xDC, {vpa, 2, 0x10000}) == -4);
  CHECK(guest_call(*p, 0xDC, {vpa, 0, 0x10001}) == -4);
  CHECK(guest_call(*p, 0xDC, {vpa, 0, 64 * MiB}) == -4);
  CHECK(guest_call(*p, 0xDC, {vpa, 0, 0x10000}) == 0);
  u8 old_status = 0;
  CHECK(p->memory().read_be(0x10009, old_status));
  CHECK(old_status == 2);  // it shares its processors
  p->memory().write_be(0x11004, u32{528});
  CHECK(guest_call(*p, 0xDC, {shadow, 0, 0x11000}) == 0);
  CHECK(guest_call(*p, 0xDC, {u64{5} << 45, 0, 0}) == -16);
  CHECK(guest_call(*p, 0xDC, {u64{7} << 45, 0, 0}) == 0);
  CHECK(guest_call(*p, 0xDC, {u64{5} << 45, 0, 0}) == 0);
}

TEST_CASE("a processor area says of dedicated processors that they are not shared", "[calls]") {
  QuietFrame frame;
  auto definition = guest_with_everything();
  definition.profiles[0].proc_mode = emu::ProcMode::ded;
  definition.profiles[0].sharing_mode = emu::SharingMode::share_idle;
  auto p = frame.add(definition, 0);
  p->memory().write_be(0x10004, u16{640});
  p->memory().write_be(0x10009, u8{2});  // as somebody has left it
  CHECK(guest_call(*p, 0xDC, {u64{1} << 45, 0, 0x10000}) == 0);
  u8 old_status = 2;
  CHECK(p->memory().read_be(0x10009, old_status));
  CHECK(old_status == 0);
}

TEST_CASE("SPRG0 is set for a processor that cannot do it itself", "[calls]") {
  QuietFrame frame;
  auto p = frame.add(guest_with_everything(), 0);
  CHECK(guest_call(*p, 0x24, {0x1234}) == 0);
  CHECK(p->processor(0)->cpu->save().sprg[0] == 0x1234);
}

TEST_CASE("a page is zeroed, copied, and copied if both is asked for", "[calls]") {
  QuietFrame frame;
  auto p = frame.add(guest_with_everything(), 0);
  constexpr u64 to = 0x10'0000, from = 0x10'1000, zero = 0x8000, copy = 0x4000;
  const auto content = [&] {
    u64 word = 0;
    p->memory().read_be(to, word);
    return word;
  };
  p->memory().write_be(from, u64{7});
  CHECK(guest_call(*p, 0x2C, {copy, to, from}) == 0);
  CHECK(content() == 7);
  CHECK(guest_call(*p, 0x2C, {zero, to, from}) == 0);
  CHECK(content() == 0);
  CHECK(guest_call(*p, 0x2C, {zero | copy, to, from}) == 0);
  CHECK(content() == 7);
  CHECK(guest_call(*p, 0x2C, {zero | copy, to, from + 8}) == -4);
}

TEST_CASE("a system reset goes where the guest registered its handler", "[calls]") {
  QuietFrame frame;
  auto p = frame.add(guest_with_everything(), 0);
  p->rtas().base = 0x100000;
  CHECK(rtas_call(*p, 0x2006, {1, 0x100, 0x77}, 1) == 0);
  CHECK(guest_call(*p, 0x380, {1}) == 0);
  CHECK(p->processor(1)->cpu->pc() == 0x100);
  CHECK(rtas_call(*p, 0x2013, {}, 1) == -3);
  CHECK(rtas_call(*p, 0x2012, {0x6000, 0x7000}, 1) == 0);
  CHECK(rtas_call(*p, 0x2013, {}, 1) == 0);
  CHECK(guest_call(*p, 0x380, {1}) == 0);
  CHECK(p->processor(1)->cpu->pc() == 0x6000);
  CHECK(p->processor(1)->cpu->gpr(3) == 0x100810);
  u64 r3 = 0;
  p->memory().read_be(0x100810, r3);
  CHECK(r3 == 0x77);
  CHECK(guest_call(*p, 0x380, {2}) == -4);
}

TEST_CASE("modes of interrupts hold for all processors", "[calls]") {
  QuietFrame frame;
  auto p = frame.add(guest_with_everything(), 0);
  CHECK(guest_call(*p, 0x31C, {3, 3, 0, 0}) == 0);
  CHECK(guest_call(*p, 0x31C, {1, 4, 0, 0}) == 0);
  CHECK(guest_call(*p, 0x31C, {1, 4, 1, 0}) == -56);
  CHECK(guest_call(*p, 0x31C, {2, 3, 0, 0}) == -256);
  CHECK(guest_call(*p, 0x31C, {0, 9, 0, 0}) == -55);
  CHECK(rtas_call(*p, 0x2006, {1, 0x100, 0}, 1) == 0);
  const cpu::Registers r = p->processor(1)->cpu->save();
  CHECK(r.little_endian_interrupts);
  CHECK(r.ail == 3);
}

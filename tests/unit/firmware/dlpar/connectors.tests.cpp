// SPDX-License-Identifier: GPL-2.0-or-later
// What a guest does with its connectors, as it does it: through RTAS, while it runs.
#include "firmware/dlpar/connectors.h"

#include "firmware/devtree/tree.h"
#include "firmware/rtas/rtas.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;
using dlpar::index_of;
using dlpar::Kind;

namespace {

constexpr u32 isolation = 9001, allocation = 9003;
constexpr u64 work_area = 0x8000;

// A partition of 192 MiB and a processor that may grow to 256 MiB and four, in blocks of 16 MiB, of which the first eight stay. Its processors stand still, and what its
// operating system has done until then is undone, so that the test is the operating system.
struct Guest {
  explicit Guest(const emu::LparDefinition& defined = definition()) : world({defined}) {
    REQUIRE(world->activate(2, "", {}));
    partition = world.partition(2);
    partition->on_dispatcher([&] {
      for (Processor* p : partition->processors()) p->state = {};
      for (u64 i = 0; i < partition->page_table().slots(); ++i) partition->page_table().write(i, {});
      for (const auto& adapter : partition->adapters())
        for (u64 at = 0; adapter->window() && at < adapter->window()->bytes(); at += emu::page_size)
          adapter->window()->set(at, 0);
    });
  }
  static emu::LparDefinition definition() {
    auto d = lpar(2, "guest", {ethernet(3, "02AABBCCDD02")});
    give_processors(d.profiles[0], 4);
    d.profiles[0].desired_procs = 1;
    d.profiles[0].desired_mem = 192;
    d.profiles[0].max_mem = 256;
    return d;
  }

  s32 rtas(std::string_view service, std::vector<u32> in, u32* second = nullptr) {
    const auto services = rtas::services();
    const auto row = std::ranges::find(services, service, &rtas::Row::name);
    REQUIRE(row != services.end());
    s32 status = 0;
    partition->on_dispatcher([&] {
      constexpr u64 at = 0x3000;
      emu::GuestMemory& memory = partition->memory();
      memory.write_be(at, row->token);
      memory.write_be(at + 4, row->inputs);
      memory.write_be(at + 8, row->outputs);
      for (size_t i = 0; i < in.size(); ++i) memory.write_be(at + 12 + 4 * i, in[i]);
      CHECK(guest_call(*partition, 0xF000, {at}) == 0);
      u32 word = 0;
      memory.read_be(at + 12 + 4 * in.size(), word);
      status = static_cast<s32>(word);
      if (second) memory.read_be(at + 16 + 4 * in.size(), *second);
    });
    return status;
  }
  s32 set(u32 indicator, u32 index, u32 state) { return rtas("set-indicator", {indicator, index, state}); }
  u32 sense(u32 index) {
    u32 state = 99;
    CHECK(rtas("get-sensor-state", {9003, index}, &state) == 0);
    return state;
  }
  void acquire(u32 index) {
    CHECK(sense(index) == 2);
    CHECK(set(allocation, index, 1) == 0);
    CHECK(sense(index) == 1);
    CHECK(set(isolation, index, 1) == 0);
  }
  void release(u32 index) {
    CHECK(set(isolation, index, 0) == 0);
    CHECK(set(allocation, index, 0) == 0);
    CHECK(sense(index) == 2);
  }
  // What ibm,configure-connector tells, call by call: "+node", "property", "-" for a step up.
  std::vector<std::string> configure(u32 index) {
    emu::GuestMemory& memory = partition->memory();
    memory.zero(work_area, 4096);
    memory.write_be(work_area, index);
    std::vector<std::string> told;
    for (;;) {
      const s32 status = rtas("ibm,configure-connector", {work_area, 0});
      if (status == 0) return told;
      REQUIRE((status == 2 || status == 3 || status == 4));
      std::string name;
      u32 offset = 0;
      memory.read_be(work_area + 8, offset);
      for (u8 byte = 1; status != 4 && memory.read(work_area + offset, {&byte, 1}) && byte; ++offset)
        name.push_back(static_cast<char>(byte));
      told.push_back(status == 2 ? "+" + name : status == 3 ? name : "-");
      REQUIRE(told.size() < 100);
    }
  }
  emu::Current current() { return *world.status(2).definition.current; }
  void promise(u32 mem, u32 procs) {
    emu::Capacity wanted = current();
    wanted.desired_mem = mem;
    wanted.desired_procs = procs;
    wanted.desired_proc_units = std::max(wanted.desired_proc_units, 20 * procs);
    REQUIRE(world->change_capacity(2, wanted));
  }

  World world;
  std::shared_ptr<Partition> partition;
};

constexpr u32 block(u32 n) { return index_of(Kind::memory_block, 8 + n); }  // of those that come and go
constexpr u64 base = dlpar::base_memory_bytes;
constexpr u32 processor(u32 n) { return index_of(Kind::processor, n); }
constexpr u32 slot(u32 n) { return index_of(Kind::slot, n); }

}  // namespace

TEST_CASE("a guest takes the blocks of memory that it was given, and no more", "[dlpar]") {
  Guest guest;
  CHECK(guest.set(allocation, block(4), 1) == -3);
  guest.promise(224, 1);
  CHECK(guest.current().desired_mem == 192);
  CHECK(guest.current().pending.desired_mem == 224);

  guest.acquire(block(4));
  CHECK(guest.partition->memory().contains(base + 64 * MiB, 16 * MiB));
  CHECK(guest.configure(block(4)) ==
        std::vector<std::string>{"+memory@c000000", "name", "device_type", "reg", "ibm,associativity", "ibm,my-drc-index"});
  guest.acquire(block(6));
  CHECK_FALSE(guest.partition->memory().contains(base + 80 * MiB, 4096));
  CHECK(guest.set(allocation, block(7), 1) == -3);
  CHECK(guest.current().desired_mem == 224);
  CHECK(guest.current().memory_blocks.numbers() == std::vector<u32>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14});
}

TEST_CASE("memory that is given back is the system's, and a hole", "[dlpar]") {
  Guest guest;
  const u64 free = guest.world->system().available_mem_mb;
  guest.promise(176, 1);
  // As long as it has it, it is counted.
  CHECK(guest.world->system().available_mem_mb == free);
  guest.partition->memory().write_be<u64>(base + 32 * MiB, 42);
  guest.release(block(2));
  CHECK(guest.world->system().available_mem_mb == free + 16);
  CHECK(guest.current().desired_mem == 176);
  u64 value = 0;
  CHECK_FALSE(guest.partition->memory().read_be(base + 32 * MiB, value));
  CHECK(guest.set(allocation, block(2), 1) == -3);
  guest.promise(192, 1);
  guest.acquire(block(2));
  CHECK(guest.partition->memory().read_be(base + 32 * MiB, value));
  CHECK(value == 0);
  CHECK(guest.current().memory_blocks.runs().empty());
}

TEST_CASE("memory that is in use is not given up", "[dlpar]") {
  Guest guest;
  for (const u32 of_base : {0U, 3U, 7U}) CHECK(guest.set(isolation, index_of(Kind::memory_block, of_base), 0) == -9001);
  CHECK(guest.partition->rtas().base / (16 * MiB) == 11);
  CHECK(guest.set(isolation, block(3), 0) == -9001);  // the run-time services lie there

  cpu::HashPageTable& table = guest.partition->page_table();
  guest.partition->on_dispatcher([&] { table.write(5, {cpu::hpte_valid, (base + 33 * MiB) | 2}); });
  CHECK(guest.set(isolation, block(2), 0) == -9001);
  guest.partition->on_dispatcher([&] { table.write(5, {}); });
  CHECK(guest.set(isolation, block(2), 0) == 0);
  CHECK(guest.set(isolation, block(2), 1) == 0);

  // A page of 16 MiB in the block before does not reach into it; of the block itself it does.
  guest.partition->on_dispatcher([&] { table.write(5, {cpu::hpte_valid | cpu::hpte_large, (base + 16 * MiB) | 2}); });
  CHECK(guest.set(isolation, block(2), 0) == 0);
  CHECK(guest.set(isolation, block(1), 0) == -9001);

  const auto window = guest.partition->adapter_in_slot(3)->window();
  window->set(0x2000, (base + 5 * MiB) | 3);
  CHECK(guest.set(isolation, block(0), 0) == -9001);
  window->set(0x2000, 0);
  CHECK(guest.set(isolation, block(0), 0) == 0);
}

TEST_CASE("a block is taken back from isolation, and not given up without it", "[dlpar]") {
  Guest guest;
  guest.promise(176, 1);
  CHECK(guest.set(allocation, block(2), 0) == -3);
  CHECK(guest.set(isolation, block(2), 0) == 0);
  CHECK_FALSE(guest.partition->memory().contains(base + 32 * MiB, 1));
  CHECK(guest.set(isolation, block(2), 0) == 0);
  CHECK(guest.rtas("ibm,configure-connector", {static_cast<u32>(work_area), 0}) == -3);
  guest.partition->memory().write_be(work_area, block(2));
  CHECK(guest.rtas("ibm,configure-connector", {static_cast<u32>(work_area), 0}) == -9003);
  CHECK(guest.set(isolation, block(2), 1) == 0);
  CHECK(guest.partition->memory().contains(base + 32 * MiB, 16 * MiB));
  CHECK(guest.current().desired_mem == 192);
  // What it never had is neither isolated nor given up.
  CHECK(guest.set(isolation, block(6), 0) == 0);
  CHECK(guest.set(allocation, block(6), 0) == 0);
  CHECK(guest.set(isolation, block(6), 1) == -3);
}

TEST_CASE("what a partition must have it does not give back, whoever wants it to", "[dlpar]") {
  Guest guest;
  guest.promise(192, 2);
  guest.acquire(processor(1));
  emu::Capacity wanted = guest.current();
  wanted.desired_proc_units = 150;
  REQUIRE(guest.world->change_capacity(2, wanted));
  CHECK(guest.set(isolation, processor(1), 0) == 0);
  CHECK(guest.set(allocation, processor(1), 0) == -3);  // one processor has no 1.5 units
  CHECK(guest.current().desired_procs == 2);
  wanted.desired_proc_units = 100;
  REQUIRE(guest.world->change_capacity(2, wanted));
  CHECK(guest.set(allocation, processor(1), 0) == 0);
  CHECK(guest.set(isolation, processor(0), 0) == 0);
  CHECK(guest.set(allocation, processor(0), 0) == -3);  // the last
}

TEST_CASE("processors come and go, with numbers of their own", "[dlpar]") {
  Guest guest;
  u32 state = 9;
  CHECK(guest.rtas("query-cpu-stopped-state", {2}, &state) == -3);
  guest.promise(192, 3);
  guest.acquire(processor(2));
  guest.acquire(processor(1));
  CHECK(guest.set(allocation, processor(3), 1) == -3);
  const auto told = guest.configure(processor(2));
  REQUIRE(told.size() > 10);
  CHECK(told[0] == "+PowerPC,POWER6@2");
  CHECK(told[1] == "name");
  CHECK(guest.rtas("query-cpu-stopped-state", {2}, &state) == 0);
  CHECK(state == 0);
  CHECK(guest.current().desired_procs == 3);

  CHECK(guest.rtas("start-cpu", {2, 0x100, 0}) == 0);
  CHECK(guest.set(isolation, processor(2), 0) == -9001);
  guest.partition->on_dispatcher([&] { guest.partition->processor(2)->state = {}; });
  guest.release(processor(1));
  CHECK(guest.current().processors.numbers() == std::vector<u32>{0, 2});
  CHECK(guest.rtas("start-cpu", {1, 0x100, 0}) == -3);
  CHECK(guest.set(isolation, processor(4), 0) == -3);
  guest.acquire(processor(1));
  CHECK(guest.set(isolation, processor(1), 0) == 0);
  CHECK(guest.rtas("start-cpu", {1, 0x100, 0}) == -3);
}

TEST_CASE("an adapter waits in its slot until the guest takes it, and stays while the guest has it", "[dlpar]") {
  Guest guest;
  auto wanted = ethernet(5, "02AABBCCDD05");
  REQUIRE(guest.world->add_adapter(2, wanted));
  CHECK_FALSE(guest.world->add_adapter(2, wanted));
  const auto in_tree = [&] {
    auto root = devtree::build(*guest.partition, {});
    return root.child("vdevice")->child("l-lan@30000005") != nullptr;
  };
  CHECK(guest.sense(slot(5)) == 2);
  CHECK_FALSE(in_tree());
  guest.acquire(slot(5));
  CHECK(guest.configure(slot(5))[0] == "+l-lan@30000005");
  CHECK(in_tree());
  const auto refused = guest.world->remove_adapter(2, 5);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == slot_taken_code);

  guest.partition->adapter_in_slot(5)->window()->set(0, 0x5000 | 3);
  CHECK(guest.set(isolation, slot(5), 0) == -9001);
  guest.partition->adapter_in_slot(5)->window()->set(0, 0);
  guest.release(slot(5));
  CHECK(guest.world->remove_adapter(2, 5));
  CHECK(guest.sense(slot(5)) == 2);
  CHECK(guest.set(allocation, slot(5), 1) == -3);
  CHECK(guest.current().adapters.size() == 1);
}

TEST_CASE("while a partition moves it takes and gives nothing", "[dlpar]") {
  Guest guest;
  guest.promise(224, 2);
  for (const StreamState state : {StreamState::enabled, StreamState::suspending, StreamState::resumed}) {
    guest.partition->set_stream(7, state);
    CHECK(guest.set(allocation, block(4), 1) == -9001);
    CHECK(guest.set(allocation, processor(1), 1) == -9001);
    CHECK(guest.set(isolation, block(2), 0) == -9001);
    CHECK(guest.partition->memory().contains(base + 32 * MiB, 16 * MiB));
  }
  guest.partition->set_stream(7, StreamState::aborted);
  guest.acquire(block(4));
}

TEST_CASE("nonsense about connectors is refused", "[dlpar]") {
  Guest guest;
  for (const u32 index : {0U, 0x8000'0010U, 0x1000'0004U, 0x3000'0014U, 0x7000'0000U, ~0U}) {
    CHECK(guest.rtas("get-sensor-state", {9003, index}) == -3);
    for (const u32 indicator : {isolation, 9002U, allocation}) CHECK(guest.set(indicator, index, 1) == -3);
  }
  CHECK(guest.set(isolation, block(2), 2) == -3);
  CHECK(guest.set(allocation, block(2), 2) == -3);
  CHECK(guest.set(9009, block(2), 1) == -3);
  CHECK(guest.set(9002, block(2), 1) == 0);
  CHECK(guest.rtas("get-sensor-state", {9004, block(2)}) == -3);
  for (const u32 at : {0x8004U, 0xFFFF'F000U}) CHECK(guest.rtas("ibm,configure-connector", {at, 0}) == -3);
  guest.partition->memory().write_be(work_area, processor(0));
  guest.partition->memory().write_be(work_area + 4, u32{4000});
  CHECK(guest.rtas("ibm,configure-connector", {static_cast<u32>(work_area), 0}) == -3);
}

TEST_CASE("an activation makes one piece of what was given dynamically", "[dlpar]") {
  Guest guest;
  guest.promise(192, 3);
  guest.acquire(processor(3));
  guest.acquire(processor(1));
  guest.release(block(2));
  REQUIRE(guest.world->power_off(2, false));
  REQUIRE(guest.world->activate(2, "", {}));
  const emu::Current now = guest.current();
  CHECK(now.desired_mem == 176);
  CHECK(now.desired_procs == 3);
  CHECK(now.processors.runs().empty());
  CHECK(now.memory_blocks.runs().empty());
  CHECK(now.pending == static_cast<const emu::Capacity&>(now));
}

TEST_CASE("what a partition is promised is counted, and is within its limits", "[dlpar]") {
  Guest guest;
  const u64 free = guest.world->system().available_mem_mb;
  guest.promise(256, 1);
  CHECK(guest.world->system().available_mem_mb == free - 64);
  REQUIRE(guest.world->settle_capacity(2, true, true));
  CHECK(guest.world->system().available_mem_mb == free);
  CHECK(guest.set(allocation, block(4), 1) == -3);
  emu::Capacity wanted = guest.current();
  for (const u32 mem : {272U, 8U, 0U, 200U}) {
    wanted.desired_mem = mem;
    CHECK_FALSE(guest.world->change_capacity(2, wanted));
  }
  wanted.desired_mem = 192;
  wanted.desired_procs = 5;
  CHECK_FALSE(guest.world->change_capacity(2, wanted));
  CHECK(guest.current().pending == static_cast<const emu::Capacity&>(guest.current()));
  REQUIRE(guest.world->lock(2, "another", true));
  CHECK_FALSE(guest.world->change_capacity(2, guest.current()));
}

TEST_CASE("what is promised is available until it is taken, and what is asked back will be", "[dlpar]") {
  emu::LparDefinition dedicated = Guest::definition();
  dedicated.profiles[0].proc_mode = emu::ProcMode::ded;
  dedicated.profiles[0].sharing_mode = emu::SharingMode::share_idle;
  Guest guest(dedicated);
  const SystemStatus before = guest.world->system();
  const auto differs = [&](u64 promised_mb, u32 promised_units, u64 returning_mb, u32 returning_units) {
    const SystemStatus now = guest.world->system();
    CHECK(now.promised_mem_mb == promised_mb);
    CHECK(now.promised_proc_units == promised_units);
    CHECK(now.returning_mem_mb == returning_mb);
    CHECK(now.returning_proc_units == returning_units);
    return now;
  };
  differs(0, 0, 0, 0);
  guest.promise(256, 3);
  const SystemStatus promised = differs(64, 200, 0, 0);
  CHECK(promised.available_mem_mb == before.available_mem_mb - 64);
  CHECK(promised.available_proc_units == before.available_proc_units - 200);
  guest.acquire(block(4));
  guest.acquire(processor(1));
  differs(48, 100, 0, 0);
  REQUIRE(guest.world->settle_capacity(2, true, true));
  differs(0, 0, 0, 0);
  guest.promise(176, 1);
  const SystemStatus asked = differs(0, 0, 32, 100);
  CHECK(asked.available_mem_mb == before.available_mem_mb - 16);
  CHECK(asked.available_proc_units == before.available_proc_units - 100);
  guest.release(block(4));
  guest.release(processor(1));
  differs(0, 0, 16, 0);
}

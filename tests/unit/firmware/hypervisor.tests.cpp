// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstdio>
#include <set>

#include "emu/core/identity.h"
#include "firmware/devtree/tree.h"
#include "firmware/dispatcher.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

using namespace firmware;
using namespace firmware::test;

TEST_CASE("partitions get what the frame has", "[hypervisor]") {
  auto big = lpar(2, "big", {});
  big.profiles[0].desired_mem = big.profiles[0].max_mem = 896;
  big.profiles[0].boot_mode = emu::BootMode::of;
  auto second = lpar(3, "second", {});
  second.profiles[0].desired_mem = second.profiles[0].max_mem = 256;
  second.profiles[0].min_mem = 64;
  second.profiles[0].boot_mode = emu::BootMode::of;
  World world({vios(1, "vios", {}), big, second});
  CHECK(world->system().available_mem_mb == 1024);
  REQUIRE(world->activate(1, "", {}));
  CHECK(world->activate(2, "", {}));
  // 896 for itself, and a logical memory block for its page table of 8 MiB.
  CHECK(world->system().available_mem_mb == 1024 - 64 - 896 - 16);
  CHECK(world->system().firmware_mem_mb == 16);
  auto refused = world->activate(3, "", {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text.find("48 MB") != std::string::npos);
  CHECK(world.status(3).state == LparState::not_activated);
  CHECK(world->refcodes(3, 1)[0].refcode == "B2005109");
  CHECK_FALSE(world->activate(2, "", {}));
  CHECK(world->power_off(2, false));
  CHECK_FALSE(world->power_off(2, false));
  CHECK(world->activate(3, "", {}));
  CHECK(world.status(3).definition.current->desired_mem == 256);
  CHECK(world->reserve_memory(512));
  CHECK(world->system().available_mem_mb == 1024 - 64 - 256 - 16 - 512);
  CHECK_FALSE(world->reserve_memory(900));
  CHECK(world->reserve_memory(0));
  CHECK_FALSE(world->activate(9, "", {}));
  CHECK_FALSE(world->activate(2, "none", {}));
  CHECK_FALSE(world->remove(3));
  CHECK(world->lock(3, "hmc1", true));
  CHECK_FALSE(world->lock(3, "hmc2", true));
  CHECK(world->lock(3, "hmc1", true));
  CHECK(world->lock(3, "hmc1", false));
  CHECK(world->lock(3, "hmc2", true));
}

TEST_CASE("inactive memory is there for as long as it was activated, and then while somebody has it", "[hypervisor][cod]") {
  auto guest = lpar(2, "guest", {});
  guest.profiles[0].boot_mode = emu::BootMode::of;
  guest.profiles[0].min_mem = guest.profiles[0].desired_mem = guest.profiles[0].max_mem = 128;
  World world({guest});
  world.config.memory_mb = 64;
  world.config.inactive_memory_mb = 1024;
  world.hypervisor.reset();
  world.hypervisor = std::move(*Hypervisor::create(world.config, *world.journal, *world.witness, world.clock));
  const u64 later = world.clock.wall() + 3600 * emu::nanoseconds_per_second;
  CHECK(world->system().on_demand_memory == emu::OnDemandState{1024, 0, 0, 0});
  CHECK_FALSE(world->activate(2, "", {}));
  CHECK_FALSE(world->activate_on_demand(emu::OnDemandKind::memory, 2048, later));
  CHECK_FALSE(world->activate_on_demand(emu::OnDemandKind::memory, 17, later));
  CHECK_FALSE(world->activate_on_demand(emu::OnDemandKind::processors, 1, later));
  CHECK_FALSE(world->activate_on_demand(static_cast<emu::OnDemandKind>(7), 1, later));
  REQUIRE(world->activate_on_demand(emu::OnDemandKind::memory, 1024, later));
  CHECK(world->system().on_demand_memory == emu::OnDemandState{1024, 1024, 0, later});
  REQUIRE(world->activate(2, "", {}));
  const u64 taken = 64 + 1024 - world->system().available_mem_mb;
  REQUIRE(taken > 64);

  REQUIRE(world->activate_on_demand(emu::OnDemandKind::memory, 1024, 1));  // that is over
  CHECK(world->system().on_demand_memory == emu::OnDemandState{1024, 0, taken - 64, 0});
  CHECK(world->system().available_mem_mb == 0);
  CHECK(world.status(2).state != LparState::not_activated);
  REQUIRE(world->power_off(2, false));
  CHECK(world->system().on_demand_memory == emu::OnDemandState{1024, 0, 0, 0});
  CHECK(world->system().available_mem_mb == 64);
  CHECK_FALSE(world->activate(2, "", {}));
}

TEST_CASE("a shared-processor pool takes partitions up to its maximum, and keeps what it reserves", "[hypervisor][pool]") {
  auto one = lpar(2, "one", {}), two = lpar(3, "two", {});
  for (auto* each : {&one, &two}) {
    each->profiles[0].boot_mode = emu::BootMode::of;
    each->profiles[0].desired_proc_units = 60;
    each->profiles[0].shared_proc_pool = 7;
  }
  World world({one, two});
  CHECK(world->activate(2, "", {}).error().code == "HSCLF0C0");
  REQUIRE(world->change_processor_pool({7, "Web", 100, 30}));
  CHECK(world->system().available_proc_units == 370);
  REQUIRE(world->activate(2, "", {}));
  CHECK(world->activate(3, "", {}).error().code == "HSCLF0C1");
  CHECK(world.status(3).state == LparState::not_activated);

  CHECK(world->change_processor_pool({7, "Web", 50, 0}).error().code == "HSCLF0C2");
  CHECK(world->change_processor_pool({7, "Web", 0, 0}).error().code == "HSCLF0C2");
  CHECK(world->change_processor_pool({7, "Web", 500, 0}).error().code == "HSCLF0C2");
  CHECK(world->change_processor_pool({7, "Web", 400, 341}).error().code == "HSCLF0C2");
  CHECK(world->change_processor_pool({8, "Web", 100, 0}).error().code == "HSCLF0C3");
  CHECK(world->change_processor_pool({0, "DefaultPool", 100, 0}).error().code == "HSCLF0C4");
  CHECK_FALSE(world->change_processor_pool({64, "Far", 100, 0}));
  CHECK_FALSE(world->change_processor_pool({8, "a,b", 100, 0}));
  CHECK(world->change_processor_pool({8, "Rest", 400, 311}).error().code == "HSCL03ED");
  CHECK(world->system().processor_pools == std::vector<emu::ProcessorPool>{{7, "Web", 100, 30}});

  REQUIRE(world->change_processor_pool({7, "Web", 200, 30}));
  REQUIRE(world->activate(3, "", {}));
  REQUIRE(world->power_off(2, false));
  // As it was: what is like new needs no room in the journal.
  REQUIRE(world->power_off(3, false));
  REQUIRE(world->change_processor_pool({7, "SharedPool07", 0, 0}));
  CHECK(world->system().processor_pools.empty());
  CHECK(world->system().available_proc_units == 400);
}

TEST_CASE("a partition that runs goes into a pool with room, and one that arrives needs room there", "[hypervisor][pool]") {
  auto one = lpar(2, "one", {});
  one.profiles[0].boot_mode = emu::BootMode::of;
  one.profiles[0].desired_proc_units = 60;
  World world({one});
  REQUIRE(world->activate(2, "", {}));
  REQUIRE(world.wait([&] { return world.status(2).state == LparState::open_firmware; }));
  emu::LparDefinition arriving = with_current(one);
  arriving.lpar_id = 9;
  arriving.name = "arriving";
  arriving.uuid = emu::random_uuid();
  arriving.current->shared_proc_pool = 1;
  CHECK(world->create_shell(7, arriving, true, "cec2").error().code == "HSCLF0C0");
  REQUIRE(world->change_processor_pool({1, "Web", 100, 50}));
  CHECK(world->create_shell(7, arriving, true, "cec2").error().code == "HSCLF0C1");
  REQUIRE(world->change_processor_pool({1, "Web", 200, 50}));
  CHECK(world->create_shell(7, arriving, true, "cec2"));
}

TEST_CASE("a partition whose page table does not fit is not built", "[hypervisor]") {
  auto exact = lpar(2, "exact", {});
  exact.profiles[0].min_mem = exact.profiles[0].desired_mem = exact.profiles[0].max_mem = 256;
  exact.profiles[0].boot_mode = emu::BootMode::of;
  World world({exact});
  REQUIRE(world->reserve_memory(1024 - 256));
  CHECK_FALSE(world->activate(2, "", {}));
  const emu::LparDefinition shell = world.status(2).definition;
  REQUIRE(world->remove(2));
  CHECK_FALSE(world->create_shell(7, with_current(shell), true, "cec2"));
  REQUIRE(world->reserve_memory(1024 - 256 - 16));
  CHECK(world->create_shell(7, with_current(shell), true, "cec2"));
  CHECK(world->system().available_mem_mb == 0);
}

namespace {

using emu::Status;

// A journal on a disk that is full now and then.
class FullJournal final : public Journal {
 public:
  bool full = false;

  std::string file() const override { return journal_->file(); }
  std::string id() const override { return journal_->id(); }
  Status set_id(const std::string& id) override { return full ? no_space() : journal_->set_id(id); }
  u64 writes() const override { return journal_->writes(); }
  void on_write(std::function<void(u64)> listener) override { journal_->on_write(std::move(listener)); }
  Status together(const std::function<Status()>& changes) override { return journal_->together(changes); }
  std::vector<emu::LparDefinition> lpars() const override { return journal_->lpars(); }
  Status put_change(const emu::Change& change) override { return full ? no_space() : journal_->put_change(change); }
  emu::Changes changes_after(u64 number) const override { return journal_->changes_after(number); }
  std::map<u32, std::string> noted_states() const override { return journal_->noted_states(); }
  Status put_lpar(const emu::LparDefinition& lpar) override { return full ? no_space() : journal_->put_lpar(lpar); }
  Status remove_lpar(u32 lpar_id) override { return full ? no_space() : journal_->remove_lpar(lpar_id); }
  bool initialized() const override { return journal_->initialized(); }
  Status set_initialized() override { return full ? no_space() : journal_->set_initialized(); }
  std::vector<StreamRecord> streams() const override { return journal_->streams(); }
  Status put_stream(const StreamRecord& record) override { return full ? no_space() : journal_->put_stream(record); }
  Status put_blob(const std::string& key, const Bytes& content) override {
    return full ? no_space() : journal_->put_blob(key, content);
  }
  Bytes blob(const std::string& key) const override { return journal_->blob(key); }

 private:
  static Status no_space() { return emu::Error{"journal", "The frame's journal cannot be written: database or disk is full."}; }
  std::unique_ptr<Journal> journal_ = std::move(*Journal::open(":memory:"));
};

}  // namespace

TEST_CASE("a shell that a full disk keeps in the journal is there until it can be removed", "[hypervisor]") {
  World world({});
  FullJournal journal;
  const auto witness = std::move(*Witness::open(":memory:"));
  const auto frame = std::move(*Hypervisor::create(world.config, journal, *witness, world.clock));
  const auto shell = lpar(2, "shell", {});
  REQUIRE(frame->create_shell(7, with_current(shell), false, "cec2"));
  journal.full = true;
  for (int asked = 0; asked < 2; ++asked) {
    CHECK_FALSE(frame->remove_shell(7));
    CHECK(frame->lpars().size() == 1);
    CHECK(journal.lpars().size() == 1);
  }
  journal.full = false;
  CHECK(frame->remove_shell(7));
  CHECK(frame->lpars().empty());
  CHECK(journal.lpars().empty());
  CHECK(journal.streams().empty());
}

TEST_CASE("an activation that cannot be stored has not happened, and a restart needs no room", "[hypervisor][current]") {
  auto guest = lpar(2, "guest", {});
  guest.profiles[0].boot_mode = emu::BootMode::of;
  World world({guest});
  FullJournal journal;
  const auto witness = std::move(*Witness::open(":memory:"));
  const auto frame = std::move(*Hypervisor::create(world.config, journal, *witness, world.clock));
  journal.full = true;
  const auto refused = frame->activate(2, "normal", {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "journal");
  CHECK(frame->lpars().at(0).state == LparState::not_activated);
  CHECK_FALSE(frame->lpars().at(0).has_resources);
  CHECK_FALSE(frame->lpars().at(0).definition.current);
  CHECK(frame->lpars().at(0).refcode.refcode == "00000000");
  CHECK(frame->system().available_mem_mb == 1024);
  journal.full = false;
  REQUIRE(frame->activate(2, "normal", {}));
  journal.full = true;
  CHECK(frame->power_off(2, true));
  CHECK(frame->lpars().at(0).state == LparState::open_firmware);
  CHECK(frame->lpars().at(0).definition.current == journal.lpars().at(0).current);
}

TEST_CASE("what a running partition is called and does can be changed, what it is cannot", "[hypervisor]") {
  auto guest = lpar(2, "guest", {});
  guest.profiles[0].boot_mode = emu::BootMode::of;
  World world({vios(1, "vios", {}), guest});
  REQUIRE(world->activate(1, "", {}));
  REQUIRE(world->activate(2, "", {}));
  auto server = world.status(1).definition;
  server.msp = true;
  server.time_ref = true;
  CHECK(world->define(server));
  CHECK(world.status(1).definition.msp);
  CHECK(world.status(1).state == LparState::running);
  server.env = emu::LparEnv::aixlinux;
  CHECK_FALSE(world->define(server));
  server = world.status(1).definition;
  server.name = "other";
  CHECK_FALSE(world->define(server));
  auto renamed = world.status(2).definition;
  renamed.name = "other";
  CHECK(world->define(renamed));
  CHECK(world.status(2).definition.name == "other");
}

TEST_CASE("nobody changes what is locked, or takes part in a move", "[hypervisor]") {
  World world({lpar(2, "guest", {})});
  const emu::LparDefinition definition = world.status(2).definition;
  emu::Profile more = definition.profiles[0];
  more.name = "more";
  const auto refused = [&](const emu::Status& status) { return !status && status.error().code == "HSCL3205"; };
  const auto all_refused = [&] {
    CHECK(refused(world->define(definition)));
    CHECK(refused(world->write_profile(2, more)));
    CHECK(refused(world->remove_profile(2, "normal")));
    CHECK(refused(world->remove(2)));
  };
  REQUIRE(world->lock(2, "migration 7", true));
  all_refused();
  REQUIRE(world->lock(2, "migration 7", false));
  REQUIRE(world->mark_migrating(7, 2, false, true, "cec2"));
  all_refused();
  REQUIRE(world->mark_migrating(7, 2, false, false, "cec2"));
  REQUIRE(world->write_profile(2, more));
  REQUIRE(world->remove_profile(2, "more"));

  REQUIRE(world->lock(0, "hmc", true));
  CHECK(refused(world->define(lpar(3, "new", {}))));
  CHECK(refused(world->remove(2)));
  CHECK(world->write_profile(2, more));
  REQUIRE(world->lock(0, "hmc", false));

  // A shell gets its migration profile while the move goes on, and is otherwise left alone.
  auto coming = lpar(4, "coming", {});
  coming.uuid = "46AB5A2C-0EE4-4C3B-8A9C-4C1FA6F5E2D1";
  REQUIRE(world.witness->claim(coming.uuid, "cec2"));
  REQUIRE(world.witness->begin(coming.uuid, "cec2", 8, world.config.mtms()));
  REQUIRE(world.witness->hand_over(coming.uuid, "cec2", 8));
  REQUIRE(world->create_shell(8, with_current(coming), false, "cec2"));
  CHECK(world->write_profile(4, more));
  CHECK(refused(world->define(coming)));
  CHECK(refused(world->remove_profile(4, "more")));
  CHECK(refused(world->remove(4)));
  REQUIRE(world->finish_target(8, false));
  CHECK(world->remove(4));
}

TEST_CASE("a server that a move needs is neither changed nor powered off until the move is forgotten", "[hypervisor]") {
  auto guest = lpar(2, "guest", {});
  World world({vios(1, "vios", {}), guest});
  REQUIRE(world->activate(1, "", {}));
  auto server = world.status(1).definition;
  server.msp = true;
  REQUIRE(world->define(server));
  emu::Hold hold;
  hold.vios_id = 1;
  hold.mover = true;
  REQUIRE(world->mark_migrating(7, 2, false, true, "cec2"));
  REQUIRE(world->hold(7, {hold}));
  server.msp = false;
  const auto refused = [](const emu::Status& status) {
    return !status && status.error().text == "The partition named vios is busy with another operation. Retry when it has ended.";
  };
  CHECK(refused(world->define(server)));
  CHECK(refused(world->power_off(1, false)));
  CHECK(refused(world->power_off(1, true)));
  CHECK(refused(world->write_profile(1, server.profiles[0])));
  CHECK(refused(world->remove_profile(1, server.profiles[0].name)));
  CHECK(world.status(1).state == LparState::running);
  REQUIRE(world->native(1)->holds().size() == 1);
  CHECK(world->native(1)->holds()[0].client_id == 2);

  SECTION("another move needs it, too") {
    REQUIRE(world->hold(8, {hold}));
    REQUIRE(world->roll_back_source(7));
    CHECK(refused(world->define(server)));
    REQUIRE(world->hold(8, {}));
  }
  SECTION("one is forgotten") { REQUIRE(world->mark_migrating(7, 2, false, false, "cec2")); }
  CHECK(world->native(1)->holds().empty());
  CHECK(world->define(server));
  // What is no mover any more, or does not run, cannot be had.
  CHECK(world->hold(9, {hold}).error().code == "HSCL3205");
  CHECK(world->power_off(1, false));
  hold.mover = false;
  CHECK(world->hold(9, {hold}).error().code == "HSCL3205");
}

TEST_CASE("a boot image that is none is an error with a reference code", "[hypervisor]") {
  auto odd = lpar(2, "odd", {});
  odd.profiles[0].boot_image = "/proc/self/cmdline";
  World world({odd});
  auto status = world->activate(2, "", {});
  REQUIRE_FALSE(status);
  CHECK(status.error().code == "image");
  CHECK(world.status(2).state == LparState::error);
  CHECK(world.status(2).refcode.refcode == "BA210000");
  CHECK_FALSE(world.status(2).has_resources);
}

TEST_CASE("a failed activation is told with its reason until the next one", "[hypervisor]") {
  auto guest = lpar(2, "guest", {});
  guest.profiles[0].boot_image = "/nowhere";
  World world({guest});
  const auto no_image = world->activate(2, "", {});
  REQUIRE_FALSE(no_image);
  CHECK(world.status(2).trouble == no_image.error().text);
  REQUIRE(world->reserve_memory(1024));
  const auto no_memory = world->activate(2, "", {});
  REQUIRE_FALSE(no_memory);
  CHECK(no_memory.error().code == "HSCL03EC");
  CHECK(world.status(2).trouble == no_memory.error().text);
  CHECK_FALSE(world->activate(2, "no such profile", {}));
  CHECK(world.status(2).trouble == no_memory.error().text);  // it was not asked for anything
  REQUIRE(world->reserve_memory(0));
  REQUIRE(world->activate(2, "", emu::BootMode::of));
  CHECK(world.status(2).trouble.empty());
  CHECK(world.status(2).state == LparState::open_firmware);
}

TEST_CASE("what the guest asks RTAS for happens to its partition", "[hypervisor]") {
  World world({lpar(2, "guest", {})});
  REQUIRE(world->activate(2, "", {}));
  REQUIRE(world.wait_for_output(2, "guest# "));
  const auto rtas = [&](u32 token, std::vector<u32> in) {
    auto p = world.partition(2);
    p->on_dispatcher([&] {
      p->memory().write_be(0x3000, token);
      p->memory().write_be(0x3004, static_cast<u32>(in.size()));
      p->memory().write_be(0x3008, u32{1});
      for (size_t i = 0; i < in.size(); ++i) p->memory().write_be(0x300C + 4 * i, in[i]);
      CHECK(guest_call(*p, 0xF000, {0x3000}) == 0);
    });
  };
  SECTION("system-reboot") {
    // Between the two lives may lie less than a look takes: another partition object, then, shows the second one.
    const std::weak_ptr<Partition> first = world.partition(2);
    rtas(0x2004, {});
    CHECK(world.wait([&] { return first.expired() && world.status(2).state == LparState::running; }));
    CHECK(world.wait_for_output(2, "guest# "));
  }
  SECTION("power-off") {
    rtas(0x2003, {0, 0});
    CHECK(world.wait([&] { return world.status(2).state == LparState::not_activated; }));
    CHECK(world->refcodes(2, 2)[1].refcode.substr(0, 4) == "D200");
    CHECK(world.console(2).find("guest# ") != std::string::npos);
    CHECK(world->system().available_mem_mb == 1024);
  }
  SECTION("ibm,os-term") {
    world->show_refcode(2, "2004", "");
    const bool gave_up_first = GENERATE(true, false);
    if (!gave_up_first) world->show_refcode(2, "D200AFFF", "");
    const bool migrates = GENERATE(true, false);
    if (migrates) world.partition(2)->set_stream(7, StreamState::enabled);
    rtas(0x2009, {0});
    CHECK(world.wait([&] { return world.status(2).state == LparState::error && !world.status(2).has_resources; }));
    // Its migration is stopped, too; what it shows at last is that its operating system gave up.
    if (gave_up_first) world->show_refcode(2, "D200AFFF", "");
    world->show_own_refcode(2);
    CHECK(world.status(2).refcode.refcode == "B700F104");
    const auto shown = world->refcodes(2, 10);
    CHECK(std::ranges::count(shown, "B2001151", &RefCodeEntry::refcode) == (migrates ? 1 : 0));
    CHECK(world->power_off(2, false));
    CHECK(world.status(2).state == LparState::not_activated);
  }
}

TEST_CASE("a shell that gets no state gets the partition's NVRAM", "[hypervisor]") {
  World world({lpar(2, "guest", {})});
  const emu::LparDefinition definition = world.status(2).definition;
  const Bytes written(devices::Nvram::bytes, 0x5A);
  REQUIRE(world.journal->put_blob(nvram_key(definition), written));
  CHECK(world->nvram(2).value() == written);
  CHECK_FALSE(world->nvram(9));
  CHECK_FALSE(world->put_nvram(2, written));  // no shell

  World other({}, "", "1005678", world.witness);
  REQUIRE(other->create_shell(7, with_current(definition), false, world.config.mtms()));
  CHECK_FALSE(other->put_nvram(2, Bytes(3)));
  REQUIRE(other->put_nvram(2, written));
  CHECK_FALSE(other->adopt_inactive(7));  // not handed over
  CHECK_FALSE(other->finish_target(7, false));
  REQUIRE(world->hand_over_inactive(7, 2, other.config.mtms()));
  CHECK_FALSE(world->finish_source(7));  // not started
  REQUIRE(other->adopt_inactive(7));
  CHECK_FALSE(world->roll_back_source(7));
  CHECK_FALSE(world->activate(2, "", {}));
  REQUIRE(world->finish_source(7));
  REQUIRE(other->finish_target(7, false));
  CHECK(other->nvram(2).value() == written);
  REQUIRE(other->activate(2, "", emu::BootMode::of));
  CHECK(other.partition(2)->nvram().content() == written);
  CHECK_FALSE(other->put_nvram(2, {}));
  REQUIRE(other->power_off(2, false));
  REQUIRE(other->remove(2));
  CHECK(other.journal->blob(nvram_key(definition)).empty());
}

TEST_CASE("a new process finds its partitions in the journal", "[journal]") {
  const std::string file = "/tmp/twinframe-journal-test-" + std::to_string(getpid()) + ".db";
  emu::FrameConfig config;
  config.name = "cec1";
  config.partitions = {lpar(2, "first", {ethernet(2, "")})};
  emu::HostClock clock;
  const auto witness = std::move(*Witness::open(":memory:"));
  std::string uuid, mac;
  {
    auto journal = Journal::open(file);
    REQUIRE(journal);
    auto hypervisor = Hypervisor::create(config, **journal, *witness, clock);
    REQUIRE(hypervisor);
    const auto all = (*hypervisor)->lpars();
    REQUIRE(all.size() == 1);
    uuid = all[0].definition.uuid;
    mac = all[0].definition.profiles[0].adapters[0].mac_addr;
    CHECK(uuid.size() == 36);
    CHECK(mac.size() == 12);
    CHECK((*hypervisor)->define(lpar(5, "second", {})));
    CHECK_FALSE((*hypervisor)->define(lpar(6, "second", {})));
    CHECK((*hypervisor)->remove(5));
    CHECK((*hypervisor)->define(lpar(7, "third", {})));
    CHECK((*journal)->put_stream({0xFFFFFFFFFFFFFFF1, 2, StreamStep::source, true, "cec2"}));
    CHECK((*journal)->put_stream({0xFFFFFFFFFFFFFFF1, 2, StreamStep::handed_over, true, "cec2"}));
    CHECK((*journal)->put_stream({2, 2, StreamStep::shell, false, "cec2"}));
    CHECK((*journal)->put_stream({2, 2, StreamStep::finished, false, "cec2"}));
    CHECK((*journal)->streams() == std::vector<StreamRecord>{{0xFFFFFFFFFFFFFFF1, 2, StreamStep::handed_over, true, "cec2"}});
    CHECK((*journal)->put_stream({0xFFFFFFFFFFFFFFF1, 2, StreamStep::finished, true, "cec2"}));
    CHECK((*journal)->put_blob("x", {1, 2, 3}));
  }
  {
    auto journal = Journal::open(file);
    REQUIRE(journal);
    CHECK((*journal)->blob("x") == Bytes{1, 2, 3});
    CHECK((*journal)->blob("y").empty());
    config.partitions.push_back(lpar(9, "ignored", {}));
    auto hypervisor = Hypervisor::create(config, **journal, *witness, clock);
    REQUIRE(hypervisor);
    const auto all = (*hypervisor)->lpars();
    REQUIRE(all.size() == 2);
    CHECK(all[0].definition.uuid == uuid);
    CHECK(all[0].definition.profiles[0].adapters[0].mac_addr == mac);
    CHECK(all[1].definition.name == "third");
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((file + suffix).c_str());
}

TEST_CASE("a running server's profile has the adapters that it got, and not those that it lost", "[hypervisor]") {
  World world({vios(1, "vios", {scsi_server(2, 3, 2), scsi_server(3, 4, 2)})});
  const auto adapters = [&] { return world.status(1).definition.profiles[0].adapters; };
  const auto client_in = [&](u32 slot) {
    for (const auto& adapter : adapters())
      if (adapter.slot == slot) return adapter.remote_lpar_id;
    return 0U;
  };
  REQUIRE(world->activate(1, "", {}));
  // Both clients leave, and come back in the other order.
  CHECK(world->native(1)->remove_adapter(2));
  CHECK(world->native(1)->remove_adapter(3));
  CHECK(adapters().empty());
  CHECK(world->native(1)->add_adapter(scsi_server(0, 4, 2))->config.slot == 2);
  CHECK(world->native(1)->add_adapter(scsi_server(0, 3, 2))->config.slot == 3);
  CHECK(client_in(2) == 4);
  CHECK(client_in(3) == 3);

  // The next activation, here of a new process, makes what there was.
  world.hypervisor.reset();
  world.hypervisor = std::move(*Hypervisor::create(world.config, *world.journal, *world.witness, world.clock));
  REQUIRE(world->activate(1, "", {}));
  REQUIRE(world->native(1)->adapters().size() == 2);
  for (const auto& adapter : world->native(1)->adapters())
    CHECK(adapter.config.remote_lpar_id == (adapter.config.slot == 2 ? 4 : 3));
}

TEST_CASE("a server whose profile was given fewer slots than it uses can be activated again", "[hypervisor]") {
  std::vector<emu::VirtualAdapter> adapters;
  for (u32 slot = 2; slot < 12; ++slot) adapters.push_back(scsi_server(slot, 3, slot));
  auto server = vios(1, "vios", adapters);
  server.profiles[0].max_virtual_slots = 20;
  World world({server});
  REQUIRE(world->activate(1, "", {}));
  emu::Profile smaller = world.status(1).definition.profiles[0];
  smaller.max_virtual_slots = 12;
  REQUIRE(world->write_profile(1, smaller));
  CHECK(world->native(1)->add_adapter(scsi_server(0, 4, 2))->config.slot == 12);
  REQUIRE(world->power_off(1, false));
  CHECK(world->activate(1, "normal", {}));
  CHECK(world->native(1)->adapters().size() == 11);
}

TEST_CASE("no profile of a server keeps an adapter of a client that has left, and a removal is no leaving", "[hypervisor]") {
  auto server = vios(1, "vios", {scsi_server(11, 3, 2), scsi_server(12, 4, 2)});
  server.profiles.push_back(server.profiles[0]);
  server.profiles[1].name = "other";
  World world({server, lpar(3, "leaves", {}), lpar(4, "stays", {})});
  const auto clients = [&] {
    std::set<u32> all;
    for (const emu::Profile& profile : world.status(1).definition.profiles)
      for (const auto& adapter : profile.adapters) all.insert(adapter.remote_lpar_id);
    return all;
  };
  REQUIRE(world.frame().forget(3));
  CHECK(clients() == std::set<u32>{4});
  CHECK(world.journal->lpars().at(0) == world.status(1).definition);
  REQUIRE(world->remove(4));
  CHECK(clients() == std::set<u32>{4});
}

TEST_CASE("the adapters of other partitions call a partition by its name when it gets another one", "[hypervisor][rules]") {
  const auto server_of = [](u32 slot, u32 client_id, const std::string& client_name) {
    auto adapter = scsi_server(slot, client_id, 2);
    adapter.remote_lpar_name = client_name;
    return adapter;
  };
  auto server = vios(1, "vios", {server_of(11, 3, "guest"), server_of(12, 4, "expected"), server_of(13, 5, "")});
  server.profiles.push_back(server.profiles[0]);
  server.profiles[1].name = "other";
  World world({server, lpar(3, "guest", {})});
  REQUIRE(world->activate(1, "", {}));
  auto renamed = world.status(3).definition;
  renamed.name = "renamed";
  REQUIRE(world->define(renamed));
  REQUIRE(world->define(lpar(4, "new", {})));
  REQUIRE(world->define(lpar(5, "unnamed", {})));
  const std::vector<std::string> names{"renamed", "new", "unnamed"};
  const auto named_by = [](const std::vector<emu::VirtualAdapter>& adapters) {
    std::vector<std::string> all;
    for (const auto& adapter : adapters) all.push_back(adapter.remote_lpar_name);
    return all;
  };
  const LparStatus now = world.status(1);
  for (const emu::Profile& profile : now.definition.profiles) CHECK(named_by(profile.adapters) == names);
  CHECK(named_by(now.definition.current->adapters) == names);
  CHECK(named_by(now.adapters) == names);  // as they run
  CHECK(world.journal->lpars().at(0) == now.definition);
}

TEST_CASE("a rename that cannot be stored leaves the old name everywhere", "[hypervisor][rules]") {
  World world({});
  FullJournal journal;
  auto adapter = scsi_server(11, 3, 2);
  adapter.remote_lpar_name = "guest";
  world.config.partitions = {vios(1, "vios", {adapter}), lpar(3, "guest", {})};
  const auto witness = std::move(*Witness::open(":memory:"));
  const auto frame = std::move(*Hypervisor::create(world.config, journal, *witness, world.clock));
  const auto before = journal.lpars();
  auto renamed = before.at(1);
  renamed.name = "renamed";
  journal.full = true;
  CHECK_FALSE(frame->define(renamed));
  CHECK(journal.lpars() == before);
  CHECK(frame->lpars().at(0).definition == before.at(0));
  CHECK(frame->lpars().at(1).definition == before.at(1));
}

TEST_CASE("what a running server gets takes no place of what its profile was given meanwhile", "[hypervisor]") {
  World world({vios(1, "vios", {scsi_server(3, 4, 2)})});
  REQUIRE(world->activate(1, "", {}));
  emu::Profile changed = world.status(1).definition.profiles[0];
  changed.max_virtual_slots = 6;
  changed.adapters.push_back(ethernet(2, "02AABBCCDD01"));
  REQUIRE(world->write_profile(1, changed));
  const u32 free = world->native(1)->free_slots();
  CHECK(world->native(1)->add_adapter(scsi_server(0, 5, 2))->config.slot == 4);
  CHECK(world->native(1)->free_slots() == free - 1);
  const emu::Profile now = world.status(1).definition.profiles[0];
  CHECK(now.adapters.size() == 3);
  CHECK(std::ranges::count(now.adapters, changed.adapters.back()) == 1);
}

TEST_CASE("a frame stores no partner that can never be one, whoever sends it", "[hypervisor][rules]") {
  World world({vios(1, "vios", {scsi_server(11, 2, 2)}), lpar(2, "client", {scsi_client(2, 1, 11)})});
  const auto stored = [&](u32 id, const emu::VirtualAdapter& more) {
    emu::Profile profile = world.status(id).definition.profiles[0];
    profile.name = "more";
    profile.adapters.push_back(more);
    const auto answer = world->write_profile(id, profile);
    if (!answer) CHECK(answer.error().code == "configuration");
    return static_cast<bool>(answer);
  };
  CHECK_FALSE(stored(2, scsi_client(3, 0, 0)));   // any
  CHECK_FALSE(stored(2, scsi_client(3, 1, 0)));   // any slot
  CHECK_FALSE(stored(2, scsi_client(3, 2, 12)));  // itself
  CHECK_FALSE(stored(1, scsi_server(12, 1, 3)));
  CHECK_FALSE(stored(1, scsi_server(12, 2, 2)));  // which slot 11 serves
  CHECK_FALSE(stored(1, scsi_client(12, 3, 2)));  // of a server
  CHECK(stored(2, scsi_client(3, 77, 12)));       // not there yet
  CHECK(stored(1, scsi_server(12, 0, 0)));
}

TEST_CASE("a server tells as many free slots as it can give", "[hypervisor]") {
  auto server = vios(1, "vios", {scsi_server(11, 3, 2)});
  server.profiles[0].max_virtual_slots = 14;  // 0 - 13; those up to 1 are not given out
  World world({server});
  REQUIRE(world->activate(1, "", {}));
  CHECK(world->native(1)->free_slots() == 11);
  for (u32 free = 11; free > 0; --free) {
    CHECK(world->native(1)->free_slots() == free);
    CHECK(world->native(1)->add_adapter(scsi_server(0, 20 + free, 2)));
  }
  CHECK(world.status(1).definition.profiles[0].adapters.size() == 12);
  CHECK(world->native(1)->add_adapter(scsi_server(0, 40, 2)).error().code == "slots");
}

TEST_CASE("a partition that is on its way up is not removed", "[hypervisor]") {
  auto large = lpar(2, "large", {});
  give_processors(large.profiles[0], 40);  // its processors take some time to make
  large.profiles[0].desired_proc_units = 400;
  World world({large});
  for (int round = 0; round < 5; ++round) {
    std::atomic<bool> up{false};
    std::thread remover([&] {
      while (!up.load()) (void)world->remove(2);
    });
    const bool activated = static_cast<bool>(world->activate(2, "", {}));
    up = true;
    remover.join();
    CHECK(activated == (world.status(2).definition.lpar_id == 2));
    if (activated) CHECK(world->power_off(2, false));
    if (!activated) CHECK(world->define(large));
  }
}

TEST_CASE("the device tree says what the partition is", "[devtree]") {
  auto d = lpar(2, "guest", {scsi_client(2, 1, 12), ethernet(3, "02AABBCCDD02")});
  d.profiles[0].boot_mode = emu::BootMode::of;
  d.profiles[0].bsr_arrays = 1;
  auto eight = lpar(3, "linux", {});
  eight.profiles[0].boot_mode = emu::BootMode::of;
  eight.profiles[0].lpar_proc_compat_mode = emu::CompatMode::power8;
  World world({d, eight});
  REQUIRE(world->activate(2, "", {}));
  REQUIRE(world->activate(3, "", {}));
  auto root = devtree::build(*world.partition(2), {});
  CHECK(root.property("ibm,migratable-partition"));
  auto* vdevice = root.child("vdevice");
  REQUIRE(vdevice);
  CHECK(vdevice->child("vty@30000000"));
  CHECK(vdevice->child("v-scsi@30000002"));
  CHECK(vdevice->child("l-lan@30000003"));
  auto* cpu = root.child("cpus")->child("PowerPC,POWER6@0");
  REQUIRE(cpu);
  CHECK(emu::load_be<u32>(cpu->property("slb-size")->value.data()) == 64);
  CHECK(emu::load_be<u32>(cpu->property("ibm,pft-size")->value.data() + 4) == 20);
  CHECK(root.child("ibm,bsr@8000000"));
  auto flat = devtree::flatten(root, {{0x1000, 0x1000}}, 0);
  REQUIRE(flat);
  CHECK(flat->size() < 64 * KiB);
  auto modern = devtree::build(*world.partition(3), {});
  cpu = modern.child("cpus")->child("PowerPC,POWER8@0");
  REQUIRE(cpu);
  CHECK(emu::load_be<u32>(cpu->property("slb-size")->value.data()) == 32);
  CHECK(emu::load_be<u32>(cpu->property("ibm,vmx")->value.data()) == 2);
  CHECK(emu::load_be<u32>(cpu->property("cpu-version")->value.data()) == 0x0F000004);
  const auto updates = devtree::updates_after_move(*world.partition(2));
  CHECK(updates[0].path == "/");
  CHECK(updates.size() == 6);
}

TEST_CASE("work is done on the dispatcher while the guest runs", "[dispatch]") {
  World world({lpar(2, "guest", {})});
  REQUIRE(world->activate(2, "", {}));
  auto p = world.partition(2);
  std::thread::id where;
  for (int i = 0; i < 200; ++i) {
    bool done = false;
    p->on_dispatcher([&] {
      where = std::this_thread::get_id();
      done = true;
    });
    if (!done) FAIL("not done");
  }
  CHECK(where != std::this_thread::get_id());
  p->flush_tlbs();
  p->stop();
  bool inline_done = false;
  p->on_dispatcher([&] { inline_done = where != std::this_thread::get_id(); });
  CHECK(inline_done);
}

TEST_CASE("what a partition has stays what it is, whatever its profiles say meanwhile", "[hypervisor][current]") {
  World world({lpar(2, "guest", {}), vios(1, "server", {})});
  REQUIRE(world->activate(2, "normal", {}));
  emu::Profile changed = world.status(2).definition.profiles[0];
  changed.desired_mem = 32;
  changed.desired_procs = 2;
  changed.desired_proc_units = changed.max_proc_units;
  changed.max_procs = 2;
  changed.lpar_proc_compat_mode = emu::CompatMode::power8;
  changed.adapters = {ethernet(5, "020000000005")};
  REQUIRE(world->write_profile(2, changed));
  const auto unchanged = [&](const char* when) {
    INFO(when);
    const LparStatus now = world.status(2);
    REQUIRE(now.definition.current);
    CHECK(now.definition.current->desired_mem == 64);
    CHECK(now.definition.current->desired_procs == 1);
    CHECK(now.definition.current->lpar_proc_compat_mode == emu::CompatMode::of_system);
    CHECK(now.definition.current->adapters.empty());
    CHECK(now.definition.current->pending == static_cast<const emu::Capacity&>(*now.definition.current));
    CHECK(now.definition.curr_profile() == "normal");
  };
  unchanged("while it runs");
  SECTION("its definition is written again, by somebody who knows better") {
    emu::LparDefinition other = world.status(2).definition;
    other.current->desired_mem = 128;
    REQUIRE(world->define(other));
    unchanged("after that");
  }
  SECTION("the profile has another name now, and still is the one that was activated last") {
    emu::LparDefinition other = world.status(2).definition;
    other.profiles[0].name = other.default_profile = other.current->profile = "renamed";
    REQUIRE(world->define(other));
    CHECK(world.status(2).definition.curr_profile() == "renamed");
    CHECK(world.status(2).definition.current->desired_mem == 64);
    // Of a profile that there is not, nobody has been activated.
    other.current->profile = "nowhere";
    REQUIRE(world->define(other));
    CHECK(world.status(2).definition.curr_profile() == "renamed");
  }
  SECTION("a restart keeps it") {
    REQUIRE(world->power_off(2, true));
    unchanged("after the restart");
  }
  SECTION("so does a power-off, for an inactive migration") {
    REQUIRE(world->power_off(2, false));
    unchanged("when it is off");
    CHECK_FALSE(world.status(2).has_resources);
    SECTION("and the next activation takes the profile") {
      REQUIRE(world->activate(2, "normal", {}));
      CHECK(world.status(2).definition.current->desired_mem == 32);
      CHECK(world.status(2).definition.current->desired_procs == 2);
    }
    SECTION("and a new life of its frame") { CHECK(world.journal->lpars().at(1).current == world.status(2).definition.current); }
  }
  SECTION("the profile can be removed, too") {
    REQUIRE(world->remove_profile(2, "normal"));
    unchanged("without it");
    REQUIRE(world->power_off(2, true));
    unchanged("and after a restart");
  }
}

TEST_CASE("nothing that breaks a rule is stored, activated or taken from another system", "[hypervisor][rules]") {
  World world({lpar(2, "guest", {}), vios(1, "server", {})});
  const emu::LparDefinition good = world.status(2).definition;
  const auto unchanged = [&] { return world.status(2).definition == good && world.journal->lpars().at(1) == good; };
  emu::Profile bad = good.profiles[0];
  bad.desired_procs = bad.max_procs = 200;  // of a system with 4 processors
  CHECK(world->write_profile(2, bad).error().code == "configuration");
  bad = good.profiles[0];
  bad.name = "a\nb";
  CHECK_FALSE(world->write_profile(2, bad));
  emu::LparDefinition other = good;
  other.profiles[0].desired_num_huge_pages = 1;
  CHECK_FALSE(world->define(other));
  other = good;
  other.name = std::string(40, 'x');
  CHECK_FALSE(world->define(other));
  CHECK(unchanged());

  SECTION("a stream's partition whose profiles, or what it has, break a rule") {
    emu::LparDefinition coming = with_current(lpar(9, "coming", {}));
    coming.uuid = "46AB5A2C-0EE4-4C3B-8A9C-4C1FA6F5E2D1";
    for (const bool active : {false, true}) {
      emu::LparDefinition hostile = coming;
      hostile.current->desired_procs = hostile.current->max_procs = 4000;
      CHECK(world->create_shell(7, hostile, active, "cec2").error().code == "configuration");
      hostile = coming;
      hostile.current->adapters = {ethernet(2, "02AABBCCDD02"), ethernet(2, "02AABBCCDD03")};
      CHECK(world->create_shell(7, hostile, active, "cec2").error().code == "configuration");
      hostile = coming;
      hostile.profiles[0].min_mem = 0;
      CHECK(world->create_shell(7, hostile, active, "cec2").error().code == "configuration");
      hostile = coming;
      hostile.uuid = "../journal";
      CHECK(world->create_shell(7, hostile, active, "cec2").error().code == "configuration");
    }
    CHECK(world.status(9).definition.lpar_id == 0);
    CHECK(world->create_shell(7, coming, false, "cec2"));
  }
  SECTION("a journal of a time with other rules is kept, and its partition not activated") {
    World old({lpar(2, "guest", {})});
    emu::LparDefinition sloppy = old.status(2).definition;
    sloppy.profiles[0].boot_mode = emu::BootMode::unknown;
    REQUIRE(old.journal->put_lpar(sloppy));
    old.hypervisor.reset();
    old.hypervisor = std::move(*Hypervisor::create(old.config, *old.journal, *old.witness, old.clock));
    CHECK(old->activate(2, "", {}).error().text.find("boot_mode=unknown") != std::string::npos);
    CHECK(old.status(2).state == LparState::not_activated);
    // What does not touch the profile can be changed, and the profile mended.
    emu::LparDefinition renamed = old.status(2).definition;
    renamed.name = "renamed";
    CHECK(old->define(renamed));
    emu::Profile mended = renamed.profiles[0];
    mended.boot_mode = emu::BootMode::of;
    CHECK(old->write_profile(2, mended));
    CHECK(old->activate(2, "", {}));
  }
}

TEST_CASE("a partition that gets fewer units than it wishes has as many processors as they are enough for",
          "[hypervisor][rules]") {
  auto first = lpar(2, "first", {});
  auto second = lpar(3, "second", {});
  for (auto* each : {&first, &second}) {
    give_processors(each->profiles[0], 20);
    each->profiles[0].desired_proc_units = 350;
    each->profiles[0].boot_mode = emu::BootMode::of;
  }
  World world({first, second});
  REQUIRE(world->activate(2, "", {}));
  REQUIRE(world->activate(3, "", {}));
  const auto granted = world.status(3).definition.current;
  REQUIRE(granted);
  CHECK(granted->desired_proc_units == 50);
  CHECK(granted->desired_procs == 5);
}

TEST_CASE("a running partition leaves and joins a workload group, and nothing else of it changes", "[hypervisor][rules]") {
  World world({lpar(2, "guest", {})});
  REQUIRE(world->activate(2, "", {}));
  emu::LparDefinition wanted = world.status(2).definition;
  emu::LparDefinition expected = wanted;
  expected.current->work_group_id = wanted.current->work_group_id = "7";
  wanted.current->desired_mem = 32;
  REQUIRE(world->define(wanted));
  CHECK(world.status(2).definition == expected);
  CHECK(world.journal->lpars().at(0) == expected);
  REQUIRE(world->power_off(2, true));
  CHECK(world.status(2).definition.current->work_group_id == "7");
  wanted.current->work_group_id = "33";
  CHECK_FALSE(world->define(wanted));
}

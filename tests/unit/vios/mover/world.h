// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Two frames in one process, each with a mover service partition, and partitions that move, usually one, with id 2: without
// an HMC, so the steps of a move are called here.

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <unistd.h>

#include "emu/link/descriptor_socket.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"
#include "tests/unit/vios/mover/guest.h"
#include "vios/mover/mover.h"

namespace mover_test {

using firmware::move::Phase;

inline emu::VirtualAdapter vasi(u32 slot) {
  emu::VirtualAdapter adapter;
  adapter.kind = emu::AdapterKind::vasi;
  adapter.slot = slot;
  return adapter;
}

struct Errors final : vios::ErrorLogSink {
  void record(std::string_view identifier, char, char, std::string_view, std::string_view) override {
    const std::lock_guard lock(mutex);
    entries.emplace_back(identifier);
  }
  u32 count(std::string_view identifier) {
    const std::lock_guard lock(mutex);
    return static_cast<u32>(std::count(entries.begin(), entries.end(), identifier));
  }
  std::mutex mutex;
  std::vector<std::string> entries;
};

// A journal whose disk can be full.
class TestJournal final : public firmware::Journal {
 public:
  std::string file() const override { return real_->file(); }
  std::string id() const override { return real_->id(); }
  emu::Status set_id(const std::string& id) override { return real_->set_id(id); }
  u64 writes() const override { return real_->writes(); }
  void on_write(std::function<void(u64)> told) override { real_->on_write(std::move(told)); }
  emu::Status together(const std::function<emu::Status()>& changes) override { return real_->together(changes); }
  std::vector<emu::LparDefinition> lpars() const override { return real_->lpars(); }
  emu::Status put_change(const emu::Change& change) override { return real_->put_change(change); }
  emu::Changes changes_after(u64 number) const override { return real_->changes_after(number); }
  std::map<u32, std::string> noted_states() const override { return real_->noted_states(); }
  emu::Status put_lpar(const emu::LparDefinition& lpar) override { return real_->put_lpar(lpar); }
  emu::Status remove_lpar(u32 lpar_id) override { return real_->remove_lpar(lpar_id); }
  bool initialized() const override { return real_->initialized(); }
  emu::Status set_initialized() override { return real_->set_initialized(); }
  std::vector<firmware::StreamRecord> streams() const override { return real_->streams(); }
  emu::Status put_stream(const firmware::StreamRecord& record) override {
    if (ends_fail.load() && record.step == firmware::StreamStep::finished) return emu::Error{"journal", "The disk is full."};
    return real_->put_stream(record);
  }
  emu::Status put_blob(const std::string& key, const Bytes& content) override { return real_->put_blob(key, content); }
  Bytes blob(const std::string& key) const override { return real_->blob(key); }
  std::atomic<bool> ends_fail{false};

 private:
  std::unique_ptr<firmware::Journal> real_ = std::move(*firmware::Journal::open(":memory:"));
};

// The witness of both frames. It can fail when it matters most.
class TestWitness final : public firmware::Witness {
 public:
  std::string file() const override { return real_->file(); }
  std::vector<firmware::Ownership> all() const override { return real_->all(); }
  std::vector<firmware::Ownership> released() const override { return real_->released(); }
  std::optional<firmware::Ownership> of(const std::string& uuid) const override { return real_->of(uuid); }
  std::optional<firmware::Ownership> of_stream(u64 stream) const override { return real_->of_stream(stream); }
  std::vector<firmware::SeenJournal> journals() const override { return real_->journals(); }
  emu::Status see_journal(const firmware::SeenJournal& journal) override { return real_->see_journal(journal); }
  emu::Status claim(const std::string& uuid, const std::string& system) override { return real_->claim(uuid, system); }
  emu::Status release(const std::string& uuid, const std::string& system) override { return real_->release(uuid, system); }
  emu::Status take_over(const firmware::Ownership& known) override { return real_->take_over(known); }
  emu::Status correct(const firmware::Ownership& known) override { return real_->correct(known); }
  emu::Status accept_journal(const firmware::SeenJournal& journal) override { return real_->accept_journal(journal); }
  emu::Status begin(const std::string& uuid, const std::string& system, u64 stream, const std::string& other) override {
    return real_->begin(uuid, system, stream, other);
  }
  emu::Status hand_over(const std::string& uuid, const std::string& system, u64 stream) override {
    if (before_hand_over) before_hand_over();
    if (fails.load()) return emu::Error{"journal", "The disk is full."};
    return real_->hand_over(uuid, system, stream);
  }
  emu::Status take_back(const std::string& uuid, const std::string& system, u64 stream) override {
    return real_->take_back(uuid, system, stream);
  }
  emu::Status start(const std::string& uuid, const std::string& system, u64 stream) override {
    if (before_start) before_start();
    if (start_fails.load()) return emu::Error{"journal", "The disk is full."};
    return real_->start(uuid, system, stream);
  }
  std::atomic<bool> fails{false};
  std::atomic<bool> start_fails{false};
  std::function<void()> before_hand_over;  // on the mover's thread
  std::function<void()> before_start;

 private:
  std::unique_ptr<firmware::Witness> real_ = std::move(*firmware::Witness::open(":memory:"));
};

struct System {
  System(const std::string& name, std::vector<emu::LparDefinition> lpars, firmware::Witness& witness) {
    config.name = name;
    config.serial_num = name == "cec1" ? "1001234" : "1005678";
    config.memory_mb = 8192;
    config.processors = 4;
    config.partitions = std::move(lpars);
    hypervisor = std::move(*firmware::Hypervisor::create(config, journal, witness, clock));
  }
  ~System() { hypervisor.reset(); }
  firmware::Hypervisor* operator->() { return hypervisor.get(); }
  std::shared_ptr<firmware::Partition> partition(u32 id) { return dynamic_cast<firmware::Frame&>(*hypervisor).partition(id); }
  firmware::LparStatus status(u32 id) {
    for (firmware::LparStatus& s : hypervisor->lpars())
      if (s.definition.lpar_id == id) return s;
    return {};
  }
  template <class Condition>
  bool wait(Condition condition, int seconds = 20) {
    for (int i = 0; i < seconds * 1000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

  emu::FrameConfig config;
  emu::HostClock clock;
  TestJournal journal;
  std::unique_ptr<firmware::Hypervisor> hypervisor;
};

struct Frame {
  Frame(const std::string& name, std::vector<emu::LparDefinition> lpars, firmware::Witness& witness)
      : world(name, std::move(lpars), witness) {
    REQUIRE(world->activate(1, "", {}));
    auto made = vios::Mover::create(*world->native(1), errors, lpm_log, world.clock);
    if (!made) INFO(made.error().text);
    REQUIRE(made);
    mover = std::move(*made);
  }
  ~Frame() { mover.reset(); }
  // The mover writes its log after the phase that it tells of can be seen.
  bool logged(std::string_view identifier, u32 times = 1) {
    return world.wait([&] { return errors.count(identifier) == times; });
  }
  System world;
  Errors errors;
  vios::LpmLog lpm_log{"", world.clock};
  std::unique_ptr<vios::Mover> mover;
};

struct TwoFrames {
  // The frames as they call each other.
  static constexpr const char* cec1 = "9117-MMA*1001234";
  static constexpr const char* cec2 = "9117-MMA*1005678";
  static constexpr u64 stream = 0x5AD0'0000'0000'0001;
  static constexpr u64 stream_of(u32 id) { return stream + id - 2; }

  explicit TwoFrames(u32 memory_mb = 64, u32 churn_mb = 16, u32 partitions = 1)
      : image(scratch("guest.elf")),
        a("cec1", lab(memory_mb, partitions), witness),
        b("cec2", {firmware::test::vios(1, "vios2", {vasi(5)})}, witness),
        last(partitions + 1) {
    guest::write_image(image, 4 * MiB, (4 + churn_mb) * MiB);
    definition = a.world.status(2).definition;
    for (u32 id = 2; id <= last; ++id) {
      REQUIRE(a.world->activate(id, "", {}));
      REQUIRE(a.world.wait([&] { return field(a, guest::counter, id) > 1000; }));
    }
  }
  ~TwoFrames() {
    unlink(image.c_str());
    for (u32 id = 2; id <= last; ++id) {
      if (a.mover) a.mover->close(stream_of(id));
      if (b.mover) b.mover->close(stream_of(id));
    }
  }

  static std::string scratch(const std::string& name) {
    return "/dev/shm/twinframe-test-" + std::to_string(getpid()) + "-" + name;
  }
  std::vector<emu::LparDefinition> lab(u32 memory_mb, u32 partitions) const {
    std::vector<emu::LparDefinition> all{firmware::test::vios(1, "vios1", {vasi(5)})};
    for (u32 id = 2; id < 2 + partitions; ++id) {
      auto lpar = firmware::test::lpar(id, id == 2 ? "mobile" : "mobile" + std::to_string(id), {});
      lpar.profiles[0].desired_mem = memory_mb;
      lpar.profiles[0].max_mem = memory_mb;
      lpar.profiles[0].boot_image = image;
      all.push_back(lpar);
    }
    return all;
  }

  u64 field(Frame& frame, u64 address, u32 id = 2) {
    const auto memory = frame.world->memory(id);
    u64 value = 0;
    // In place: a sampler must not wait for a page that has not come.
    if (memory) value = emu::load_be<u64>(memory->raw(address, 8).data());
    return value;
  }
  void tell_guest(u64 number, u32 id = 2) { (void)a.world->memory(id)->write_be(guest::stream, number); }
  Phase phase(Frame& frame, u32 id = 2) {
    const auto progress = frame.world->progress(stream_of(id));
    return progress ? progress->phase : Phase::none;
  }
  bool wait_for(Frame& frame, Phase wanted, int seconds = 20, u32 id = 2) {
    const bool reached = frame.world.wait([&] { return phase(frame, id) == wanted; }, seconds);
    if (!reached) WARN(told(a, id) << told(b, id));
    return reached;
  }
  std::string told(Frame& frame, u32 id) {
    const auto progress = frame.world->progress(stream_of(id));
    if (!progress) return frame.world.config.name + ": no stream; ";
    return frame.world.config.name + ": phase " + std::to_string(static_cast<int>(progress->phase)) + " " + progress->error_text +
           "; ";
  }

  // Steps 2 - 4.
  void prepare(u32 id = 2) {
    const u64 number = stream_of(id);
    const emu::LparDefinition moving = a.world.status(id).definition;
    REQUIRE(a.world->mark_migrating(number, id, true, true, cec2));
    const auto shell = b.world->create_shell(number, firmware::test::with_current(moving), true, cec1);
    REQUIRE(shell);
    REQUIRE(*shell == id);
    const emu::DescriptorSocket socket(scratch("memory" + std::to_string(id)), number);
    const emu::SegmentPlace* const place = pages_by_link ? nullptr : &socket;
    REQUIRE(a.world->enable_stream(number, id, true, 1, cec2, place));
    REQUIRE(b.world->enable_stream(number, id, false, 1, cec1, place));
    const std::string link = scratch("mover.link" + std::to_string(id));
    const auto target = b.mover->open(number, vios::Mover::Role::target, link);
    REQUIRE(target);
    const auto source = a.mover->open(number, vios::Mover::Role::source, link);
    REQUIRE(source);
  }
  // Steps 2 - 11, with most of the written pages still to come. A guest that stands still afterwards wants none of them.
  void resume_early(bool stands_still = false) {
    (void)a.world->memory(2)->write_be(guest::churn, u64{1});
    prepare();
    REQUIRE(a.world->begin_passes(stream, {.max_passes = 1}));
    REQUIRE(wait_for(a, Phase::suspending));
    // The link becomes slow, and the guest writes all its pages meanwhile: many are left at the suspension.
    a.mover->limit_rate(4 * 1000 * 1000);
    b.world->limit_pages(400 * 1000);
    const u64 counted = field(a, guest::counter);
    REQUIRE(a.world.wait([&] { return field(a, guest::counter) > counted + 10'000; }));
    if (stands_still) (void)a.world->memory(2)->write_be(guest::churn, u64{0});
    tell_guest(stream);
    REQUIRE(wait_for(b, Phase::resumed));
  }
  void want_pages() {
    (void)b.world->memory(2)->write_be(guest::churn, u64{1});
    CHECK(b.world.wait([&] { return b.world->progress(stream)->demand_paged > 0; }));
  }
  // Steps 12 and 13.
  void finish(u32 id = 2) {
    const u64 number = stream_of(id);
    a.mover->close(number);
    b.mover->close(number);
    CHECK(a.world->close_stream(number));
    CHECK(b.world->close_stream(number));
    CHECK(a.world->finish_source(number));
    CHECK(b.world->finish_target(number, false));
  }
  void roll_back(u32 id = 2) {
    const u64 number = stream_of(id);
    a.mover->close(number);
    b.mover->close(number);
    CHECK(a.world->close_stream(number));
    CHECK(b.world->close_stream(number));
    CHECK(b.world->remove_shell(number));
    CHECK(a.world->roll_back_source(number));
    check_aborted(1);
  }
  // Whatever has ended a migration before the hand-over, both movers log it, and once. (Redbook, appendix B: MVR_MIG_ABORTED)
  void check_aborted(u32 times) {
    CHECK(a.logged("427E17BD", times));
    CHECK(b.logged("427E17BD", times));
  }

  bool runs(Frame& frame, u32 id = 2) {
    const u64 before = field(frame, guest::counter, id);
    return frame.world.wait([&] { return field(frame, guest::counter, id) > before + 1000; }, 5);
  }
  void source_untouched() {
    CHECK(runs(a));
    CHECK(field(a, guest::errors) == 0);
    CHECK(a.world.status(2).migration_stream == 0);
    CHECK(b.world.status(2).definition.lpar_id == 0);  // no trace
    CHECK(a.world->verdicts().empty());
    CHECK(b.world->verdicts().empty());
  }

  bool pages_by_link = false;  // also those that are missing after the resume
  std::string image;
  TestWitness witness;
  Frame a;
  Frame b;
  u32 last;  // partition
  emu::LparDefinition definition;
};

}  // namespace mover_test

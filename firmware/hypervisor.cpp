// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/hypervisor.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "emu/core/identity.h"
#include "emu/core/log.h"
#include "emu/core/page_table_size.h"
#include "firmware/agreement.h"
#include "firmware/boot.h"
#include "firmware/dispatcher.h"
#include "firmware/frame.h"
#include "firmware/model.h"
#include "firmware/move/manager.h"
#include "firmware/native.h"
#include "firmware/partition.h"
#include "firmware/virtual_switch.h"

namespace firmware {

std::string_view name_of(LparState state) {
  switch (state) {
    case LparState::not_activated:
      return "Not Activated";
    case LparState::starting:
      return "Starting";
    case LparState::open_firmware:
      return "Open Firmware";
    case LparState::running:
      return "Running";
    case LparState::shutting_down:
      return "Shutting Down";
    case LparState::not_available:
      return "Not Available";
    case LparState::error:
      return "Error";
  }
  return "Error";
}

namespace {

using emu::AdapterKind;

constexpr emu::Log log{"hypervisor"};
constexpr size_t refcodes_kept = 64;
constexpr u32 lpar_limit = 254;
constexpr u64 native_memory_limit = 64 * MiB;
// Of the other end of a server adapter; profiles say it in both ways.
constexpr bool is_any(u32 lpar_or_slot) { return lpar_or_slot == 0 || lpar_or_slot == 65535; }

// Progress and error codes as partitions show them on their way. (Redbook appendix B; the others as IBM lists them)
constexpr const char* src_startup = "C2001010";
constexpr const char* src_adding_resources = "C2001100";
constexpr const char* src_resources_added = "C20011FF";
constexpr const char* src_startup_allowed = "C20012FF";
constexpr const char* src_open_firmware = "CA00D001";
constexpr const char* src_loading = "CA00E140";
constexpr const char* src_load_failed = "BA210000";
constexpr const char* src_no_resources = "B2005109";
constexpr const char* src_disk_failed = "0554";  // of AIX: a disk cannot be opened or read
constexpr const char* src_odm_failed = "0555";   // of AIX: the ODM cannot be used
constexpr const char* src_os_running = "";
constexpr const char* src_terminated = "D200A100";
constexpr const char* src_powered_off = "D20011FF";
constexpr const char* src_not_running = "00000000";

// In the words of the console.
emu::Error busy(const std::string& name) {
  return {"HSCL3205", fmt::format("The partition named {} is busy with another operation. Retry when it has ended.", name)};
}

emu::Error no_such_lpar(u32 lpar_id) { return {"HSCL8013", fmt::format("The partition with ID {} was not found.", lpar_id)}; }

using emu::units_of;

class HypervisorImpl final : public Hypervisor, public Frame {
 public:
  HypervisorImpl(const emu::FrameConfig& config, Journal& journal, Witness& witness, const emu::Clock& clock)
      : config_(config), journal_(journal), witness_(witness), clock_(clock) {}

  ~HypervisorImpl() override {
    shut_down();
    manager_.reset();
    journal_.on_write(nullptr);
  }

  emu::Status start() {
    TRY(agree(config_.name, config_.mtms(), journal_, witness_));
    journal_.on_write([this, id = journal_.id()](u64 writes) { (void)witness_.see_journal({config_.mtms(), id, writes}); });
    for (emu::LparDefinition& definition : journal_.lpars()) {
      Lpar lpar;
      lpar.definition = std::move(definition);
      const u32 id = lpar.definition.lpar_id;
      lpars_.emplace(id, std::move(lpar));
    }
    if (!journal_.initialized()) {
      for (const emu::LparDefinition& definition : config_.partitions) TRY(define(definition));
      TRY(journal_.set_initialized());
    }
    // A partition that took part in a move when this process died is not activated before the move's fate is known: it may
    // be somebody else's by now.
    for (StreamRecord record : journal_.streams()) {
      if (find(record.lpar_id)) {
        mark_moving(record.lpar_id, record.stream, record.step == StreamStep::shell);
        continue;
      }
      // Died between the record and the definition of a shell, or between forgetting a partition and saying so. The id may
      // become somebody else's: nothing that is done to the stream may reach them.
      record.step = StreamStep::finished;
      TRY(journal_.put_stream(record));
    }
    helper_ = std::thread([this] { help(); });
    manager_ = move::Manager::create(*this);
    return emu::success();
  }

  // ---- inventory ----

  SystemStatus system() const override {
    SystemStatus status;
    // Not with our lock: the manager asks us while it holds its own.
    status.active_migrations = manager_ ? manager_->active_migrations() : 0;
    status.inactive_migrations = manager_ ? manager_->inactive_migrations() : 0;
    const std::lock_guard lock(mutex_);
    status.installed_mem_mb = config_.memory_mb;
    status.available_mem_mb = free_memory();
    status.firmware_mem_mb = firmware_memory();
    status.available_proc_units = free_units();
    return status;
  }

  std::vector<LparStatus> lpars() const override {
    std::vector<LparStatus> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [id, lpar] : lpars_) {
      LparStatus status;
      status.definition = lpar.definition;
      status.state = lpar.state;
      status.has_resources = lpar.holds_resources;
      if (lpar.partition) {
        for (const auto& adapter : lpar.partition->adapters())
          status.adapters.push_back(current_config(*lpar.partition, *adapter));
      } else if (lpar.definition.current) {
        status.adapters = lpar.definition.current->adapters;
      } else if (const emu::Profile* profile = lpar.definition.profile(lpar.definition.default_profile)) {
        status.adapters = profile->adapters;
      }
      if (!lpar.refcodes.empty()) status.refcode = lpar.refcodes.front();
      // Handed over, and not forgotten yet: what is left here runs nowhere.
      if (lpar.stream && lpar.partition && handed_over(lpar)) status.state = LparState::not_available;
      status.migration_stream = lpar.stream;
      status.migration_target = lpar.target;
      status.lock_holder = lpar.lock_holder;
      status.life = lpar.life;
      status.trouble = lpar.trouble;
      all.push_back(std::move(status));
    }
    return all;
  }

  std::vector<RefCodeEntry> refcodes(u32 lpar_id, u32 count) const override {
    const std::lock_guard lock(mutex_);
    const auto* codes = &system_refcodes_;
    if (lpar_id != 0) {
      const Lpar* lpar = find(lpar_id);
      if (!lpar) return {};
      codes = &lpar->refcodes;
    }
    return {codes->begin(), codes->begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(count, codes->size()))};
  }

  void show_refcode(u32 lpar_id, const std::string& refcode, const std::string& word2) override {
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(lpar_id);
    const std::string own = lpar ? lpar->own_refcode : "";
    show(lpar_id, refcode, word2);
    if (lpar) lpar->own_refcode = own;
  }

  void show_own_refcode(u32 lpar_id) override {
    const std::lock_guard lock(mutex_);
    const Lpar* lpar = find(lpar_id);
    if (lpar && !lpar->refcodes.empty() && lpar->refcodes.front().refcode != lpar->own_refcode)
      show(lpar_id, std::string(lpar->own_refcode));
  }

  // ---- configuration and power ----

  emu::Status define(const emu::LparDefinition& wanted) override {
    const std::lock_guard lock(mutex_);
    if (wanted.lpar_id == 0 || wanted.lpar_id > lpar_limit || wanted.name.empty())
      return emu::Error{"configuration", "A partition needs a name and an ID from 1 to 254."};
    for (const auto& [id, lpar] : lpars_)
      if (id != wanted.lpar_id && lpar.definition.name == wanted.name)
        return emu::Error{"HSCL8016", fmt::format("The name {} is already used by partition {}.", wanted.name, id)};
    Lpar* existing = find(wanted.lpar_id);
    TRY(existing ? may_change(*existing) : list_may_change());
    emu::LparDefinition definition = normalized(wanted);
    definition.current.reset();
    if (existing) {
      const emu::LparDefinition& now = existing->definition;
      definition.current = now.current;
      // Names and roles, profiles too, may change at any time; what it is may not, while it runs.
      if (existing->partition && (definition.env != now.env || definition.uuid != now.uuid))
        return emu::Error{"HSCL3681", fmt::format("Partition {} must be powered off first.", now.name)};
      // SIMPLIFIED: a Virtual I/O Server's disk, error log and reservations are filed under its name, and would be lost.
      if (now.env == emu::LparEnv::vioserver && definition.name != now.name)
        return emu::Error{"HSCL05DF", fmt::format("The Virtual I/O Server {} cannot be renamed.", now.name)};
    }
    if (const auto known = witness_.of(definition.uuid); known && known->owner != config_.mtms())
      return emu::Error{"witness",
                        fmt::format("Partition {} ({}) belongs to {}.", definition.name, definition.uuid, known->owner)};
    // First the journal: a partition that nobody owns yet is claimed at the next start, one that is missing is an error.
    TRY(journal_.put_lpar(definition));
    Lpar& lpar = existing ? *existing : lpars_[wanted.lpar_id];
    const std::string former = std::exchange(lpar.definition, definition).uuid;
    TRY(witness_.claim(definition.uuid, config_.mtms()));
    if (!former.empty() && former != definition.uuid) TRY(witness_.release(former, config_.mtms()));
    return emu::success();
  }

  emu::Status remove(u32 lpar_id) override {
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    // It may be on its way up, and hold memory already: whoever brings it up comes back for it.
    if (lpar->partition || lpar->holds_resources)
      return emu::Error{"HSCL3681", fmt::format("Partition {} must be powered off first.", lpar->definition.name)};
    TRY(may_change(*lpar));
    TRY(list_may_change());
    TRY(witness_.release(lpar->definition.uuid, config_.mtms()));
    TRY(journal_.remove_lpar(lpar_id));
    (void)journal_.put_blob(nvram_key(lpar->definition), {});
    lpars_.erase(lpar_id);
    return emu::success();
  }

  emu::Status write_profile(u32 lpar_id, const emu::Profile& profile) override {
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    // A destination gets its migration profile before the move is finished.
    if (!is_target(*lpar)) TRY(may_change(*lpar));
    emu::LparDefinition changed = lpar->definition;
    const auto found = std::ranges::find(changed.profiles, profile.name, &emu::Profile::name);
    if (found == changed.profiles.end())
      changed.profiles.push_back(profile);
    else
      *found = profile;
    if (changed.default_profile.empty()) changed.default_profile = profile.name;
    changed = normalized(changed);
    TRY(journal_.put_lpar(changed));
    lpar->definition = std::move(changed);
    return emu::success();
  }

  emu::Status remove_profile(u32 lpar_id, const std::string& name) override {
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    TRY(may_change(*lpar));
    emu::LparDefinition changed = lpar->definition;
    if (std::erase_if(changed.profiles, [&](const emu::Profile& p) { return p.name == name; }) == 0)
      return emu::Error{"HSCL8010", fmt::format("Partition {} has no profile {}.", changed.name, name)};
    TRY(journal_.put_lpar(changed));
    lpar->definition = std::move(changed);
    return emu::success();
  }

  emu::Status activate(u32 lpar_id, const std::string& profile_name, const std::string& boot_mode) override {
    PartitionSetup setup;
    bool native = false;
    {
      const std::lock_guard lock(mutex_);
      Lpar* lpar = find(lpar_id);
      if (!lpar) return no_such_lpar(lpar_id);
      if (lpar->stream) return busy(lpar->definition.name);
      if (lpar->state != LparState::not_activated && lpar->state != LparState::error)
        return emu::Error{"HSCL3681", fmt::format("Partition {} is already activated.", lpar->definition.name)};
      if (lpar->partition)
        return emu::Error{"HSCL3681", fmt::format("Partition {} must be powered off first.", lpar->definition.name)};
      TRY(may_run(lpar->definition));
      const bool keeps_current = profile_name.empty() && lpar->definition.current;
      const std::string name = keeps_current          ? lpar->definition.current->profile
                               : profile_name.empty() ? lpar->definition.default_profile
                                                      : profile_name;
      const emu::Profile* profile = lpar->definition.profile(name);
      if (!profile && !keeps_current)
        return emu::Error{"HSCL8010", fmt::format("Partition {} has no profile {}.", lpar->definition.name, name)};
      const emu::Configuration& wished =
          keeps_current ? static_cast<const emu::Configuration&>(*lpar->definition.current) : *profile;
      native = lpar->definition.env == emu::LparEnv::vioserver;
      show(lpar_id, src_startup);
      lpar->refcode_started = true;
      auto granted = grant(lpar->definition, wished);
      if (!granted) {
        show(lpar_id, src_no_resources);
        return granted.error();
      }
      emu::LparDefinition activated = lpar->definition;
      activated.current = emu::current_from(*granted, name);
      // A restart that changes nothing needs no room on a disk.
      if (activated != lpar->definition)
        if (const auto stored = journal_.put_lpar(activated); !stored) {
          show(lpar_id, src_not_running);
          return stored.error();
        }
      lpar->definition = std::move(activated);
      lpar->holds_resources = true;
      lpar->state = LparState::starting;
      lpar->trouble.clear();
      lpar->life = clock_.wall();
      setup.definition = lpar->definition;
      setup.configuration = *lpar->definition.current;
      show(lpar_id, src_adding_resources);
    }
    setup.fault_in = emu::FaultIn::beginning;
    if (native) setup.native_memory = std::min(u64{setup.configuration.desired_mem} * MiB, native_memory_limit);
    auto partition = Partition::create(setup, *this);
    if (!partition) return activation_failed(lpar_id, src_no_resources, partition.error());
    {
      const std::lock_guard lock(mutex_);
      Lpar* lpar = find(lpar_id);
      lpar->partition = *partition;
      lpar->terminal_output = (*partition)->shared_terminal_output();
      show(lpar_id, src_resources_added);
      show(lpar_id, src_startup_allowed);
      if (native) lpar->native = make_native(*partition, *this);
    }
    if (native) {
      (*partition)->start();
      if (auto status = tell_native(lpar_id, true); !status)
        return activation_failed(lpar_id, status.error().code == "odm" ? src_odm_failed : src_disk_failed, status.error());
      const std::lock_guard lock(mutex_);
      Lpar* lpar = find(lpar_id);
      if (!lpar || lpar->partition != *partition) return emu::success();  // it was powered off meanwhile
      lpar->state = LparState::running;
      show(lpar_id, src_os_running);
      return emu::success();
    }
    set_refcode(lpar_id, src_open_firmware);
    const std::string mode = boot_mode.empty() ? setup.configuration.boot_mode : boot_mode;
    if (mode == "of" || mode == "sms") {
      // SIMPLIFIED: there is no prompt of Open Firmware and no SMS menu; the partition waits until it is powered off.
      (*partition)->start();
      set_state(lpar_id, LparState::open_firmware, src_open_firmware);
      return emu::success();
    }
    set_refcode(lpar_id, src_loading);
    auto image = find_image(setup.configuration.boot_image);
    if (!image) return activation_failed(lpar_id, src_load_failed, image.error());
    // The state first: the guest may be off again before boot() returns.
    set_state(lpar_id, LparState::running, src_os_running);
    if (auto status = (*partition)->boot(*image); !status) return activation_failed(lpar_id, src_load_failed, status.error());
    log.info("{} activated with profile {}", setup.definition.name, setup.definition.curr_profile());
    return emu::success();
  }

  emu::Status power_off(u32 lpar_id, bool restart) override {
    {
      const std::lock_guard lock(mutex_);
      Lpar* lpar = find(lpar_id);
      if (!lpar) return no_such_lpar(lpar_id);
      if (!lpar->partition && lpar->state != LparState::error)
        return emu::Error{"HSCL1558", fmt::format("Partition {} is already off.", lpar->definition.name)};
      if (lpar->target || held(lpar_id)) return busy(lpar->definition.name);
    }
    take_down(lpar_id, LparState::not_activated, src_powered_off);
    if (!restart) return emu::success();
    return activate(lpar_id, "", "");
  }

  emu::Status lock(u32 lpar_id, const std::string& holder, bool on) override {
    const std::lock_guard guard(mutex_);
    std::string* held = &system_lock_;
    if (lpar_id != 0) {
      Lpar* lpar = find(lpar_id);
      if (!lpar) return no_such_lpar(lpar_id);
      held = &lpar->lock_holder;
    }
    if (*held != holder) TRY(unlocked(*held));
    *held = on ? holder : "";
    return emu::success();
  }

  emu::Status hold(u64 stream, const std::vector<emu::Hold>& wanted) override {
    const std::lock_guard guard(mutex_);
    for (const emu::Hold& each : wanted) {
      const Lpar* vios = find(each.vios_id);
      if (!vios) return no_such_lpar(each.vios_id);
      const bool usable = vios->state == LparState::running && (vios->definition.msp || !each.mover);
      if (!usable) return busy(vios->definition.name);
    }
    if (wanted.empty())
      holds_.erase(stream);
    else
      holds_[stream] = wanted;
    return emu::success();
  }

  // ---- console ----

  emu::Status console_input(u32 lpar_id, std::span<const u8> input) override {
    const auto target = partition(lpar_id);
    if (!target) return emu::Error{"HSCL1558", fmt::format("Partition {} is not running.", lpar_id)};
    if (!target->type(input)) return emu::Error{"moved", fmt::format("Partition {} was handed over to another system.", lpar_id)};
    return emu::success();
  }

  emu::Result<u64> console_output(u32 lpar_id, u64 offset, Bytes& to) const override {
    std::shared_ptr<TerminalOutput> terminal_output;
    {
      const std::lock_guard lock(mutex_);
      const Lpar* lpar = find(lpar_id);
      if (!lpar) return no_such_lpar(lpar_id);
      terminal_output = lpar->terminal_output;
    }
    if (!terminal_output) return u64{0};
    return terminal_output->read(offset, to);
  }

  // ---- native partitions ----

  NativePartition* native(u32 lpar_id) override {
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(lpar_id);
    return lpar ? lpar->native.get() : nullptr;
  }

  void on_native_change(std::function<emu::Status(u32, bool)> listener) override {
    const std::lock_guard lock(mutex_);
    native_listener_ = std::move(listener);
  }

  void before_hand_over(std::function<emu::Status(u32)> question) override {
    const std::lock_guard lock(mutex_);
    leave_question_ = std::move(question);
  }

  // ---- moves ----

  emu::Result<u32> create_shell(u64 stream, const emu::LparDefinition& definition, bool active,
                                const std::string& other_system) override {
    return manager_->create_shell(stream, definition, active, other_system);
  }
  emu::Status remove_shell(u64 stream) override { return let_go(stream, manager_->remove_shell(stream)); }
  emu::Status enable_stream(u64 stream, u32 lpar_id, bool source, u32 msp_id, const std::string& other_system,
                            const emu::SegmentPlace* place) override {
    return manager_->enable_stream(stream, lpar_id, source, msp_id, other_system, place);
  }
  void limit_pages(u64 bytes_per_second) override { manager_->limit_pages(bytes_per_second); }
  emu::Status close_stream(u64 stream) override { return manager_->close_stream(stream); }
  emu::Status begin_passes(u64 stream, const move::Limits& limits) override { return manager_->begin_passes(stream, limits); }
  emu::Status stop_stream(u64 stream) override { return manager_->stop_stream(stream); }
  emu::Result<move::Progress> progress(u64 stream) const override { return manager_->progress(stream); }
  emu::Result<move::MemoryMap> memory_map(u64 stream) const override { return manager_->memory_map(stream); }
  std::vector<StreamRecord> verdicts() const override { return manager_->verdicts(); }
  emu::Status roll_back_source(u64 stream) override { return let_go(stream, manager_->roll_back_source(stream)); }
  emu::Status finish_source(u64 stream) override { return let_go(stream, manager_->finish_source(stream)); }
  emu::Status finish_target(u64 stream, bool state_lost) override {
    return let_go(stream, manager_->finish_target(stream, state_lost));
  }
  emu::Status hand_over_inactive(u64 stream, u32 lpar_id, const std::string& other_system) override {
    TRY(may_leave(lpar_id));
    return manager_->hand_over_inactive(stream, lpar_id, other_system);
  }
  std::optional<HandOver> fate(u64 stream) const override { return manager_->fate(stream); }
  emu::Status adopt_inactive(u64 stream) override { return manager_->adopt_inactive(stream); }
  emu::Status mark_migrating(u64 stream, u32 lpar_id, bool active, bool migrating, const std::string& other_system) override {
    const emu::Status marked = manager_->mark_migrating(stream, lpar_id, active, migrating, other_system);
    return migrating ? marked : let_go(stream, marked);
  }

  emu::Result<Bytes> nvram(u32 lpar_id) const override {
    const std::lock_guard lock(mutex_);
    const Lpar* lpar = find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    return journal_.blob(nvram_key(lpar->definition));
  }

  emu::Status put_nvram(u32 lpar_id, const Bytes& content) override {
    const std::lock_guard lock(mutex_);
    const Lpar* lpar = find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    if (!lpar->target || lpar->partition)
      return emu::Error{"migration", fmt::format("Partition {} is not waiting for its NVRAM.", lpar->definition.name)};
    if (!content.empty() && content.size() != devices::Nvram::bytes)
      return emu::Error{"migration", "The content has not the size of this machine's NVRAM."};
    return journal_.put_blob(nvram_key(lpar->definition), content);
  }

  // ---- watching ----

  std::shared_ptr<emu::GuestMemory> memory(u32 lpar_id) override {
    const auto target = partition(lpar_id);
    return target ? target->shared_memory() : nullptr;
  }

  emu::Status reserve_memory(u64 mb) override {
    const std::lock_guard lock(mutex_);
    const u64 before = std::exchange(reserved_mb_, 0);
    if (mb > free_memory()) {
      reserved_mb_ = before;
      return emu::Error{"memory", fmt::format("The system has only {} MB of available memory.", free_memory())};
    }
    reserved_mb_ = mb;
    return emu::success();
  }

  void shut_down() override {
    std::vector<u32> active;
    {
      const std::lock_guard lock(mutex_);
      if (shut_down_) return;
      shut_down_ = true;
      for (const auto& [id, lpar] : lpars_)
        if (lpar.partition) active.push_back(id);
      // Guests first: their disks and networks are the VIOSes'.
      std::ranges::stable_partition(active, [this](u32 id) { return !lpars_[id].native; });
    }
    helper_event_.notify_all();
    if (helper_.joinable()) helper_.join();
    for (const u32 id : active) take_down(id, LparState::not_activated, src_powered_off);
  }

  // ---- Frame ----

  const emu::FrameConfig& config() const override { return config_; }
  const emu::Clock& clock() const override { return clock_; }
  Journal& journal() override { return journal_; }
  Witness& witness() override { return witness_; }
  VirtualSwitch& ethernet() override { return switch_; }

  emu::Status keep_adapter(u32 lpar_id, const emu::VirtualAdapter& adapter) override {
    return change_adapters(lpar_id, adapter.slot, &adapter);
  }
  emu::Status drop_adapter(u32 lpar_id, u32 slot) override { return change_adapters(lpar_id, slot, nullptr); }

  std::vector<emu::Hold> holds(u32 vios_id) const override {
    const std::lock_guard lock(mutex_);
    std::vector<emu::Hold> found;
    for (const auto& [stream, holds] : holds_)
      for (const emu::Hold& each : holds) {
        if (each.vios_id != vios_id) continue;
        const auto moving = std::ranges::find_if(lpars_, [&](const auto& lpar) { return lpar.second.stream == stream; });
        found.push_back(each);
        found.back().client_id = moving == lpars_.end() ? 0 : moving->first;
      }
    return found;
  }

  std::string uuid_of(u32 lpar_id) const override {
    const std::lock_guard lock(mutex_);
    const Lpar* lpar = find(lpar_id);
    return lpar ? lpar->definition.uuid : std::string();
  }

  std::shared_ptr<Partition> partition(u32 lpar_id) const override {
    const std::lock_guard lock(mutex_);
    const Lpar* lpar = find(lpar_id);
    return lpar ? lpar->partition : nullptr;
  }

  std::shared_ptr<Adapter> partner(const Partition& asking, const Adapter& adapter) const override {
    const std::lock_guard lock(mutex_);
    return find_partner(asking, adapter).second;
  }

  void partition_stopped(u32 lpar_id, bool restart) override {
    set_state(lpar_id, LparState::shutting_down, src_terminated);
    later([this, lpar_id, restart] {
      take_down(lpar_id, LparState::not_activated, src_powered_off);
      if (restart) restart_when_free(lpar_id);
    });
  }

  void partition_failed(u32 lpar_id, const std::string& refcode, const std::string& why) override {
    log.error("partition {} failed with {}: {}", lpar_id, refcode, why);
    {
      // It is being powered off, and only noticed that its memory went away.
      const std::lock_guard lock(mutex_);
      const Lpar* lpar = find(lpar_id);
      if (!lpar || lpar->state == LparState::shutting_down) return;
    }
    set_state(lpar_id, LparState::error, refcode);
    later([this, lpar_id, refcode] { take_down(lpar_id, LparState::error, refcode); });
  }

  s64 vasi_message(Partition& vios, Adapter& vasi, u64 high, u64 low) override {
    return manager_->vasi_message(vios, vasi, high, low);
  }
  void vasi_reset(Partition& vios, Adapter& vasi) override {
    if (manager_) manager_->vasi_reset(vios, vasi);
  }
  s64 donor_operation(Partition& vios, u64 handle) override { return manager_->donor_operation(vios, handle); }

  emu::Result<u32> make_shell(u64 stream, const emu::LparDefinition& wanted, bool active) override {
    if (!wanted.current)
      return emu::Error{"migration", fmt::format("Partition {} comes without its current configuration.", wanted.name)};
    u32 id = wanted.lpar_id;
    emu::LparDefinition definition = wanted;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [other, lpar] : lpars_) {
        if (lpar.definition.uuid == wanted.uuid)
          return emu::Error{"HSCL8016", fmt::format("Partition {} is already defined on {}.", wanted.name, config_.name)};
        if (lpar.definition.name == wanted.name)
          return emu::Error{"HSCL8016", fmt::format("The name {} is already used on {}.", wanted.name, config_.name)};
      }
      if (id == 0 || id > lpar_limit || lpars_.contains(id))
        for (id = 1; id <= lpar_limit && lpars_.contains(id);) ++id;
      if (id > lpar_limit) return emu::Error{"slots", fmt::format("{} has no free partition ID.", config_.name)};
      definition.lpar_id = id;
      Lpar lpar;
      lpar.definition = definition;
      lpar.state = active ? LparState::not_available : LparState::not_activated;
      lpar.own_refcode = active ? src_os_running : src_not_running;
      lpar.stream = stream;
      lpar.target = true;
      if (active) {
        emu::Configuration exact = *definition.current;  // a moved partition brings its sizes along: no less will do
        exact.min_mem = exact.desired_mem;
        exact.min_procs = exact.desired_procs;
        exact.min_proc_units = exact.desired_proc_units;
        if (auto granted = grant(definition, exact); !granted) return granted.error();
        lpar.holds_resources = true;
      }
      lpars_.emplace(id, std::move(lpar));  // into the journal with mark_moving, after the stream's record
    }
    if (!active) return id;
    PartitionSetup setup;
    setup.definition = definition;
    setup.configuration = *definition.current;
    auto partition = Partition::create(setup, *this);
    if (!partition) {
      (void)forget(id);
      return partition.error();
    }
    (*partition)->start();
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(id);
    lpar->terminal_output = (*partition)->shared_terminal_output();
    lpar->partition = std::move(*partition);
    return id;
  }

  void mark_moving(u32 lpar_id, u64 stream, bool target) override {
    const std::lock_guard lock(mutex_);
    if (Lpar* lpar = find(lpar_id)) {
      lpar->stream = stream;
      if (stream == 0 && std::exchange(lpar->restart_wanted, false)) {
        helper_work_.push_back([this, lpar_id] { restart_when_free(lpar_id); });
        helper_event_.notify_all();
      }
      lpar->target = stream != 0 && target;
      if (lpar->target && !journal_.put_lpar(lpar->definition)) lpar->state = LparState::error;
    }
  }

  emu::Status may_leave(u32 lpar_id) const override {
    std::function<emu::Status(u32)> question;
    {
      const std::lock_guard lock(mutex_);
      question = leave_question_;
    }
    return question ? question(lpar_id) : emu::success();
  }

  emu::Status adopt_shell(u32 lpar_id) override {
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    lpar->target = false;
    lpar->state = lpar->partition ? LparState::running : LparState::not_activated;
    // Its NVRAM came with the state; from here on it is kept here.
    if (lpar->partition) (void)journal_.put_blob(nvram_key(lpar->definition), lpar->partition->nvram().content());
    return journal_.put_lpar(lpar->definition);
  }

  emu::Status forget(u32 lpar_id) override {
    std::shared_ptr<Partition> gone;
    {
      const std::lock_guard lock(mutex_);
      Lpar* lpar = find(lpar_id);
      if (!lpar) return emu::success();  // asked again
      // What could not be stored has not happened: it can be asked for again.
      TRY(journal_.remove_lpar(lpar_id));
      (void)journal_.put_blob(nvram_key(lpar->definition), {});
      gone = std::move(lpar->partition);
      lpars_.erase(lpar_id);
    }
    if (gone) disconnect(*gone, devices::crq_partner_deregistered);
    return emu::success();
  }

 private:
  struct Lpar {
    emu::LparDefinition definition;
    LparState state = LparState::not_activated;
    bool holds_resources = false;  // what is current counts against the frame's memory and processors
    std::shared_ptr<Partition> partition;
    std::unique_ptr<NativePartition> native;
    std::shared_ptr<TerminalOutput> terminal_output;  // outlives the partition: what it said last can still be read
    std::deque<RefCodeEntry> refcodes;
    std::string own_refcode;  // the latest that was not shown for a move
    bool refcode_started = false;
    u64 stream = 0;
    bool target = false;
    u64 life = 0;                 // when it was activated here
    bool restart_wanted = false;  // as soon as it takes part in no move any more
    std::string lock_holder;
    std::string trouble;  // why it is in state "Error"
  };

  // ---- with the lock ----

  Lpar* find(u32 lpar_id) {
    const auto found = lpars_.find(lpar_id);
    return found == lpars_.end() ? nullptr : &found->second;
  }
  const Lpar* find(u32 lpar_id) const {
    const auto found = lpars_.find(lpar_id);
    return found == lpars_.end() ? nullptr : &found->second;
  }

  static emu::Status unlocked(const std::string& holder) {
    if (holder.empty()) return emu::success();
    return emu::Error{"HSCL3205", fmt::format("The configuration is locked by {}: try again later.", holder)};
  }
  // What is locked, or takes part in a move, stays as it is.
  emu::Status may_change(const Lpar& lpar) const {
    if (lpar.stream || held(lpar.definition.lpar_id)) return busy(lpar.definition.name);
    return unlocked(lpar.lock_holder);
  }
  // Where a partition runs says the witness: a journal may be of yesterday.
  emu::Status may_run(const emu::LparDefinition& lpar) const {
    const auto known = witness_.of(lpar.uuid);
    if (known && known->owner == config_.mtms() && known->state != HandOver::handed_over) return emu::success();
    return emu::Error{"witness", fmt::format("Partition {} is not activated: the lab's witness says that {}.", lpar.name,
                                             known ? "it belongs to " + known->owner : "nobody owns it")};
  }
  bool held(u32 lpar_id) const {
    return std::ranges::any_of(
        holds_, [&](const auto& of_stream) { return std::ranges::count(of_stream.second, lpar_id, &emu::Hold::vios_id) > 0; });
  }
  emu::Status list_may_change() const { return unlocked(system_lock_); }
  bool is_target(const Lpar& lpar) const {
    const auto streams = journal_.streams();
    return std::ranges::any_of(streams, [&](const StreamRecord& record) {
      return record.stream == lpar.stream && (record.step == StreamStep::shell || record.step == StreamStep::adopted);
    });
  }

  bool handed_over(const Lpar& lpar) const {
    const auto known = witness_.of(lpar.definition.uuid);
    return !lpar.target && known && known->stream == lpar.stream &&
           (known->owner != config_.mtms() || known->state == HandOver::handed_over);
  }

  void show(u32 lpar_id, const std::string& refcode, const std::string& word2 = "") {
    auto* codes = &system_refcodes_;
    if (lpar_id != 0) {
      Lpar* lpar = find(lpar_id);
      if (!lpar) return;
      lpar->own_refcode = refcode;
      codes = &lpar->refcodes;
    }
    codes->push_front({clock_.wall(), refcode, word2});
    if (codes->size() > refcodes_kept) codes->pop_back();
  }

  u64 free_memory() const {
    u64 used = reserved_mb_;
    for (const auto& [id, lpar] : lpars_)
      if (lpar.holds_resources) used += lpar.definition.current->desired_mem;
    used += firmware_memory();
    return used >= config_.memory_mb ? 0 : config_.memory_mb - used;
  }

  u64 firmware_memory() const {
    u64 used = 0;
    for (const auto& [id, lpar] : lpars_)
      if (lpar.holds_resources) used += page_table_of(lpar.definition, lpar.definition.current->desired_mem);
    return used;
  }

  // A native partition has no page table.
  u64 page_table_of(const emu::LparDefinition& lpar, u64 memory_mb) const {
    return lpar.env == emu::LparEnv::vioserver ? 0 : emu::page_table_mb(memory_mb, config_.lmb_mb);
  }

  u32 free_units() const {
    u32 used = 0;
    for (const auto& [id, lpar] : lpars_)
      if (lpar.holds_resources) used += units_of(*lpar.definition.current);
    const u32 all = config_.processors * 100;
    return used >= all ? 0 : all - used;
  }

  // What the partition gets: what it wishes, or what there is, but not less than its minimum.
  emu::Result<emu::Configuration> grant(const emu::LparDefinition& lpar, const emu::Configuration& wished) const {
    emu::Configuration granted = wished;
    const u64 block = std::max<u32>(1, config_.lmb_mb);
    const u64 table = page_table_of(lpar, wished.desired_mem);
    const u64 available = free_memory() > table ? free_memory() - table : 0;
    const u64 memory = std::min<u64>(wished.desired_mem, available / block * block);
    if (memory == 0 || memory < std::min(wished.min_mem, wished.desired_mem))
      return emu::Error{"HSCL03EC",
                        fmt::format("There is not enough memory for partition {}: it needs {} MB and {} MB for its page table, "
                                    "{} MB are available.",
                                    lpar.name, std::max<u32>(wished.min_mem, 1), table, free_memory())};
    granted.desired_mem = static_cast<u32>(memory);
    const u32 units = free_units();
    if (wished.proc_mode == "shared") {
      if (units < std::min(wished.min_proc_units, wished.desired_proc_units))
        return emu::Error{"HSCL03ED", fmt::format("There are not enough processing units for partition {}: {:.2f} are available.",
                                                  lpar.name, units / 100.0)};
      granted.desired_proc_units = std::min(wished.desired_proc_units, units);
    } else {
      if (units / 100 < std::min(wished.min_procs, wished.desired_procs) || units < 100)
        return emu::Error{"HSCL03ED", fmt::format("There are not enough processors for partition {}: {} are available.",
                                                  lpar.name, units / 100)};
      granted.desired_procs = std::min(wished.desired_procs, units / 100);
    }
    return granted;
  }

  // What a definition may leave out, and a partition needs to stay the same wherever it goes.
  emu::LparDefinition normalized(const emu::LparDefinition& wanted) const {
    emu::LparDefinition definition = wanted;
    if (definition.uuid.empty()) definition.uuid = emu::random_uuid();
    if (definition.default_profile.empty() && !definition.profiles.empty())
      definition.default_profile = definition.profiles.front().name;
    for (emu::Profile& profile : definition.profiles)
      for (emu::VirtualAdapter& adapter : profile.adapters)
        if (adapter.kind == AdapterKind::ethernet && adapter.mac_addr.empty())
          adapter.mac_addr = new_mac(definition, adapter.slot);
    return definition;
  }

  // Locally administered, and the same each time: from the partition's uuid and the slot.
  static std::string new_mac(const emu::LparDefinition& definition, u32 slot) {
    const u64 hash = std::hash<std::string>{}(definition.uuid);
    return fmt::format("{:02X}{:08X}{:02X}", 0x02 | (static_cast<u8>(hash >> 40) & 0xFC), static_cast<u32>(hash), slot & 0xFF);
  }

  static bool names(const emu::VirtualAdapter& adapter, u32 lpar_id, u32 slot) {
    return (adapter.remote_lpar_id == lpar_id || is_any(adapter.remote_lpar_id)) &&
           (adapter.remote_slot == slot || is_any(adapter.remote_slot));
  }

  // The other end of a virtual SCSI connection. The server's adapter decides: it names the client's partition and slot (or
  // "any", and then the client must name it). A moved client keeps naming its old server until its profile is written, so
  // what a client names is only a preference.
  std::pair<u32, std::shared_ptr<Adapter>> find_partner(const Partition& asking, const Adapter& adapter) const {
    const emu::VirtualAdapter& own = adapter.config();
    if (own.kind == AdapterKind::scsi_client) {
      std::pair<u32, std::shared_ptr<Adapter>> found{0, nullptr};
      for (const auto& [id, lpar] : lpars_) {
        if (!lpar.partition || !lpar.native) continue;
        for (const auto& candidate : lpar.partition->adapters()) {
          const emu::VirtualAdapter& other = candidate->config();
          if (other.kind != AdapterKind::scsi_server || !names(other, asking.id(), own.slot)) continue;
          const bool preferred = own.remote_lpar_id == id && own.remote_slot == other.slot;
          const bool any = is_any(other.remote_lpar_id) || is_any(other.remote_slot);
          if (preferred) return {id, candidate};
          if (!any) found = {id, candidate};
        }
      }
      return found;
    }
    if (own.kind == AdapterKind::scsi_server) {
      for (const auto& [id, lpar] : lpars_) {
        if (!lpar.partition || lpar.native || (!is_any(own.remote_lpar_id) && own.remote_lpar_id != id)) continue;
        for (const auto& candidate : lpar.partition->adapters()) {
          if (candidate->config().kind != AdapterKind::scsi_client) continue;
          if (!is_any(own.remote_slot) && own.remote_slot != candidate->slot()) continue;
          if (find_partner(*lpar.partition, *candidate).second.get() == &adapter) return {id, candidate};
        }
      }
    }
    return {0, nullptr};
  }

  emu::VirtualAdapter current_config(const Partition& partition, const Adapter& adapter) const {
    emu::VirtualAdapter config = adapter.config();
    if (config.kind != AdapterKind::scsi_client) return config;
    const auto [id, server] = find_partner(partition, adapter);
    if (!server) return config;
    config.remote_lpar_id = id;
    config.remote_lpar_name = find(id)->definition.name;
    config.remote_slot = server->slot();
    return config;
  }

  // ---- without the lock ----

  // A guest that restarts while it moves is brought up again when the move is rolled back.
  void restart_when_free(u32 lpar_id) {
    {
      const std::lock_guard lock(mutex_);
      Lpar* lpar = find(lpar_id);
      if (lpar && lpar->stream) {
        lpar->restart_wanted = true;
        return;
      }
    }
    (void)activate(lpar_id, "", "");
  }

  // What a move held is free when its stream is forgotten here.
  emu::Status let_go(u64 stream, const emu::Status& forgotten) {
    const std::lock_guard lock(mutex_);
    if (forgotten) holds_.erase(stream);
    return forgotten;
  }

  // What is current gets an adapter in a slot, or loses the one that is there; so does the profile that it was activated with.
  emu::Status change_adapters(u32 lpar_id, u32 slot, const emu::VirtualAdapter* adapter) {
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    const auto change = [&](std::vector<emu::VirtualAdapter>& adapters) {
      std::erase_if(adapters, [slot](const emu::VirtualAdapter& each) { return each.slot == slot; });
      if (adapter) adapters.push_back(*adapter);
      std::ranges::sort(adapters, {}, &emu::VirtualAdapter::slot);
    };
    emu::LparDefinition changed = lpar->definition;
    const auto profile = std::ranges::find(changed.profiles, changed.curr_profile(), &emu::Profile::name);
    if (profile != changed.profiles.end()) change(profile->adapters);
    if (changed.current) change(changed.current->adapters);
    TRY(journal_.put_lpar(changed));
    lpar->definition = std::move(changed);
    return emu::success();
  }

  void set_state(u32 lpar_id, LparState state, const std::string& refcode) {
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(lpar_id);
    if (!lpar) return;
    lpar->state = state;
    show(lpar_id, refcode);
  }

  void set_refcode(u32 lpar_id, const std::string& refcode) {
    const std::lock_guard lock(mutex_);
    show(lpar_id, refcode);
  }

  emu::Error activation_failed(u32 lpar_id, const std::string& refcode, const emu::Error& error) {
    log.error("partition {} was not activated: {}", lpar_id, error.text);
    take_down(lpar_id, LparState::error, refcode);
    const std::lock_guard lock(mutex_);
    if (Lpar* lpar = find(lpar_id)) lpar->trouble = error.text;
    return error;
  }

  emu::Status tell_native(u32 lpar_id, bool running) {
    std::function<emu::Status(u32, bool)> listener;
    {
      const std::lock_guard lock(mutex_);
      listener = native_listener_;
    }
    return listener ? listener(lpar_id, running) : emu::success();
  }

  // Stops what runs, tells the partners, and gives back memory and processors.
  void take_down(u32 lpar_id, LparState state, const std::string& refcode) {
    // First: a move of it ends, and a processor that waits for a page of it stops waiting.
    if (manager_) manager_->partition_stopped(lpar_id);
    bool native = false;
    bool moving = false;
    {
      const std::lock_guard lock(mutex_);
      Lpar* lpar = find(lpar_id);
      if (!lpar) return;
      native = lpar->native != nullptr;
      moving = lpar->stream != 0;
      if (lpar->partition && state == LparState::not_activated) lpar->state = LparState::shutting_down;
    }
    // Its move first: a processor that waits for a page would never stop.
    if (moving && manager_) manager_->partition_stopped(lpar_id);
    if (native) (void)tell_native(lpar_id, false);
    std::shared_ptr<Partition> gone;
    std::unique_ptr<NativePartition> gone_native;
    {
      const std::lock_guard lock(mutex_);
      Lpar* lpar = find(lpar_id);
      if (!lpar) return;
      gone = lpar->partition;
      gone_native = std::move(lpar->native);
    }
    if (gone) disconnect(*gone, devices::crq_partner_failed);
    gone_native.reset();
    const std::lock_guard lock(mutex_);
    Lpar* lpar = find(lpar_id);
    // Somebody else may have taken it down meanwhile, and activated it again.
    if (!lpar || lpar->partition != gone) return;
    lpar->partition.reset();
    lpar->holds_resources = false;
    lpar->state = state;
    if (state != LparState::error) lpar->trouble.clear();
    if (lpar->refcodes.empty() || lpar->refcodes.front().refcode != refcode) show(lpar_id, refcode);
    if (state == LparState::not_activated) show(lpar_id, src_not_running);
  }

  // Ends the dispatcher; partners learn of it by `event`.
  void disconnect(Partition& partition, u64 event) {
    partition.stop();
    for (const auto& adapter : partition.adapters()) {
      if (adapter->ethernet()) switch_.detach(partition.id(), adapter->slot());
      if (!adapter->queue() || !adapter->queue()->close()) continue;
      if (adapter->config().kind == AdapterKind::vasi) {
        vasi_reset(partition, *adapter);
      } else if (const auto other = partner(partition, *adapter)) {
        other->queue()->event(event);
      }
    }
  }

  // What a dispatcher asks for and cannot wait for, because it would wait for itself.
  void later(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    helper_work_.push_back(std::move(work));
    helper_event_.notify_all();
  }

  void help() {
    std::unique_lock lock(mutex_);
    for (;;) {
      helper_event_.wait(lock, [this] { return shut_down_ || !helper_work_.empty(); });
      if (shut_down_) return;
      auto work = std::move(helper_work_.front());
      helper_work_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  emu::FrameConfig config_;
  Journal& journal_;
  Witness& witness_;
  const emu::Clock& clock_;
  VirtualSwitch switch_;
  mutable std::mutex mutex_;
  std::map<u32, Lpar> lpars_;
  std::deque<RefCodeEntry> system_refcodes_;
  std::string system_lock_;
  std::map<u64, std::vector<emu::Hold>> holds_;  // by stream
  u64 reserved_mb_ = 0;
  std::function<emu::Status(u32, bool)> native_listener_;
  std::function<emu::Status(u32)> leave_question_;
  std::unique_ptr<move::Manager> manager_;
  std::thread helper_;
  std::condition_variable helper_event_;
  std::deque<std::function<void()>> helper_work_;
  bool shut_down_ = false;
};

}  // namespace

emu::Result<std::unique_ptr<Hypervisor>> Hypervisor::create(const emu::FrameConfig& config, Journal& journal, Witness& witness,
                                                            const emu::Clock& clock) {
  auto hypervisor = std::make_unique<HypervisorImpl>(config, journal, witness, clock);
  if (auto status = hypervisor->start(); !status) return status.error();
  return std::unique_ptr<Hypervisor>(std::move(hypervisor));
}

}  // namespace firmware

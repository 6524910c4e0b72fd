// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/hypervisor.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/block_size.h"
#include "emu/core/guarded.h"
#include "emu/core/log.h"
#include "emu/core/virtual_slots.h"
#include "firmware/agreement.h"
#include "firmware/changes.h"
#include "firmware/connections.h"
#include "firmware/definitions.h"
#include "firmware/dlpar/connectors.h"
#include "firmware/errands.h"
#include "firmware/frame.h"
#include "firmware/host_ethernet.h"
#include "firmware/move/manager.h"
#include "firmware/partition.h"
#include "firmware/physical_slots.h"
#include "firmware/power.h"
#include "firmware/processor_shares.h"
#include "firmware/rules.h"
#include "firmware/service_state.h"
#include "firmware/system_clock.h"
#include "firmware/virtual_switch.h"

namespace firmware {

namespace {

// As the journal has them: those that are not as usual.
struct KeptPools {
  std::vector<emu::ProcessorPool> pools;
  FIELDS(KeptPools, pools)
};

struct KeptHostEthernet {
  std::vector<emu::HostEthernet> adapters;
  FIELDS(KeptHostEthernet, adapters)
};

constexpr emu::Log log{"hypervisor"};

std::optional<u32> requested_huge_pages(const Journal& journal) {
  const Bytes kept = journal.blob(huge_pages_key);
  return kept.size() == sizeof(u32) ? std::optional(emu::load_be<u32>(kept.data())) : std::nullopt;
}

// What partitions have beyond what there is was activated once, whatever the lab file says now.
emu::OnDemandState state_of(const emu::OnDemandRequest& request, u64 inactive, u64 activated, u64 unreturned) {
  return {inactive, activated, request.quantity ? unreturned : 0, activated ? request.until : 0};
}

emu::BlockSize block_size_of(const Journal& journal, u32 current_mb) {
  const auto kept = emu::from_bytes<emu::BlockSize>(journal.blob(block_size_key));
  return kept ? *kept : emu::BlockSize{current_mb, current_mb};
}

// The pool of this life of the system, and the size of its memory blocks.
emu::FrameConfig with_pool(emu::FrameConfig config, const Journal& journal) {
  config.lmb_mb = block_size_of(journal, config.lmb_mb).current_mb;
  const u32 pages = requested_huge_pages(journal).value_or(config.huge_pages);
  // The lab file may give the system less memory than it had when they were asked for.
  const u32 fit = config.memory_mb == 0 ? 0 : (config.memory_mb - 1) / emu::huge_page_mb;
  config.huge_pages = std::min(pages, fit);
  if (pages > fit) log.warn("{}: {} huge pages were requested, and its memory has room for {}", config.name, pages, fit);
  return config;
}

class HypervisorImpl final : public Hypervisor, public Frame {
 public:
  HypervisorImpl(const emu::FrameConfig& config, Journal& journal, Witness& witness, const emu::Clock& clock)
      : config_(with_pool(config, journal)), journal_(journal), witness_(witness), clock_(clock) {}

  ~HypervisorImpl() override {
    shut_down();
    manager_.reset();
    journal_.on_write(nullptr);
  }

  emu::Status start() {
    TRY(agree(config_.name, config_.mtms(), journal_, witness_));
    journal_.on_write([this, id = journal_.id()](u64 writes) { (void)witness_.see_journal({config_.mtms(), id, writes}); });
    changes_.note_start(journal_.lpars());
    started_ = true;
    if (const Bytes kept = journal_.blob(on_demand_key); !kept.empty())
      lpars_.lock()->set_on_demand(TRY(emu::from_bytes<emu::OnDemand>(kept)));
    if (const Bytes kept = journal_.blob(processor_pools_key); !kept.empty())
      lpars_.lock()->set_processor_pools(TRY(emu::from_bytes<KeptPools>(kept)).pools);
    TRY(restore_host_ethernet());
    processor_shares_.set_pools(lpars_.lock()->processor_pools());
    processor_shares_.set_units(units_with(*lpars_.lock()));
    if (const Bytes kept = journal_.blob(power_key); kept.size() == 1 && kept[0] < static_cast<u8>(emu::SystemPower::unknown))
      lpars_.lock()->set_power(static_cast<emu::SystemPower>(kept[0]));
    lpars_.lock()->set_maintenance(!journal_.blob(maintenance_key).empty());
    TRY(system_clock_.start());
    TRY(definitions_.restore(*lpars_.lock()));
    TRY(console_lock_.restore());
    emu::ServiceState service_state = first_service_state(config_.type_model, config_.firmware);
    if (const Bytes kept = journal_.blob(service_state_key); !kept.empty())
      service_state = TRY(emu::from_bytes<emu::ServiceState>(kept));
    lpars_.lock()->set_service_state(std::move(service_state));
    lpars_.lock()->on_error([this](Lpars& lpars, u32 lpar_id) { (void)keep(lpars, lit_for(lpars.service_state(), lpar_id)); });
    manager_ = move::Manager::create(*this);
    return emu::success();
  }

  // ---- inventory ----

  SystemStatus system() const override {
    SystemStatus status;
    // Not with our lock: the manager asks us while it holds its own.
    status.active_migrations = manager_ ? manager_->active_migrations() : 0;
    status.inactive_migrations = manager_ ? manager_->inactive_migrations() : 0;
    const auto lpars = lpars_.lock();
    status.power = lpars->power();
    status.maintenance = lpars->maintenance();
    status.time_of_day = system_clock_.time_of_day();
    status.processor_pools = lpars->processor_pools();
    status.heas = lpars->heas();
    status.lock = console_lock_.now();
    const Usage usage = lpars->usage();
    status.installed_mem_mb = config_.memory_mb;
    status.available_mem_mb = free_memory_mb(config_, usage);
    status.firmware_mem_mb = usage.firmware_mb;
    status.available_proc_units = free_units(config_, usage);
    const Usage now = lpars->usage(Lpars::Counted::has_now), then = lpars->usage(Lpars::Counted::will_have);
    status.promised_mem_mb = free_memory_mb(config_, now) - status.available_mem_mb;
    status.returning_mem_mb = free_memory_mb(config_, then) - status.available_mem_mb;
    status.promised_proc_units = free_units(config_, now) - status.available_proc_units;
    status.returning_proc_units = free_units(config_, then) - status.available_proc_units;
    status.huge_pages = config_.huge_pages;
    const emu::BlockSize block = block_size_of(journal_, config_.lmb_mb);
    status.lmb_mb = config_.lmb_mb;
    status.automatic_lmb = block.pending_mb == 0;
    status.pending_lmb_mb = resolved(block.pending_mb);
    status.available_huge_pages = free_huge_pages(config_, usage);
    status.on_demand_processors = state_of(lpars->on_demand().processors, config_.inactive_processors,
                                           usage.on_demand_units / 100, unreturned_processors(config_, usage));
    status.on_demand_memory =
        state_of(lpars->on_demand().memory, config_.inactive_memory_mb, usage.on_demand_mb, unreturned_memory_mb(config_, usage));
    status.requested_huge_pages = requested_huge_pages(journal_).value_or(config_.huge_pages);
    for (const auto& [id, lpar] : lpars->all()) {
      if (lpar.holds_resources && lpar.definition.current) status.virtual_procs += lpar.definition.current->desired_procs;
      if (!lpar.definition.service) continue;
      status.service_lpar_id = id;
      status.service_lpar_name = lpar.definition.name;
    }
    return status;
  }

  emu::Changes changes(u64 life, u64 after, u64 patience) const override { return changes_.since(life, after, patience); }
  void end_waits() override { changes_.end_waits(); }

  std::vector<LparStatus> lpars() const override {
    std::vector<LparStatus> all;
    const auto lpars = lpars_.lock();
    for (const auto& [id, lpar] : lpars->all()) {
      LparStatus& status = all.emplace_back();
      status.definition = lpar.definition;
      // Handed over, and not forgotten yet: what is left here runs nowhere.
      const bool elsewhere = lpar.partition && definitions_.handed_over(lpar);
      status.state = elsewhere || !lpars->has_power() ? LparState::not_available : lpar.state;
      status.has_resources = lpar.holds_resources;
      status.adapters = adapters_of(*lpars, lpar);
      status.refcode = lpar.codes.latest();
      status.migration_stream = lpar.stream;
      status.migration_target = lpar.target;
      status.lock_holder = lpar.lock_holder;
      status.life = lpar.life;
      if (lpar.partition) status.used_ns = lpar.partition->used_ns();
      status.trouble = lpar.trouble;
    }
    return all;
  }

  std::vector<RefCodeEntry> refcodes(u32 lpar_id, u32 count) const override {
    const auto lpars = lpars_.lock();
    const ReferenceCodes* codes = lpars->codes(lpar_id);
    return codes ? codes->newest(count) : std::vector<RefCodeEntry>{};
  }

  void show_refcode(u32 lpar_id, const std::string& refcode, const std::string& word2) override {
    const auto lpars = lpars_.lock();
    if (ReferenceCodes* codes = lpars->codes(lpar_id)) codes->show_in_a_move(clock_.wall(), refcode, word2);
  }

  void show_own_refcode(u32 lpar_id) override {
    const auto lpars = lpars_.lock();
    if (ReferenceCodes* codes = lpars->codes(lpar_id)) codes->show_own_again(clock_.wall());
  }

  // ---- configuration and power ----

  emu::Status define(const emu::LparDefinition& wanted) override { return definitions_.define(*lpars_.lock(), wanted); }
  emu::Status remove(u32 lpar_id) override { return definitions_.remove(*lpars_.lock(), lpar_id); }
  emu::Status write_profile(u32 lpar_id, const emu::Profile& profile) override {
    return definitions_.write_profile(*lpars_.lock(), lpar_id, profile);
  }
  emu::Status remove_profile(u32 lpar_id, const std::string& name) override {
    return definitions_.remove_profile(*lpars_.lock(), lpar_id, name);
  }
  emu::DepartedList departed() const override { return definitions_.departed(*lpars_.lock()); }
  emu::Status set_maintenance(bool on) override {
    const auto lpars = lpars_.lock();
    if (lpars->maintenance() == on) return emu::success();
    const auto store = [&]() -> emu::Status {
      TRY(journal_.put_blob(maintenance_key, on ? Bytes{1} : Bytes{}));
      changes_.note(emu::ChangeKind::system, 0, "", on ? "maintenance begins" : "maintenance ends");
      return emu::success();
    };
    TRY(journal_.together(store));
    lpars->set_maintenance(on);
    return emu::success();
  }
  emu::ServiceState service_state() const override { return lpars_.lock()->service_state(); }
  emu::Status set_service_state(const emu::ServiceState& before, const emu::ServiceState& after) override {
    const auto lpars = lpars_.lock();
    TRY(may_become(lpars->service_state(), before, after));
    return keep(*lpars, after);
  }
  emu::Status activate_on_demand(emu::OnDemandKind kind, u64 quantity, u64 until) override {
    const bool memory = kind == emu::OnDemandKind::memory;
    if (!memory && kind != emu::OnDemandKind::processors) return emu::Error{"configuration", "There is no such resource."};
    const auto lpars = lpars_.lock();
    const u64 inactive = memory ? config_.inactive_memory_mb : config_.inactive_processors;
    if (quantity > inactive || (memory && quantity % config_.lmb_mb))
      return emu::Error{"configuration", memory ? fmt::format("{} MB cannot be activated of {} MB in blocks of {} MB.", quantity,
                                                              inactive, config_.lmb_mb)
                                                : fmt::format("{} of {} processors cannot be activated.", quantity, inactive)};
    emu::OnDemand wanted = lpars->on_demand();
    emu::OnDemandRequest& request = memory ? wanted.memory : wanted.processors;
    // Ended early: what partitions have is unreturned, and that is said of a request.
    request = quantity ? emu::OnDemandRequest{quantity, until} : emu::OnDemandRequest{request.quantity, 0};
    const auto store = [&]() -> emu::Status {
      TRY(journal_.put_blob(on_demand_key, emu::to_bytes(wanted)));
      changes_.note(emu::ChangeKind::system, 0, "", fmt::format("{} {} activated", quantity, memory ? "MB" : "processors"));
      return emu::success();
    };
    TRY(journal_.together(store));
    lpars->set_on_demand(wanted);
    processor_shares_.set_units(units_with(*lpars));
    return emu::success();
  }
  emu::Status change_processor_pool(const emu::ProcessorPool& wanted) override {
    const auto lpars = lpars_.lock();
    TRY(pool_may_become(*lpars, wanted, config_));
    std::vector<emu::ProcessorPool> pools = lpars->processor_pools();
    emu::put_pool(pools, wanted);
    const auto store = [&]() -> emu::Status {
      TRY(journal_.put_blob(processor_pools_key, emu::to_bytes(KeptPools{pools})));
      changes_.note(emu::ChangeKind::system, 0, "", fmt::format("shared-processor pool {} changed", wanted.name));
      return emu::success();
    };
    TRY(journal_.together(store));
    processor_shares_.set_pools(pools);
    lpars->set_processor_pools(std::move(pools));
    return emu::success();
  }
  emu::Status change_host_ethernet(const emu::HostEthernet& wanted) override {
    const auto lpars = lpars_.lock();
    std::vector<emu::HostEthernet> adapters = lpars->heas();
    const auto found = std::ranges::find(adapters, wanted.adapter_id, &emu::HostEthernet::adapter_id);
    if (found == adapters.end())
      return emu::Error{"HSCLF080",
                        fmt::format("The managed system has no host Ethernet adapter {}. Use lshwres -r hea --rsubtype "
                                    "phys --level sys to list them.",
                                    emu::hea_text(wanted.adapter_id))};
    emu::HostEthernet changed = *found;
    emu::take_settings(changed, std::span(&wanted, 1), false);
    for (emu::HeaGroup& group : changed.groups) group.mcs = found->group(group.id)->mcs;
    TRY(host_ethernet_may_become(*found, changed, *lpars));
    if (changed == *found) return emu::success();
    *found = std::move(changed);
    const auto store = [&]() -> emu::Status {
      TRY(journal_.put_blob(host_ethernet_key, emu::to_bytes(KeptHostEthernet{adapters})));
      changes_.note(emu::ChangeKind::system, 0, "",
                    fmt::format("host Ethernet adapter {} changed", emu::hea_text(wanted.adapter_id)));
      return emu::success();
    };
    TRY(journal_.together(store));
    lpars->set_heas(std::move(adapters));
    return emu::success();
  }
  emu::Status set_logical_ports(u32 lpar_id, const std::vector<std::string>& ports) override {
    return definitions_.set_logical_ports(*lpars_.lock(), lpar_id, ports);
  }
  emu::Result<emu::VirtualAdapter> may_add_adapter(u32 lpar_id, const emu::VirtualAdapter& wanted) const override {
    return definitions_.may_add_adapter(*lpars_.lock(), lpar_id, wanted);
  }
  emu::Status may_remove_adapter(u32 lpar_id, u32 slot) const override {
    return definitions_.may_remove_adapter(*lpars_.lock(), lpar_id, slot);
  }
  emu::Result<emu::VirtualAdapter> add_adapter(u32 lpar_id, const emu::VirtualAdapter& wanted) override {
    const emu::VirtualAdapter config = TRY(may_add_adapter(lpar_id, wanted));
    const auto guest = TRY(running_guest(lpar_id));
    // Without our lock: its dispatcher may wait for that.
    emu::Status plugged = emu::success();
    guest->on_dispatcher([&] {
      if (config.slot < emu::first_virtual_slot || guest->adapter_in_slot(config.slot)) {
        plugged = emu::Error{"slots", fmt::format("Virtual slot {} is in use.", config.slot)};
        return;
      }
      guest->connectors().offer_slot(config.slot);
      if (const auto adapter = guest->plug(config); !adapter) {
        guest->connectors().slot_is_empty(config.slot);
        plugged = adapter.error();
      } else if ((*adapter)->ethernet()) {
        switch_.attach(lpar_id, *adapter);
      }
    });
    TRY(plugged);
    const auto kept = [&]() -> emu::Status {
      const auto lpars = lpars_.lock();
      TRY(definitions_.may_add_adapter(*lpars, lpar_id, wanted));
      return definitions_.change_adapter(*lpars, lpar_id, config.slot, &config, Kept::while_it_runs);
    }();
    if (kept) return config;
    pull(*guest, config.slot);
    return kept.error();
  }
  emu::Status remove_adapter(u32 lpar_id, u32 slot) override {
    TRY(may_remove_adapter(lpar_id, slot));
    const auto guest = TRY(running_guest(lpar_id));
    emu::Status pulled = emu::success();
    guest->on_dispatcher([&] {
      // In one: the operating system could take it in between.
      if (guest->connectors().slot_taken(slot))
        pulled = emu::Error{slot_taken_code, fmt::format("The operating system of partition {} uses virtual slot {}.",
                                                         guest->definition().name, slot)};
      else if (pulled = drop_adapter(lpar_id, slot, Kept::while_it_runs); pulled)
        pull(*guest, slot);
    });
    return pulled;
  }
  emu::Status add_slot(u32 lpar_id, u32 drc_index) override {
    TRY(definitions_.may_add_slot(*lpars_.lock(), lpar_id, drc_index));
    const u32 bus = find_slot(config_, drc_index)->bus();
    const auto kept = [&]() -> emu::Status {
      const auto lpars = lpars_.lock();
      TRY(definitions_.may_add_slot(*lpars, lpar_id, drc_index));
      return definitions_.change_slot(*lpars, lpar_id, drc_index, true);
    };
    const auto target = partition(lpar_id);
    if (!target || target->native()) return kept();
    // Without our lock: its dispatcher may wait for that.
    emu::Status plugged = emu::success();
    target->on_dispatcher([&] {
      if (target->bridge(bus)) {
        plugged = emu::Error{"slots", fmt::format("The bus {} is in use.", bus)};
        return;
      }
      target->connectors().offer_bridge(bus);
      plugged = target->plug_bridge(drc_index);
      if (!target->bridge(bus)) target->connectors().bridge_is_gone(bus);
    });
    TRY(plugged);
    const emu::Status stored = kept();
    if (!stored) pull_bridge(*target, bus);
    return stored;
  }
  emu::Status remove_slot(u32 lpar_id, u32 drc_index) override {
    TRY(definitions_.may_remove_slot(*lpars_.lock(), lpar_id, drc_index));
    const auto drop = [&] { return definitions_.change_slot(*lpars_.lock(), lpar_id, drc_index, false); };
    const auto target = partition(lpar_id);
    const emu::PhysicalSlot* slot = find_slot(config_, drc_index);
    if (!target || target->native() || !slot) return drop();
    emu::Status pulled = emu::success();
    target->on_dispatcher([&] {
      // In one: the operating system could take it in between.
      if (target->connectors().bridge_taken(slot->bus()))
        pulled = emu::Error{slot_taken_code, fmt::format("The operating system of partition {} uses the physical slot {}.",
                                                         target->definition().name, emu::drc_text(drc_index))};
      else if (pulled = drop(); pulled)
        pull_bridge(*target, slot->bus());
    });
    return pulled;
  }
  void open_media(std::function<emu::Result<devices::pci::Medium>(const emu::PhysicalSlot&)> opener) override {
    *media_.lock() = std::move(opener);
  }
  emu::Result<devices::pci::Medium> open_medium(const emu::PhysicalSlot& slot) override {
    const auto opener = *media_.lock();
    if (!opener)
      return emu::Error{"slots", fmt::format("Nothing is behind the physical slot {}.", emu::drc_text(slot.drc_index))};
    return opener(slot);
  }
  emu::Status set_ethernet(u32 lpar_id, const emu::EthernetMembership& wanted) override {
    const auto needed = holds(lpar_id);
    const auto lpars = lpars_.lock();
    TRY(definitions_.set_ethernet(*lpars, lpar_id, wanted, needed));
    switch_.configure(lpar_id, wanted);
    return emu::success();
  }
  emu::Result<emu::Current> change_capacity(u32 lpar_id, const emu::Capacity& wanted) override {
    std::shared_ptr<Partition> partition;
    emu::Current current;
    {
      const auto lpars = lpars_.lock();
      current = TRY(definitions_.change_capacity(*lpars, lpar_id, wanted));
      partition = lpars->find(lpar_id)->partition;
    }
    partition->capacity_is(current);
    return current;
  }
  emu::Result<emu::Current> settle_capacity(u32 lpar_id, bool memory, bool processors) override {
    return definitions_.settle_capacity(*lpars_.lock(), lpar_id, memory, processors);
  }
  emu::Status request_huge_pages(u32 pages) override {
    if (pages && pages * emu::huge_page_mb >= config_.memory_mb)
      return emu::Error{"configuration",
                        fmt::format("{} huge pages of 16 GiB leave nothing of the {} MB of memory.", pages, config_.memory_mb)};
    Bytes kept(sizeof pages);
    emu::store_be(kept.data(), pages);
    return journal_.together([&]() -> emu::Status {
      TRY(journal_.put_blob(huge_pages_key, kept));
      changes_.note(emu::ChangeKind::system, 0, "", fmt::format("{} huge pages requested", pages));
      return emu::success();
    });
  }
  emu::Status request_block_size(u32 mb) override {
    const u32 wanted = resolved(mb);
    if (!emu::is_block_size(wanted)) return emu::Error{"configuration", "A logical memory block has 16, 32, 64, 128 or 256 MB."};
    if (config_.memory_mb % wanted || config_.inactive_memory_mb % wanted)
      return emu::Error{"configuration",
                        fmt::format("The system's memory, {} MB, is not a multiple of {} MB.", config_.memory_mb, wanted)};
    const auto lpars = lpars_.lock();
    return journal_.together([&]() -> emu::Status {
      TRY(journal_.put_blob(block_size_key, emu::to_bytes(emu::BlockSize{config_.lmb_mb, mb})));
      changes_.note(emu::ChangeKind::system, 0, "", fmt::format("memory blocks of {} MB requested", wanted));
      return emu::success();
    });
  }
  emu::SystemProfiles system_profiles() const override { return lpars_.lock()->system_profiles(); }
  emu::Status write_system_profile(const emu::SystemProfile& profile, const std::string& replaces) override {
    return definitions_.write_system_profile(*lpars_.lock(), profile, replaces);
  }
  emu::Status remove_system_profile(const std::string& name) override {
    return definitions_.remove_system_profile(*lpars_.lock(), name);
  }
  emu::Status activate(u32 lpar_id, const std::string& profile, std::optional<emu::BootMode> boot_mode) override {
    return power_.activate(lpar_id, profile, boot_mode, Starter::somebody);
  }
  emu::Status start_with_system(u32 lpar_id) override {
    std::string profile;
    if (const auto lpars = lpars_.lock(); const Lpar* lpar = lpars->find(lpar_id)) profile = lpar->definition.next_profile();
    return power_.activate(lpar_id, profile, std::nullopt, Starter::system);
  }
  emu::Status power_off(u32 lpar_id, bool restart) override { return power_.power_off(lpar_id, restart); }
  emu::Result<std::unique_ptr<OpenFirmware>> open_firmware(u32 lpar_id) override { return power_.open_firmware(lpar_id); }
  emu::Status set_power(emu::SystemPower wanted) override {
    {
      const auto lpars = lpars_.lock();
      if (lpars->power() == wanted) return emu::success();
      TRY(lpars->list_may_change());
      for (const auto& [id, lpar] : lpars->all())
        if (wanted == emu::SystemPower::off && lpar.stream) return busy(lpar.definition.name);
      const bool starts = lpars->power() == emu::SystemPower::off;
      const emu::ServiceState service_state = starts ? started(lpars->service_state()) : lpars->service_state();
      const u32 block_mb = starts ? resolved(block_size_of(journal_, config_.lmb_mb).pending_mb) : config_.lmb_mb;
      const auto store = [&]() -> emu::Status {
        if (block_mb != config_.lmb_mb) TRY(keep_block(block_mb));
        TRY(journal_.put_blob(power_key, Bytes{static_cast<u8>(wanted)}));
        TRY(journal_.put_blob(service_state_key, emu::to_bytes(service_state)));
        changes_.note(emu::ChangeKind::system, 0, "", std::string(emu::word_of(wanted)));
        return emu::success();
      };
      TRY(journal_.together(store));
      // From here on nobody is activated any more.
      config_.lmb_mb = block_mb;
      lpars->set_power(wanted);
      lpars->set_service_state(service_state);
    }
    if (wanted == emu::SystemPower::off) power_.take_all_down();
    return emu::success();
  }
  emu::Status begin_anew() override {
    const auto lpars = lpars_.lock();
    const u32 block_mb = resolved(block_size_of(journal_, config_.lmb_mb).pending_mb);
    if (block_mb == config_.lmb_mb) return emu::success();
    TRY(keep_block(block_mb));
    config_.lmb_mb = block_mb;
    return emu::success();
  }
  emu::Result<u64> lock_system(const std::string& holder, bool force) override {
    const std::string before = console_lock_.now().holder;
    const u64 epoch = TRY(console_lock_.take(holder, force));
    if (!before.empty() && before != holder) lpars_.lock()->unlock_list();
    return epoch;
  }
  emu::Status unlock_system(u64 epoch, bool force) override {
    TRY(console_lock_.give_back(epoch, force));
    if (force) lpars_.lock()->unlock_list();
    return emu::success();
  }
  emu::Status admits(u64 epoch) const override { return console_lock_.admits(epoch); }
  emu::Status lock(u32 lpar_id, const std::string& holder, bool on) override { return lpars_.lock()->lock(lpar_id, holder, on); }
  emu::Status hold(u64 stream, const std::vector<emu::Hold>& wanted) override { return lpars_.lock()->hold(stream, wanted); }

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
      const auto lpars = lpars_.lock();
      const Lpar* lpar = lpars->find(lpar_id);
      if (!lpar) return no_such_lpar(lpar_id);
      terminal_output = lpar->terminal_output;
    }
    if (!terminal_output) return u64{0};
    return terminal_output->read(offset, to);
  }

  // ---- native partitions ----

  NativePartition* native(u32 lpar_id) override {
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    return lpar ? lpar->native.get() : nullptr;
  }

  void on_native_change(std::function<emu::Status(u32, bool)> listener) override { power_.on_native_change(std::move(listener)); }
  void before_hand_over(std::function<emu::Status(u32)> question) override { *leave_question_.lock() = std::move(question); }

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
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    return journal_.blob(nvram_key(lpar->definition));
  }

  emu::Status put_nvram(u32 lpar_id, const Bytes& content) override {
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    if (!lpar->target || lpar->partition)
      return emu::Error{"migration", fmt::format("Partition {} is not waiting for its NVRAM.", lpar->definition.name)};
    if (!content.empty() && content.size() != devices::Nvram::bytes)
      return emu::Error{"migration", "The content has not the size of this machine's NVRAM."};
    return journal_.put_blob(nvram_key(lpar->definition), content);
  }

  emu::Result<s64> clock_ahead(u32 lpar_id) const override {
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    return system_clock_.difference_of(lpar->definition) - system_clock_.difference();
  }

  emu::Status put_clock_ahead(u32 lpar_id, s64 ahead) override {
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    if (!lpar->target || lpar->partition)
      return emu::Error{"migration", fmt::format("Partition {} is not waiting for its clock.", lpar->definition.name)};
    return ahead ? system_clock_.set(lpar->definition, system_clock_.difference() + ahead) : emu::success();
  }

  // ---- watching ----

  std::shared_ptr<emu::GuestMemory> memory(u32 lpar_id) override {
    const auto target = partition(lpar_id);
    return target ? target->shared_memory() : nullptr;
  }

  emu::Status reserve_memory(u64 mb) override { return lpars_.lock()->reserve(mb); }
  void shut_down() override {
    power_.shut_down();
    if (started_.exchange(false)) changes_.note(emu::ChangeKind::system, 0, "", "stopped");
  }

  // ---- Frame ----

  const emu::FrameConfig& config() const override { return config_; }
  const emu::Clock& clock() const override { return clock_; }
  const SystemClock& system_clock() const override { return system_clock_; }
  Journal& journal() override { return journal_; }
  Witness& witness() override { return witness_; }
  VirtualSwitch& ethernet() override { return switch_; }
  Connections& connections() override { return connections_; }
  Errands& errands() override { return errands_; }
  ProcessorShares& processor_shares() override { return processor_shares_; }

  emu::Status keep_adapter(u32 lpar_id, const emu::VirtualAdapter& adapter, Kept kept) override {
    return definitions_.change_adapter(*lpars_.lock(), lpar_id, adapter.slot, &adapter, kept);
  }
  emu::Status drop_adapter(u32 lpar_id, u32 slot, Kept kept) override {
    return definitions_.change_adapter(*lpars_.lock(), lpar_id, slot, nullptr, kept);
  }
  emu::Status keep_memory_block(u32 lpar_id, u32 block, bool owned) override {
    return definitions_.keep_memory_block(*lpars_.lock(), lpar_id, block, owned);
  }
  emu::Status keep_processor(u32 lpar_id, u32 number, bool owned) override {
    return definitions_.keep_processor(*lpars_.lock(), lpar_id, number, owned);
  }
  emu::Status keep_time(u32 lpar_id, s64 difference) override {
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    if (lpars->time_authority() != lpar_id) return system_clock_.set(lpar->definition, difference);
    std::vector<const emu::LparDefinition*> others;
    for (const auto& [id, other] : lpars->all())
      if (id != lpar_id) others.push_back(&other.definition);
    TRY(system_clock_.set_with_system(lpar->definition, difference, others));
    changes_.note(emu::ChangeKind::system, 0, "", "time of day set");
    return emu::success();
  }
  std::set<u32> slots_of_profile(u32 lpar_id) const override {
    std::set<u32> taken;
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    const emu::Profile* profile = lpar ? lpar->definition.profile(lpar->definition.curr_profile()) : nullptr;
    if (profile)
      for (const emu::VirtualAdapter& adapter : profile->adapters) taken.insert(adapter.slot);
    return taken;
  }
  std::vector<emu::Hold> holds(u32 vios_id) const override { return lpars_.lock()->holds(vios_id); }

  std::string uuid_of(u32 lpar_id) const override {
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    return lpar ? lpar->definition.uuid : std::string();
  }
  std::shared_ptr<Partition> partition(u32 lpar_id) const override {
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    return lpar ? lpar->partition : nullptr;
  }

  void partition_stopped(u32 lpar_id, bool restart) override { power_.partition_stopped(lpar_id, restart); }
  void partition_failed(u32 lpar_id, const std::string& refcode, const std::string& why) override {
    power_.partition_failed(lpar_id, refcode, why);
  }

  s64 vasi_message(Partition& vios, Adapter& vasi, u64 high, u64 low) override {
    return manager_->vasi_message(vios, vasi, high, low);
  }
  void vasi_reset(Partition& vios, Adapter& vasi) override {
    if (manager_) manager_->vasi_reset(vios, vasi);
  }
  s64 donor_operation(Partition& vios, u64 handle) override { return manager_->donor_operation(vios, handle); }

  emu::Result<u32> make_shell(u64 stream, const emu::LparDefinition& wanted, bool active) override {
    return power_.make_shell(stream, wanted, active);
  }
  emu::Status forget(u32 lpar_id) override { return power_.forget(lpar_id); }

  void mark_moving(u32 lpar_id, u64 stream, bool target) override {
    const auto lpars = lpars_.lock();
    Lpar* lpar = lpars->find(lpar_id);
    if (!lpar) return;
    lpars->takes_part(*lpar, stream, target);
    if (stream == 0) power_.is_free(*lpar);
    if (lpar->target && !definitions_.keep_shell(*lpar)) lpars->happens(*lpar, LparEvent::fail);
  }

  emu::Status may_leave(u32 lpar_id) const override {
    const std::function<emu::Status(u32)> question = *leave_question_.lock();
    return question ? question(lpar_id) : emu::success();
  }

  emu::Status adopt_shell(u32 lpar_id) override {
    const auto lpars = lpars_.lock();
    Lpar* lpar = lpars->find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    lpar->target = false;
    // If it has not stopped by itself since it arrived.
    if (lpar->partition) lpars->happens(*lpar, LparEvent::arrive);
    // Its NVRAM and its clock came with the state; from here on they are kept here.
    if (lpar->partition) (void)system_clock_.set(lpar->definition, lpar->partition->time_difference());
    if (lpar->partition) (void)journal_.put_blob(nvram_key(lpar->definition), lpar->partition->nvram().content());
    return journal_.put_lpar(lpar->definition);
  }

 private:
  // First in the journal.
  emu::Status keep(Lpars& lpars, const emu::ServiceState& state) {
    TRY(journal_.put_blob(service_state_key, emu::to_bytes(state)));
    lpars.set_service_state(state);
    return emu::success();
  }

  emu::Result<std::shared_ptr<Partition>> running_guest(u32 lpar_id) const {
    auto found = partition(lpar_id);
    if (!found || found->native()) return emu::Error{"HSCL05DF", fmt::format("Partition {} runs no operating system.", lpar_id)};
    return found;
  }

  // As the lab file has them, with what operators have set; a start is a power-on.
  emu::Status restore_host_ethernet() {
    KeptHostEthernet kept;
    if (const Bytes bytes = journal_.blob(host_ethernet_key); !bytes.empty())
      kept = TRY(emu::from_bytes<KeptHostEthernet>(bytes));
    std::vector<emu::HostEthernet> adapters = config_.heas;
    for (emu::HostEthernet& adapter : adapters) {
      const emu::HostEthernet as_built = adapter;
      emu::take_settings(adapter, kept.adapters, true);
      if (!emu::broken_hea_rule(adapter).empty()) adapter = as_built;  // the lab file has another kind of adapter now
    }
    lpars_.lock()->set_heas(std::move(adapters));
    return emu::success();
  }
  static void pull(Partition& guest, u32 slot) {
    guest.on_dispatcher([&] {
      guest.connectors().slot_is_empty(slot);
      (void)guest.unplug(slot);
    });
  }

  static void pull_bridge(Partition& guest, u32 bus) {
    guest.on_dispatcher([&] {
      guest.connectors().bridge_is_gone(bus);
      guest.unplug_bridge(bus);
    });
  }

  // Of a running partition: those that it has now, and whom they really reach.
  std::vector<emu::VirtualAdapter> adapters_of(const Lpars& lpars, const Lpar& lpar) const {
    if (lpar.partition) {
      std::vector<emu::VirtualAdapter> all;
      for (const auto& adapter : lpar.partition->adapters()) all.push_back(current_config(lpars, lpar, *adapter));
      return all;
    }
    if (lpar.definition.current) return lpar.definition.current->adapters;
    const emu::Profile* profile = lpar.definition.profile(lpar.definition.default_profile);
    return profile ? profile->adapters : std::vector<emu::VirtualAdapter>{};
  }

  emu::VirtualAdapter current_config(const Lpars& lpars, const Lpar& lpar, const Adapter& adapter) const {
    emu::VirtualAdapter config = adapter.config();
    switch_.refresh(lpar.definition.lpar_id, config);
    // It may have been renamed since this one was plugged.
    if (const Lpar* remote = lpars.find(config.remote_lpar_id)) config.remote_lpar_name = remote->definition.name;
    if (emu::row_of(config.kind).end != emu::End::client) return config;
    const auto [id, server] = connections_.partner(lpar.definition.lpar_id, adapter);
    if (!server) return config;
    const Lpar* vios = lpars.find(id);
    config.remote_lpar_id = id;
    config.remote_lpar_name = vios ? vios->definition.name : "";
    config.remote_slot = server->slot();
    return config;
  }

  // Of how many MB a memory block is that was asked for.
  u32 resolved(u32 block_mb) const { return block_mb ? block_mb : emu::automatic_block_mb(config_.memory_mb); }
  emu::Status keep_block(u32 block_mb) {
    const u32 pending = block_size_of(journal_, config_.lmb_mb).pending_mb;
    return journal_.put_blob(block_size_key, emu::to_bytes(emu::BlockSize{block_mb, pending}));
  }
  u32 units_with(const Lpars& lpars) const { return 100 * config_.processors + lpars.usage().on_demand_units; }

  // What a move held is free when its stream is forgotten here.
  emu::Status let_go(u64 stream, const emu::Status& forgotten) {
    if (forgotten) lpars_.lock()->let_go(stream);
    return forgotten;
  }

  emu::FrameConfig config_;  // lmb_mb changes, under the lock of lpars_, while the system has no power; the rest is as it came
  Journal& journal_;
  Witness& witness_;
  const emu::Clock& clock_;
  VirtualSwitch switch_;
  Connections connections_;
  Changes changes_{journal_, clock_};
  SystemClock system_clock_{config_, journal_, clock_};
  ProcessorShares processor_shares_{clock_, std::max(std::thread::hardware_concurrency(), 1U)};
  std::atomic<bool> started_{false};
  emu::Guarded<Lpars> lpars_{config_, clock_, changes_};
  Definitions definitions_{config_, journal_, witness_, changes_};
  ConsoleLock console_lock_{journal_, clock_, config_.name};
  emu::Guarded<std::function<emu::Status(u32)>> leave_question_;
  emu::Guarded<std::function<emu::Result<devices::pci::Medium>(const emu::PhysicalSlot&)>> media_;
  std::unique_ptr<move::Manager> manager_;
  Errands errands_;
  Power power_{*this, lpars_, definitions_, [this](u32 lpar_id) {
                 if (manager_) manager_->partition_stopped(lpar_id);
               }};
};

}  // namespace

emu::Result<std::unique_ptr<Hypervisor>> Hypervisor::create(const emu::FrameConfig& config, Journal& journal, Witness& witness,
                                                            const emu::Clock& clock) {
  auto hypervisor = std::make_unique<HypervisorImpl>(config, journal, witness, clock);
  if (auto status = hypervisor->start(); !status) return status.error();
  return std::unique_ptr<Hypervisor>(std::move(hypervisor));
}

}  // namespace firmware

// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/power.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "emu/core/log.h"
#include "firmware/boot.h"
#include "firmware/connections.h"
#include "firmware/errands.h"
#include "firmware/host_ethernet.h"
#include "firmware/native.h"
#include "firmware/partition.h"
#include "firmware/physical_slots.h"
#include "firmware/rules.h"
#include "firmware/virtual_switch.h"

namespace firmware {

namespace {

constexpr emu::Log log{"hypervisor"};
constexpr u64 native_memory_limit = 64 * MiB;

emu::Error already_activated(const std::string& name) {
  return {"HSCL3681", fmt::format("Partition {} is already activated.", name)};
}

}  // namespace

Power::Power(Frame& frame, emu::Guarded<Lpars>& lpars, Definitions& definitions, std::function<void(u32)> moves_end)
    : frame_(frame), lpars_(lpars), definitions_(definitions), moves_end_(std::move(moves_end)) {}

// ---- up ----

emu::Status Power::activate(u32 lpar_id, const std::string& profile, std::optional<emu::BootMode> boot_mode, Starter starter) {
  const Activation activation = TRY(take_resources(lpar_id, profile, starter));
  const auto partition = TRY(build(activation));
  return activation.native ? start_native(activation, partition) : start_guest(activation, partition, boot_mode);
}

emu::Result<Power::Activation> Power::take_resources(u32 lpar_id, const std::string& profile_name, Starter starter) {
  const auto lpars = lpars_.lock();
  TRY(lpars->has_power());
  Lpar* lpar = lpars->find(lpar_id);
  if (!lpar) return no_such_lpar(lpar_id);
  const emu::LparDefinition& definition = lpar->definition;
  if (lpar->stream) return busy(definition.name);
  if (!after(lpar->state, LparEvent::activate)) return already_activated(definition.name);
  if (lpar->partition || lpar->holds_resources) return must_be_off(definition.name);
  const auto refused = [lpar](emu::Error why) {
    lpar->trouble = why.text;
    return why;
  };
  if (const auto may = definitions_.may_run(definition); !may) return refused(may.error());
  const bool keeps_current = profile_name.empty() && definition.current;
  const std::string name = keeps_current          ? definition.current->profile
                           : profile_name.empty() ? definition.default_profile
                                                  : profile_name;
  const emu::Profile* profile = definition.profile(name);
  if (!profile && !keeps_current)
    return emu::Error{"HSCLF010", fmt::format("Partition {} has no profile {}.", definition.name, name)};
  const emu::Configuration wished = keeps_current ? static_cast<const emu::Configuration&>(*definition.current) : *profile;
  if (const auto obeys = obeys_rules(wished, definition, frame_.config()); !obeys) return refused(obeys.error());
  if (const auto differ = trunks_differ(wished.adapters, {}, definition, *lpars, Among::running); !differ)
    return refused(differ.error());
  lpars->show(*lpar, src_startup);
  auto granted = grant(frame_.config(), lpars->usage(), definition.name, definition.env, wished);
  if (!granted) {
    lpars->show(*lpar, src_no_resources);
    return refused(granted.error());
  }
  if (const auto takes = lpars->pool_takes(definition, *granted); !takes) {
    lpars->show(*lpar, src_no_resources);
    return refused(takes.error());
  }
  auto slots = grant_slots(frame_.config(), *lpars, definition, wished.io_slots);
  if (!slots) {
    lpars->show(*lpar, src_no_resources);
    return refused(slots.error());
  }
  granted->io_slots = std::move(*slots);
  if (const auto free = logical_ports_free(lpars->heas(), *lpars, definition, wished.lhea_logical_ports); !free) {
    lpars->show(*lpar, src_no_resources);
    return refused(free.error());
  }
  if (const auto stored = definitions_.make_current(*lpar, *granted, name, keeps_current ? Starter::system : starter); !stored) {
    lpars->show(*lpar, src_not_running);
    return refused(stored.error());
  }
  lpars->happens(*lpar, LparEvent::activate);
  lpar->holds_resources = true;
  lpar->trouble.clear();
  lpar->life = frame_.clock().wall();
  lpars->show(*lpar, src_adding_resources);
  return Activation{lpar_id, lpars->next_turn(*lpar), definition.env == emu::LparEnv::vioserver, definition};
}

emu::Result<std::shared_ptr<Partition>> Power::build(const Activation& activation) {
  PartitionSetup setup;
  setup.definition = activation.definition;
  setup.configuration = *activation.definition.current;
  // No processor walks through the memory of a native partition: it gets what its buffers touch.
  setup.fault_in = activation.native ? emu::FaultIn::as_used : emu::FaultIn::beginning;
  if (activation.native) setup.native_memory = std::min(u64{setup.configuration.desired_mem} * MiB, native_memory_limit);
  auto partition = Partition::create(std::move(setup), frame_);
  if (!partition) return failed(activation, src_no_resources, partition.error());
  // Held until it is in the list: a frame that shuts down finds it there, or has done so before.
  const auto shut_down = shut_down_.lock();
  const auto lpars = lpars_.lock();
  Lpar* lpar = lpars->find(activation.lpar_id, activation.turn);
  if (!lpar || *shut_down) return busy(activation.definition.name);
  lpar->partition = *partition;
  lpar->terminal_output = (*partition)->shared_terminal_output();
  lpars->show(*lpar, src_resources_added);
  lpars->show(*lpar, src_startup_allowed);
  if (activation.native) lpar->native = make_native(*partition, frame_);
  return partition;
}

// What a server shows that does not come up.
static const char* code_of(const emu::Error& error) {
  if (error.code == "boot") return src_load_failed;
  return error.code == "odm" ? src_odm_failed : src_disk_failed;
}

emu::Status Power::start_native(const Activation& activation, const std::shared_ptr<Partition>& partition) {
  partition->start();
  if (auto status = tell_native(activation.lpar_id, true); !status)
    return failed(activation, code_of(status.error()), status.error());
  const auto lpars = lpars_.lock();
  if (Lpar* lpar = lpars->find(activation.lpar_id, activation.turn); lpar && lpars->happens(*lpar, LparEvent::run))
    lpars->show(*lpar, src_os_running);
  return emu::success();
}

emu::Status Power::start_guest(const Activation& activation, const std::shared_ptr<Partition>& partition,
                               std::optional<emu::BootMode> boot_mode) {
  // False: it was taken down meanwhile.
  const auto comes_to = [&](std::optional<LparEvent> event, const char* code) {
    const auto lpars = lpars_.lock();
    Lpar* lpar = lpars->find(activation.lpar_id, activation.turn);
    if (!lpar || (event && !lpars->happens(*lpar, *event))) return false;
    lpars->show(*lpar, code);
    return true;
  };
  comes_to(std::nullopt, src_open_firmware);
  const emu::Configuration& configuration = *activation.definition.current;
  const emu::BootMode mode = boot_mode.value_or(configuration.boot_mode);
  if (mode == emu::BootMode::of || mode == emu::BootMode::sms) {
    // SIMPLIFIED: there is no prompt of Open Firmware and no SMS menu; the partition waits until it is powered off.
    partition->start();
    comes_to(LparEvent::wait, src_open_firmware);
    return emu::success();
  }
  comes_to(std::nullopt, src_loading);
  const auto image = find_image(configuration.boot_image);
  if (!image)
    return failed(activation, src_load_failed,
                  {image.error().code, fmt::format("Partition {}: {}", activation.definition.name, image.error().text)});
  // The state first: the guest may be off again before boot() returns.
  if (!comes_to(LparEvent::run, src_os_running)) return emu::success();
  if (auto status = partition->boot(*image); !status) return failed(activation, src_load_failed, status.error());
  log.info("{} activated with profile {}", activation.definition.name, activation.definition.curr_profile());
  return emu::success();
}

emu::Error Power::failed(const Activation& activation, const char* refcode, const emu::Error& error) {
  log.error("partition {} was not activated: {}", activation.lpar_id, error.text);
  take_down(activation.lpar_id, activation.turn, LparEvent::fail, refcode);
  const auto lpars = lpars_.lock();
  // In state "Error" for this reason, unless somebody has activated it again.
  if (Lpar* lpar = lpars->find(activation.lpar_id); lpar && lpar->state == LparState::error) lpar->trouble = error.text;
  return error;
}

void Power::restart_when_free(u32 lpar_id) {
  {
    const auto lpars = lpars_.lock();
    Lpar* lpar = lpars->find(lpar_id);
    if (lpar && lpar->stream) {
      lpar->restart_wanted = true;
      return;
    }
  }
  (void)activate(lpar_id, "", std::nullopt, Starter::somebody);
}

void Power::is_free(Lpar& lpar) {
  if (std::exchange(lpar.restart_wanted, false))
    frame_.errands().run([this, lpar_id = lpar.definition.lpar_id] { restart_when_free(lpar_id); });
}

// ---- shells ----

emu::Result<u32> Power::make_shell(u64 stream, const emu::LparDefinition& wanted, bool active) {
  PartitionSetup setup;
  Turn turn = 0;
  {
    const auto lpars = lpars_.lock();
    const Lpar* shell = TRY(definitions_.add_shell(*lpars, stream, wanted, active));
    setup.definition = shell->definition;
    turn = shell->turn;
  }
  const u32 id = setup.definition.lpar_id;
  if (!active) return id;
  setup.configuration = *setup.definition.current;
  setup.processors = emu::processors_of(*setup.definition.current);
  setup.memory_blocks = emu::memory_blocks_of(*setup.definition.current, frame_.config().lmb_mb);
  auto partition = Partition::create(std::move(setup), frame_);
  if (!partition) {
    (void)forget(id);
    return partition.error();
  }
  (*partition)->start();
  const auto lpars = lpars_.lock();
  Lpar* shell = lpars->find(id, turn);
  if (!shell) return busy(wanted.name);
  shell->terminal_output = (*partition)->shared_terminal_output();
  shell->partition = std::move(*partition);
  return id;
}

emu::Status Power::forget(u32 lpar_id) {
  const auto gone = TRY(definitions_.forget(*lpars_.lock(), lpar_id));
  if (gone) disconnect(*gone, devices::crq_partner_deregistered);
  return emu::success();
}

// ---- down ----

emu::Status Power::power_off(u32 lpar_id, bool restart) {
  Turn turn = 0;
  {
    const auto lpars = lpars_.lock();
    const Lpar* lpar = lpars->find(lpar_id);
    if (!lpar) return no_such_lpar(lpar_id);
    if (!lpar->partition && lpar->state != LparState::error)
      return emu::Error{"HSCL1558", fmt::format("Partition {} is already off.", lpar->definition.name)};
    if (lpar->target || lpars->held(lpar_id)) return busy(lpar->definition.name);
    turn = lpar->turn;
  }
  take_down(lpar_id, turn, LparEvent::stopped, src_powered_off);
  return restart ? activate(lpar_id, "", std::nullopt, Starter::somebody) : emu::success();
}

void Power::partition_stopped(u32 lpar_id, bool restart) {
  const auto lpars = lpars_.lock();
  Lpar* lpar = lpars->find(lpar_id);
  if (!lpar || !lpars->happens(*lpar, LparEvent::stop)) return;
  lpars->show(*lpar, src_terminated);
  frame_.errands().run([this, lpar_id, turn = lpar->turn, restart] {
    const bool stopped = take_down(lpar_id, turn, LparEvent::stopped, src_powered_off);
    if (stopped && restart) restart_when_free(lpar_id);
  });
}

void Power::partition_failed(u32 lpar_id, const std::string& refcode, const std::string& why) {
  log.error("partition {} failed with {}: {}", lpar_id, refcode, why);
  const auto lpars = lpars_.lock();
  Lpar* lpar = lpars->find(lpar_id);
  // It is being powered off, and only noticed that its memory went away.
  if (!lpar || lpar->state == LparState::shutting_down || !lpars->happens(*lpar, LparEvent::fail)) return;
  lpar->trouble = why;
  lpars->show(*lpar, refcode.c_str());
  frame_.errands().run([this, lpar_id, turn = lpar->turn, refcode] { take_down(lpar_id, turn, LparEvent::fail, refcode); });
}

bool Power::take_down(u32 lpar_id, Turn turn, LparEvent end, const std::string& refcode) {
  bool native = false;
  {
    const auto lpars = lpars_.lock();
    Lpar* lpar = lpars->find(lpar_id, turn);
    if (!lpar) return false;
    native = lpar->native != nullptr;
    if (lpar->partition && end == LparEvent::stopped) lpars->happens(*lpar, LparEvent::stop);
  }
  // A move of it ends, and a processor that waits for a page of it stops waiting.
  moves_end_(lpar_id);
  if (native) (void)tell_native(lpar_id, false);
  std::shared_ptr<Partition> gone;
  std::unique_ptr<NativePartition> gone_native;
  {
    const auto lpars = lpars_.lock();
    Lpar* lpar = lpars->find(lpar_id, turn);
    if (!lpar) return false;
    gone = lpar->partition;
    gone_native = std::move(lpar->native);
  }
  if (gone) disconnect(*gone, devices::crq_partner_failed);
  gone_native.reset();
  const auto lpars = lpars_.lock();
  // Somebody else may have taken it down meanwhile, and activated it again.
  Lpar* lpar = lpars->find(lpar_id, turn);
  if (!lpar) return false;
  lpars->next_turn(*lpar);
  lpar->partition.reset();
  lpar->holds_resources = false;
  lpars->happens(*lpar, end);
  if (lpar->state != LparState::error) lpar->trouble.clear();
  if (lpar->codes.latest().refcode != refcode) lpars->show(*lpar, refcode.c_str());
  if (lpar->state == LparState::not_activated) lpars->show(*lpar, src_not_running);
  return true;
}

void Power::disconnect(Partition& partition, u64 event) {
  partition.stop();
  for (const auto& adapter : partition.adapters()) {
    if (adapter->ethernet()) frame_.ethernet().detach(partition.id(), adapter->slot());
    const auto partner = frame_.connections().partner(partition.id(), *adapter).adapter;
    frame_.connections().remove(partition.id(), *adapter);
    if (!adapter->queue() || !adapter->queue()->close()) continue;
    if (adapter->config().kind == emu::AdapterKind::vasi)
      frame_.vasi_reset(partition, *adapter);
    else if (partner)
      partner->queue()->event(event);
  }
}

emu::Status Power::tell_native(u32 lpar_id, bool running) {
  const NativeListener listener = *native_listener_.lock();
  return listener ? listener(lpar_id, running) : emu::success();
}

// Guests first: their disks and networks are the servers'.
void Power::take_all_down() {
  std::vector<std::pair<u32, Turn>> guests;
  std::vector<std::pair<u32, Turn>> servers;
  {
    const auto lpars = lpars_.lock();
    for (const auto& [id, lpar] : lpars->all())
      if (lpar.partition) (lpar.native ? servers : guests).emplace_back(id, lpar.turn);
  }
  for (const auto& [id, turn] : guests) take_down(id, turn, LparEvent::stopped, src_powered_off);
  for (const auto& [id, turn] : servers) take_down(id, turn, LparEvent::stopped, src_powered_off);
}

void Power::shut_down() {
  if (std::exchange(*shut_down_.lock(), true)) return;
  frame_.errands().end();
  take_all_down();
}

}  // namespace firmware

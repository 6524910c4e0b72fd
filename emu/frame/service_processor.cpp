// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/service_processor.h"

#include "cpu/engine.h"
#include "emu/core/firmware_level.h"
#include "emu/core/identity.h"
#include "emu/core/log.h"
#include "emu/core/names.h"
#include "emu/core/profile_rules.h"
#include "emu/link/descriptor_socket.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace emu::frame {

namespace {

constexpr Log log_service("service");

// For requests whose answer is "done".
Result<service::Empty> done(const Status& status) {
  if (!status) return status.error();
  return service::Empty{};
}

service::RefCode describe(const firmware::RefCodeEntry& entry) { return {entry.wall, entry.refcode, entry.word2}; }

service::StreamInfo describe(const firmware::move::Progress& progress) {
  const auto& [stream, lpar_id, source, phase, percent, bytes_total, bytes_sent, bytes_remaining, passes, residual_pages,
               demand_paged, demand_p50_ns, demand_p99_ns, suspended_at, handed_over_at, resumed_at, completed_at, error_code,
               error_text] = progress;
  service::StreamInfo info;
  info.stream = stream;
  info.lpar_id = lpar_id;
  info.role = source ? service::Role::source : service::Role::target;
  info.phase = static_cast<service::Phase>(phase);
  static_assert(static_cast<int>(service::Phase::failed) == static_cast<int>(firmware::move::Phase::failed));
  info.percent = percent;
  info.bytes_total = bytes_total;
  info.bytes_sent = bytes_sent;
  info.bytes_remaining = bytes_remaining;
  for (const firmware::move::Pass& pass : passes)
    info.passes.push_back({pass.pages, pass.zero_pages, pass.bytes, pass.nanoseconds, pass.dirty_after});
  info.residual_pages = residual_pages;
  info.demand_paged = demand_paged;
  info.demand_p50_ns = demand_p50_ns;
  info.demand_p99_ns = demand_p99_ns;
  info.suspended_at = suspended_at;
  info.handed_over_at = handed_over_at;
  info.resumed_at = resumed_at;
  info.completed_at = completed_at;
  info.error_code = error_code;
  info.error_text = error_text;
  return info;
}

}  // namespace

ServiceProcessor::ServiceProcessor(const FrameConfig& config, firmware::Hypervisor& hypervisor, ViosThreads& vioses, Death& death,
                                   const Clock& clock, std::string runtime, std::function<void()> start)
    : config_(config),
      hypervisor_(hypervisor),
      vioses_(vioses),
      death_(death),
      faults_(vioses.faults()),
      runtime_(std::move(runtime)),
      start_(std::move(start)),
      vterms_(hypervisor),
      counters_(clock, [&hypervisor](u32 lpar_id) { return hypervisor.memory(lpar_id); }),
      heartbeats_(clock, [&hypervisor](u32 lpar_id) { return hypervisor.memory(lpar_id); }),
      network_boots_(config, hypervisor, clock),
      on_battery_(config.on_battery) {}

// ---- inventory ----

Result<service::SystemInfo> ServiceProcessor::operator()(const service::DescribeSystem&) {
  const firmware::SystemStatus status = hypervisor_.system();
  service::SystemInfo info;
  info.name = config_.name;
  info.type_model = config_.type_model;
  info.serial_num = config_.serial_num;
  info.installed_mem_mb = status.installed_mem_mb;
  info.available_mem_mb = status.available_mem_mb;
  info.promised_mem_mb = status.promised_mem_mb;
  info.returning_mem_mb = status.returning_mem_mb;
  info.promised_proc_units = status.promised_proc_units;
  info.returning_proc_units = status.returning_proc_units;
  info.firmware_mem_mb = status.firmware_mem_mb;
  info.lmb_mb = status.lmb_mb;
  info.pending_lmb_mb = status.pending_lmb_mb;
  info.automatic_lmb = status.automatic_lmb;
  info.processors = config_.processors;
  info.available_proc_units = status.available_proc_units;
  info.virtual_procs = status.virtual_procs;
  info.huge_pages = status.huge_pages;
  info.available_huge_pages = status.available_huge_pages;
  info.requested_huge_pages = status.requested_huge_pages;
  info.on_demand_processors = status.on_demand_processors;
  info.on_demand_memory = status.on_demand_memory;
  info.max_lpars = lpar_limit;
  info.service_lpar_id = status.service_lpar_id;
  info.service_lpar_name = status.service_lpar_name;
  const bool new_enough = is_mobile_firmware(hypervisor_.service_state().levels.release);
  info.active_lpar_mobility_capable = new_enough && config_.capabilities.active_lpar_mobility_capable;
  info.inactive_lpar_mobility_capable = new_enough && config_.capabilities.inactive_lpar_mobility_capable;
  info.num_active_migrations_supported = config_.active_migrations;
  info.num_active_migrations_in_progress = status.active_migrations;
  info.num_inactive_migrations_supported = config_.inactive_migrations;
  info.num_inactive_migrations_in_progress = status.inactive_migrations;
  info.on_battery = on_battery_;
  info.time_of_day = status.time_of_day;
  info.processor_pools = status.processor_pools;
  info.slots = config_.slots;
  info.heas = status.heas;
  const SystemLimits limits = limits_of(config_);
  info.compat_modes = limits.compat_modes;
  info.default_mode = limits.default_mode;
  info.capabilities = limits.capabilities;
  const cpu::EngineFacts engine = cpu::engine_facts();
  info.engine = engine.library;
  info.engine_taken_over = engine.taken_over;
  info.engine_left_alone = engine.left_alone;
  info.power = status.power;
  info.maintenance = status.maintenance;
  info.streams = service::stream_format;
  info.lock_holder = status.lock.holder;
  info.locked_at = status.lock.at;
  return info;
}

service::LparInfo ServiceProcessor::describe(const firmware::LparStatus& status) const {
  service::LparInfo info;
  info.definition = status.definition;
  info.state = status.state;
  info.has_resources = status.has_resources;
  info.adapters = status.adapters;
  info.refcode = frame::describe(status.refcode);
  info.vterm_holder = vterms_.holder(status.definition.lpar_id);
  info.migration_stream = status.migration_stream;
  info.migration_target = status.migration_target;
  info.config_locked = !status.lock_holder.empty();
  info.life = status.life;
  info.used_ns = status.used_ns;
  info.trouble = status.trouble;
  return info;
}

Result<service::Lpars> ServiceProcessor::operator()(const service::ListLpars&) {
  service::Lpars all;
  for (const firmware::LparStatus& status : hypervisor_.lpars()) all.lpars.push_back(describe(status));
  return all;
}

Result<service::RefCodes> ServiceProcessor::operator()(const service::ListRefCodes& request) {
  service::RefCodes all;
  for (const firmware::RefCodeEntry& entry : hypervisor_.refcodes(request.lpar_id, request.count))
    all.codes.push_back(frame::describe(entry));
  return all;
}

Result<Changes> ServiceProcessor::operator()(const service::ReadChanges& request) {
  return hypervisor_.changes(request.life, request.after, std::min<u64>(request.wait_ms, 10'000) * millisecond);
}

// ---- configuration and power ----

Result<service::Empty> ServiceProcessor::operator()(const service::DefineLpar& request) {
  const LparDefinition& wanted = request.definition;
  // A server that is new has no operating system; one with an identity has been somewhere.
  if (wanted.env != LparEnv::vioserver || !wanted.uuid.empty()) return done(hypervisor_.define(wanted));
  LparDefinition server = wanted;
  server.uuid = random_uuid();
  TRY(vioses_.has_nothing_yet(server.uuid));
  return done(hypervisor_.define(server));
}
Result<service::Empty> ServiceProcessor::operator()(const service::InstallVios& request) {
  return done(vioses_.install(request.lpar_id));
}
Result<service::Empty> ServiceProcessor::operator()(const service::RemoveLpar& request) {
  return done(hypervisor_.remove(request.lpar_id));
}
Result<service::Empty> ServiceProcessor::operator()(const service::WriteProfile& request) {
  return done(hypervisor_.write_profile(request.lpar_id, request.profile));
}
Result<service::Empty> ServiceProcessor::operator()(const service::RemoveProfile& request) {
  return done(hypervisor_.remove_profile(request.lpar_id, request.name));
}
Result<emu::SystemProfiles> ServiceProcessor::operator()(const service::ListSystemProfiles&) {
  return hypervisor_.system_profiles();
}
Result<service::Empty> ServiceProcessor::operator()(const service::WriteSystemProfile& request) {
  return done(hypervisor_.write_system_profile(request.profile, request.replaces));
}
Result<service::Empty> ServiceProcessor::operator()(const service::RemoveSystemProfile& request) {
  return done(hypervisor_.remove_system_profile(request.name));
}
Result<service::Empty> ServiceProcessor::operator()(const service::RequestHugePages& request) {
  return done(hypervisor_.request_huge_pages(request.pages));
}
Result<service::Empty> ServiceProcessor::operator()(const service::ActivateOnDemand& request) {
  return done(hypervisor_.activate_on_demand(request.kind, request.quantity, request.until));
}
Result<service::Empty> ServiceProcessor::operator()(const service::RequestBlockSize& request) {
  return done(hypervisor_.request_block_size(request.lmb_mb));
}
Result<service::Empty> ServiceProcessor::operator()(const service::ChangeProcessorPool& request) {
  return done(hypervisor_.change_processor_pool(request.pool));
}
Result<ServiceState> ServiceProcessor::operator()(const service::ReadServiceState&) { return hypervisor_.service_state(); }
Result<service::Empty> ServiceProcessor::operator()(const service::SetMaintenance& request) {
  return done(hypervisor_.set_maintenance(request.on));
}
Result<DepartedList> ServiceProcessor::operator()(const service::ListDeparted&) { return hypervisor_.departed(); }
Result<service::Empty> ServiceProcessor::operator()(const service::WriteServiceState& request) {
  return done(hypervisor_.set_service_state(request.before, request.after));
}
Result<service::AdapterSlot> ServiceProcessor::operator()(const service::AddAdapter& request) {
  if (hypervisor_.native(request.lpar_id)) return vioses_.add_adapter(request);
  return service::AdapterSlot{TRY(hypervisor_.add_adapter(request.lpar_id, request.adapter)).slot};
}
Result<service::Empty> ServiceProcessor::operator()(const service::RemoveAdapter& request) {
  if (hypervisor_.native(request.lpar_id)) return done(vioses_.remove_adapter(request));
  return done(hypervisor_.remove_adapter(request.lpar_id, request.slot));
}
Result<service::Empty> ServiceProcessor::operator()(const service::SetEthernet& request) {
  TRY(hypervisor_.set_ethernet(request.lpar_id, {request.slot, request.addl_vlan_ids, request.disabled}));
  if (hypervisor_.native(request.lpar_id)) TRY(vioses_.adapters_changed(request.lpar_id));
  return service::Empty{};
}
Result<service::Empty> ServiceProcessor::operator()(const service::AddSlot& request) {
  TRY(hypervisor_.add_slot(request.lpar_id, request.drc_index));
  if (hypervisor_.native(request.lpar_id)) TRY(vioses_.slots_changed(request.lpar_id));
  return service::Empty{};
}
Result<service::Empty> ServiceProcessor::operator()(const service::RemoveSlot& request) {
  const bool native = hypervisor_.native(request.lpar_id);
  if (native) TRY(vioses_.release_slot(request.lpar_id, request.drc_index));
  TRY(hypervisor_.remove_slot(request.lpar_id, request.drc_index));
  if (native) TRY(vioses_.slots_changed(request.lpar_id));
  return service::Empty{};
}
Result<service::Empty> ServiceProcessor::operator()(const service::FollowSan&) {
  TRY(vioses_.follow_san());
  return service::Empty{};
}
Result<service::Empty> ServiceProcessor::operator()(const service::SetLogicalPorts& request) {
  return done(hypervisor_.set_logical_ports(request.lpar_id, request.ports));
}
Result<service::Empty> ServiceProcessor::operator()(const service::ChangeHostEthernet& request) {
  return done(hypervisor_.change_host_ethernet(request.adapter));
}
namespace {
service::Amounts amounts_of(const Current& current) {
  return {current.desired_mem, current.desired_procs, current.desired_proc_units};
}
}  // namespace
Result<service::Amounts> ServiceProcessor::operator()(const service::ChangeCapacity& request) {
  log_service.info("partition {} is to have {} MB, {} processors, {} units", request.lpar_id, request.mem_mb, request.procs,
                   request.proc_units);
  Capacity wanted;
  wanted.desired_mem = request.mem_mb;
  wanted.desired_procs = request.procs;
  wanted.desired_proc_units = request.proc_units;
  wanted.sharing_mode = request.sharing_mode;
  wanted.uncap_weight = request.uncap_weight;
  wanted.shared_proc_pool = request.shared_proc_pool;
  return amounts_of(TRY(hypervisor_.change_capacity(request.lpar_id, wanted)));
}
Result<service::Amounts> ServiceProcessor::operator()(const service::SettleCapacity& request) {
  return amounts_of(TRY(hypervisor_.settle_capacity(request.lpar_id, request.memory, request.processors)));
}
Result<service::Empty> ServiceProcessor::operator()(const service::ActivateLpar& request) {
  log_service.info("activate partition {} with profile '{}'", request.lpar_id, request.profile);
  return done(hypervisor_.activate(request.lpar_id, request.profile, request.boot_mode));
}
Result<service::Empty> ServiceProcessor::operator()(const service::PowerOffLpar& request) {
  log_service.info("power off partition {}", request.lpar_id);
  return done(hypervisor_.power_off(request.lpar_id, request.how == service::PowerOff::restart));
}
Result<service::PingResult> ServiceProcessor::operator()(const service::PingFromFirmware& request) {
  return network_boots_.ping(request);
}
Result<service::Empty> ServiceProcessor::operator()(const service::BootFromNetwork& request) {
  return done(network_boots_.begin(request));
}
Result<service::NetworkBootState> ServiceProcessor::operator()(const service::QueryNetworkBoot& request) {
  return network_boots_.state(request.lpar_id);
}
Result<service::SystemLock> ServiceProcessor::operator()(const service::LockSystem& request) {
  if (request.force) log_service.warn("the lock is taken by the console {} with force", shown_name(request.holder));
  return service::SystemLock{TRY(hypervisor_.lock_system(request.holder, request.force))};
}
Result<service::Empty> ServiceProcessor::operator()(const service::UnlockSystem& request) {
  if (request.force) log_service.warn("the lock is broken");
  return done(hypervisor_.unlock_system(request.epoch, request.force));
}
Result<service::Empty> ServiceProcessor::operator()(const service::LockConfiguration& request) {
  return done(hypervisor_.lock(request.lpar_id, request.holder, request.lock));
}

Result<service::Empty> ServiceProcessor::operator()(const service::HoldForMove& request) {
  return done(hypervisor_.hold(request.stream, request.holds));
}

// ---- virtual terminals ----

Result<service::VtermToken> ServiceProcessor::operator()(const service::OpenVterm& request) {
  return vterms_.open(request.lpar_id, request.holder);
}
Result<service::VtermOutput> ServiceProcessor::operator()(const service::ExchangeVterm& request) {
  return vterms_.exchange(request.token, request.input);
}
Result<service::Empty> ServiceProcessor::operator()(const service::CloseVterm& request) {
  return done(vterms_.close(request.lpar_id, request.token));
}
Result<service::ConsoleLog> ServiceProcessor::operator()(const service::ReadConsoleLog& request) {
  service::ConsoleLog log;
  log.next_offset = TRY(hypervisor_.console_output(request.lpar_id, request.offset, log.output));
  return log;
}

// ---- the VIOS ----

Result<service::ViosOutput> ServiceProcessor::operator()(const service::RunViosCommand& request) {
  return vioses_.run_command(request.lpar_id, request.command);
}
Result<service::ViosInfo> ServiceProcessor::operator()(const service::DescribeVios& request) {
  return vioses_.describe(request.lpar_id);
}
Result<service::ViosSlot> ServiceProcessor::operator()(const service::AddViosMapping& request) {
  const auto turn = turns_.take(request.stream);
  TRY(turns_.open(request.stream));
  return vioses_.add_mapping(request);
}
Result<service::VolumePiece> ServiceProcessor::operator()(const service::ReadVolume& request) {
  return vioses_.read_volume(request);
}
Result<service::Empty> ServiceProcessor::operator()(const service::WriteVolume& request) {
  return done(vioses_.write_volume(request));
}
Result<service::Empty> ServiceProcessor::operator()(const service::RemoveViosMapping& request) {
  return done(vioses_.remove_mapping(request));
}

// ---- a move ----

Result<service::ShellCreated> ServiceProcessor::operator()(const service::CreateShell& request) {
  const auto turn = turns_.take(request.stream);
  TRY(turns_.open(request.stream));
  if (hypervisor_.system().maintenance)
    return Error{"HSCLF240", fmt::format("The managed system {} is in maintenance, and takes no partition in.", config_.name)};
  const u32 lpar_id = TRY(hypervisor_.create_shell(request.stream, request.definition, request.active, request.other_system));
  log_service.info("stream {:x}: shell of {} is partition {}", request.stream, request.definition.name, lpar_id);
  return service::ShellCreated{lpar_id};
}
Result<service::Empty> ServiceProcessor::operator()(const service::RemoveShell& request) {
  const auto turn = turns_.take(request.stream);
  turns_.shut(request.stream);
  return done(hypervisor_.remove_shell(request.stream));
}

Result<service::Empty> ServiceProcessor::operator()(const service::OpenStream& request) {
  const auto turn = turns_.take(request.stream);
  TRY(turns_.open(request.stream));
  // The name comes from outside, and must stay inside the lab's folder.
  if (request.link.empty() || request.link.find('/') != std::string::npos || request.link[0] == '.')
    return Error{"link", "This is no name for a mover link."};
  const DescriptorSocket place(runtime_ + "/" + request.link + std::string(memory_mark), request.stream);
  TRY(hypervisor_.enable_stream(request.stream, request.lpar_id, request.role == service::Role::source, request.msp_id,
                                request.other_system, &place));
  const auto opened = vioses_.open_mover(request, runtime_ + "/" + request.link);
  if (!opened) (void)!hypervisor_.close_stream(request.stream);
  return done(opened);
}

Result<service::PathProbed> ServiceProcessor::operator()(const service::ProbePath& request) { return vioses_.probe(request); }
Result<service::Empty> ServiceProcessor::operator()(const service::CloseStream& request) {
  const auto turn = turns_.take(request.stream);
  vioses_.close_mover(request.stream);
  return done(hypervisor_.close_stream(request.stream));
}

Result<service::Empty> ServiceProcessor::operator()(const service::BeginPasses& request) {
  log_service.info("stream {:x}: passes begin", request.stream);
  return done(hypervisor_.begin_passes(request.stream, {}));
}
Result<service::Empty> ServiceProcessor::operator()(const service::StopStream& request) {
  return done(hypervisor_.stop_stream(request.stream));
}

Result<service::StreamInfo> ServiceProcessor::operator()(const service::QueryStream& request) {
  return frame::describe(TRY(hypervisor_.progress(request.stream)));
}

service::Fate ServiceProcessor::fate(u64 stream) const {
  const auto known = hypervisor_.fate(stream);
  if (!known) return service::Fate::none;
  switch (*known) {
    case firmware::HandOver::source:
      return service::Fate::source;
    case firmware::HandOver::handed_over:
      return service::Fate::handed_over;
    case firmware::HandOver::started:
      return service::Fate::started;
  }
  return service::Fate::none;
}

service::StreamVerdict ServiceProcessor::describe(const firmware::StreamRecord& record) const {
  using firmware::StreamStep;
  service::StreamVerdict verdict;
  verdict.lpar_id = record.lpar_id;
  verdict.active = record.active;
  verdict.other_system = record.other_system;
  verdict.fate = fate(record.stream);
  const bool target = record.step == StreamStep::shell || record.step == StreamStep::adopted;
  verdict.role = target ? service::Role::target : service::Role::source;
  const bool given = verdict.fate == service::Fate::handed_over || verdict.fate == service::Fate::started;
  if (record.step == StreamStep::finished)
    verdict.verdict = service::Verdict::finished;
  else if (target)
    verdict.verdict = record.step == StreamStep::adopted || verdict.fate == service::Fate::started ? service::Verdict::adopted
                                                                                                   : service::Verdict::mine;
  else
    verdict.verdict = given ? service::Verdict::handed_over : service::Verdict::mine;
  if (const auto progress = hypervisor_.progress(record.stream)) verdict.phase = static_cast<service::Phase>(progress->phase);
  return verdict;
}

Result<service::StreamVerdict> ServiceProcessor::operator()(const service::QueryVerdict& request) {
  const auto turn = turns_.take(request.stream);  // what is being done to it, is done first
  for (const firmware::StreamRecord& record : hypervisor_.verdicts())
    if (record.stream == request.stream) return describe(record);
  service::StreamVerdict forgotten;
  forgotten.fate = fate(request.stream);
  return forgotten;
}
Result<service::Verdicts> ServiceProcessor::operator()(const service::ListVerdicts&) {
  service::Verdicts all;
  for (const firmware::StreamRecord& record : hypervisor_.verdicts()) all.streams[record.stream] = describe(record);
  return all;
}

Result<service::Empty> ServiceProcessor::operator()(const service::RollBackSource& request) {
  const auto turn = turns_.take(request.stream);
  turns_.shut(request.stream);
  log_service.info("stream {:x}: back to the source", request.stream);
  return done(hypervisor_.roll_back_source(request.stream));
}
Result<service::Empty> ServiceProcessor::operator()(const service::FinishSource& request) {
  const auto turn = turns_.take(request.stream);
  turns_.shut(request.stream);
  log_service.info("stream {:x}: finished on the source", request.stream);
  return done(hypervisor_.finish_source(request.stream));
}
Result<service::Empty> ServiceProcessor::operator()(const service::FinishTarget& request) {
  const auto turn = turns_.take(request.stream);
  turns_.shut(request.stream);
  log_service.info("stream {:x}: finished on the target{}", request.stream, request.state_lost ? ", its state is lost" : "");
  return done(hypervisor_.finish_target(request.stream, request.state_lost));
}
Result<service::Empty> ServiceProcessor::operator()(const service::HandOverInactive& request) {
  const auto turn = turns_.take(request.stream);
  TRY(turns_.open(request.stream));
  return done(hypervisor_.hand_over_inactive(request.stream, request.lpar_id, request.other_system));
}
Result<service::Empty> ServiceProcessor::operator()(const service::AdoptInactive& request) {
  const auto turn = turns_.take(request.stream);
  return done(hypervisor_.adopt_inactive(request.stream));
}
Result<service::Empty> ServiceProcessor::operator()(const service::MarkMigrating& request) {
  const auto turn = turns_.take(request.stream);
  if (request.migrating) TRY(turns_.open(request.stream));
  if (!request.migrating) turns_.shut(request.stream);
  return done(
      hypervisor_.mark_migrating(request.stream, request.lpar_id, request.active, request.migrating, request.other_system));
}
Result<service::Nvram> ServiceProcessor::operator()(const service::ReadNvram& request) {
  return service::Nvram{TRY(hypervisor_.nvram(request.lpar_id)), TRY(hypervisor_.clock_ahead(request.lpar_id))};
}
Result<service::Empty> ServiceProcessor::operator()(const service::WriteNvram& request) {
  TRY(hypervisor_.put_clock_ahead(request.lpar_id, request.clock_ahead));
  return done(hypervisor_.put_nvram(request.lpar_id, request.content));
}
Result<service::Empty> ServiceProcessor::operator()(const service::ShowRefCode& request) {
  if (!request.refcode.empty()) hypervisor_.show_refcode(request.lpar_id, request.refcode);
  if (request.own) hypervisor_.show_own_refcode(request.lpar_id);
  return service::Empty{};
}

// ---- watching, faults, the end ----

Result<service::Watched> ServiceProcessor::operator()(const service::WatchCounter& request) {
  const WatchedCounter seen = counters_.watch(request.lpar_id, request.address, request.above, request.reset);
  return service::Watched{seen.value, seen.last_change_at, seen.longest_gap_ns, seen.above_at};
}

Result<service::MemoryMap> ServiceProcessor::operator()(const service::QueryMemoryMap& request) {
  auto [pages, pages_per_cell, content, zero, stale, demanded] = TRY(hypervisor_.memory_map(request.stream));
  return service::MemoryMap{pages, pages_per_cell, std::move(content), std::move(zero), std::move(stale), std::move(demanded)};
}
Result<service::Heartbeat> ServiceProcessor::operator()(const service::ReadHeartbeat& request) {
  return heartbeats_.read(request);
}
Result<service::DiskActivity> ServiceProcessor::operator()(const service::ReadDiskActivity&) {
  return service::DiskActivity{vioses_.disk_commands()};
}

Result<service::FaultSet> ServiceProcessor::operator()(const service::InjectFault& request) {
  return service::FaultSet{TRY(set_fault(request.fault))};
}

Result<u32> ServiceProcessor::set_fault(const Fault& fault) {
  TRY(check_fault(FaultOf::frame, fault));
  if (!fault.phase.empty() && !Death::knows(fault.phase))
    return Error{"fault", fmt::format("There is no phase {} to die at.", shown_name(fault.phase))};
  if (!fault.vios.empty()) TRY(vioses_.knows(fault.vios));
  if (!fault.subsystem.empty()) TRY(vioses_.knows_subsystem(fault.subsystem));
  log_service.warn("fault: {}", words_of(fault));
  const std::lock_guard turn(fault_turn_);
  if (!fault.phase.empty()) {
    TRY(death_.arm(fault.phase, fault.what == "die-at" ? Death::End::die : Death::End::stop, hypervisor_));
    // What was armed waits for one end, whichever it is; one that is stopped at once has nothing in force.
    faults_.forget("die-at");
    faults_.forget("stop-at");
    if (fault.phase == "now" || fault.phase == "never") return 0U;
  }
  const u32 number = TRY(faults_.add(fault));
  const Status done = follow_faults();
  if (done || !number) return done ? Result<u32>(number) : Result<u32>(done.error());
  (void)faults_.clear(number);
  (void)follow_faults();
  return done.error();
}

// What is in force is what happens, however it came to that.
Status ServiceProcessor::follow_faults() {
  on_battery_ = config_.on_battery || faults_.has("lose-mains");
  const auto slow = faults_.of("slow-pages");
  hypervisor_.limit_pages(slow ? slow->bytes_per_second : 0);
  const bool full = faults_.has("fill-memory");
  if (full != std::exchange(memory_filled_, full))
    TRY(hypervisor_.reserve_memory(full ? hypervisor_.system().available_mem_mb : 0));
  return vioses_.follow_faults();
}

Result<service::Faults> ServiceProcessor::operator()(const service::ListFaults&) {
  service::Faults all{faults_.list()};
  std::erase_if(all.faults, [&](const Fault& fault) { return !fault.phase.empty() && !death_.armed(); });
  return all;
}

Result<service::Empty> ServiceProcessor::operator()(const service::ClearFault& request) {
  const std::lock_guard turn(fault_turn_);
  TRY(faults_.clear(request.number));
  if (!faults_.has("die-at") && !faults_.has("stop-at")) TRY(death_.arm("never", Death::End::stop, hypervisor_));
  return done(follow_faults());
}

// One at a time: who powers it on while it goes off waits for that.
Result<service::Empty> ServiceProcessor::operator()(const service::PowerSystem& request) {
  if (request.power == SystemPower::unknown) return Error{"configuration", "There is no such state of power."};
  const std::lock_guard turn(power_turn_);
  const SystemPower before = hypervisor_.system().power;
  TRY(hypervisor_.set_power(request.power));
  if (request.power == SystemPower::operating && before != SystemPower::operating) start_();
  return service::Empty{};
}

Result<service::Empty> ServiceProcessor::operator()(const service::Shutdown&) {
  log_service.info("shutdown");
  shutdown_wanted_ = true;
  if (on_shutdown_) on_shutdown_();
  return service::Empty{};
}

}  // namespace emu::frame

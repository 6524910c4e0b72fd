// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/lpars.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/profile_rules.h"
#include "firmware/partition.h"

namespace firmware {

namespace {

emu::Status unlocked(const std::string& holder) {
  if (holder.empty()) return emu::success();
  return emu::Error{"HSCL3205", fmt::format("The configuration is locked by {}: try again later.", holder)};
}

}  // namespace

emu::Error busy(const std::string& name) {
  return {"HSCL3205", fmt::format("The partition named {} is busy with another operation. Retry when it has ended.", name)};
}

emu::Error no_such_lpar(u32 lpar_id) { return {"HSCL8011", fmt::format("The partition with ID {} was not found.", lpar_id)}; }

emu::Error must_be_off(const std::string& name) {
  return {"HSCL3681", fmt::format("Partition {} must be powered off first.", name)};
}

// ---- who is there ----

Lpar* Lpars::find(u32 lpar_id) {
  const auto found = lpars_.find(lpar_id);
  return found == lpars_.end() ? nullptr : &found->second;
}

const Lpar* Lpars::find(u32 lpar_id) const {
  const auto found = lpars_.find(lpar_id);
  return found == lpars_.end() ? nullptr : &found->second;
}

Lpar* Lpars::find(u32 lpar_id, Turn turn) {
  Lpar* lpar = find(lpar_id);
  return lpar && lpar->turn == turn ? lpar : nullptr;
}

Lpar& Lpars::add(emu::LparDefinition definition) {
  Lpar& lpar = lpars_[definition.lpar_id];
  std::erase(service_state_.lpar_attention, definition.lpar_id);  // it was on for another one
  lpar.definition = std::move(definition);
  next_turn(lpar);
  return lpar;
}

void Lpars::takes_part(Lpar& lpar, u64 stream, bool target) {
  const bool joins = stream != 0 && stream != lpar.stream;
  const bool leaves = stream == 0 && lpar.stream != 0;
  lpar.stream = stream;
  lpar.target = stream != 0 && target;
  if (joins || leaves)
    changes_.note(emu::ChangeKind::move, lpar.definition.lpar_id, lpar.definition.name,
                  leaves   ? "takes part no more"
                  : target ? "takes part as destination"
                           : "takes part as source");
}

std::optional<u32> Lpars::free_id(u32 wanted) const {
  if (wanted >= 1 && wanted <= emu::lpar_limit && !lpars_.contains(wanted)) return wanted;
  for (u32 id = 1; id <= emu::lpar_limit; ++id)
    if (!lpars_.contains(id)) return id;
  return std::nullopt;
}

const Lpar* Lpars::of_stream(u64 stream) const {
  const auto moving = std::ranges::find_if(lpars_, [&](const auto& lpar) { return lpar.second.stream == stream; });
  return moving == lpars_.end() ? nullptr : &moving->second;
}

// ---- its life ----

bool Lpars::happens(Lpar& lpar, LparEvent event) {
  const auto next = after(lpar.state, event);
  if (next && *next != lpar.state) {
    lpar.state = *next;
    changes_.note(emu::ChangeKind::state, lpar.definition.lpar_id, lpar.definition.name, std::string(emu::name_of(*next)));
    if (*next == LparState::error && on_error_) on_error_(*this, lpar.definition.lpar_id);
  }
  return next.has_value();
}

ReferenceCodes* Lpars::codes(u32 lpar_id) {
  Lpar* lpar = find(lpar_id);
  return lpar ? &lpar->codes : lpar_id == 0 ? &system_codes_ : nullptr;
}

const ReferenceCodes* Lpars::codes(u32 lpar_id) const {
  const Lpar* lpar = find(lpar_id);
  return lpar ? &lpar->codes : lpar_id == 0 ? &system_codes_ : nullptr;
}

// ---- who may change what ----

emu::Status Lpars::lock(u32 lpar_id, const std::string& holder, bool on) {
  Lpar* lpar = find(lpar_id);
  if (lpar_id != 0 && !lpar) return no_such_lpar(lpar_id);
  std::string& held = lpar ? lpar->lock_holder : system_lock_;
  if (held != holder) TRY(unlocked(held));
  held = on ? holder : "";
  return emu::success();
}

emu::Status Lpars::may_change(const Lpar& lpar) const {
  if (lpar.stream || held(lpar.definition.lpar_id)) return busy(lpar.definition.name);
  return unlocked(lpar.lock_holder);
}

emu::Status Lpars::list_may_change() const { return unlocked(system_lock_); }

emu::Status Lpars::hold(u64 stream, const std::vector<emu::Hold>& wanted) {
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

bool Lpars::held(u32 lpar_id) const {
  return std::ranges::any_of(
      holds_, [&](const auto& of_stream) { return std::ranges::count(of_stream.second, lpar_id, &emu::Hold::vios_id) > 0; });
}

std::vector<emu::Hold> Lpars::holds(u32 vios_id) const {
  std::vector<emu::Hold> found;
  for (const auto& [stream, holds] : holds_)
    for (const emu::Hold& each : holds) {
      if (each.vios_id != vios_id) continue;
      const Lpar* moving = of_stream(stream);
      found.push_back(each);
      found.back().client_id = moving ? moving->definition.lpar_id : 0;
    }
  return found;
}

// ---- time ----

u32 Lpars::time_authority() const {
  u32 longest = 0;
  u64 since = ~u64{0};
  for (const auto& [id, lpar] : lpars_)
    if (lpar.definition.time_ref && lpar.state == LparState::running && lpar.life < since)
      std::tie(longest, since) = std::pair(id, lpar.life);
  return longest;
}

// ---- what they take ----

emu::Status Lpars::has_power() const {
  if (power_ != emu::SystemPower::off) return emu::success();
  return emu::Error{"HSCLA228", fmt::format("The system {} is powered off.", config_.name)};
}

Usage Lpars::usage(Counted counted) const {
  Usage usage;
  usage.reserved_mb = reserved_mb_;
  // The lab file may have fewer now than when they were activated.
  const u64 now = clock_.wall();
  if (on_demand_.memory.in_force(now)) usage.on_demand_mb = std::min(on_demand_.memory.quantity, config_.inactive_memory_mb);
  if (on_demand_.processors.in_force(now))
    usage.on_demand_units = 100 * static_cast<u32>(std::min<u64>(on_demand_.processors.quantity, config_.inactive_processors));
  for (const emu::ProcessorPool& pool : processor_pools_) usage.units += pool.reserved_units;
  for (const auto& [id, lpar] : lpars_)
    if (lpar.holds_resources) {
      const emu::Current& current = *lpar.definition.current;
      const emu::Capacity& has = current;
      firmware::add(usage, config_, lpar.definition.env,
                    counted == Counted::has_now     ? has
                    : counted == Counted::will_have ? current.pending
                                                    : emu::taken_by(current));
    }
  return usage;
}

u32 Lpars::pool_units(u32 pool, u32 without_lpar_id) const {
  u32 units = 0;
  for (const auto& [id, lpar] : lpars_) {
    if (!lpar.holds_resources || id == without_lpar_id) continue;
    const emu::Capacity taken = emu::taken_by(*lpar.definition.current);
    if (taken.proc_mode == emu::ProcMode::shared && taken.shared_proc_pool == pool) units += taken.desired_proc_units;
  }
  return units;
}

emu::Status Lpars::pool_takes(const emu::LparDefinition& lpar, const emu::Capacity& wants) const {
  if (wants.proc_mode != emu::ProcMode::shared || wants.shared_proc_pool == emu::default_pool) return emu::success();
  const emu::ProcessorPool pool = emu::pool_of(processor_pools_, wants.shared_proc_pool);
  if (!pool.takes_partitions())
    return emu::Error{"HSCLF0C0",
                      fmt::format("The shared-processor pool {} of the managed system {} has no maximum, and takes no "
                                  "partition. Give it one with chhwres -r procpool.",
                                  pool.name, config_.name)};
  const u32 taken = pool_units(pool.id, lpar.lpar_id) + pool.reserved_units;
  if (taken + wants.desired_proc_units <= pool.max_units) return emu::success();
  return emu::Error{"HSCLF0C1", fmt::format("The partition {} needs {} processing units, but the shared-processor pool {} of the "
                                            "managed system {} has only {} of {} left.",
                                            lpar.name, emu::units_text(wants.desired_proc_units), pool.name, config_.name,
                                            emu::units_text(pool.max_units - std::min(pool.max_units, taken)),
                                            emu::units_text(pool.max_units))};
}

emu::Status Lpars::reserve(u64 mb) {
  Usage others = usage();
  others.reserved_mb = 0;
  if (const u64 free = free_memory_mb(config_, others); mb > free)
    return emu::Error{"memory", fmt::format("The system has only {} MB of available memory.", free)};
  reserved_mb_ = mb;
  return emu::success();
}

}  // namespace firmware

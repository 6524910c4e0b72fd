// SPDX-License-Identifier: GPL-2.0-or-later
// chhwres -r mem and -r proc: memory and processors of a partition that runs. The hypervisor promises what is to be, the operating
// system takes it or gives it back, and what it has not done then is taken back. (Redbook 3.3.4, 3.3.5)
#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "emu/core/profile_rules.h"
#include "hmc/attributes/processors.h"
#include "hmc/attributes/profile.h"
#include "hmc/cli/change.h"
#include "hmc/cli/chhwres.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

enum class Direction { add, remove };

// What the options ask for, or what was done of it.
struct Wish {
  u32 mem_mb = 0;
  u32 procs = 0;
  u32 proc_units = 0;

  bool nothing() const { return mem_mb + procs + proc_units == 0; }
};

// "512 MB", "1 processor", "2 processors and 1.0 processing units": of what was asked for, or has changed with it.
std::string words_for(const Wish& amount, const Wish& asked) {
  if (asked.mem_mb) return fmt::format("{} MB", amount.mem_mb);
  const std::string procs = fmt::format("{} processor{}", amount.procs, amount.procs == 1 ? "" : "s");
  const std::string units = fmt::format("{} processing units", units_text(amount.proc_units));
  if (!asked.procs) return units;
  return asked.proc_units || amount.proc_units ? procs + " and " + units : procs;
}

Result<Wish> memory_wish(const Call& call) {
  const auto quantity = call.options.number("-q");
  if (!quantity || *quantity == 0) return usage_error("-q");
  return Wish{*quantity, 0, 0};
}

Result<Wish> processor_wish(const Call& call) {
  Wish wish;
  if (!call.options.has("--procs") && !call.options.has("--procunits")) return usage_error("--procs, --procunits");
  if (call.options.has("--procs")) {
    const auto count = call.options.number("--procs");
    if (!count || *count == 0) return usage_error("--procs");
    wish.procs = *count;
  }
  if (call.options.has("--procunits")) {
    const attributes::Assignment units{"--procunits", attributes::Change::set, {}, call.options.value("--procunits")};
    if (!attributes::to_units(wish.proc_units, units) || wish.proc_units == 0) return usage_error("--procunits");
  }
  return wish;
}

// Its operating system has a part in the operation. A Virtual I/O Server's has none here.
bool takes_part(const Lpar& lpar) { return !lpar.is_vios(); }

Status may_begin(const Call& call, const Lpar& lpar) {
  if (lpar.off() || lpar.failed() || !lpar.current()) return say("HSCL05DF", lpar.name(), state_of(lpar.info));
  if (takes_part(lpar) && lpar.rmc != RmcState::active && !call.options.has("--force")) return say("HSCL2957", lpar.name());
  return emu::success();
}

// Refused before anything has changed, with the attribute that breaks a rule.
Result<emu::Current> planned(const Target& target, Direction direction, const Wish& wish) {
  const Lpar& lpar = *target.lpar;
  emu::Current wanted = *lpar.current();
  // What the command does not name stays pending as it is.
  if (!wish.mem_mb) wanted.desired_mem = wanted.pending.desired_mem;
  if (!wish.procs) wanted.desired_procs = wanted.pending.desired_procs;
  const bool shared = wanted.proc_mode == emu::ProcMode::shared;
  if (wish.proc_units && !shared) return usage_error("--procunits");
  const u32 lmb = target.system->info.lmb_mb;
  if (wish.mem_mb % lmb) return say("HSCLF026", wish.mem_mb, lmb);
  const auto change = [&](u32& value, u32 by) {
    if (direction == Direction::remove && by > value) return false;
    value = direction == Direction::add ? value + by : value - by;
    return direction == Direction::remove || value >= by;
  };
  const bool in_range = change(wanted.desired_mem, wish.mem_mb) && change(wanted.desired_procs, wish.procs) &&
                        change(wanted.desired_proc_units, wish.proc_units);
  const bool in_bounds =
      wanted.desired_mem >= wanted.min_mem && wanted.desired_mem <= wanted.max_mem && wanted.desired_procs >= wanted.min_procs &&
      wanted.desired_procs <= wanted.max_procs &&
      (!shared || (wanted.desired_proc_units >= wanted.min_proc_units && wanted.desired_proc_units <= wanted.max_proc_units));
  if (!in_range || !in_bounds) {
    const emu::Current& has = *lpar.current();
    return wish.mem_mb ? say("HSCLF028", lpar.name(), has.desired_mem, has.min_mem, has.max_mem)
           : wish.procs && (!in_range || wanted.desired_procs < wanted.min_procs || wanted.desired_procs > wanted.max_procs)
               ? say("HSCLF029", lpar.name(), has.desired_procs, has.min_procs, has.max_procs)
               : say("HSCLF02A", lpar.name(), units_text(has.desired_proc_units), units_text(has.min_proc_units),
                     units_text(has.max_proc_units));
  }
  if (shared && wanted.desired_proc_units < wanted.desired_procs * emu::least_units) return say("HSCL1566", lpar.id());
  TRY(attributes::obeys(wanted, lpar.info.definition.env, target.system->info));
  return wanted;
}

}  // namespace

service::ChangeCapacity request_for(u32 lpar_id, const emu::Current& wanted) {
  return {lpar_id,
          wanted.desired_mem,
          wanted.desired_procs,
          wanted.desired_proc_units,
          wanted.sharing_mode,
          wanted.uncap_weight,
          wanted.shared_proc_pool};
}

namespace {

// In the direction that was asked for: what the guest has done the other way is none of it.
u32 done_of(Direction direction, u32 before, u32 now) {
  const u32 more = direction == Direction::add ? now : before, less = direction == Direction::add ? before : now;
  return more > less ? more - less : 0;
}

// `why`: what the operating system has said.
Error failed(const Lpar& lpar, Direction direction, const Wish& asked, const Wish& done, const std::string& why) {
  const std::string& name = lpar.name();
  const bool adds = direction == Direction::add;
  if (asked.mem_mb)
    return adds ? say("HSCLF02B", name, done.mem_mb, asked.mem_mb, why) : say("HSCL2932", done.mem_mb, asked.mem_mb, why);
  const std::string of = words_for(asked, asked), part = words_for(done, asked);
  return adds ? say("HSCLF02C", name, of, part, why) : say("HSCL294F", name, of, part, why);
}

// What was done of it, if not all, is in `done_mb`.
Status change_memory(Call& call, const Target& target, Direction direction, u32 mb, u32& done_mb) {
  const Lpar& lpar = *target.lpar;
  const emu::Current wanted = TRY(planned(target, direction, Wish{mb, 0, 0}));
  const u32 before = TRY(ask(*target.link, request_for(lpar.id(), wanted))).mem_mb;
  if (!takes_part(lpar)) {
    done_mb = mb;
    return emu::success();
  }
  if (lpar.rmc != RmcState::active) return emu::success();  // --force: it stays pending
  const std::string arguments =
      fmt::format("-c mem {} -q {}", direction == Direction::add ? "-a" : "-r", mb / target.system->info.lmb_mb);
  const auto answer = dlpar::run_drmgr(call.console, lpar, arguments, patience_of(call.options));
  const auto settled = ask(*target.link, service::SettleCapacity{lpar.id(), true, false});
  if (!settled) return settled.error();
  done_mb = done_of(direction, before, settled->mem_mb);
  if (done_mb == mb) return emu::success();
  return failed(lpar, direction, {mb, 0, 0}, {done_mb, 0, 0}, dlpar::words_of(answer));
}

// Units that go with so many processors, and are as near to these as they can be.
u32 fitting_units(u32 units, u32 at_least_for, u32 at_most_for) {
  return std::clamp(units, std::min(at_least_for * emu::least_units, at_most_for * emu::most_units),
                    at_most_for * emu::most_units);
}

// Units come before the processors that need them, and go after the processors that needed them. Those that did not come or go leave
// their units as they were.
Status change_processors(Call& call, const Target& target, Direction direction, const Wish& wish, Wish& done) {
  const Lpar& lpar = *target.lpar;
  const emu::Current wanted = TRY(planned(target, direction, wish));
  const bool shared = wanted.proc_mode == emu::ProcMode::shared;
  const bool asks_guest = wish.procs && takes_part(lpar);
  const u32 units_before = lpar.current()->desired_proc_units;
  emu::Current first = wanted;
  if (asks_guest && shared && direction == Direction::remove)
    first.desired_proc_units = fitting_units(units_before, lpar.current()->desired_procs, wanted.desired_procs);
  const service::Amounts before = TRY(ask(*target.link, request_for(lpar.id(), first)));
  if (!asks_guest) {
    done = wish;
    return emu::success();
  }
  if (lpar.rmc != RmcState::active) return emu::success();  // --force: it stays pending
  const std::string arguments = fmt::format("-c cpu {} -q {}", direction == Direction::add ? "-a" : "-r", wish.procs);
  const auto answer = dlpar::run_drmgr(call.console, lpar, arguments, patience_of(call.options));
  const auto settled = ask(*target.link, service::SettleCapacity{lpar.id(), false, true});
  if (!settled) return settled.error();
  done.procs = done_of(direction, before.procs, settled->procs);
  const bool all = done.procs == wish.procs;
  emu::Current last = wanted;
  last.desired_procs = settled->procs;
  if (shared && !all) last.desired_proc_units = fitting_units(units_before, settled->procs, settled->procs);
  service::Amounts left = *settled;
  Status shares = emu::success();
  if (shared && last.desired_proc_units != settled->proc_units) {
    const auto changed = ask(*target.link, request_for(lpar.id(), last));
    if (changed)
      left = *changed;
    else
      shares = changed.error();
  }
  done.proc_units = shared ? done_of(direction, units_before, left.proc_units) : 0;
  if (all) return shares;
  return failed(lpar, direction, wish, done, dlpar::words_of(answer) + (shares ? "" : " " + shares.error().text));
}

using Change = std::function<Status(const Target&, Direction, const Wish&, Wish& done)>;

Result<int> change_one(Call& call, const Result<Wish>& wish, Direction direction, const Change& change) {
  const Wish wanted = TRY(wish);
  const Target target = TRY(target_of(call, "-p"));
  TRY(may_begin(call, *target.lpar));
  Wish done;
  TRY(change(target, direction, wanted, done));
  return 0;
}

// From one partition to another: what the first has given the second gets, even if it was not all.
Result<int> move_between(Call& call, const Result<Wish>& wish, const Change& change) {
  const Wish wanted = TRY(wish);
  const GiverAndTaker both = TRY(giver_and_taker(call));
  const Target &from = both.giver, &to = both.taker;
  TRY(may_begin(call, *from.lpar));
  TRY(may_begin(call, *to.lpar));
  // Its operating system is the one that gives: a promise of it is nothing that the other could take.
  if ((wanted.mem_mb || wanted.procs) && takes_part(*from.lpar) && from.lpar->rmc != RmcState::active)
    return say("HSCL2957", from.lpar->name());
  TRY(planned(to, Direction::add, wanted));
  Wish given;
  const Status removed = change(from, Direction::remove, wanted, given);
  if (given.nothing()) return removed ? Result<int>(0) : removed.error();
  Wish taken;
  const Status added = change(to, Direction::add, given, taken);
  if (removed && added) return 0;
  std::string why = removed ? "" : line_of(removed.error());
  if (!added) why += line_of(added.error());
  if (why.ends_with('\n')) why.pop_back();
  return say("HSCLF02F", words_for(wanted, wanted), from.lpar->name(), words_for(given, wanted), to.lpar->name(),
             words_for(taken, wanted), why);
}

Change memory_change(Call& call) {
  return [&call](const Target& target, Direction direction, const Wish& wish, Wish& done) {
    return change_memory(call, target, direction, wish.mem_mb, done.mem_mb);
  };
}
Change processor_change(Call& call) {
  return [&call](const Target& target, Direction direction, const Wish& wish, Wish& done) {
    return change_processors(call, target, direction, wish, done);
  };
}

}  // namespace

Result<int> add_memory(Call& call) { return change_one(call, memory_wish(call), Direction::add, memory_change(call)); }
Result<int> remove_memory(Call& call) { return change_one(call, memory_wish(call), Direction::remove, memory_change(call)); }
Result<int> move_memory(Call& call) { return move_between(call, memory_wish(call), memory_change(call)); }
Result<int> add_processors(Call& call) { return change_one(call, processor_wish(call), Direction::add, processor_change(call)); }
Result<int> remove_processors(Call& call) {
  return change_one(call, processor_wish(call), Direction::remove, processor_change(call));
}
Result<int> move_processors(Call& call) { return move_between(call, processor_wish(call), processor_change(call)); }

// How it shares processors: the hypervisor's matter alone.
Result<int> set_processors(Call& call) {
  if (!call.options.has("-a")) return usage_error("-a");
  const Data data = TRY(Data::parse(call.options.value("-a")));
  const Target target = TRY(target_of(call, "-p"));
  const Lpar& lpar = *target.lpar;
  if (lpar.off() || lpar.failed() || !lpar.current()) return say("HSCL05DF", lpar.name(), state_of(lpar.info));
  attributes::ProcessorShare share{lpar.current()->sharing_mode, lpar.current()->uncap_weight};
  TRY(attributes::assign(attributes::processor_share(), attributes::By::changing, data.all(), share, [&] { return share; }));
  emu::Current wanted = *lpar.current();
  wanted.desired_mem = wanted.pending.desired_mem;
  wanted.desired_procs = wanted.pending.desired_procs;
  wanted.sharing_mode = share.sharing_mode;
  wanted.uncap_weight = share.uncap_weight;
  if (emu::proc_mode_of(wanted.sharing_mode) != wanted.proc_mode)
    return attributes::breaks_rule("sharing_mode", data.text("sharing_mode"), "it is one of the partition's processing mode");
  TRY(attributes::obeys(wanted, lpar.info.definition.env, target.system->info));
  TRY(ask(*target.link, request_for(lpar.id(), wanted)));
  return 0;
}

}  // namespace hmc::cli

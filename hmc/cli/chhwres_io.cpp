// SPDX-License-Identifier: GPL-2.0-or-later
// chhwres -r io: physical slots of a partition that runs. Its operating system takes or gives back the host bridge of the slot.
// A Virtual I/O Server has a slot at once, and finds by cfgdev what is in it.
#include <algorithm>

#include <fmt/format.h>

#include "hmc/attributes/physical_io.h"
#include "hmc/cli/change.h"
#include "hmc/cli/chhwres.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

Result<const emu::PhysicalSlot*> slot_of(const Call& call, const System& system) {
  const std::string text = call.options.value("-l");
  const auto claim = text.find('/') == std::string::npos ? emu::slot_claim(text) : std::nullopt;
  if (!claim) return usage_error("-l");
  const auto& slots = system.info.slots;
  const auto found = std::ranges::find(slots, claim->drc_index, &emu::PhysicalSlot::drc_index);
  if (found == slots.end()) return say("HSCLF072", text);
  return &*found;
}

emu::Status may_begin(const Call& call, const Lpar& lpar) {
  if (lpar.off() || lpar.failed()) return say("HSCL05DF", lpar.name(), state_of(lpar.info));
  if (!lpar.is_vios() && lpar.rmc != RmcState::active && !call.options.has("--force")) return say("HSCL2957", lpar.name());
  return emu::success();
}

bool takes_part(const Lpar& lpar, const emu::PhysicalSlot& slot) {
  return !lpar.is_vios() && lpar.rmc == RmcState::active && slot.adapter != emu::SlotAdapter::empty;
}

Status tell_guest(Call& call, const Lpar& lpar, std::string_view direction, const emu::PhysicalSlot& slot) {
  const auto answer = dlpar::run_drmgr(
      call.console, lpar, fmt::format("-c phb -s '{}' {}", emu::bridge_name(slot.bus()), direction), patience_of(call.options));
  if (!answer) return answer.error();
  if (answer->status != 0) return Error{"rmc-refused", dlpar::words_of(answer)};
  return emu::success();
}

Status add(Call& call, const Target& target, const emu::PhysicalSlot& slot) {
  const Lpar& lpar = *target.lpar;
  const std::string index = emu::drc_text(slot.drc_index);
  if (const Lpar* owner = attributes::owner_of(*target.system, slot.drc_index); owner && owner->id() == lpar.id())
    return say("HSCLF073", owner->name(), index);
  TRY(ask(*target.link, service::AddSlot{lpar.id(), slot.drc_index}));
  if (!takes_part(lpar, slot)) return emu::success();
  const Status told = tell_guest(call, lpar, "-a", slot);
  if (told) return emu::success();
  // What it has not taken is not left behind; a partition that is off by now has what its profile says.
  const auto pulled = ask(*target.link, service::RemoveSlot{lpar.id(), slot.drc_index});
  return pulled || pulled.error().code == "HSCL05DF" ? say("HSCLF076", index, lpar.name(), told.error().text)
                                                     : say("HSCLF077", index, lpar.name(), told.error().text);
}

Status remove(Call& call, const Target& target, const emu::PhysicalSlot& slot) {
  const Lpar& lpar = *target.lpar;
  const service::RemoveSlot request{lpar.id(), slot.drc_index};
  const auto pulled = ask(*target.link, request);
  if (pulled) return emu::success();
  if (pulled.error().code != "slot-taken" || !takes_part(lpar, slot)) return pulled.error();
  const Status told = tell_guest(call, lpar, "-r", slot);
  // It may have given it back all the same.
  const auto pulled_now = ask(*target.link, request);
  if (pulled_now) return emu::success();
  if (pulled_now.error().code != "slot-taken") return pulled_now.error();
  return say("HSCL2929", told ? pulled_now.error().text : told.error().text);
}

using Change = Status (*)(Call&, const Target&, const emu::PhysicalSlot&);

Result<int> change_one(Call& call, Change change) {
  const Target target = TRY(target_of(call, "-p"));
  const emu::PhysicalSlot* slot = TRY(slot_of(call, *target.system));
  TRY(may_begin(call, *target.lpar));
  TRY(change(call, target, *slot));
  return 0;
}

}  // namespace

Result<int> add_slot(Call& call) { return change_one(call, add); }
Result<int> remove_slot(Call& call) { return change_one(call, remove); }

Result<int> move_slot(Call& call) {
  const GiverAndTaker both = TRY(giver_and_taker(call));
  const Target &from = both.giver, &to = both.taker;
  const emu::PhysicalSlot* slot = TRY(slot_of(call, *from.system));
  TRY(may_begin(call, *from.lpar));
  TRY(may_begin(call, *to.lpar));
  TRY(remove(call, from, *slot));
  const Status added = add(call, to, *slot);
  if (!added) return say("HSCLF078", emu::drc_text(slot->drc_index), from.lpar->name(), added.error().text);
  return 0;
}

}  // namespace hmc::cli

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/faults.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/app/frames.h"
#include "emu/app/hmc_link.h"
#include "emu/core/clock.h"
#include "emu/core/names.h"
#include "emu/core/text.h"
#include "emu/frame/death.h"
#include "hmc/faults/faults.h"

namespace emu::app {

namespace {

constexpr u64 patience = 10 * nanoseconds_per_second;

Error wrong(const Error& error) { return {"fault", error.text + " `twinframe fault --kinds` lists what there is."}; }

// Who carries faults out.
struct Place {
  std::string name;
  std::optional<size_t> console;  // none: a frame
};

std::vector<Place> places(const NamedLab& lab) {
  std::vector<Place> all;
  for (size_t i = 0; i < lab.lab.consoles.size(); ++i) all.push_back({lab.console(i).process(), i});
  for (const FrameConfig& frame : lab.lab.frames) all.push_back({frame.name, std::nullopt});
  return all;
}

Result<Place> find_place(const NamedLab& lab, const std::string& where) {
  // The first console may be called by its name, as the others are.
  const bool is_first = where == fmt::format("{}-{}", hmc_process_name, lab.lab.consoles[0].name);
  for (Place& place : places(lab))
    if (place.name == (is_first ? std::string(hmc_process_name) : where)) return std::move(place);
  return Error{"fault", fmt::format("Lab {} has no frame and no console {}.", lab.lab.name, shown_name(where))};
}

template <class Request>
Result<typename Request::Reply> ask_console(const NamedLab& lab, const Place& place, const Request& request) {
  const auto channel = TRY(connect_hmc(lab.console(*place.console).hmc_file()));
  return ask_hmc(*channel, request, patience);
}
template <class Request>
Result<typename Request::Reply> ask_frame(const NamedLab& lab, const Place& place, const Request& request) {
  const auto channel = TRY(connect_frame(lab, place.name));
  return service::ask(*channel, request, patience);
}

Result<std::vector<Fault>> list(const NamedLab& lab, const Place& place) {
  if (!place.console) return TRY(ask_frame(lab, place, service::ListFaults{})).faults;
  return TRY(ask_console(lab, place, hmc_link::ListFaults{})).faults;
}

Status clear(const NamedLab& lab, const Place& place, u32 number) {
  if (!place.console) {
    TRY(ask_frame(lab, place, service::ClearFault{number}));
    return success();
  }
  const auto cleared = TRY(ask_console(lab, place, hmc_link::ClearFaults{number}));
  return cleared.error.empty() ? success() : Status(Error{"fault", cleared.error});
}

}  // namespace

Result<std::string> inject_fault(const NamedLab& lab, const std::string& where, const std::vector<std::string>& words) {
  const Place place = TRY(find_place(lab, where));
  auto fault = read_fault(place.console ? FaultOf::console : FaultOf::frame, words);
  if (!fault) return wrong(fault.error());
  u32 number = 0;
  if (place.console) {
    const auto added = TRY(ask_console(lab, place, hmc_link::AddFault{std::move(*fault)}));
    if (!added.error.empty()) return Error{"fault", added.error};
    number = added.number;
  } else {
    const bool is_end = fault->phase == "now";
    const auto set = ask_frame(lab, place, service::InjectFault{std::move(*fault)});
    // Who dies does not answer.
    if (!set && is_end && (set.error().code == "closed" || set.error().code == "timeout")) return std::string();
    number = TRY(set).number;
  }
  return number ? std::to_string(number) : std::string();
}

Result<std::vector<FaultInForce>> faults_in_force(const NamedLab& lab, const std::string& where) {
  std::vector<FaultInForce> all;
  const auto add = [&](const Place& place, std::vector<Fault> faults) {
    for (Fault& fault : faults) all.push_back({place.name, std::move(fault)});
  };
  if (!where.empty()) {
    const Place place = TRY(find_place(lab, where));
    add(place, TRY(list(lab, place)));
    return all;
  }
  for (const Place& place : places(lab)) {
    const std::string process = lab.presence_file(place.name);
    if (!living(process)) continue;
    if (auto listed = list(lab, place)) add(place, std::move(*listed));
  }
  return all;
}

std::string line_of(const NamedLab& lab, const FaultInForce& each) {
  const bool only_console = each.where == hmc_process_name && lab.lab.consoles.size() == 1;
  return only_console ? line_of(each.fault) : fmt::format("{} {}", each.where, line_of(each.fault));
}

Status clear_faults(const NamedLab& lab, const std::string& where, u32 number) {
  if (!where.empty()) return clear(lab, TRY(find_place(lab, where)), number);
  // A number alone is the only console's.
  if (number && lab.lab.consoles.size() == 1) return clear(lab, places(lab)[0], number);
  if (number)
    return Error{"usage",
                 "Several consoles have faults of that number: twinframe fault --clear NUMBER WHERE, as --list shows it."};
  for (const Place& place : places(lab))
    if (living(lab.presence_file(place.name))) TRY(clear(lab, place, 0));
  return success();
}

Status check_faults(const Lab& lab) {
  const auto refused = [&](const LabFault& fault, std::string reason) {
    if (reason.ends_with('.')) reason.pop_back();
    return Error{"lab", fmt::format("{}:{}: {}", lab.file, fault.line, reason)};
  };
  for (const LabFault& each : lab.faults) {
    if (each.frame.empty()) {
      if (const Status checked = hmc::Faults::check(each.fault); !checked) return refused(each, checked.error().text);
    } else if (!each.fault.phase.empty() && !frame::Death::knows(each.fault.phase)) {
      return refused(each, fmt::format("there is no phase {} to die at", shown_name(each.fault.phase)));
    } else if (each.fault.phase == "now") {
      return refused(each, "a frame that dies now never starts");
    }
  }
  return success();
}

std::string faults_as_markdown() {
  constexpr std::string_view titles[] = {"Of a frame", "Of a console"};
  std::string text;
  for (const FaultOf of : {FaultOf::frame, FaultOf::console}) {
    text += fmt::format("\n### {}\n\n| fault | what happens | with |\n|---|---|---|\n", titles[static_cast<size_t>(of) - 1]);
    for (const FaultKind& kind : fault_kinds())
      if (kind.of == of)
        text += fmt::format("| `{}{}{}` | {} | {} |\n", kind.name, kind.value.empty() ? "" : ":", kind.value, kind.meaning,
                            kind.words);
  }
  text += "\n### Words\n\n| word | value | if it is not said | meaning |\n|---|---|---|---|\n";
  for (const FaultWord& word : fault_words())
    text += fmt::format("| `{}=` | {} | {} | {} |\n", word.name, word.kind, word.fallback.empty() ? "none" : word.fallback,
                        word.meaning);
  return text;
}

}  // namespace emu::app

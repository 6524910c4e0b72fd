// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/faults/faults.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/names.h"
#include "emu/core/text.h"
#include "hmc/cli/table.h"
#include "hmc/lpm/move.h"
#include "hmc/lpm/steps.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

using emu::Fault;

constexpr size_t most_faults = 100;
constexpr u64 nanoseconds_of_ms = 1'000'000;
constexpr std::string_view undo = "undo-";

emu::Error wrong(std::string what) { return {"fault", std::move(what)}; }

bool is_armed(const Fault& fault) { return fault.what == "die-at" || fault.what == "stop-at"; }

// The console's sentence of that code, with what it is about in each of its gaps.
std::string sentence_of(const Fault& fault) {
  if (!fault.text.empty()) return fault.text;
  const auto found = std::ranges::find(messages, fault.code, &Message::code);
  if (found == std::end(messages)) return "This was made to fail (twinframe fault).";
  std::string text(found->text);
  std::string filler = "?";
  for (const std::string* known : {&fault.object, &fault.command, &fault.step, &fault.request})
    if (filler == "?" && !known->empty()) filler = *known;
  for (size_t gap = text.find("{}"); gap != text.npos; gap = text.find("{}", gap + filler.size())) text.replace(gap, 2, filler);
  return text;
}

// "13" is each of 13.1, 13.2 ...
bool names_step(std::string_view step, std::string_view row, std::string_view name) {
  return step == row || step == name || row.substr(0, row.find('.')) == step;
}

bool is_step(std::string_view step) {
  if (step == emu::any_step) return true;
  const bool undone = step.starts_with(undo);
  if (undone) step.remove_prefix(undo.size());
  for (u32 row = 0; row < steps().size(); ++row)
    if ((!undone || steps()[row].undo) && names_step(step, row_name(row), steps()[row].name)) return true;
  return false;
}

// Names stand alone, in lists with commas, or behind a =.
bool is_about(const Fault& fault, const std::vector<std::string>& argv) {
  if (!fault.step.empty() || !fault.request.empty() || (fault.what != "answer" && fault.what != "delay")) return false;
  if (!fault.command.empty() && argv[0] != fault.command) return false;
  if (fault.object.empty()) return true;
  return std::ranges::any_of(argv, [&](const std::string& word) {
    for (const std::string& part : emu::split(word, ','))
      if (part == fault.object || part.ends_with("=" + fault.object)) return true;
    return false;
  });
}

bool is_of(const Fault& fault, const Occasion& at) {
  if (!fault.move.empty() && (fault.move == "active") != at.active) return false;
  return fault.object.empty() || fault.object == at.lpar_name || fault.object == at.source_system ||
         fault.object == at.target_system;
}

}  // namespace

emu::Status Faults::check(const Fault& fault) {
  TRY(emu::check_fault(emu::FaultOf::console, fault));
  if (emu::taken_back_by(emu::FaultOf::console, fault)) return emu::success();
  if (!fault.command.empty() && !cli::find_command(fault.command))
    return wrong(
        fmt::format("{} is no command of this console: `twinframe hmc help` lists them.", emu::shown_name(fault.command)));
  if (!fault.step.empty() && !is_step(fault.step))
    return wrong(fmt::format("{} is no step of a migration, such as 5, 13.2, undo-6, suspend the partition.",
                             emu::shown_name(fault.step)));
  if (!fault.request.empty() && fault.request != emu::any_step &&
      std::ranges::find(move_request_names(), fault.request) == move_request_names().end())
    return wrong(fmt::format("{} is no request of a migration, such as CreateShell, BeginPasses, AdoptInactive.",
                             emu::shown_name(fault.request)));
  if (!fault.request.empty() && fault.what == "cut" && !fault.step.empty()) return wrong("A cut is of a step or of a request.");
  return emu::success();
}

emu::Result<u32> Faults::add(Fault fault) {
  TRY(check(fault));
  const auto back = emu::taken_back_by(emu::FaultOf::console, fault);
  const std::lock_guard guard(mutex_);
  if (back) {
    // What was armed waits for one end, whichever it is.
    std::erase_if(faults_, is_armed);
    return 0U;
  }
  if (faults_.size() >= most_faults) return wrong("There are 100 faults already: clear some.");
  if (is_armed(fault)) std::erase_if(faults_, is_armed);
  fault.number = ++last_;
  fault.met = 0;
  faults_.push_back(std::move(fault));
  return last_;
}

emu::Status Faults::clear(u32 number) {
  const std::lock_guard guard(mutex_);
  const size_t gone = std::erase_if(faults_, [&](const Fault& each) { return number == 0 || each.number == number; });
  if (number && !gone) return wrong(fmt::format("There is no fault {}: `twinframe fault --list` shows them.", number));
  return emu::success();
}

std::vector<Fault> Faults::list() const {
  const std::lock_guard guard(mutex_);
  return faults_;
}

template <class Meets>
Faults::Meeting Faults::meet_all(Meets meets) {
  Meeting meeting;
  const std::lock_guard guard(mutex_);
  for (Fault& fault : faults_) {
    if (!meets(fault) || !emu::strikes(fault, std::uniform_int_distribution<u32>(1, 100)(dice_))) continue;
    const u32 jitter = std::uniform_int_distribution<u32>(0, 2 * fault.jitter_ms)(dice_);
    meeting.delay += (u64{fault.delay_ms} + jitter - fault.jitter_ms) * nanoseconds_of_ms;
    if (!fault.code.empty() && !meeting.answer) meeting.answer = emu::Error{fault.code, sentence_of(fault)};
    if (fault.what == "cut") meeting.cut = true;
    if (fault.what == "kill") meeting.kill = fault.whom;
    if (is_armed(fault)) meeting.kill = "console";
    if (fault.what == "stop-at") meeting.stop = true;
  }
  // Once: one that is stopped, and goes on, is not stopped again.
  std::erase_if(faults_, [](const Fault& fault) { return is_armed(fault) && fault.met > 0; });
  return meeting;
}

Faults::Meeting Faults::meet(const std::vector<std::string>& argv) {
  if (argv.empty()) return {};
  return meet_all([&](const Fault& fault) { return is_about(fault, argv); });
}

Faults::Meeting Faults::meet_step(const Occasion& at) {
  return meet_all([&](const Fault& fault) {
    if (fault.step.empty() || fault.what == "no-rollback" || !is_of(fault, at)) return false;
    if (is_armed(fault)) return fault.step == at.row;
    if (fault.step == emu::any_step) return !at.row.starts_with(undo);
    return names_step(fault.step, at.row, at.name);
  });
}

Faults::Meeting Faults::meet_request(const Occasion& at, std::string_view request, const std::string& system) {
  return meet_all([&](const Fault& fault) {
    if (fault.request != request && fault.request != emu::any_step) return false;
    if (!fault.move.empty() && (fault.move == "active") != at.active) return false;
    return fault.object.empty() || fault.object == system || fault.object == at.lpar_name;
  });
}

bool Faults::keeps_failed(const Occasion& at) {
  const std::lock_guard guard(mutex_);
  bool kept = false;
  for (Fault& fault : faults_) {
    if (fault.what != "no-rollback" || !is_of(fault, at)) continue;
    if (!fault.step.empty() && fault.step != emu::any_step && !names_step(fault.step, at.row, at.name)) continue;
    kept = emu::strikes(fault, std::uniform_int_distribution<u32>(1, 100)(dice_)) || kept;
  }
  return kept;
}

}  // namespace hmc

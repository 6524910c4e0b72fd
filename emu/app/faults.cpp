// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/faults.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/app/frames.h"
#include "emu/app/hmc_link.h"
#include "emu/core/clock.h"
#include "emu/core/names.h"
#include "emu/core/text.h"

namespace emu::app {

namespace {

constexpr u64 patience = 10 * nanoseconds_per_second;

constexpr std::string_view bytes_per_second = "BYTES_PER_SECOND";

constexpr FaultKind kinds[] = {
    {"cut-mover-link", FaultOf::frame, "", "the link between the movers of two frames is cut"},
    {"restore-mover-link", FaultOf::frame, "", "it carries again"},
    {"slow-mover", FaultOf::frame, bytes_per_second, "a mover sends no more than that; 0: as fast as it goes"},
    {"slow-pages", FaultOf::frame, bytes_per_second,
     "a destination takes no more of what is missing out of the source's memory; 0: no limit"},
    {"unplug-network", FaultOf::frame, "", "the cables of its Virtual I/O Servers' shared Ethernet adapters are pulled"},
    {"plug-network", FaultOf::frame, "", "and plugged in again"},
    {"fill-memory", FaultOf::frame, "", "what is free of its memory is taken"},
    {"free-memory", FaultOf::frame, "", "and given back"},
    {"lose-mains", FaultOf::frame, "", "it runs on battery, and is no destination of a migration"},
    {"restore-mains", FaultOf::frame, "", "it has mains power again"},
    {"die-at", FaultOf::frame, "PHASE",
     "its process kills itself when a stream reaches a phase, or when a record is written: [before-]shell, source, adopted, "
     "finished; "
     "handed_over, taken_back, started"},
    {"stop-at", FaultOf::frame, "PHASE", "likewise, with SIGSTOP; never: what was armed is forgotten"},
    {"die-at", FaultOf::hmc, "STEP",
     "the console's process kills itself when a step of a migration is written down: 5, 13.2, undo-6"},
    {"stop-at", FaultOf::hmc, "STEP", "likewise, with SIGSTOP; never: what was armed is forgotten"},
    {"answer", FaultOf::command, "CODE",
     "a command of the console answers HSCLxxxx with its sentence, exit status 1, and does nothing"},
    {"delay", FaultOf::command, "MILLISECONDS", "a command of the console waits so long before it begins"},
};

struct Attribute {
  std::string_view name;
  std::string_view meaning;
  bool (*set)(hmc::CommandFault&, const std::string&);
};
template <auto member, u32 least = 0>
bool set_number(hmc::CommandFault& fault, const std::string& text) {
  const auto number = parse_number<u32>(text);
  if (number) fault.*member = *number;
  return number && *number >= least;
}
template <auto member>
bool set_text(hmc::CommandFault& fault, const std::string& text) {
  fault.*member = text;
  return !text.empty();
}
constexpr Attribute attributes[] = {
    {"command", "which command (default: each)", set_text<&hmc::CommandFault::command>},
    {"object", "a system or partition that its options name (default: any)", set_text<&hmc::CommandFault::object>},
    {"text", "what stands behind the code (default: the console's own sentence)", set_text<&hmc::CommandFault::text>},
    {"delay", "of an answer, in ms", set_number<&hmc::CommandFault::delay_ms>},
    {"jitter", "the delay is up to so many ms longer or shorter", set_number<&hmc::CommandFault::jitter_ms>},
    {"skip", "so many commands are spared first", set_number<&hmc::CommandFault::skip>},
    {"count", "then so many are met (default: all)", set_number<&hmc::CommandFault::count, 1>},
    {"probability", "of each of them, in percent (default: 100)", set_number<&hmc::CommandFault::probability>},
};

Error wrong(const std::string& what) { return {"fault", what + " `twinframe fault --kinds` lists what there is."}; }

std::pair<std::string, std::string> parted(const std::string& word, char at) {
  const size_t place = std::min(word.find(at), word.size());
  return {word.substr(0, place), word.substr(std::min(place + 1, word.size()))};
}

Result<std::string> add_command_fault(const std::string& hmc_file, const std::string& kind, const std::string& value,
                                      std::span<const std::string> words) {
  hmc::CommandFault fault;
  if (kind == "answer") fault.code = value;
  if (kind == "delay" && !set_number<&hmc::CommandFault::delay_ms>(fault, value))
    return wrong(fmt::format("{} is no number of milliseconds.", value));
  for (const std::string& word : words) {
    const auto [name, text] = parted(word, '=');
    const auto attribute = std::ranges::find(attributes, name, &Attribute::name);
    if (attribute == std::end(attributes) || !attribute->set(fault, text))
      return wrong(fmt::format("{} says nothing of a fault.", word));
  }
  const auto channel = TRY(connect_hmc(hmc_file));
  const auto added = TRY(ask_hmc(*channel, hmc_link::AddCommandFault{fault}, patience));
  if (!added.error.empty()) return Error{"fault", added.error};
  return std::to_string(added.number);
}

Result<std::string> inject_into_frame(const NamedLab& lab, const std::string& frame, const std::string& what,
                                      std::span<const std::string> words) {
  const auto channel = TRY(connect_frame(lab, frame));
  u32 lpar_id = 0;
  for (const std::string& word : words) {
    const auto [name, text] = parted(word, '=');
    if (name != "vios") return wrong(fmt::format("{} says nothing of a fault.", word));
    lpar_id = TRY(find_lpar(*channel, frame, text)).definition.lpar_id;
  }
  TRY(service::ask(*channel, service::InjectFault{what, lpar_id}, patience));
  return std::string();
}

Result<std::string> inject_into_hmc(const std::string& hmc_file, const std::string& what) {
  const auto channel = TRY(connect_hmc(hmc_file));
  const auto set = TRY(ask_hmc(*channel, hmc_link::InjectFault{what}, patience));
  return set.error.empty() ? Result<std::string>(std::string()) : Error{"fault", set.error};
}

}  // namespace

std::span<const FaultKind> fault_kinds() { return kinds; }

Result<std::string> inject_fault(const NamedLab& lab, const std::string& where, const std::vector<std::string>& words) {
  if (words.empty()) return wrong("Which fault?");
  const auto parts = parted(words[0], ':');
  const std::string &name = parts.first, &value = parts.second;
  const auto processes = lab.processes();
  // The first console may be called by its name, as the others are.
  const bool is_first = where == fmt::format("{}-{}", hmc_process_name, lab.lab.consoles[0].name);
  const auto process = std::ranges::find(processes, is_first ? std::string(hmc_process_name) : where, &LabProcess::name);
  const bool of_hmc = process != processes.end() && process->kind == LabProcess::Kind::hmc;
  const std::string hmc_file = of_hmc ? lab.console(process->console).hmc_file() : "";
  const auto kind = std::ranges::find_if(
      kinds, [&](const FaultKind& each) { return each.name == name && (each.of != FaultOf::frame) == of_hmc; });
  if (kind == std::end(kinds)) return wrong(fmt::format("There is no fault {} of {}.", name, of_hmc ? "the console" : "a frame"));
  if (kind->value.empty() != value.empty())
    return wrong(value.empty() ? fmt::format("{} needs a value: {}:{}.", name, name, kind->value)
                               : fmt::format("{} has no value.", name));
  if (kind->value == bytes_per_second && !parse_number<u64>(value))
    return wrong(fmt::format("{} is no number of bytes.", shown_name(value)));
  const auto more = std::span(words).subspan(1);
  if (kind->of == FaultOf::command) return add_command_fault(hmc_file, name, value, more);
  if (kind->of == FaultOf::frame) return inject_into_frame(lab, where, words[0], more);
  return more.empty() ? inject_into_hmc(hmc_file, words[0]) : wrong(fmt::format("{} says nothing of a fault.", more[0]));
}

std::string line_of(const hmc::CommandFault& fault) {
  std::string line = fmt::format("{} {}", fault.number, fault.command.empty() ? "each command" : fault.command);
  if (!fault.object.empty()) line += " of " + shown_name(fault.object);
  if (!fault.code.empty()) line += fmt::format(": answers {}", fault.code);
  if (fault.delay_ms) line += fmt::format("{} {} ms", fault.code.empty() ? ": waits" : " after", fault.delay_ms);
  if (fault.jitter_ms) line += fmt::format(" (+-{})", fault.jitter_ms);
  if (fault.probability < 100) line += fmt::format(", {} %", fault.probability);
  if (fault.skip) line += fmt::format(", {} are spared first", fault.skip);
  return line + fmt::format("; met {}{}", fault.met, fault.count ? fmt::format(" of {}", fault.count) : "");
}

std::string faults_as_markdown() {
  constexpr std::string_view titles[] = {"Of a frame", "Of the console's process", "Of a command of the console"};
  std::string text;
  for (const FaultOf of : {FaultOf::frame, FaultOf::hmc, FaultOf::command}) {
    text += fmt::format("\n### {}\n\n| fault | what happens |\n|---|---|\n", titles[static_cast<size_t>(of)]);
    for (const FaultKind& kind : kinds)
      if (kind.of == of)
        text += fmt::format("| `{}{}{}` | {} |\n", kind.name, kind.value.empty() ? "" : ":", kind.value, kind.meaning);
  }
  text += "\n| with | meaning |\n|---|---|\n";
  for (const Attribute& attribute : attributes) text += fmt::format("| `{}=` | {} |\n", attribute.name, attribute.meaning);
  return text;
}

}  // namespace emu::app

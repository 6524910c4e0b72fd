// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/fault.h"

#include "emu/core/names.h"
#include "emu/core/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu {

namespace {

constexpr u32 longest_delay_ms = 600'000;
constexpr size_t longest_text = 400;
constexpr std::string_view never = "never";

constexpr FaultKind kinds[] = {
    {"cut-mover-link", FaultOf::frame, "", "vios", "", "the link between the movers of two frames is cut", "Cut its mover link",
     "cut-mover-link"},
    {"restore-mover-link", FaultOf::frame, "", "vios", "cut-mover-link", "it carries again", "", ""},
    {"slow-mover", FaultOf::frame, "bytes_per_second", "vios", "", "a mover sends no more than that; 0: as fast as it goes",
     "Slow its mover to 20 MB/s", "slow-mover:20000000"},
    {"slow-pages", FaultOf::frame, "bytes_per_second", "", "",
     "a destination takes no more of what is missing out of the source's memory; 0: no limit", "Slow the last pages to 20 MB/s",
     "slow-pages:20000000"},
    {"vasi-refuse", FaultOf::frame, "", "vios skip count probability", "",
     "a mover's VASI cannot handle the next migration, which stops with an error", "Its VASI takes no migration", "vasi-refuse"},
    {"vasi-error", FaultOf::frame, "", "after_bytes vios skip count probability", "",
     "a mover's VASI reports a device error while pages are transferred, and the migration stops", "Its VASI fails in the passes",
     "vasi-error"},
    {"unplug-network", FaultOf::frame, "", "vios", "",
     "the cables of its Virtual I/O Servers' shared Ethernet adapters are pulled", "Unplug its network", "unplug-network"},
    {"plug-network", FaultOf::frame, "", "vios", "unplug-network", "and plugged in again", "", ""},
    {"unplug-cable", FaultOf::frame, "port", "vios", "", "the cable of one Ethernet port of its Virtual I/O Servers is pulled",
     "Unplug the cable of ent0", "unplug-cable:ent0"},
    {"plug-cable", FaultOf::frame, "port", "vios", "unplug-cable", "and plugged in again", "", ""},
    {"offline-subsystem", FaultOf::frame, "subsystem", "vios", "",
     "all LUNs of a storage subsystem answer its Virtual I/O Servers no command", "", ""},
    {"online-subsystem", FaultOf::frame, "subsystem", "vios", "offline-subsystem", "and answer again", "", ""},
    {"fill-memory", FaultOf::frame, "", "", "", "what is free of its memory is taken", "Fill its memory", "fill-memory"},
    {"free-memory", FaultOf::frame, "", "", "fill-memory", "and given back", "", ""},
    {"lose-mains", FaultOf::frame, "", "", "", "it runs on battery, and is no destination of a migration", "Lose its mains power",
     "lose-mains"},
    {"restore-mains", FaultOf::frame, "", "", "lose-mains", "it has mains power again", "", ""},
    {"die-at", FaultOf::frame, "phase", "", "",
     "its process kills itself when a stream reaches a phase, or when a record is written; never: what was armed is forgotten",
     "Die when the partition is suspended", "die-at:suspended"},
    {"stop-at", FaultOf::frame, "phase", "", "", "likewise, with SIGSTOP", "", ""},
    {"answer", FaultOf::console, "code", "text command step request object move delay_ms jitter_ms skip count probability", "",
     "a command, a step of a migration or a request of one answers HSCLxxxx with its sentence, and does nothing",
     "The next migrlpar finds the partition busy", "answer:HSCL3205 command=migrlpar count=1"},
    {"delay", FaultOf::console, "delay_ms", "command step request object move jitter_ms skip count probability", "",
     "a command, a step of a migration or a request of one waits so long before it begins", "Each step of a migration takes 3 s",
     "delay:3000 step=any"},
    {"cut", FaultOf::console, "", "step request object move skip count probability", "",
     "with a step: the mover link of the source is cut when it begins, as by cut-mover-link, which the source's frame then has; "
     "with a "
     "request: the frame that is asked does not answer",
     "Cut the mover link when the memory goes", "cut step=7 count=1"},
    {"kill", FaultOf::console, "whom", "step request object move skip count probability", "",
     "the process of the console, of the source or of the destination is killed before a step or a request",
     "Kill the source when the memory goes", "kill:source step=7 count=1"},
    {"no-rollback", FaultOf::console, "", "step object move skip count probability", "",
     "a migration that fails is not rolled back, and waits for migrlpar -o r", "The next failed migration is not rolled back",
     "no-rollback count=1"},
    {"die-at", FaultOf::console, "step", "", "",
     "the console's process kills itself when a step of a migration is written down, once; never: what was armed is forgotten",
     "", ""},
    {"stop-at", FaultOf::console, "step", "", "", "likewise, with SIGSTOP", "", ""},
};

template <auto member, u32 least = 0>
bool set_number(Fault& fault, const std::string& text) {
  const auto number = parse_number<std::remove_reference_t<decltype(fault.*member)>>(text);
  if (number) fault.*member = *number;
  return number && *number >= least;
}
template <auto member>
std::string said_number(const Fault& fault) {
  return fault.*member == Fault{}.*member ? "" : std::to_string(fault.*member);
}
template <auto member>
bool set_text(Fault& fault, const std::string& text) {
  fault.*member = text;
  return !text.empty() && text.size() <= longest_text && shown_name(text) == text;
}
template <auto member>
std::string said_text(const Fault& fault) {
  return fault.*member;
}

constexpr std::string_view whom_words = "console, source, destination";
bool set_whom(Fault& fault, const std::string& text) {
  fault.whom = text;
  return text == "console" || text == "source" || text == "destination";
}
bool set_move(Fault& fault, const std::string& text) {
  fault.move = text;
  return text == "active" || text == "inactive";
}
bool set_code(Fault& fault, const std::string& text) {
  fault.code = text;
  return text.size() == 8 && text.starts_with("HSCL") && text.find_first_not_of("0123456789ABCDEF", 4) == text.npos;
}

constexpr FaultWord all_words[] = {
    {"code", "HSCL and four digits or A - F", "", "what it answers", set_code, said_text<&Fault::code>},
    {"text", "text", "the console's own sentence", "what stands behind the code", set_text<&Fault::text>,
     said_text<&Fault::text>},
    {"command", "command", "each", "which command of the console", set_text<&Fault::command>, said_text<&Fault::command>},
    {"step", "number, or name; any", "",
     "which step of a migration (architecture.md): `5`, `13.2`, `undo-6`, `suspend the partition`, `any` that goes forward",
     set_text<&Fault::step>, said_text<&Fault::step>},
    {"request", "name; any", "", "which request of a migration to a frame ([service-link.md](service-link.md)): `CreateShell`",
     set_text<&Fault::request>, said_text<&Fault::request>},
    {"object", "name", "any",
     "a system or partition that the command's options name; the migration's; of a request, the system that is asked, or the "
     "partition",
     set_text<&Fault::object>, said_text<&Fault::object>},
    {"move", "active, inactive", "both", "which migrations", set_move, said_text<&Fault::move>},
    {"whom", whom_words, "", "whose process", set_whom, said_text<&Fault::whom>},
    {"vios", "name", "all of the frame", "which Virtual I/O Server", set_text<&Fault::vios>, said_text<&Fault::vios>},
    {"port", "name", "", "which Ethernet port: ent0", set_text<&Fault::port>, said_text<&Fault::port>},
    {"subsystem", "name", "", "which storage subsystem: `subsystem` of a LUN ([labs.md](labs.md))", set_text<&Fault::subsystem>,
     said_text<&Fault::subsystem>},
    {"phase", "phase", "",
     "opened, passes, suspending, suspended, verifying, resumed, completed; a record with or without `before-` in front: shell, "
     "source, "
     "adopted, finished, handed_over, taken_back, started; now; never",
     set_text<&Fault::phase>, said_text<&Fault::phase>},
    {"bytes_per_second", "number", "", "the limit", set_number<&Fault::bytes_per_second>, said_number<&Fault::bytes_per_second>},
    {"after_bytes", "number", "0", "when the mover has carried so much of a migration", set_number<&Fault::after_bytes>,
     said_number<&Fault::after_bytes>},
    {"delay_ms", "milliseconds", "0", "the wait before it, up to 600000", set_number<&Fault::delay_ms>,
     said_number<&Fault::delay_ms>},
    {"jitter_ms", "milliseconds", "0", "the wait is up to so much longer or shorter", set_number<&Fault::jitter_ms>,
     said_number<&Fault::jitter_ms>},
    {"skip", "number", "0", "so many are spared first", set_number<&Fault::skip>, said_number<&Fault::skip>},
    {"count", "number", "all", "then so many are met", set_number<&Fault::count, 1>, said_number<&Fault::count>},
    {"probability", "1 to 100", "100", "of each of them, in percent", set_number<&Fault::probability>,
     said_number<&Fault::probability>},
};

Error wrong(std::string what) { return {"fault", std::move(what)}; }

const FaultWord* find_word(std::string_view name) {
  const auto* word = std::ranges::find(all_words, name, &FaultWord::name);
  return word == std::end(all_words) ? nullptr : word;
}

std::string_view whose(FaultOf of) { return of == FaultOf::frame ? "a frame" : "the console"; }

}  // namespace

bool FaultKind::has(std::string_view word) const {
  if (word == value && !word.empty()) return true;
  const auto all = emu::words(words, ' ');
  return std::ranges::find(all, word) != all.end();
}

std::span<const FaultKind> fault_kinds() { return kinds; }
std::span<const FaultWord> fault_words() { return all_words; }

const FaultKind* find_fault_kind(FaultOf of, std::string_view name) {
  const auto* kind = std::ranges::find_if(kinds, [&](const FaultKind& each) { return each.of == of && each.name == name; });
  return kind == std::end(kinds) ? nullptr : kind;
}

Status set_fault_word(Fault& fault, std::string_view name, const std::string& value) {
  const FaultWord* word = find_word(name);
  if (!word) return wrong(fmt::format("{} says nothing of a fault.", shown_name(name)));
  if (word->set(fault, value)) return success();
  return wrong(fmt::format("{} is no {} of a fault: {}.", shown_name(value), name, word->kind));
}

Result<Fault> read_fault(FaultOf of, std::span<const std::string> said) {
  if (said.empty()) return wrong("Which fault?");
  const auto parted = [](const std::string& word, char at) {
    const size_t place = std::min(word.find(at), word.size());
    return std::pair(word.substr(0, place), word.substr(std::min(place + 1, word.size())));
  };
  Fault fault;
  std::string value;
  std::tie(fault.what, value) = parted(said[0], ':');
  const FaultKind* kind = find_fault_kind(of, fault.what);
  if (!kind) return wrong(fmt::format("There is no fault {} of {}.", shown_name(fault.what), whose(of)));
  if (!value.empty() && kind->value.empty()) return wrong(fmt::format("{} has no value.", kind->name));
  bool valued = !value.empty();
  if (valued) TRY(set_fault_word(fault, kind->value, value));
  for (const std::string& word : said.subspan(1)) {
    const auto [name, text] = parted(word, '=');
    if (!find_word(name)) return wrong(fmt::format("{} says nothing of a fault.", shown_name(word)));
    if (!kind->has(name)) return wrong(fmt::format("{} has no {}.", kind->name, name));
    TRY(set_fault_word(fault, name, text));
    valued = valued || name == kind->value;
  }
  if (!valued && !kind->value.empty()) return wrong(fmt::format("{} needs a value: {}:{}.", kind->name, kind->name, kind->value));
  TRY(check_fault(of, fault));
  return fault;
}

Status check_fault(FaultOf of, const Fault& fault) {
  const FaultKind* kind = find_fault_kind(of, fault.what);
  if (!kind) return wrong(fmt::format("There is no fault {} of {}.", shown_name(fault.what), whose(of)));
  for (const FaultWord& word : all_words) {
    const std::string said = word.said(fault);
    Fault again;
    // A number that is not said is as good as its default: a limit of 0 is none.
    if (said.empty()) {
      const bool number = word.name == "bytes_per_second";
      if (word.name == kind->value && !number) return wrong(fmt::format("{} needs a {}.", kind->name, word.name));
      continue;
    }
    if (!kind->has(word.name)) return wrong(fmt::format("{} has no {}.", kind->name, word.name));
    TRY(set_fault_word(again, word.name, said));
  }
  if (fault.probability == 0 || fault.probability > 100) return wrong("A probability is 1 to 100 percent.");
  if (fault.delay_ms > longest_delay_ms || fault.jitter_ms > fault.delay_ms)
    return wrong("A delay has up to 600000 ms, and a jitter no more than its delay.");
  const int about = !fault.command.empty() + !fault.step.empty() + !fault.request.empty();
  if (about > 1) return wrong("A fault is of a command, of a step or of a request.");
  if (about == 0 && (kind->name == "cut" || kind->name == "kill"))
    return wrong(fmt::format("{} is of a step or of a request: step=9, request=CreateShell.", kind->name));
  if (!fault.move.empty() && fault.step.empty() && fault.request.empty() && kind->name != "no-rollback")
    return wrong("Only steps and requests are of an active or an inactive migration.");
  return success();
}

std::optional<std::string_view> taken_back_by(FaultOf of, const Fault& fault) {
  const FaultKind* kind = find_fault_kind(of, fault.what);
  if (!kind) return std::nullopt;
  if (!kind->ends.empty()) return kind->ends;
  const bool no_limit = kind->value == "bytes_per_second" && fault.bytes_per_second == 0;
  const bool forgets = (kind->value == "phase" && fault.phase == never) || (kind->value == "step" && fault.step == never);
  if (no_limit || forgets) return kind->name;
  return std::nullopt;
}

std::string words_of(const Fault& fault) {
  std::string text = fault.what;
  // The two kinds of one name have values of different words.
  for (const FaultKind& kind : kinds) {
    if (kind.name != fault.what || kind.value.empty()) continue;
    if (const std::string said = find_word(kind.value)->said(fault); !said.empty()) {
      text += ":" + said;
      break;
    }
  }
  for (const FaultWord& word : all_words) {
    const bool is_value =
        std::ranges::any_of(kinds, [&](const FaultKind& kind) { return kind.name == fault.what && kind.value == word.name; });
    if (const std::string said = is_value ? "" : word.said(fault); !said.empty())
      text += said.find(' ') == said.npos ? fmt::format(" {}={}", word.name, said) : fmt::format(" '{}={}'", word.name, said);
  }
  return text;
}

std::string line_of(const Fault& fault) {
  std::string line = fmt::format("{} ", fault.number);
  const bool of_command = (fault.what == "answer" || fault.what == "delay") && fault.step.empty() && fault.request.empty();
  const bool of_move = of_command || !fault.step.empty() || !fault.request.empty() || fault.what == "no-rollback";
  if (!of_move || fault.what == "die-at" || fault.what == "stop-at") {
    line += words_of(fault);
    for (size_t i = 0; i < fault.spared.size(); ++i) line += (i ? ", " : ", not of ") + shown_name(fault.spared[i]);
    if (const FaultKind* kind = find_fault_kind(FaultOf::frame, fault.what); kind && kind->has("count"))
      line += fmt::format("; met {}{}", fault.met, fault.count ? fmt::format(" of {}", fault.count) : "");
    return line;
  }
  if (of_command) line += fault.command.empty() ? "each command" : fault.command;
  if (!fault.step.empty()) line += fault.step == any_step ? "each step" : "step " + fault.step;
  if (!fault.request.empty()) line += fault.request == any_step ? "each request" : "request " + fault.request;
  if (fault.what == "no-rollback" && fault.step.empty()) line += "each migration";
  if (!fault.move.empty()) line += fmt::format(" of {} migrations", fault.move);
  if (!fault.object.empty()) line += " of " + shown_name(fault.object);
  if (fault.what == "cut") line += fault.step.empty() ? ": has no answer" : ": the mover link is cut";
  if (fault.what == "kill") line += fmt::format(": kills the {}", fault.whom);
  if (fault.what == "no-rollback") line += ": is not rolled back";
  if (!fault.code.empty()) line += fmt::format(": answers {}", fault.code);
  if (fault.delay_ms) line += fmt::format("{} {} ms", fault.code.empty() ? ": waits" : " after", fault.delay_ms);
  if (fault.jitter_ms) line += fmt::format(" (+-{})", fault.jitter_ms);
  if (fault.probability < 100) line += fmt::format(", {} %", fault.probability);
  if (fault.skip) line += fmt::format(", {} are spared first", fault.skip);
  return line + fmt::format("; met {}{}", fault.met, fault.count ? fmt::format(" of {}", fault.count) : "");
}

bool is_about_vios(const Fault& fault, std::string_view vios) {
  return (fault.vios.empty() || fault.vios == vios) && std::ranges::find(fault.spared, vios) == fault.spared.end();
}

bool strikes(Fault& fault, u32 dice) {
  if (fault.count && fault.met >= fault.count) return false;
  if (fault.skip > 0) {
    --fault.skip;
    return false;
  }
  if (dice > fault.probability) return false;
  ++fault.met;
  return true;
}

}  // namespace emu

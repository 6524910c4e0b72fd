// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/faults/faults.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/text.h"
#include "hmc/cli/table.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr size_t most_faults = 100;
constexpr u32 longest_delay_ms = 600'000;
constexpr u64 nanoseconds_of_ms = 1'000'000;

bool is_code(const std::string& code) {
  return code.size() == 8 && code.starts_with("HSCL") && code.find_first_not_of("0123456789ABCDEF", 4) == code.npos;
}

// The console's sentence of that code, with the object in each of its gaps.
std::string sentence_of(const CommandFault& fault) {
  if (!fault.text.empty()) return fault.text;
  const auto found = std::ranges::find(messages, fault.code, &Message::code);
  if (found == std::end(messages)) return "This command was made to fail (twinframe fault).";
  std::string text(found->text);
  const std::string filler = !fault.object.empty() ? fault.object : !fault.command.empty() ? fault.command : "?";
  for (size_t gap = text.find("{}"); gap != text.npos; gap = text.find("{}", gap + filler.size())) text.replace(gap, 2, filler);
  return text;
}

}  // namespace

emu::Result<u32> Faults::add(CommandFault fault) {
  const auto wrong = [](const std::string& what) { return emu::Error{"fault", what}; };
  if (fault.code.empty() && !fault.delay_ms)
    return wrong("A fault of a command answers a code (answer:HSCL3205) or takes time (delay:500).");
  if (!fault.code.empty() && !is_code(fault.code))
    return wrong(fmt::format("{} is no code: HSCL and four digits or A - F.", fault.code));
  if (!fault.command.empty() && !cli::find_command(fault.command))
    return wrong(fmt::format("{} is no command of this console: `twinframe hmc help` lists them.", fault.command));
  if (fault.probability == 0 || fault.probability > 100) return wrong("A probability is 1 to 100 percent.");
  if (fault.delay_ms > longest_delay_ms || fault.jitter_ms > fault.delay_ms)
    return wrong("A delay has up to 600000 ms, and a jitter no more than its delay.");
  const std::lock_guard guard(mutex_);
  if (faults_.size() >= most_faults) return wrong("There are 100 faults already: clear some.");
  fault.number = ++last_;
  fault.met = 0;
  faults_.push_back(std::move(fault));
  return last_;
}

emu::Status Faults::clear(u32 number) {
  const std::lock_guard guard(mutex_);
  const size_t gone = std::erase_if(faults_, [&](const CommandFault& each) { return number == 0 || each.number == number; });
  if (number && !gone)
    return emu::Error{"fault", fmt::format("There is no fault {}: `twinframe fault --list` shows them.", number)};
  return emu::success();
}

std::vector<CommandFault> Faults::list() const {
  const std::lock_guard guard(mutex_);
  return faults_;
}

// Names stand alone, in lists with commas, or behind a =.
bool Faults::is_about(const CommandFault& fault, const std::vector<std::string>& argv) {
  if (!fault.command.empty() && argv[0] != fault.command) return false;
  if (fault.object.empty()) return true;
  return std::ranges::any_of(argv, [&](const std::string& word) {
    for (const std::string& part : emu::split(word, ','))
      if (part == fault.object || part.ends_with("=" + fault.object)) return true;
    return false;
  });
}

Faults::Meeting Faults::meet(const std::vector<std::string>& argv) {
  Meeting meeting;
  if (argv.empty()) return meeting;
  const std::lock_guard guard(mutex_);
  for (CommandFault& fault : faults_) {
    if ((fault.count && fault.met == fault.count) || !is_about(fault, argv)) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (std::uniform_int_distribution<u32>(1, 100)(dice_) > fault.probability) continue;
    ++fault.met;
    const u32 jitter = std::uniform_int_distribution<u32>(0, 2 * fault.jitter_ms)(dice_);
    meeting.delay += (u64{fault.delay_ms} + jitter - fault.jitter_ms) * nanoseconds_of_ms;
    if (!fault.code.empty() && !meeting.answer) meeting.answer = emu::Error{fault.code, sentence_of(fault)};
  }
  return meeting;
}

}  // namespace hmc

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What can be made to go wrong: THE table of kinds, and of the words that say more of one. `twinframe fault`, the [[fault]] of a lab file,
// scenarios, the window and docs/faults.md are made of it. Who carries a fault out is told it as a Fault.
//
//   cut-mover-link vios=viosA                   in a frame
//   answer:HSCL3205 command=migrlpar count=2    in a console; the same as: answer code=HSCL3205 command=migrlpar count=2

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/fields.h"
#include "emu/core/result.h"

namespace emu {

// Who carries it out.
enum class FaultOf : u8 { frame = 1, console };

struct Fault {
  u32 number = 0;    // by which it is taken back; given by who carries it out
  std::string what;  // a kind's name
  // One for each word of the table; empty or 0: not said.
  std::string code, text, command, step, request, object, move, whom, vios, port, subsystem, phase;
  u64 bytes_per_second = 0;
  u64 after_bytes = 0;
  u32 delay_ms = 0;
  u32 jitter_ms = 0;
  u32 skip = 0;
  u32 count = 0;  // 0: all
  u32 probability = 100;
  u32 met = 0;                      // so many times it has happened
  std::vector<std::string> spared;  // Virtual I/O Servers for which it was taken back
  FIELDS(Fault, number, what, code, text, command, step, request, object, move, whom, vios, port, subsystem, phase,
         bytes_per_second, after_bytes, delay_ms, jitter_ms, skip, count, probability, met, spared)
};

struct FaultKind {
  std::string_view name;
  FaultOf of;
  std::string_view value;  // the word that stands behind the name's colon; empty: it has none
  std::string_view words;  // that it can have beside; with blanks between
  std::string_view ends;   // it is none, but takes back the faults of this kind
  std::string_view meaning;
  std::string_view shown;    // in a list for people; empty: not there
  std::string_view example;  // that is set from that list

  bool has(std::string_view word) const;
};
std::span<const FaultKind> fault_kinds();
const FaultKind* find_fault_kind(FaultOf, std::string_view name);

struct FaultWord {
  std::string_view name;
  std::string_view kind;      // of value
  std::string_view fallback;  // if it is not said
  std::string_view meaning;
  bool (*set)(Fault&, const std::string&);  // false: that is no such value
  std::string (*said)(const Fault&);        // empty: it is not
};
std::span<const FaultWord> fault_words();

inline constexpr std::string_view any_step = "any";

// A fault of `words`: "answer:HSCL3205", "command=migrlpar", ... An error is one sentence; it is asked `check`, too.
Result<Fault> read_fault(FaultOf, std::span<const std::string> words);
// One word of it.
Status set_fault_word(Fault&, std::string_view name, const std::string& value);
// What the table says of it. What commands, steps and phases there are, others know.
Status check_fault(FaultOf, const Fault&);
// One that is none: it takes faults back, those of the kind that is answered. ("restore-mover-link", "slow-mover:0", "die-at:never")
std::optional<std::string_view> taken_back_by(FaultOf, const Fault&);

// "slow-mover:20000000 vios=viosA": as it is written.
std::string words_of(const Fault&);
// "1 migrlpar of mobile: answers HSCL3205; met 0 of 2": as it is listed.
std::string line_of(const Fault&);

// A server that a fault is about.
bool is_about_vios(const Fault&, std::string_view vios);
// One more occasion of the kind that it is about: whether it happens. Counts. `dice`: 1 to 100.
bool strikes(Fault&, u32 dice);

}  // namespace emu

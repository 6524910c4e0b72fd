// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// attr=value, attr+=value, attr-=value of a command, and how its text becomes a value of ours. (docs/hmc.md, Configuration data)

#include <string>
#include <string_view>
#include <vector>

#include "emu/core/result.h"
#include "emu/core/types.h"
#include "emu/core/words.h"

namespace hmc::attributes {

enum class Change : u8 { set = 1, add, remove };

struct Assignment {
  std::string name;
  Change change = Change::set;
  std::vector<std::string> values;  // at least one, perhaps empty
  std::string text;                 // all of it, as it was given
};

// In the HMC's words; overlong texts are cut.
emu::Error unknown_attribute(std::string_view names);
emu::Error wrong_value(std::string_view name, std::string_view value);
emu::Error wrong_value(const Assignment&);
// With the rule that it breaks.
emu::Error breaks_rule(std::string_view name, std::string_view value, std::string_view rule);
emu::Error not_settable(const Assignment&);

// What is not of the form is wrong_value.
emu::Status to_text(std::string& into, const Assignment&);
emu::Status to_number(u32& into, const Assignment&);
emu::Status to_units(u32& into, const Assignment&);  // 0.5 is 50 hundredths
emu::Status to_flag(bool& into, const Assignment&);
template <emu::HasWords E>
emu::Status to_word(E& into, const Assignment& assignment) {
  const auto word = emu::from_word<E>(assignment.text);
  if (!word) return breaks_rule(assignment.name, assignment.text, emu::word_rule<E>(assignment.name));
  into = *word;
  return emu::success();
}
// The entries of a list, whose only word for "no entries" is none.
emu::Result<std::vector<std::string>> entries_of(const Assignment&);

}  // namespace hmc::attributes

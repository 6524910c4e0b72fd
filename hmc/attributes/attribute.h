// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// An attribute of a kind of resource (system, partition, profile, memory ...): one row from which follow its place in listings, -F,
// who may change it and how, the refusal if it may not be changed, its line in `help -c` and in docs/attributes.md.
//
//   constexpr Attribute<SystemRow> system_table[] = {
//       {{"name", Shown::always, [](const SystemRow& r) { return Value(r.system->name()); }}, Type::text, "The name of the system."},

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emu/core/result.h"
#include "hmc/attributes/assignment.h"
#include "hmc/attributes/value.h"

namespace hmc::attributes {

enum class Type : u8 {
  text,
  number,
  mib,    // MiB
  units,  // processors, in hundredths: 0.5
  flag,   // 0 or 1
  word,   // one of several
  list,   // what is in it is parted by commas
};
std::string_view name_of(Type);

enum class Settable : u8 {
  never,
  names,     // it says which resource is meant
  any_time,  // by mksyscfg and chsyscfg
  changed,   // by chsyscfg alone
  added,     // by chhwres, when what it belongs to is added to a partition that runs
  running,   // by chhwres, then and later
};
std::string_view name_of(Settable);

// `Subject`: what an assignment changes.
template <class Row, class Subject = Row>
struct Attribute {
  Column<Row> column;
  Type type;
  std::string_view help;  // a sentence
  Settable settable = Settable::never;
  emu::Status (*set)(Subject&, const Assignment&) = nullptr;  // there if it is settable
};

// What an assignment is for.
enum class By : u8 { making, changing, adding, setting };

template <class Row, class Subject>
const Attribute<Row, Subject>* find(std::span<const Attribute<Row, Subject>> table, std::string_view name) {
  const auto row = std::ranges::find_if(table, [&](const auto& each) { return each.column.name == name; });
  return row == table.end() ? nullptr : &*row;
}

// Assigns what can be assigned; the first error ends it. What cannot be assigned has to be what a listing says afterwards, so that what
// is listed can be given again: `listed` makes the row then. chhwres names what it changes by options.
template <class Row, class Subject, class Listed>
emu::Status assign(std::span<const Attribute<Row, Subject>> table, By by, std::span<const Assignment> given, Subject& subject,
                   const Listed& listed) {
  std::vector<std::pair<const Attribute<Row, Subject>*, const Assignment*>> shown;
  for (const Assignment& assignment : given) {
    const auto* row = find(table, assignment.name);
    if (!row) return unknown_attribute(assignment.name);
    if (assignment.change != Change::set && row->type != Type::list) return wrong_value(assignment);
    if (row->settable == Settable::names && (by == By::making || by == By::changing)) continue;
    if (row->settable == Settable::any_time || (row->settable == Settable::changed && by == By::changing) ||
        (row->settable == Settable::added && by == By::adding) ||
        (row->settable == Settable::running && (by == By::adding || by == By::setting)))
      TRY(row->set(subject, assignment));
    else
      shown.emplace_back(row, &assignment);
  }
  if (shown.empty()) return emu::success();
  const Row now = listed();
  for (const auto& [row, assignment] : shown)
    if (assignment->change != Change::set || row->column.value(now).text != assignment->text) return not_settable(*assignment);
  return emu::success();
}

}  // namespace hmc::attributes

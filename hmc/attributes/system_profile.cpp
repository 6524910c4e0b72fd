// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/system_profile.h"

#include <algorithm>

#include "emu/core/profile_rules.h"
#include "emu/core/text.h"
#include "hmc/attributes/list.h"
#include "hmc/attributes/names.h"
#include "hmc/messages.h"

namespace hmc::attributes {

using emu::Status;

namespace {

using Row = const SystemProfileRow&;
using Entry = emu::SystemProfileEntry;

template <class Text>
Value entries_text(Row row, const Text& text) {
  std::vector<std::string> texts;
  for (const Entry& entry : row.profile->entries) texts.push_back(text(entry));
  return list_text(texts);
}

Value lpar_names(Row row) {
  return entries_text(row, [&](const Entry& entry) {
    const Lpar* lpar = row.system->lpar(entry.lpar_id);
    return lpar ? lpar->name() : std::to_string(entry.lpar_id);
  });
}

// ---- changes ----

// There is no word for "no entries": a partition and a profile may be called none, and a system profile has some.
emu::Result<std::vector<std::string>> named(const Assignment& assignment) {
  if (std::ranges::count(assignment.values, "")) return wrong_value(assignment);
  return assignment.values;
}

// Given by name and by ID, they have to be the same.
Status choose(SystemProfileChange& change, const Assignment& assignment, std::vector<const Lpar*> lpars) {
  auto& chosen = change.entries[assignment.change].lpars;
  if (chosen && *chosen != lpars) return wrong_value(assignment);
  chosen = std::move(lpars);
  return emu::success();
}

Status set_lpar_names(SystemProfileChange& change, const Assignment& assignment) {
  std::vector<const Lpar*> lpars;
  for (const std::string& name : TRY(named(assignment))) {
    TRY(valid_name(name));
    lpars.push_back(change.system.lpar(name));
    if (!lpars.back()) return say("HSCL8012", name);
  }
  return choose(change, assignment, std::move(lpars));
}

Status set_lpar_ids(SystemProfileChange& change, const Assignment& assignment) {
  std::vector<const Lpar*> lpars;
  for (const std::string& text : TRY(named(assignment))) {
    const auto id = emu::parse_number<u32>(text);
    if (!id) return wrong_value(assignment);
    lpars.push_back(change.system.lpar(*id));
    if (!lpars.back()) return say("HSCL8011", *id);
  }
  return choose(change, assignment, std::move(lpars));
}

Status set_profile_names(SystemProfileChange& change, const Assignment& assignment) {
  change.entries[assignment.change].profiles = TRY(named(assignment));
  return emu::success();
}

Status set_name(SystemProfileChange& change, const Assignment& assignment) {
  TRY(valid_name(assignment.text));
  change.name = assignment.text;
  return emu::success();
}

constexpr Shown always = Shown::always;

constexpr Attribute<SystemProfileRow, SystemProfileChange> table[] = {
    {{"name", always, [](Row r) { return Value(r.profile->name); }}, Type::text, "The name.", Settable::names},
    {{"lpar_names", always, lpar_names},
     Type::list,
     "The partitions, in the order of their activation.",
     Settable::any_time,
     set_lpar_names},
    {{"profile_names", always, [](Row r) { return entries_text(r, [](const Entry& e) { return e.profile; }); }},
     Type::list,
     "For each of the partitions the profile that it is activated with.",
     Settable::any_time,
     set_profile_names},
    {{"lpar_ids", Shown::on_request,
      [](Row r) { return entries_text(r, [](const Entry& e) { return std::to_string(e.lpar_id); }); }},
     Type::list,
     "The partitions by ID, in place of lpar_names.",
     Settable::any_time,
     set_lpar_ids},
    {{"new_name", Shown::never, [](Row) { return Value::absent(); }},
     Type::text,
     "What it is to be called.",
     Settable::changed,
     set_name},
};

// ---- what follows from assignments ----

// Partitions without profiles, or profiles without partitions, are no entries; but a partition is enough to be taken away.
Status change_entries(std::vector<Entry>& entries, Change how, const SystemProfileChange::Entries& given) {
  static const std::vector<std::string> unnamed;
  const bool named = given.profiles.has_value();
  if (!given.lpars) return usage_error("-i (lpar_names)");
  if (!named && how != Change::remove) return usage_error("-i (profile_names)");
  const auto& lpars = *given.lpars;
  const auto& profiles = named ? *given.profiles : unnamed;
  if (named && lpars.size() != profiles.size()) {
    emu::Error error = wrong_value("profile_names", list_text(profiles));
    error.text += " There must be one for each partition.";
    return error;
  }
  if (how == Change::set) entries.clear();
  for (size_t i = 0; i < lpars.size(); ++i) {
    const Lpar& lpar = *lpars[i];
    if (how == Change::remove) {
      if (std::erase_if(entries,
                        [&](const Entry& e) { return e.lpar_id == lpar.id() && (!named || e.profile == profiles[i]); }) == 0)
        return wrong_value("lpar_names", lpar.name());
      continue;
    }
    if (!lpar.info.definition.profile(profiles[i])) {
      TRY(valid_name(profiles[i]));
      return say("HSCLF010", profiles[i], lpar.name());
    }
    entries.push_back({lpar.id(), profiles[i]});
  }
  return emu::success();
}

}  // namespace

std::span<const Attribute<SystemProfileRow, SystemProfileChange>> system_profile_attributes() { return table; }

Status assign_to_system_profile(emu::SystemProfile& profile, By by, std::span<const Assignment> given, const System& system) {
  SystemProfileChange change{system, profile.name, {}};
  TRY(assign(system_profile_attributes(), by, given, change, [&] { return SystemProfileRow{&system, &profile}; }));
  profile.name = change.name;
  for (const Change how : {Change::set, Change::remove, Change::add})
    if (const auto found = change.entries.find(how); found != change.entries.end())
      TRY(change_entries(profile.entries, how, found->second));
  const auto broken = emu::broken_rules(profile);
  if (broken.empty()) return emu::success();
  emu::Error error = wrong_value(broken[0].attribute, broken[0].value);
  error.text += " The rule is: " + broken[0].rule + ".";
  return error;
}

}  // namespace hmc::attributes

// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/password_policy.h"

#include "hmc/attributes/names.h"

namespace hmc::attributes {

using emu::Status;
using users::PasswordPolicy;

namespace {

using Row = const PolicyRow&;
constexpr Shown always = Shown::always;
constexpr Settable any_time = Settable::any_time;

template <auto Field>
Value shown(Row row) {
  return Value(row.policy.*Field);
}
template <auto Field>
Status set_number(PasswordPolicy& policy, const Assignment& assignment) {
  return to_number(policy.*Field, assignment);
}
Status set_description(PasswordPolicy& policy, const Assignment& assignment) { return to_text(policy.description, assignment); }
Status set_name(PasswordPolicy& policy, const Assignment& assignment) {
  TRY(valid_policy_name(assignment.text));
  policy.name = assignment.text;
  return emu::success();
}

template <auto Field>
constexpr Attribute<PolicyRow, PasswordPolicy> number(std::string_view name, std::string_view help) {
  return {{name, always, shown<Field>}, Type::number, help, any_time, set_number<Field>};
}

// The names are those that IBM's Ansible collection sends and reads; their order is that of the manual's table.
constexpr Attribute<PolicyRow, PasswordPolicy> table[] = {
    {{"name", always, shown<&PasswordPolicy::name>}, Type::text, "The name.", Settable::names},
    {{"description", always, shown<&PasswordPolicy::description>}, Type::text, "A text for people.", any_time, set_description},
    {{"active", always, [](Row r) { return Value(r.active); }}, Type::flag, "New passwords have to obey it."},
    number<&PasswordPolicy::min_pwage>("min_pwage", "Days until a user may change a new password."),
    number<&PasswordPolicy::pwage>("pwage", "Days until a password expires; 99999: it does not."),
    number<&PasswordPolicy::min_length>("min_length", "The least number of characters."),
    number<&PasswordPolicy::hist_size>("hist_size", "How many former passwords cannot be used again; at most 50."),
    number<&PasswordPolicy::warn_pwage>("warn_pwage", "Days before its expiry from which on a user is warned."),
    number<&PasswordPolicy::min_digits>("min_digits", "The least number of digits."),
    number<&PasswordPolicy::min_uppercase_chars>("min_uppercase_chars", "The least number of uppercase characters."),
    number<&PasswordPolicy::min_lowercase_chars>("min_lowercase_chars", "The least number of lowercase characters."),
    number<&PasswordPolicy::min_special_chars>("min_special_chars", "The least number of other characters."),
    {{"new_name", Shown::never, [](Row) { return Value::absent(); }},
     Type::text,
     "What it is to be called.",
     Settable::changed,
     set_name},
};

constexpr Attribute<PolicyStatus> status_table[] = {
    {{"active", always, [](const PolicyStatus& s) { return Value(s.active.has_value()); }}, Type::flag, "A policy is active."},
    {{"name", always, [](const PolicyStatus& s) { return s.active ? Value(s.active->name) : Value::absent(); }},
     Type::text,
     "Its name."},
};

}  // namespace

std::span<const Attribute<PolicyRow, PasswordPolicy>> password_policy_attributes() { return table; }
std::span<const Attribute<PolicyStatus>> password_policy_status() { return status_table; }

Status assign_to_policy(PasswordPolicy& policy, By by, std::span<const Assignment> given) {
  PasswordPolicy changed = policy;
  TRY(assign(password_policy_attributes(), by, given, changed, [&] { return PolicyRow{changed, false}; }));
  if (const std::string rule = users::broken_rule(changed); !rule.empty()) return breaks_rule("name", changed.name, rule);
  policy = changed;
  return emu::success();
}

}  // namespace hmc::attributes

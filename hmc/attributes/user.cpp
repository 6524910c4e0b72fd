// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/user.h"

#include "hmc/attributes/names.h"
#include "hmc/messages.h"

namespace hmc::attributes {

using emu::Status;
using users::User;
using users::UserDefaults;

namespace {

using Row = const UserRow&;
constexpr Shown always = Shown::always;
constexpr Settable any_time = Settable::any_time;

// ---- what is shown ----

template <auto Field>
Value shown(Row row) {
  return Value(row.user->*Field);
}

// SIMPLIFIED: one resource role, the predefined one of everything.
constexpr std::string_view everything = "ALL:";
Value resources(Row) { return "<ResourceID = ALL:><UserDefinedName = AllSystemResources>"; }

// ---- changes ----

template <auto Field, u32 most>
Status set_number(UserChange& change, const Assignment& assignment) {
  u32 number = 0;
  TRY(to_number(number, assignment));
  if (number > most)
    return breaks_rule(assignment.name, assignment.text, assignment.name + " is at most " + std::to_string(most));
  change.user.*Field = number;
  return emu::success();
}
template <auto Field>
Status set_flag(UserChange& change, const Assignment& assignment) {
  return to_flag(change.user.*Field, assignment);
}
constexpr u32 most_minutes = 1'000'000;

Status set_taskrole(UserChange& change, const Assignment& assignment) {
  users::TaskRole role{};
  TRY(to_word(role, assignment));
  if (change.user.is_hscroot() && role != change.user.taskrole) return say("HSCLF053", change.user.name);
  change.user.taskrole = role;
  return emu::success();
}

Status set_description(UserChange& change, const Assignment& assignment) { return to_text(change.user.description, assignment); }

Status set_pwage(UserChange& change, const Assignment& assignment) {
  TRY((set_number<&User::pwage, users::never_expires>(change, assignment)));
  if (change.user.pwage == 0) return breaks_rule(assignment.name, assignment.text, "pwage is at least 1");
  return emu::success();
}

Status set_resourcerole(UserChange&, const Assignment& assignment) {
  if (assignment.text != everything) return breaks_rule(assignment.name, assignment.text, "resourcerole is ALL:");
  return emu::success();
}

Status set_authentication_type(UserChange& change, const Assignment& assignment) {
  return to_word(change.user.authentication_type, assignment);
}

Status set_passwd(UserChange& change, const Assignment& assignment) {
  return users::set_password(change.user, assignment.text, change.policy, change.by, change.now);
}

Status set_name(UserChange& change, const Assignment& assignment) {
  TRY(valid_user_name(assignment.text));
  if (change.user.is_hscroot() && assignment.text != users::hscroot) return say("HSCLF053", change.user.name);
  change.user.name = assignment.text;
  return emu::success();
}

// In the order of a console of V8R8.2; what later ones have more can be asked for.
constexpr Attribute<UserRow, UserChange> table[] = {
    {{"name", always, shown<&User::name>}, Type::text, "The name.", Settable::names},
    {{"taskrole", always, shown<&User::taskrole>}, Type::word, "What the user may do.", any_time, set_taskrole},
    {{"description", always, shown<&User::description>}, Type::text, "A text for people.", any_time, set_description},
    {{"pwage", always, shown<&User::pwage>},
     Type::number,
     "Days until a password expires; 99999: it does not.",
     any_time,
     set_pwage},
    {{"resourcerole", always, [](Row) { return Value(everything); }},
     Type::text,
     "What the user may work on: ALL:, everything.",
     any_time,
     set_resourcerole},
    {{"authentication_type", always, shown<&User::authentication_type>},
     Type::word,
     "Who knows the password: local, the console.",
     any_time,
     set_authentication_type},
    {{"remote_webui_access", always, shown<&User::remote_webui_access>},
     Type::flag,
     "The user may come in by the web.",
     any_time,
     set_flag<&User::remote_webui_access>},
    {{"remote_ssh_access", always, shown<&User::remote_ssh_access>},
     Type::flag,
     "The user may come in by ssh.",
     any_time,
     set_flag<&User::remote_ssh_access>},
    {{"min_pwage", always, shown<&User::min_pwage>},
     Type::number,
     "Days until the user may change a new password.",
     any_time,
     set_number<&User::min_pwage, users::never_expires>},
    {{"session_timeout", always, shown<&User::session_timeout>},
     Type::number,
     "Minutes until a session has to be confirmed; 0: never.",
     any_time,
     set_number<&User::session_timeout, most_minutes>},
    {{"verify_timeout", always, shown<&User::verify_timeout>},
     Type::number,
     "Minutes for that.",
     any_time,
     set_number<&User::verify_timeout, most_minutes>},
    {{"idle_timeout", always, shown<&User::idle_timeout>},
     Type::number,
     "Minutes until an idle session ends; 0: never.",
     any_time,
     set_number<&User::idle_timeout, most_minutes>},
    {{"inactivity_expiration", always, shown<&User::inactivity_expiration>},
     Type::number,
     "Days without a log-in until the user is disabled; 0: never.",
     any_time,
     set_number<&User::inactivity_expiration, users::never_expires>},
    {{"resources", always, resources}, Type::text, "The objects of the resource role."},
    {{"password_encryption", always, [](Row) { return Value("sha512"); }}, Type::word, "How passwords are kept."},
    {{"disabled", always, [](Row r) { return Value(r.disabled); }},
     Type::flag,
     "The user cannot come in; chhmcusr -o e enables him again."},
    {{"passwd_authentication", Shown::on_request, shown<&User::passwd_authentication>},
     Type::flag,
     "The user may come in with a password, and not with a key alone.",
     any_time,
     set_flag<&User::passwd_authentication>},
    {{"passwd", Shown::never, [](Row) { return Value::absent(); }}, Type::text, "The password.", any_time, set_passwd},
    {{"new_name", Shown::never, [](Row) { return Value::absent(); }},
     Type::text,
     "What the user is to be called.",
     Settable::changed,
     set_name},
};

// ---- what new users get ----

template <auto Field>
Value default_of(const UserDefaults& defaults) {
  return Value(defaults.*Field);
}
template <auto Field>
Status set_default(UserDefaults& defaults, const Assignment& assignment) {
  u32 number = 0;
  TRY(to_number(number, assignment));
  if (number > most_minutes) return wrong_value(assignment);
  defaults.*Field = number;
  return emu::success();
}

constexpr Attribute<UserDefaults> defaults_table[] = {
    {{"session_timeout", always, default_of<&UserDefaults::session_timeout>},
     Type::number,
     "As that of a user.",
     Settable::changed,
     set_default<&UserDefaults::session_timeout>},
    {{"idle_timeout", always, default_of<&UserDefaults::idle_timeout>},
     Type::number,
     "As that of a user.",
     Settable::changed,
     set_default<&UserDefaults::idle_timeout>},
    {{"max_webui_login_attempts", always, default_of<&UserDefaults::max_webui_login_attempts>},
     Type::number,
     "Wrong passwords until the web lets a user in no more.",
     Settable::changed,
     set_default<&UserDefaults::max_webui_login_attempts>},
    {{"webui_login_suspend_time", always, default_of<&UserDefaults::webui_login_suspend_time>},
     Type::number,
     "For how many minutes.",
     Settable::changed,
     set_default<&UserDefaults::webui_login_suspend_time>},
};

}  // namespace

std::span<const Attribute<UserRow, UserChange>> user_attributes() { return table; }
std::span<const Attribute<UserDefaults>> user_defaults_attributes() { return defaults_table; }

}  // namespace hmc::attributes

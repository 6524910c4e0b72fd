// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A user of the console, as the journal keeps one. Attributes as lshmcusr names them; times are nanoseconds since 1970.

#include <string>
#include <string_view>
#include <vector>

#include "emu/core/fields.h"
#include "hmc/users/roles.h"

namespace hmc::users {

inline constexpr std::string_view hscroot = "hscroot";  // always there, and always a super administrator
inline constexpr u32 never_expires = 99999;             // days

// SIMPLIFIED: users are known by the console itself, and not by a Kerberos or LDAP server.
enum class AuthenticationType : u8 { local, unknown };
constexpr std::array<std::string_view, 1> words_of(AuthenticationType) { return {"local"}; }

// 1 to 32 characters, the first a letter (mkhmcusr of the manual pages); the others letters, digits, dots, - and _ (ours: a name is also
// that of a folder). root is the console's own.
constexpr bool is_user_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto other = [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= 32 && letter(name[0]) && name != "root" &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || other(c); });
}
inline constexpr std::string_view user_name_rule =
    "a user name has 1 to 32 letters, digits, dots, - and _, begins with a letter, and is not root";

struct User {
  std::string name;
  TaskRole taskrole = TaskRole::unknown;
  std::string description = "HMC User";
  std::string password;  // its hash, as crypt(5) has it; empty: no password opens
  u64 password_set = 0;
  std::vector<std::string> former_passwords;  // hashes, the latest first
  u32 pwage = never_expires;                  // days
  u32 min_pwage = 0;                          // days
  AuthenticationType authentication_type = AuthenticationType::local;
  bool remote_webui_access = false;
  bool remote_ssh_access = true;
  bool passwd_authentication = true;
  u32 session_timeout = 0;        // minutes; 0: none
  u32 verify_timeout = 15;        // minutes
  u32 idle_timeout = 0;           // minutes
  u32 inactivity_expiration = 0;  // days without a log-in until the user is disabled; 0: never
  bool disabled = false;
  u64 made = 0;                   // when: tells the user from a later one of the same name
  u64 last_seen = 0;              // the last log-in, or when the user was made or enabled
  std::vector<std::string> keys;  // authorized_keys: "type base64 comment"
  FIELDS(User, name, taskrole, description, password, password_set, former_passwords, pwage, min_pwage, authentication_type,
         remote_webui_access, remote_ssh_access, passwd_authentication, session_timeout, verify_timeout, idle_timeout,
         inactivity_expiration, disabled, made, last_seen, keys)

  bool is_hscroot() const { return name == hscroot; }
};

// What `lshmcusr -t default` lists.
// SIMPLIFIED: nobody is logged out after a time, and nobody is suspended after wrong passwords: the numbers are kept and listed.
struct UserDefaults {
  u32 session_timeout = 0;           // minutes, of new users
  u32 idle_timeout = 0;              // minutes, of new users
  u32 max_webui_login_attempts = 3;  // until a user is suspended
  u32 webui_login_suspend_time = 5;  // minutes
  FIELDS(UserDefaults, session_timeout, idle_timeout, max_webui_login_attempts, webui_login_suspend_time)
};

}  // namespace hmc::users

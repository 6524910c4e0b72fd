// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/policy.h"

#include "hmc/users/password.h"
#include "hmc/users/set_password.h"
#include "tests/support/catch.h"

using namespace hmc::users;

namespace {
constexpr u64 day = 86'400'000'000'000;

using Values = std::initializer_list<std::pair<u32 PasswordPolicy::*, u32>>;
PasswordPolicy policy_with(Values values) {
  PasswordPolicy policy;
  policy.name = "own";
  for (const auto& [field, value] : values) policy.*field = value;
  return policy;
}

User someone() {
  User user;
  user.name = "anna";
  user.taskrole = TaskRole::hmcoperator;
  return user;
}

}  // namespace

TEST_CASE("a password has 8 to 32 printable characters, and what the active policy wants besides", "[users][policy]") {
  CHECK(broken_rule("sevenis", nullptr) != "");
  CHECK(broken_rule("eightare", nullptr) == "");
  CHECK(broken_rule(std::string(32, 'a'), nullptr) == "");
  CHECK(broken_rule(std::string(33, 'a'), nullptr) != "");
  CHECK(broken_rule("with\x1b[2Jescape", nullptr) != "");
  CHECK(broken_rule(std::string("with\0zero", 9), nullptr) != "");
  CHECK(broken_rule("eightare", &medium_security).find("1 uppercase") != std::string::npos);
  CHECK(broken_rule("EIGHTare", &medium_security).find("6 lowercase") != std::string::npos);
  CHECK(broken_rule("Eightare", &medium_security) == "");
  const PasswordPolicy strict =
      policy_with({{&PasswordPolicy::min_length, 10}, {&PasswordPolicy::min_digits, 2}, {&PasswordPolicy::min_special_chars, 1}});
  CHECK(broken_rule("abcd12!ef", &strict).find("10 to 32") != std::string::npos);
  CHECK(broken_rule("abcdefgh!1", &strict).find("2 digits") != std::string::npos);
  CHECK(broken_rule("abcdefgh12", &strict).find("1 special") != std::string::npos);
  CHECK(broken_rule("abcdef! 12", &strict) == "");
}

TEST_CASE("a policy that no password could obey, or that is out of bounds, is none", "[users][policy]") {
  CHECK(broken_rule(medium_security) == "");
  CHECK(broken_rule(policy_with({{&PasswordPolicy::min_length, 7}})) != "");
  CHECK(broken_rule(policy_with({{&PasswordPolicy::min_length, 33}})) != "");
  CHECK(broken_rule(policy_with({{&PasswordPolicy::hist_size, 51}})) != "");
  CHECK(broken_rule(policy_with({{&PasswordPolicy::pwage, 0}})) != "");
  CHECK(broken_rule(policy_with({{&PasswordPolicy::min_pwage, 10}, {&PasswordPolicy::pwage, 5}})) != "");
  CHECK(broken_rule(policy_with({{&PasswordPolicy::min_digits, 20}, {&PasswordPolicy::min_special_chars, 20}})) != "");
  CHECK(broken_rule(policy_with({{&PasswordPolicy::min_digits, 0xFFFFFFFF}, {&PasswordPolicy::min_special_chars, 1}})) != "");
}

TEST_CASE("former passwords cannot be used again as long as the policy remembers them", "[users][policy]") {
  const PasswordPolicy policy = policy_with({{&PasswordPolicy::hist_size, 2}});
  User user = someone();
  for (const char* password : {"password1", "password2", "password3"})
    REQUIRE(set_password(user, password, &policy, By::administrator, 0));
  CHECK_FALSE(set_password(user, "password3", &policy, By::administrator, 0));
  CHECK_FALSE(set_password(user, "password2", &policy, By::administrator, 0));
  CHECK(matches("password3", user.password));
  CHECK(set_password(user, "password1", &policy, By::administrator, 0));
  CHECK(matches("password1", user.password));
  CHECK(set_password(user, "password1", nullptr, By::administrator, 0));
}

TEST_CASE("a user waits with the next password until the present one is old enough, and an administrator does not",
          "[users][policy]") {
  User user = someone();
  const PasswordPolicy policy = policy_with({{&PasswordPolicy::min_pwage, 3}});
  REQUIRE(set_password(user, "password1", &policy, By::user, day));
  CHECK_FALSE(set_password(user, "password2", &policy, By::user, 3 * day));
  CHECK(set_password(user, "password2", &policy, By::user, 4 * day));
  CHECK(set_password(user, "password3", &policy, By::administrator, 4 * day));
}

TEST_CASE("a password expires by the user's own age or by the policy's, whichever is less", "[users][policy]") {
  User user = someone();
  user.password_set = day;
  CHECK_FALSE(has_expired(user, nullptr, 100'000 * day));
  user.pwage = 10;
  CHECK_FALSE(has_expired(user, nullptr, 11 * day));
  CHECK(has_expired(user, nullptr, 11 * day + 1));
  const PasswordPolicy policy = policy_with({{&PasswordPolicy::pwage, 5}});
  CHECK(has_expired(user, &policy, 6 * day + 1));
  user.name = hscroot;
  user.pwage = never_expires;
  CHECK_FALSE(has_expired(user, &policy, 100 * day));  // no policy is for hscroot
}

TEST_CASE("a hash is of SHA-512, has a salt of its own, and lets its password through alone", "[users][password]") {
  const std::string one = *hash_of("abc12345");
  CHECK(one.starts_with("$6$"));
  CHECK(one != *hash_of("abc12345"));
  CHECK(matches("abc12345", one));
  CHECK_FALSE(matches("abc12346", one));
  CHECK_FALSE(matches("", one));
  CHECK_FALSE(matches(std::string("abc12345\0more", 13), one));
  for (const char* no_hash : {"", "*", "!", "abc12345", "$6$", "$1$old$hash", "$6$nobodyisknown000$"})
    CHECK_FALSE(matches("abc12345", no_hash));
}

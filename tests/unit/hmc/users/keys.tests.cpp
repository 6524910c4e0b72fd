// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/keys.h"

#include "tests/support/catch.h"

using namespace hmc::users;

namespace {
const std::string one = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPFH3gXLrTlJ7bY5XIYZu1oYzj0JF8y3GkYn6E6B1v1w";
const std::string two = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKDbiRxhPt0Q4sQnLO1jvMJvCV5xX0M4Zb3RrXHkd2mS";
}  // namespace

TEST_CASE("a key is a known type, base64 that begins with the same type, and any comment", "[users][keys]") {
  const auto key = key_of("  " + one + "   anna@desk  at home ");
  REQUIRE(key);
  CHECK(key->type == "ssh-ed25519");
  CHECK(key->comment == "anna@desk  at home");
  CHECK(key->text() == one + " anna@desk  at home");
  for (const std::string& none :
       {std::string(), std::string("ssh-ed25519"), std::string("ssh-ed25519 "), "ssh-rsa" + one.substr(11), one + "=",
        std::string("ssh-ed25519 AAAA"), "command=\"rm -r /\" " + one, "# " + one, one + " a\nb", one + " a\x1b[2J",
        "ssh-ed25519 " + std::string(20'000, 'A'), std::string("ssh-ed25519 ====")}) {
    INFO(none);
    CHECK_FALSE(key_of(none));
  }
}

TEST_CASE("a key is added once, whatever its comment, and removed by itself or by its comment", "[users][keys]") {
  std::vector<std::string> keys;
  REQUIRE(add_key(keys, one + " first"));
  REQUIRE(add_key(keys, two));
  REQUIRE(add_key(keys, one + " renamed"));
  CHECK(keys == std::vector<std::string>{one + " renamed", two});
  CHECK_FALSE(remove_key(keys, "first"));
  CHECK_FALSE(remove_key(keys, ""));
  CHECK(remove_key(keys, "renamed"));
  CHECK(remove_key(keys, two + " another comment"));
  CHECK(keys.empty());
  CHECK_FALSE(remove_key(keys, two));
}

TEST_CASE("a user does not have more than a hundred keys", "[users][keys]") {
  std::vector<std::string> keys(100, two);
  CHECK_FALSE(add_key(keys, one));
  CHECK(add_key(keys, two + " comment"));
}

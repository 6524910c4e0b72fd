// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/users.h"

#include <filesystem>
#include <thread>

#include "emu/core/database.h"
#include "hmc/users/password.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"
#include "tests/unit/hmc/support/world.h"

using namespace hmc::users;
using hmc::Journal;

namespace {

constexpr u64 day = 86'400'000'000'000;
const std::string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPFH3gXLrTlJ7bY5XIYZu1oYzj0JF8y3GkYn6E6B1v1w";

struct Console {
  world::TestClock clock;
  std::unique_ptr<Journal> journal = std::move(*Journal::open(":memory:"));
  std::unique_ptr<Users> users = std::move(*Users::open(*journal, clock, "abc123"));

  void add(const std::string& name, const std::string& password) {
    User user;
    user.name = name;
    user.taskrole = TaskRole::hmcviewer;
    user.password = *hash_of(password);
    user.password_set = user.last_seen = clock.wall();
    user.keys = {key + " desk"};
    REQUIRE(users->add(user));
  }
  void change(const std::string& name, const std::function<void(User&)>& what) {
    REQUIRE(users->change(name, [&](User& user) {
      what(user);
      return emu::success();
    }));
  }
};

}  // namespace

TEST_CASE("hscroot is there from the start, with the password of the lab, and stays", "[users]") {
  Console console;
  CHECK(console.users->password_opens("hscroot", "abc123"));
  CHECK_FALSE(console.users->password_opens("hscroot", "abc124"));
  CHECK(console.users->find("hscroot")->taskrole == TaskRole::hmcsuperadmin);
  CHECK(console.users->remove("hscroot").error().code == "HSCLF053");

  // The journal knows him now: another password of the lab changes nothing.
  const auto again = std::move(*Users::open(*console.journal, console.clock, "other456"));
  CHECK(again->password_opens("hscroot", "abc123"));
  CHECK_FALSE(again->password_opens("hscroot", "other456"));
}

TEST_CASE("without a password of the lab, none opens for hscroot, and a key does", "[users]") {
  world::TestClock clock;
  const auto journal = std::move(*Journal::open(":memory:"));
  const auto users = std::move(*Users::open(*journal, clock, ""));
  CHECK_FALSE(users->password_opens("hscroot", ""));
  CHECK_FALSE(users->key_opens("hscroot", key));
  REQUIRE(users->change("hscroot", [](User& user) {
    user.keys.push_back(key);
    return emu::success();
  }));
  CHECK(users->key_opens("hscroot", key + " any comment"));
  // Or the lab has one for him from the beginning.
  const auto other = std::move(*Journal::open(":memory:"));
  const auto with_key = std::move(*Users::open(*other, clock, "", key + " lab"));
  CHECK(with_key->key_opens("hscroot", key));
  CHECK_FALSE(with_key->password_opens("hscroot", ""));
  CHECK_FALSE(users->key_opens("hscroot", key.substr(0, key.size() - 4)));
}

TEST_CASE("whoever is disabled, has expired, was away too long, or may not use ssh is not let in", "[users]") {
  Console console;
  console.add("anna", "password1");
  const auto opens = [&] {
    return std::pair(console.users->password_opens("anna", "password1"), console.users->key_opens("anna", key));
  };
  const std::pair in{true, true};
  const std::pair out{false, false};
  CHECK(opens() == in);
  CHECK_FALSE(console.users->password_opens("berta", "password1"));
  CHECK_FALSE(console.users->key_opens("berta", key));

  console.change("anna", [](User& user) { user.disabled = true; });
  CHECK(opens() == out);
  console.change("anna", [](User& user) { user.disabled = false, user.remote_ssh_access = false; });
  CHECK(opens() == out);
  console.change("anna", [](User& user) { user.remote_ssh_access = true, user.passwd_authentication = false; });
  CHECK(opens() == std::pair(false, true));
  console.change("anna", [](User& user) { user.passwd_authentication = true, user.pwage = 1; });
  CHECK(opens() == in);
  console.clock.sleep(day + 1);
  CHECK(opens() == out);
  console.change("anna", [](User& user) { user.pwage = never_expires, user.inactivity_expiration = 2; });
  CHECK(opens() == in);
  console.users->logged_in("anna");
  console.clock.sleep(2 * day + 1);
  CHECK(opens() == out);
  CHECK(console.users->is_disabled(*console.users->find("anna")));
}

TEST_CASE("a password that the active policy makes too old does not open", "[users][policy]") {
  Console console;
  console.add("anna", "Password1");
  console.clock.sleep(181 * day);
  CHECK(console.users->password_opens("anna", "Password1"));
  REQUIRE(console.users->policies().activate(medium_security.name));
  CHECK_FALSE(console.users->password_opens("anna", "Password1"));
  CHECK(console.users->password_opens("hscroot", "abc123"));
  REQUIRE(console.users->policies().deactivate());
  CHECK(console.users->password_opens("anna", "Password1"));
}

TEST_CASE("users, policies and defaults survive the console's process", "[users]") {
  Console console;
  console.add("anna", "password1");
  console.change("anna", [](User& user) { user.name = "berta"; });
  PasswordPolicy own;
  own.name = "own";
  own.min_length = 12;
  REQUIRE(console.users->policies().add(own));
  REQUIRE(console.users->policies().activate("own"));
  REQUIRE(console.users->set_defaults({.session_timeout = 7}));
  const auto again = std::move(*Users::open(*console.journal, console.clock, ""));
  CHECK(again->all() == console.users->all());
  CHECK_FALSE(again->find("anna"));
  CHECK(again->password_opens("berta", "password1"));
  CHECK(again->policies().active()->min_length == 12);
  CHECK(again->defaults().session_timeout == 7);
}

TEST_CASE("users are asked for and changed by several threads", "[users]") {
  Console console;
  console.add("anna", "password1");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        if (i % 2)
          console.users->logged_in("anna");
        else
          (void)console.users->key_opens("anna", key);
        (void)console.users->all();
        (void)console.users->policies().activate(medium_security.name);
        (void)console.users->policies().deactivate();
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(console.users->key_opens("anna", key));
}

TEST_CASE("a journal of a version without users is opened, and gets them", "[users][journal]") {
  const auto file = std::filesystem::temp_directory_path() / "twinframe-old-journal";
  std::filesystem::remove(file);
  {
    const auto old = std::move(*emu::Database::open(file, "The console's journal",
                                                    "CREATE TABLE moves (stream INTEGER PRIMARY KEY, plan BLOB NOT NULL, row "
                                                    "INTEGER NOT NULL, direction INTEGER NOT NULL);"));
  }
  world::TestClock clock;
  const auto journal = Journal::open(file);
  REQUIRE(journal);
  CHECK((*Users::open(**journal, clock, "abc123"))->password_opens("hscroot", "abc123"));
  std::filesystem::remove(file);
}

TEST_CASE("the journal keeps the latest ten thousand events", "[users][journal]") {
  const auto journal = std::move(*Journal::open(":memory:"));
  for (u64 i = 1; i <= 10'005; ++i) REQUIRE(journal->put_event({i, "anna", "User name anna: it's \"'; DROP TABLE kept; --"}));
  const auto events = journal->events_since(0);
  REQUIRE(events.size() == 10'000);
  CHECK(events.front().wall == 6);
  CHECK(journal->events_since(10'004).size() == 2);
}

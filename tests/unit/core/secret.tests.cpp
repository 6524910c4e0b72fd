// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/secret.h"

#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/files.h"

namespace fs = std::filesystem;

TEST_CASE("a lab's secret is made once, and is this user's alone", "[secret]") {
  const support::Folder folder;
  const std::string file = folder.path / "rmc.key";
  const auto secret = emu::lab_secret(file);
  REQUIRE(secret);
  CHECK(secret->size() == 32);
  CHECK(*emu::lab_secret(file) == *secret);
  CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(*emu::lab_secret(folder.path / "other.key") != *secret);
  SECTION("one that others can read is refused") {
    fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
    CHECK(emu::lab_secret(file).error().code == "secret");
  }
  SECTION("one that is cut short is refused, and stays") {
    std::ofstream(file) << "1234\n";
    CHECK(emu::lab_secret(file).error().text.find("holds no secret") != std::string::npos);
    CHECK(fs::file_size(file) == 5);
  }
  SECTION("a link is not followed") {
    fs::create_symlink(file, folder.path / "link.key");
    CHECK(emu::lab_secret(folder.path / "link.key").error().code == "secret");
  }
}

TEST_CASE("secrets are the same, or not", "[secret]") {
  CHECK(emu::same_secret("abc", "abc"));
  CHECK_FALSE(emu::same_secret("abc", "abd"));
  CHECK_FALSE(emu::same_secret("abc", "ab"));
  CHECK_FALSE(emu::same_secret("", "abc"));
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/paths.h"

#include "tests/support/catch.h"
#include "tests/support/files.h"

#include <unistd.h>

namespace fs = std::filesystem;

TEST_CASE("a question about a name that no file can have is answered", "[paths]") {
  const std::string name(5000, 'x');
  CHECK_FALSE(emu::is_there(name));
  CHECK_FALSE(emu::is_file(name));
  CHECK(emu::resolved(name) == name);
  CHECK(emu::made_absolute("x").is_absolute());
}

TEST_CASE("a folder is used only if it is this user's alone", "[paths]") {
  const support::Folder here;
  const auto refused = [](const fs::path& path, const std::string& why) {
    const auto status = emu::own_folder(path.string());
    return !status && status.error().text.find(path.string()) != std::string::npos &&
           status.error().text.find(why) != std::string::npos;
  };
  CHECK(emu::own_folder((here.path / "new").string()));
  CHECK((fs::status(here.path / "new").permissions() & fs::perms::all) == fs::perms::owner_all);
  CHECK(emu::own_folder((here.path / "new").string()));  // it is there already

  fs::create_directory_symlink(here.path / "new", here.path / "link");
  CHECK(refused(here.path / "link", "is not a folder, or a link"));
  std::ofstream(here.path / "file") << "x";
  CHECK(refused(here.path / "file", "is not a folder"));
  fs::permissions(here.path / "new", fs::perms::owner_all | fs::perms::group_write);
  CHECK(refused(here.path / "new", "open to other users"));
  CHECK(refused(here.path / "nowhere" / "below", "cannot be made"));
  if (geteuid() == 0) {  // only root can give a folder away
    fs::create_directory(here.path / "theirs");
    REQUIRE(chown((here.path / "theirs").c_str(), 65534, 65534) == 0);
    CHECK(refused(here.path / "theirs", "belongs to another user"));
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/san.h"

#include "tests/support/catch.h"
#include "tests/support/files.h"
#include "tests/support/places.h"

#include <filesystem>
#include <fstream>

namespace {

using Names = std::vector<std::string>;

// The pair's SAN, in a folder of its own.
struct Place {
  Place() {
    std::error_code failed;
    std::filesystem::create_directories(folders.state + "/luns", failed);
    REQUIRE(!failed);
  }
  emu::San read() const {
    auto san = emu::read_san(lab, folders);
    REQUIRE(san);
    return *san;
  }
  // What the reader says of this file.
  std::string complaint(const std::string& text) const {
    std::ofstream(file) << text;
    const auto san = emu::read_san(lab, folders);
    return san ? "" : san.error().text.substr(std::min(san.error().text.size(), file.size()));
  }

  support::Folder folder;
  emu::Lab lab = *emu::read_lab((support::checkout() / "images/labs/pair.toml").string());
  emu::LabFolders folders{folder.path.string(), folder.path.string()};
  std::string file = folders.state + "/luns/san.toml";
};

emu::LunConfig made(const Place& place, const emu::San& san, const std::string& name, const Names& words) {
  auto lun = emu::lun_of(place.lab, san, name, words, "/tmp");
  REQUIRE(lun);
  return *lun;
}

}  // namespace

TEST_CASE("without a file the SAN is as the lab file says", "[san]") {
  const Place place;
  const emu::San san = place.read();
  CHECK(san.luns(place.lab).size() == place.lab.luns.size());
  CHECK(san.seen_by(place.lab, "frameA", "viosA") == Names{"mobile_root"});
  CHECK(san.seen_by(place.lab, "frameA", "made_later").empty());
}

TEST_CASE("what was done to the SAN is read as it was written", "[san]") {
  const Place place;
  emu::San san;
  san.made.push_back(made(place, san, "second", {"size_mb=96", "subsystem=box1", "pvid=none", "reserve_policy=single_path"}));
  san.sizes["mobile_root"] = 128;
  san.views["frameA/viosA"] = {{"mobile_root", "second", "gone"}, "ONE"};
  san.views["frameB/viosB"] = {{}};
  san.offline = {"second"};
  san.made_so_far = 7;
  REQUIRE(emu::write_san(san, place.folders));
  const emu::San now = place.read();
  REQUIRE(now.made.size() == 1);
  CHECK(now.made[0].size_mb == 96);
  CHECK(now.made[0].subsystem == "box1");
  CHECK(now.made[0].pvid == emu::no_pvid);
  CHECK(now.made[0].reserve_policy == "single_path");
  CHECK(now.made[0].udid == san.made[0].udid);
  CHECK(now.luns(place.lab)[0].size_mb == 128);
  CHECK(now.seen_by(place.lab, "frameA", "viosA") == Names{"mobile_root", "second"});  // what is nowhere is not seen
  CHECK(now.seen_by(place.lab, "frameA", "viosA", "ONE") == Names{"mobile_root", "second"});
  CHECK(now.seen_by(place.lab, "frameA", "viosA", "ANOTHER") == Names{"mobile_root"});  // that was made with its name later
  CHECK(now.seen_by(place.lab, "frameB", "viosB").empty());
  CHECK(now.offline == san.offline);
  CHECK(now.made_so_far == 7);
}

TEST_CASE("a LUN that takes the name of one that is gone is another disk", "[san]") {
  const Place place;
  emu::San san;
  const emu::LunConfig first = made(place, san, "second", {});
  ++san.made_so_far;
  const emu::LunConfig again = made(place, san, "second", {});
  CHECK(first.udid != again.udid);
  CHECK(first.pvid != again.pvid);
}

TEST_CASE("a LUN of a command line has the keys of a lab file, and its rules", "[san]") {
  const Place place;
  const auto complaint = [&](const std::string& name, const Names& words) {
    const auto lun = emu::lun_of(place.lab, {}, name, words, "/tmp");
    return lun ? "" : lun.error().text;
  };
  CHECK(complaint("second", {"size_mb=0"}) == "LUN second: a LUN is of 1 MiB to 1 TiB.");
  CHECK(complaint("second", {"size_mb=99999999999"}) == "LUN second: a whole number is expected here.");
  CHECK(complaint("second", {"size=8"}) == "LUN second: a LUN has no key size.");
  CHECK(complaint("second", {"size_mb"}) == "size_mb is no key of a LUN with its value, such as size_mb=128.");
  CHECK(complaint("mobile_root", {}) == "LUN mobile_root: LUN mobile_root is there twice.");
  CHECK(complaint("../up", {}) == "LUN ../up: \"../up\" is no name for a LUN.");
  CHECK(complaint("second", {"path=/nowhere"}) == "LUN second: there is no file /nowhere.");
  CHECK(complaint("second", {"name=third"}) == "LUN second: name is said twice.");
  CHECK(complaint("second", {"size_mb=8", "size_mb=9"}) == "LUN second: size_mb is said twice.");
  CHECK(complaint("second", {"udid="}) == "LUN second: udid has no value: leave it out.");
  CHECK(complaint("frameA.viosA.data", {}).find("choose another name") != std::string::npos);
  CHECK(complaint("second", {"udid=" + place.lab.luns[0].udid}).find("is there twice") != std::string::npos);
}

TEST_CASE("a damaged file of the SAN is an error with its line, and with what to do", "[san]") {
  const Place place;
  const std::string what_to_do =
      ": what was done to the SAN cannot be read. Put a copy of the file back, or mend the line; or remove the file, and the SAN "
      "is as the lab file says";
  CHECK(place.complaint("made_so_far = -1\n").starts_with(":1: "));
  CHECK(place.complaint("[[lun]]\nsize_mb = 8\n") == ":1: a LUN lacks its key name" + what_to_do);
  CHECK(place.complaint("[[lun]]\nname = \"mobile_root\"\n") == ":2: LUN mobile_root is there twice" + what_to_do);
  CHECK(place.complaint("\n[[view]]\nluns = 5\n").starts_with(":"));
  CHECK(place.complaint("nonsense").starts_with(":1: "));
  CHECK(place.complaint("rest = 1\n") == ":1: the SAN has no key rest" + what_to_do);
}

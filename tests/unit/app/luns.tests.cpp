// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/luns.h"

#include "tests/support/catch.h"
#include "tests/support/files.h"

#include <filesystem>
#include <fstream>

using namespace emu;
using namespace emu::app;
using support::Folder;
using support::text_of;

namespace fs = std::filesystem;

namespace {

struct Disks {
  Folder folder;
  NamedLab lab;
  LunConfig& lun;

  Disks() : lun(lab.lab.luns.emplace_back()) {
    lab.lab.file = "some.toml";
    lab.folders.state = folder.path / "state";
    fs::create_directory(lab.folders.state);
    lun.name = "root";
    lun.line = 7;
    lun.size_mb = 1;
  }
  std::string complaint() {
    const auto status = provide_luns(lab);
    return status ? "" : status.error().text;
  }
  void write(u64 at, const std::string& text) const {
    std::fstream stream(lab.lun_file(lun), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(at));
    stream << text;
  }
};

}  // namespace

TEST_CASE("a file that is no disk does not become one by a path in a lab file", "[luns]") {
  Disks disks;
  disks.lun.path = disks.folder.path / "notes.txt";
  std::ofstream(disks.lun.path) << "my notes";
  fs::resize_file(disks.lun.path, 2 * MiB);
  const std::string before = text_of(disks.lun.path);
  CHECK(disks.complaint().find("some.toml:7: " + disks.lun.path + " does not look like a disk") == 0);
  SECTION("unless the lab file says that it is one") {
    disks.lun.is_disk = true;
    CHECK(disks.complaint() == "");
  }
  SECTION("unless it says so itself; and what a guest does to it later changes nothing") {
    disks.write(510, "\x55\xAA");
    CHECK(disks.complaint() == "");
    disks.write(510, "no");
    CHECK(disks.complaint() == "");
    disks.lun.path = disks.folder.path / "other.txt";
    std::ofstream(disks.lun.path) << before;
    CHECK(disks.complaint().find("does not look like a disk") != std::string::npos);
  }
  CHECK(text_of(disks.lun.path).size() == before.size());
}

TEST_CASE("the size of a file that was there is never changed", "[luns]") {
  Disks disks;
  disks.lun.is_disk = true;
  disks.lun.path = disks.folder.path / "short.img";
  std::ofstream(disks.lun.path) << std::string(1000, 'x');
  CHECK(disks.complaint().find("some.toml:7: ") == 0);
  CHECK(disks.complaint().find("has 1000 bytes, which is less than 1 MiB") != std::string::npos);
  CHECK(fs::file_size(disks.lun.path) == 1000);
}

TEST_CASE("a disk of the lab's own is made once, and one that was damaged is an error", "[luns]") {
  Disks disks;
  CHECK(disks.complaint() == "");
  const fs::path file = disks.lab.lun_file(disks.lun);
  CHECK(fs::file_size(file) == MiB);
  CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(disks.complaint() == "");
  SECTION("cut short") {
    fs::resize_file(file, 1000);
    CHECK(disks.complaint().find("some.toml:7: " + file.string() + " of LUN root has 1000 bytes") == 0);
    CHECK(fs::file_size(file) == 1000);
  }
  SECTION("emptied") {
    fs::resize_file(file, 0);
    CHECK(disks.complaint().find("has 0 bytes") != std::string::npos);
    CHECK(fs::file_size(file) == 0);
  }
  SECTION("a folder") {
    fs::remove(file);
    fs::create_directory(file);
    CHECK(disks.complaint() == "some.toml:7: " + file.string() + " of LUN root is no file");
  }
}

TEST_CASE("a disk in a physical slot begins as a copy of an image, once", "[luns]") {
  Disks disks;
  FrameConfig& frame = disks.lab.lab.frames.emplace_back();
  frame.name = "frameA";
  PhysicalSlot& slot = frame.slots.emplace_back();
  slot.drc_index = 0x21010003;
  slot.adapter = SlotAdapter::disk;
  slot.size_mb = 2;
  CHECK(disks.complaint() == "");
  const fs::path file = disks.folder.path / "state/slots/frameA-21010003.img";
  CHECK_FALSE(fs::exists(file));  // without an image it is the adapter's to make
  slot.image = disks.folder.path / "image";
  CHECK(disks.complaint().find("cannot be read") != std::string::npos);
  std::ofstream(slot.image) << "rootvg";
  CHECK(disks.complaint() == "");
  CHECK(fs::file_size(file) == 2 * MiB);
  CHECK(text_of(file).substr(0, 6) == "rootvg");
  std::ofstream(slot.image) << "another";
  CHECK(disks.complaint() == "");
  CHECK(text_of(file).substr(0, 6) == "rootvg");
}

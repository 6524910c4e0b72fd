// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/console_release.h"
#include "emu/core/firmware_level.h"
#include "emu/core/ios_level.h"
#include "tests/support/catch.h"

TEST_CASE("the level of a Virtual I/O Server is four numbers, of which the first counts most", "[levels]") {
  CHECK(*emu::ios_level_from("1.5.0.0") == emu::first_mobile_ios_level);
  CHECK(*emu::ios_level_from("3.1.0.00") == emu::IosLevel{3, 1, 0, 0});
  CHECK(*emu::ios_level_from("2.1.3.10") > *emu::ios_level_from("2.1.3.9"));
  for (const char* wrong :
       {"", ".", "...", "1", "1.5", "1.5.0", "1.5.0.0.0", "1.5.0.", "1.5.0.x", "1.5.0.-1", "1.5.0.99999", "1.5.0.0 "})
    CHECK_FALSE(emu::ios_level_from(wrong));
  CHECK(emu::is_mobile_ios_level("2.1.3.0"));
  CHECK_FALSE(emu::is_mobile_ios_level("1.4.9.9"));
  CHECK_FALSE(emu::is_mobile_ios_level(""));
}

TEST_CASE("a level of firmware is a release and a number, and release 320 is the first whose partitions move", "[levels]") {
  const auto level = emu::firmware_level_from("EM320_031");
  REQUIRE(level);
  CHECK(level->release == "01EM320");
  CHECK(level->number == 31);
  for (const char* wrong :
       {"", "_", "01EM320", "01EM320_", "01EM320_0", "01EM320_1000", "01em320_031", "EM3200_031", "01EM320_031x"})
    CHECK_FALSE(emu::firmware_level_from(wrong));
  CHECK(emu::is_mobile_firmware("01EM320"));
  CHECK(emu::is_mobile_firmware("01SV840"));
  CHECK_FALSE(emu::is_mobile_firmware("01EM310"));
  CHECK_FALSE(emu::is_mobile_firmware("EM"));
}

TEST_CASE("a release belongs to a version", "[levels]") {
  CHECK(emu::version_of(emu::ConsoleRelease::v7r3) == emu::version_of(emu::ConsoleRelease::v7r7));
  CHECK(emu::version_of(emu::ConsoleRelease::v10r3) == "V10");
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/identity.h"

#include "tests/support/catch.h"

// A lab that exists keeps its identities: its disks carry them, and its journals.
TEST_CASE("derived identities never change", "[core][identity]") {
  CHECK(emu::derived_uuid("pair/frameA/mobile") == "F543E1C8-3469-476B-8D15-0AEFB7635F30");
  CHECK(emu::derived_mac("pair/frameA/mobile/3") == "4A39C6DFCEF9");
  CHECK(emu::derived_pvid("pair/disk1") == "00cf318bb09f75a1");
  CHECK(emu::derived_serial("pair/frameA") == "10D0DAC");
  CHECK(emu::system_uuid("9117-MMA*10DD4AC") == "5c81898d-e5b4-3d52-8a88-81c6ba7e6555");
}

TEST_CASE("a random UUID says that it is one, and is another each time", "[core][identity]") {
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = emu::random_uuid();
    INFO(uuid);
    CHECK(emu::is_uuid(uuid));
    CHECK(uuid[14] == '4');
    CHECK(std::string("89AB").find(uuid[19]) != std::string::npos);
    CHECK(uuid != emu::random_uuid());
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/ha/records.h"

#include "tests/support/catch.h"
#include "tests/support/files.h"

using namespace emu::app::ha;

TEST_CASE("what somebody wants of a package outlives who has written it down", "[ha]") {
  const support::Folder here;
  const std::string folder = here.path.string();
  {
    const auto records = Records::open(folder);
    REQUIRE(records);
    CHECK((*records)->of("bank").wanted);
    CHECK((*records)->of("bank").switching);
    CHECK((*records)->want("bank", false));
    CHECK((*records)->enable("shop", false));
    CHECK((*records)->move("bank", "frameB"));
    CHECK((*records)->restarted("bank"));
    CHECK((*records)->note("bank", "one"));
    CHECK((*records)->note("shop", "two"));
  }
  const auto records = Records::open(folder);
  REQUIRE(records);
  const Record bank = (*records)->of("bank");
  CHECK_FALSE(bank.wanted);
  CHECK(bank.switching);
  CHECK(bank.moves_to == "frameB");
  CHECK(bank.restarts == 1);
  CHECK_FALSE((*records)->of("shop").switching);
  const auto events = (*records)->events(1);
  REQUIRE(events.size() == 1);
  CHECK(events[0].text == "two");
}

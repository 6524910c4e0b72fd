// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/catch.h"
#include "tests/unit/vios/support/padmin.h"

using namespace test;

TEST_CASE("the log of migrations outlives the server", "[vios][cli]") {
  Padmin padmin;
  padmin.run("alog -L");
  padmin.run("alog -o -t lpm");
  padmin.devices->lpm_log().record(0x2A, "migration started, source mover");
  padmin.restart();
  for (const char* line : {"alog -o -t lpm", "alog -t lpm -o", "alog -t lpm", "alog -o", "alog -o -t boot", "alog -L -o -t lpm"})
    padmin.run(line);
  approve("alog", padmin.transcript);
}

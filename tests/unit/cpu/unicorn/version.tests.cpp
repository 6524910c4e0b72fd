// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/unicorn/version.h"

#include "cpu/engine.h"
#include "tests/support/catch.h"

TEST_CASE("a version of Unicorn will do, or is refused with a sentence", "[version]") {
  using cpu::unicorn::trouble_with;
  CHECK(trouble_with(0x020104FF) == "");
  CHECK(trouble_with(0x0201FFFF) == "");
  CHECK(trouble_with(0x020103FF) == "Unicorn 2.1.3 is too old: 2.1.4 is the first whose floating point is right on PPC64.");
  CHECK(trouble_with(0x010001FF) == "Unicorn 1.0.1 is too old: 2.1.4 is the first whose floating point is right on PPC64.");
  CHECK(trouble_with(0x020200FF) == "Unicorn 2.2.0 is newer than what this program knows: use a version 2.1.");
  CHECK(trouble_with(0x030000FF) == "Unicorn 3.0.0 is newer than what this program knows: use a version 2.1.");
  CHECK(cpu::engine_version_trouble() == "");
}

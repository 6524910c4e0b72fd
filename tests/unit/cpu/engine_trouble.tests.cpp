// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/cpu.h"
#include "cpu/engine.h"
#include "tests/support/catch.h"

TEST_CASE("the engine is what this design needs, and afterwards it is known what was taken over", "[trouble]") {
  CHECK(cpu::engine_trouble() == "");
  const cpu::EngineFacts facts = cpu::engine_facts();
  CHECK_THAT(facts.library, Catch::StartsWith("Unicorn 2.1."));
#ifndef __SANITIZE_ADDRESS__  // that keeps all addresses near its heap for itself
  CHECK(facts.taken_over == std::vector<std::string>{"stop test", "block test", "TLB fill", "short block test", "block lookup",
                                                     "registers", "TLB use", "parallel mark"});
  CHECK(facts.left_alone.empty());
#endif
}

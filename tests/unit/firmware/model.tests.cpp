// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/model.h"

#include "cpu/isa.h"
#include "tests/support/catch.h"

TEST_CASE("a partition on a POWER9 has one unless it has an older mode", "[model]") {
  using enum emu::CompatMode;
  emu::FrameConfig frame;
  frame.type_model = "9009-22A";
  emu::Configuration configuration;
  for (const emu::CompatMode mode : {of_system, power9, power9_base}) {
    configuration.lpar_proc_compat_mode = mode;
    const firmware::Model model = firmware::model_of(configuration, frame);
    CHECK(std::string(model.name) == "PowerPC,POWER9");
    CHECK(model.logical_pvr == 0x0F000005);
    CHECK(cpu::isa_of(model.pvr) == cpu::Isa::v3_0);
    CHECK_FALSE(model.transactional_memory());
    // Its length, and what follows: of feature bits, that of scv is told, and that of the radix tree is not.
    REQUIRE(model.pa_features.size() == model.pa_features[0] + 2u);
    CHECK(model.pa_features[2 + 46] == 0x80);
    CHECK(model.pa_features[2 + 40] == 0);
  }
  configuration.lpar_proc_compat_mode = power8;
  CHECK(firmware::model_of(configuration, frame).logical_pvr == 0x0F000004);
}

TEST_CASE("the default of an older server is a POWER6", "[model]") {
  CHECK(firmware::model_of({}, {}).logical_pvr == 0x0F000002);
}

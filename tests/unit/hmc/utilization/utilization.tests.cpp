// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/utilization/utilization.h"

#include "hmc/host_figures.h"
#include "tests/support/catch.h"

using namespace hmc;

namespace {

constexpr u64 second = emu::nanoseconds_per_second;

System with_one(u64 life, u64 used_ns) {
  System system;
  system.connected = true;
  system.info.type_model = "9117-MMA";
  system.info.serial_num = "10DD4AC";
  system.info.processors = 2;
  Lpar lpar;
  lpar.info.definition.lpar_id = 3;
  lpar.info.definition.name = "mobile";
  emu::Profile profile;
  profile.desired_proc_units = 50;
  profile.desired_procs = 1;
  lpar.info.definition.current = emu::current_from(profile, "normal");
  lpar.info.has_resources = true;
  lpar.info.life = life;
  lpar.info.used_ns = used_ns;
  system.lpars = {lpar};
  return system;
}

}  // namespace

TEST_CASE("cycles that a partition has used count from its activation", "[utilization]") {
  const u64 born = 100 * second;
  const UtilizationSample first = sample_of(with_one(born, second), born + 10 * second, nullptr);
  REQUIRE(first.lpars.size() == 1);
  CHECK(first.lpars[0].time_cycles == 10 * cycles_per_second);
  CHECK(first.lpars[0].entitled_cycles == 5 * cycles_per_second);
  CHECK(first.lpars[0].capped_cycles == cycles_per_second);
  CHECK(first.lpars[0].uncapped_cycles == 0);
  CHECK(first.pool_cycles == 0);

  // Twice what it is entitled to.
  const UtilizationSample later = sample_of(with_one(born, 11 * second), born + 20 * second, &first);
  CHECK(later.lpars[0].capped_cycles == 6 * cycles_per_second);
  CHECK(later.lpars[0].uncapped_cycles == 5 * cycles_per_second);
  CHECK(later.pool_cycles == 20 * cycles_per_second);
  CHECK(later.used_pool_cycles == 10 * cycles_per_second);

  // Activated anew, it begins at nothing.
  const u64 born_again = born + 22 * second;
  const UtilizationSample anew = sample_of(with_one(born_again, second), born + 30 * second, &later);
  CHECK(anew.lpars[0].time_cycles == 8 * cycles_per_second);
  CHECK(anew.lpars[0].capped_cycles == cycles_per_second);
  CHECK(anew.used_pool_cycles == 11 * cycles_per_second);
}

TEST_CASE("a capped partition has no uncapped cycles", "[utilization]") {
  System system = with_one(100 * second, 6 * second);
  system.lpars[0].info.definition.current->sharing_mode = emu::SharingMode::cap;
  const UtilizationSample sample = sample_of(system, 110 * second, nullptr);
  CHECK(sample.lpars[0].entitled_cycles == 5 * cycles_per_second);
  CHECK(sample.lpars[0].capped_cycles == 6 * cycles_per_second);
  CHECK(sample.lpars[0].uncapped_cycles == 0);
}

TEST_CASE("samples and their rate outlive the console's process, and the oldest samples go", "[utilization]") {
  const auto journal = std::move(*Journal::open(":memory:"));
  const System system = with_one(second, 0);
  {
    Utilization utilization(*journal);
    CHECK(utilization.rate(system.mtms()) == 0);
    CHECK_FALSE(utilization.due(system.mtms(), 5 * second));
    REQUIRE(utilization.set_rate(system.mtms(), 60));
    CHECK(utilization.due(system.mtms(), 5 * second) == 5 * second);
    REQUIRE(utilization.take(system, 5 * second));
    CHECK(utilization.due(system.mtms(), 6 * second) == 65 * second);
  }
  Utilization utilization(*journal);
  CHECK(utilization.rate(system.mtms()) == 60);
  CHECK(utilization.due(system.mtms(), 6 * second) == 65 * second);
  REQUIRE(utilization.samples(system.mtms()).size() == 1);
  for (u64 i = 1; i <= 505; ++i) REQUIRE(utilization.take(system, (5 + 60 * i) * second));
  CHECK(utilization.samples(system.mtms()).size() == 500);
  CHECK(utilization.samples(system.mtms()).front().wall == (5 + 60 * 505) * second);
  CHECK(Utilization(*journal).samples(system.mtms()).size() == 500);
}

TEST_CASE("the host's figures are as top and df show them", "[utilization]") {
  const auto before = processor_ticks("cpu  9 9 9 9 9 9 9 9\ncpu0 10 0 20 100 0 0 0 0 0 0\nintr 5\n");
  const auto after = processor_ticks("cpu  9 9 9 9 9 9 9 9\ncpu0 15 0 30 185 0 0 0 0 0 0\nintr 5\n");
  CHECK(processor_text(before, after) == "Cpu0  :  5.0%us, 10.0%sy,  0.0%ni, 85.0%id,  0.0%wa,  0.0%hi,  0.0%si,  0.0%st\n");
  CHECK(processor_ticks("cpu0 1 2\n").empty());
  const std::string meminfo =
      "MemTotal: 4096048 kB\nMemFree: 747560 kB\nBuffers: 338672 kB\nCached: 100 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n";
  CHECK(memory_text(meminfo) == "Mem:   4096048k total,  3348488k used,   747560k free,   338672k buffers\n");
  CHECK(swap_text(meminfo) == "Swap:        0k total,        0k used,        0k free,      100k cached\n");
  CHECK(disk_text("/").starts_with("Filesystem"));
  CHECK(disk_text("/there/is/nothing").empty());
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/catch.h"
#include "tests/unit/vios/support/padmin.h"
#include "vios/own_clock.h"

using namespace test;

TEST_CASE("the time of day of a server is its partition's, and chdate sets it", "[vios][cli]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  partition.time = 1'175'179'625 * emu::nanoseconds_per_second;
  const emu::ManualClock host;
  const vios::OwnClock clock(partition, host);
  const auto devices = std::move(*vios::Devices::create(partition, setup_of(folder, "cec1"), clock));
  std::string transcript;
  for (const char* line :
       {"date", "chdate", "chdate 0401123007", "chdate 040112301999", "chdate 12312359", "chdate -year 2009 -day 15",
        "chdate -hour 7", "chdate -month 2 -day 30", "chdate 13011200", "chdate 040112", "chdate soonsoon", "chdate -minute 60",
        "chdate -minute x", "chdate 04011230 -hour 1", "chdate -timezone CET", "date 04011230", "date"}) {
    const auto output = vios::cli::run(line, *devices);
    transcript += fmt::format("$ {}\n{}", line, output.output);
    if (output.exit_code) transcript += fmt::format("(exit {})\n", output.exit_code);
  }
  approve("date", transcript);
}

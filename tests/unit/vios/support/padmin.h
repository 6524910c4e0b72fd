// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Commands of padmin, and what they print, held against approved texts.

#include <memory>
#include <string>

#include <fmt/format.h>

#include "tests/support/approved.h"
#include "tests/support/places.h"
#include "tests/unit/vios/support/world.h"

namespace test {

// A VIOS without a thread, whose time stands still at 29 March 2007.
struct Padmin {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  emu::ManualClock clock;
  std::unique_ptr<vios::Devices> devices;
  std::string transcript;

  Padmin() {
    clock.advance((1'175'179'620 - 1'174'000'000) * emu::nanoseconds_per_second);  // 14:47 on that day
    start();
  }
  void start() {
    vios::Setup setup = setup_of(folder, "cec1");
    setup.segments = {{"lan0", "10.0.0.0/22", {}, {}}};
    devices = std::move(*vios::Devices::create(partition, std::move(setup), clock));
  }
  void restart() {
    devices.reset();
    start();
  }
  vios::cli::Output run(const std::string& line) {
    const auto output = vios::cli::run(line, *devices);
    transcript += fmt::format("$ {}\n{}", line, output.output);
    if (output.exit_code) transcript += fmt::format("(exit {})\n", output.exit_code);
    return output;
  }
};

inline void approve(const std::string& name, const std::string& text) {
  support::approved(support::checkout() / "tests/unit/vios/baselines" / (name + ".txt"), text);
}

}  // namespace test

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One frame, assembled: journal, hypervisor, the threads of its Virtual I/O Servers, and the service processor with a
// thread for each client. It powers itself on, and ends in order when it is told to.

#include <functional>
#include <string>

#include "emu/core/clock.h"
#include "emu/core/lab.h"

namespace emu::frame {

enum class PowerOn { vioses_only, with_auto_start };

struct FrameSetup {
  const Lab& lab;
  const LabFolders& folders;
  std::string frame;         // its name
  std::string service_file;  // where clients connect
  PowerOn power_on = PowerOn::vioses_only;
  std::function<bool()> wanted{};  // asked now and then: false ends it as a Shutdown does. None: always
};

// Blocks until the frame was shut down. An error: it did not start.
Status run_frame(const FrameSetup&, const Clock&);

}  // namespace emu::frame

// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/pause.h"

#include <chrono>
#include <thread>

namespace hmc {

void HostPause::sleep(u64 nanoseconds) { std::this_thread::sleep_for(std::chrono::nanoseconds(nanoseconds)); }

}  // namespace hmc

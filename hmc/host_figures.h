// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the console's machine, which is the host, has and uses: texts as monhmc shows them, made of the kernel's files.

#include <string>
#include <vector>

#include "emu/core/types.h"

namespace hmc {

// Of one processor, in ticks: user, nice, system, idle, waiting for I/O, interrupts, soft interrupts, stolen.
struct ProcessorTicks {
  std::string name;
  std::vector<u64> ticks;
};
std::vector<ProcessorTicks> processor_ticks(const std::string& stat);  // of /proc/stat
// "Cpu0  :  1.0%us, ...", for each processor, of what has passed between two readings.
std::string processor_text(const std::vector<ProcessorTicks>& before, const std::vector<ProcessorTicks>& after);

std::string memory_text(const std::string& meminfo);  // of /proc/meminfo
std::string swap_text(const std::string& meminfo);

// Of the file system that has this file, as df shows it. Empty: it cannot be told.
std::string disk_text(const std::string& file);

// A file of the kernel's; empty if it cannot be read.
std::string kernel_file(const std::string& name);

}  // namespace hmc

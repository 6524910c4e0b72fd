// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the values of a configuration must obey, whoever gives them: the reader of lab files, the HMC's commands and the hypervisor
// call this one function, so that nothing is stored that cannot be activated. Pure. (Redbook 2.2.3, 3.6, 5.6.3; docs/hmc.md)

#include <string>
#include <vector>

#include "emu/core/lab.h"

namespace emu {

// What the system has that a configuration is for.
struct SystemLimits {
  u64 memory_mb = 0;  // installed
  u32 lmb_mb = 16;
  u32 processors = 0;                     // installed
  std::vector<std::string> compat_modes;  // lpar_proc_compat_mode, "default" among them
};

SystemLimits limits_of(const FrameConfig&);

inline constexpr u32 most_processors = 64;  // of a partition, virtual or dedicated
inline constexpr u64 huge_page_mb = 16384;

struct BrokenRule {
  std::string attribute;  // as the HMC and the lab file call it
  std::string value;
  std::string rule;  // a sentence without a full stop that says what is right
};

// All that is wrong, in the order of the attributes; none: it can be stored and, if the system has that much left, activated.
std::vector<BrokenRule> broken_rules(const Configuration&, LparEnv, const SystemLimits&);

}  // namespace emu

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the values of a partition must obey, whoever gives them: the reader of lab files, the HMC's commands, the hypervisor, and
// the validation of a move call these functions, so that nothing is stored that cannot be activated. Pure. (Redbook 2.2.3, 3.6,
// 5.6.3; docs/hmc.md)

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/lab.h"
#include "emu/core/system_profile.h"

namespace emu {

// What the system has that a configuration is for.
struct SystemLimits {
  u64 memory_mb = 0;  // installed, active or not
  u32 lmb_mb = 16;
  u32 processors = 0;                            // the same
  std::vector<CompatMode> compat_modes;          // lpar_proc_compat_mode
  CompatMode default_mode = CompatMode::power6;  // what `default` stands for
  Capabilities capabilities{};

  u64 huge_pages() const;            // that fit into the memory: a pool cannot have more
  u32 virtual_processors() const;    // of one partition
  u32 dedicated_processors() const;  // of one partition
};

SystemLimits limits_of(const FrameConfig&);

// Whether it is that of processors of its own, and not a mode within one.
constexpr bool is_generation(CompatMode mode) { return mode >= CompatMode::power6 && mode <= CompatMode::power9; }

inline constexpr u32 least_units = 10;  // hundredths of a processor for a virtual one
inline constexpr u32 most_units = 100;

struct BrokenRule {
  std::string attribute;  // as the HMC and the lab file call it
  std::string value;      // as the HMC writes it
  std::string rule;       // a sentence without a full stop that says what is right
};

// All that is wrong, in the order of the attributes; none: it can be stored and, if the system has that much left, activated.
std::vector<BrokenRule> broken_rules(const Configuration&, LparEnv, const SystemLimits&);
// Of one adapter; the attribute is a key of the lab file's adapters.
std::vector<BrokenRule> broken_rules(const VirtualAdapter&, LparEnv);
// Of what a partition is beside its profiles: names, roles, address.
std::vector<BrokenRule> broken_rules(const LparDefinition&);
// Of a system profile, whatever partitions there are.
std::vector<BrokenRule> broken_rules(const SystemProfile&);

// What cannot ever be right of a partition's adapters together: two trunks of a VLAN, through which packets would circle; and of the
// partners that they name: itself, nobody in particular for a client, one client's adapter for two servers' of one partition. A partner need not be there yet. `before`: what these adapters were; those that
// stay as they are name partners of another system after a move, and are not judged.
std::vector<BrokenRule> broken_partners(const std::vector<VirtualAdapter>& adapters, const std::vector<VirtualAdapter>& before,
                                        u32 lpar_id);

// A VLAN that two trunk adapters on one switch both carry. Those of two partitions may, if their priorities differ.
std::optional<u16> shared_vlan(const VirtualAdapter& a, const VirtualAdapter& b);
struct TrunkClash {
  const VirtualAdapter* adapter = nullptr;
  const VirtualAdapter* other = nullptr;
  u16 vlan = 0;
};
std::optional<TrunkClash> equal_trunks(const std::vector<VirtualAdapter>& adapters, const std::vector<VirtualAdapter>& others);

// work_group_id: none, or a group.
bool is_work_group(std::string_view id);
inline constexpr std::string_view work_group_rule = "a workload group is none, or a number of 1 to 32";

// lpar_avail_priority.
inline constexpr u32 highest_priority = 255;
inline constexpr std::string_view priority_rule = "lpar_avail_priority is 0 to 255";

// What somebody writes about a partition.
bool is_description(std::string_view text);
inline constexpr std::string_view description_rule = "a description is one line of at most 1024 bytes";

// "0.5" for 50 hundredths of a processor.
std::string units_text(u32 hundredths);

}  // namespace emu

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a frame stores or activates obeys the rules of emu/core/profile_rules.h, whoever sends it. The error names the attribute.

#include "emu/core/lab.h"
#include "emu/core/processor_pool.h"

namespace firmware {

class Lpars;

emu::Status obeys_rules(const emu::Configuration&, const emu::LparDefinition& of, const emu::FrameConfig&);

// A whole partition. What is as it was `before` has been judged then: a journal may be of a time with other rules.
// Partners of a partition that comes from another system are settled later, when the migration has mapped its adapters.
enum class Partners : u8 { known, settled_later };
emu::Status obeys_rules(const emu::LparDefinition&, const emu::LparDefinition* before, const emu::FrameConfig&,
                        Partners = Partners::known);

// The partners of a partition's adapters. Those that it `had` have been judged.
emu::Status obey_rules(const std::vector<emu::VirtualAdapter>&, const std::vector<emu::VirtualAdapter>& had,
                       const emu::LparDefinition& of);

// Two Virtual I/O Servers have trunk adapters of one VLAN on one switch: they differ in their priorities. `had`: have been judged.
// `among`: all that are defined, with what they have or would have by default, or those that have resources now.
enum class Among : u8 { defined, running };
emu::Status trunks_differ(const std::vector<emu::VirtualAdapter>&, const std::vector<emu::VirtualAdapter>& had,
                          const emu::LparDefinition& of, const Lpars&, Among among);

// A shared-processor pool, of what its partitions have: HSCLF0C2 - HSCLF0C4, or HSCL03ED if less is left than it would reserve.
emu::Status pool_may_become(const Lpars&, const emu::ProcessorPool& wanted, const emu::FrameConfig&);

}  // namespace firmware

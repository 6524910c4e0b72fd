// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Logical ports of a system's host Ethernet adapters: who has which, and what may become of a physical port. A port is the partition's
// that runs with it. Pure: no locks, no state.
// SIMPLIFIED: partitions have logical ports, and their operating systems see none of them.

#include <span>
#include <string>
#include <vector>

#include "emu/core/host_ethernet.h"
#include "emu/core/partition_profile.h"
#include "emu/core/result.h"

namespace firmware {

class Lpars;

// What a partition is activated with is required, all of it. HSCLF080 - HSCLF085: it is not there, or not free.
emu::Status logical_ports_free(std::span<const emu::HostEthernet>, const Lpars&, const emu::LparDefinition& of,
                               const std::vector<std::string>& wanted);

// HSCLF080 - HSCLF088: a group's pending value, or a port, cannot become so. `wanted`: the whole adapter, as it is to be.
emu::Status host_ethernet_may_become(const emu::HostEthernet& before, const emu::HostEthernet& wanted, const Lpars&);

}  // namespace firmware

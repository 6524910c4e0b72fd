// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What mktcpip, chtcpip and rmtcpip have in common.

#include "vios/backends/virtual_ethernet.h"
#include "vios/cli/command.h"

namespace vios::cli {

// Letters, digits, - and dots between them, as the name of a host or a domain has them.
bool is_host_name(const std::string& name);

// Changes TCP/IP and prints nothing, or why it cannot be.
Output change_tcpip(const Command&, Devices&, const VirtualEthernet::TcpipChange&);

}  // namespace vios::cli

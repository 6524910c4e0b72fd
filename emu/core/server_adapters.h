// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the profiles of a Virtual I/O Server say of its clients.

#include <algorithm>
#include <vector>

#include "emu/core/partition_profile.h"

namespace emu {

// A client has left for another system: no next activation may bring an adapter for it. False if no profile had one.
// What is current is not touched: the server itself has given that up. (Redbook 2.4.4)
inline bool forget_client(LparDefinition& server, u32 client_id) {
  size_t erased = 0;
  for (Profile& profile : server.profiles)
    erased += std::erase_if(profile.adapters, [client_id](const VirtualAdapter& adapter) {
      return adapter.kind == AdapterKind::scsi_server && adapter.remote_lpar_id == client_id;
    });
  return erased > 0;
}

}  // namespace emu

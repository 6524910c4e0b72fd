// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual terminals: who holds a partition's console, and what has been shown to them. One holder per partition. The
// texts that a person sees are the HMC's.

#include <map>
#include <mutex>
#include <string>

#include "emu/link/service.h"
#include "firmware/hypervisor.h"

namespace emu::frame {

class Vterms {
 public:
  explicit Vterms(firmware::Hypervisor& hypervisor) : hypervisor_(hypervisor) {}

  Result<service::VtermToken> open(u32 lpar_id, const std::string& holder);
  Result<service::VtermOutput> exchange(u64 token, const Bytes& input);
  Status close(u32 lpar_id, u64 token);
  std::string holder(u32 lpar_id) const;  // empty: nobody

 private:
  struct Session {
    u32 lpar_id = 0;
    std::string holder;
    u64 offset = 0;
    std::string closed_because;  // not empty: whoever still exchanges is told, once
  };
  bool exists(u32 lpar_id) const;

  firmware::Hypervisor& hypervisor_;
  mutable std::mutex mutex_;
  std::map<u64, Session> sessions_;
  u64 next_token_ = 1;
};

}  // namespace emu::frame

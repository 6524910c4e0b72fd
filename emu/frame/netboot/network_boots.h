// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the firmware of a frame's partitions does over their network adapters: pings, and boots, each with a thread of its own. Any thread.

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "emu/core/clock.h"
#include "emu/core/lab.h"
#include "emu/link/service.h"
#include "firmware/hypervisor.h"

namespace emu::frame {

class NetworkBoots {
 public:
  // All must outlive it.
  NetworkBoots(const FrameConfig&, firmware::Hypervisor&, const Clock&);
  ~NetworkBoots();  // ends them
  NetworkBoots(const NetworkBoots&) = delete;
  NetworkBoots& operator=(const NetworkBoots&) = delete;

  Result<service::PingResult> ping(const service::PingFromFirmware&);
  Status begin(const service::BootFromNetwork&);
  service::NetworkBootState state(u32 lpar_id) const;

 private:
  class Boot;
  const FrameConfig& config_;
  firmware::Hypervisor& hypervisor_;
  const Clock& clock_;
  std::atomic<bool> end_{false};
  mutable std::mutex mutex_;
  std::map<u32, std::unique_ptr<Boot>> boots_;  // the latest of each partition
};

}  // namespace emu::frame

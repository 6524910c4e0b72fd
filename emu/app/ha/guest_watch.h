// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether what a package is for is alive: asked over RMC from a place of the monitor's own on the partitions' networks, so that it also
// works while there is no console; or by a connection to a port that leads to the guest.

#include "emu/app/labs.h"
#include "emu/core/clock.h"
#include "emu/core/services.h"
#include "hmc/pause.h"
#include "hmc/rmc/rmc.h"

namespace emu::app::ha {

class GuestWatch {
 public:
  static Result<std::unique_ptr<GuestWatch>> open(const NamedLab&);
  bool answers(const Package&);  // within less than a second. Any thread

 private:
  GuestWatch(const NamedLab& lab, std::unique_ptr<hmc::RmcTransport>, const std::string& key);
  bool takes_connections(const Package&) const;

  const NamedLab& lab_;
  HostClock clock_;
  hmc::HostPause pause_;
  std::unique_ptr<hmc::RmcTransport> transport_;
  hmc::RmcClient rmc_;
};

}  // namespace emu::app::ha

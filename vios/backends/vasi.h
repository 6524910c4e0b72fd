// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The device through which a mover talks to the hypervisor, and the one that commands ask about migrations. The mover itself is
// vios/mover.

#include "vios/backends/backend.h"

namespace vios {

class Devices;

class Vasi final : public PlainBackend {
 public:
  explicit Vasi(Devices& devices) : devices_(devices) {}
  std::vector<Device> list() const override;
  std::vector<Attribute> attributes(const std::string& device) const override;
  std::string physloc(const std::string& device) const override;
  bool held(const std::string& device, const emu::Hold&) const override;
  void describe(emu::service::ViosInfo&) const override;
  void scan(const Plugged&) override;

 private:
  Devices& devices_;
  u32 slot_ = 0;  // 0: there is none
};

}  // namespace vios

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The server's own terminal.

#include "vios/backends/backend.h"

namespace vios {

class Devices;

class VirtualSerial final : public PlainBackend {
 public:
  explicit VirtualSerial(Devices& devices) : devices_(devices) {}
  std::vector<Device> list() const override;
  std::vector<Attribute> attributes(const std::string&) const override { return {}; }
  std::string physloc(const std::string& device) const override;
  bool in_use(const Device&) const override;
  bool held(const std::string&, const emu::Hold&) const override { return false; }
  void describe(emu::service::ViosInfo&) const override {}
  void scan(const Plugged&) override {}  // it is always there

 private:
  Devices& devices_;
};

}  // namespace vios

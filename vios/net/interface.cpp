// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/net/interface.h"

namespace vios {

std::string interface_of(const std::string& adapter, std::string_view letters) {
  return std::string(letters) + adapter.substr(std::min(adapter.size(), adapter.find_first_of("0123456789")));
}

Interface::Interface(Place place, const emu::packet::Mac& mac, std::function<std::string()> ioslevel, std::string rmc_key,
                     const emu::Clock& clock)
    : place_(std::move(place)),
      address_(emu::address_text(place_.address)),
      responder_(address_, mac, std::move(ioslevel), std::move(rmc_key)),
      neighbours_(address_, mac),
      clock_(clock) {}

std::string Interface::name() const { return interface_of(place_.adapter); }

bool Interface::leads_to(const std::string& address) const {
  const auto whose = emu::parse_address(address);
  return whose && (*whose & place_.network.mask) == place_.network.base;
}

void Interface::begin(std::unique_ptr<LogicalLan> lan) {
  lan_ = std::move(lan);
  if (const auto hello = responder_.announcement()) (void)lan_->send(*hello);
}

void Interface::ask(const std::string& address) {
  if (const auto question = neighbours_.question(address)) (void)lan_->send(*question);
}

bool Interface::poll() {
  constexpr int most = 128;
  for (int i = 0; lan_ && i < most; ++i) {
    const auto packet = lan_->receive();
    if (!packet) return false;
    neighbours_.hear(*packet, clock_.monotonic());
    if (const auto reply = responder_.answer(*packet)) (void)lan_->send(*reply);
  }
  return lan_ != nullptr;
}

}  // namespace vios

// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/net/interface.h"

namespace vios {

Interface::Interface(std::unique_ptr<LogicalLan> lan, const Responder& responder, Neighbours& neighbours, const emu::Clock& clock)
    : lan_(std::move(lan)), responder_(responder), neighbours_(neighbours), clock_(clock) {
  if (const auto hello = responder_.announcement()) (void)lan_->send(*hello);
}

void Interface::ask(const std::string& address) {
  if (const auto question = neighbours_.question(address)) (void)lan_->send(*question);
}

bool Interface::poll() {
  constexpr int most = 128;
  for (int i = 0; i < most; ++i) {
    const auto packet = lan_->receive();
    if (!packet) return false;
    neighbours_.hear(*packet, clock_.monotonic());
    if (const auto reply = responder_.answer(*packet)) (void)lan_->send(*reply);
  }
  return true;
}

}  // namespace vios

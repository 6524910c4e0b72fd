// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/sea/uplink.h"

#include <algorithm>

namespace vios {

Uplink::Uplink(std::vector<Cable> cables, const std::function<void()>& wake) : cables_(std::move(cables)) {
  for (Cable& each : cables_) each.doorman = std::make_unique<emu::Doorman>(*each.port, wake);
}

const Uplink::Cable* Uplink::carrier() const {
  const auto at = std::ranges::find(cables_, true, &Cable::plugged);
  return at == cables_.end() ? nullptr : &*at;
}

bool Uplink::set_cable(const std::string& name, bool plugged) {
  const Cable* before = carrier();
  for (Cable& each : cables_)
    if (each.name == name) each.plugged = plugged;
  return carrier() != before;
}

bool Uplink::send(std::span<const u8> packet) {
  for (Cable& each : cables_) {
    if (!each.plugged) continue;
    each.traffic.sent.count(packet);
    (void)each.port->send(packet);  // whether the segment has somebody who wants it is no matter of the adapter's
    return true;
  }
  if (!cables_.empty()) cables_.front().traffic.sent.count(packet, false);
  return false;
}

bool Uplink::receive(int most, const std::function<void(std::span<const u8>)>& take) {
  bool more = false;
  for (Cable& each : cables_) {
    if (!each.more && !each.doorman->waiting()) continue;
    each.doorman->taken();
    int left = most;
    for (; left > 0; --left) {
      const auto packet = each.port->receive(0);
      if (!packet) break;
      // The segment floods to every port: what the others get comes a second time.
      if (&each != carrier()) continue;
      each.traffic.received.count(*packet);
      take(*packet);
    }
    each.more = left == 0;
    more = more || each.more;
  }
  return more;
}

BothWays Uplink::traffic() const {
  BothWays sum;
  for (const Cable& each : cables_) {
    sum.sent += each.traffic.sent;
    sum.received += each.traffic.received;
  }
  return sum;
}

void Uplink::reset_traffic() {
  for (Cable& each : cables_) each.traffic = {};
}

}  // namespace vios

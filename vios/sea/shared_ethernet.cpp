// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/sea/shared_ethernet.h"

#include <algorithm>

namespace vios {

namespace packet = emu::packet;

namespace {

constexpr int packets_at_once = 128;
constexpr u16 no_tag = 0;

u16 tag_of(std::span<const u8> packet) {
  if (packet.size() < 18 || emu::load_be<u16>(&packet[12]) != packet::ethertype_vlan) return no_tag;
  return emu::load_be<u16>(&packet[14]) & 0xFFF;
}

// The first trunk is the default one: it carries untagged packets (mkvdev -default).
bool carries(const LogicalLan& trunk, u16 tag, bool is_default) {
  const auto& config = trunk.adapter().config;
  if (config.disabled) return false;
  if (tag == no_tag) return is_default;
  return config.port_vlan_id == tag || std::ranges::find(config.addl_vlan_ids, tag) != config.addl_vlan_ids.end();
}

}  // namespace

SharedEthernet::SharedEthernet(std::string name, std::unique_ptr<emu::Port> port, std::vector<std::unique_ptr<LogicalLan>> trunks,
                               const Responder* responder, ErrorLogSink& errors, std::function<void()> wake)
    : name_(std::move(name)),
      port_(std::move(port)),
      trunks_(std::move(trunks)),
      responder_(responder),
      errors_(errors),
      doorman_(*port_, std::move(wake)) {
  const auto hello = responder_ ? responder_->announcement() : std::nullopt;
  if (!hello) return;
  ++counts_.generated;
  (void)to_segment(*hello);
}

std::vector<u16> SharedEthernet::vlans() const {
  std::vector<u16> all;
  for (const auto& trunk : trunks_) {
    if (trunk->adapter().config.disabled) continue;
    all.push_back(trunk->adapter().config.port_vlan_id);
    const auto& more = trunk->adapter().config.addl_vlan_ids;
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

void SharedEthernet::ask(const std::string& address) {
  const auto question = ears_.neighbours ? ears_.neighbours->question(address) : std::nullopt;
  if (!question) return;
  ++counts_.generated;
  (void)to_segment(*question);
}

void SharedEthernet::set_cable(bool plugged) {
  if (link_up_ && !plugged) errors_.record("0B41DD00", 'I', 'H', name_, "ADAPTER FAILURE");  // Redbook, example 6-5
  link_up_ = plugged;
}

void SharedEthernet::follow(const emu::VirtualAdapter& config) {
  for (const auto& trunk : trunks_)
    if (trunk->adapter().config.slot == config.slot) trunk->configured(config);
}

void SharedEthernet::reset_counts() {
  counts_ = {};
  for (const auto& trunk : trunks_) trunk->reset_traffic();
}

bool SharedEthernet::is_own(std::span<const u8> packet) const {
  return responder_ && packet::destination(packet) == responder_->mac();
}

bool SharedEthernet::poll() {
  SideCounts& side = counts_.virtual_side;
  bool more = false;
  for (const auto& trunk : trunks_) {
    int left = packets_at_once;
    for (auto packet = trunk->receive(); packet; packet = trunk->receive()) {
      ++side.received;
      if (const auto reply = responder_ ? responder_->answer(*packet) : std::nullopt) {
        ++counts_.generated;
        ++(trunk->send(*reply) ? side.transmitted : counts_.failures);
      }
      if (is_own(*packet))
        ++side.consumed;
      else
        ++(to_segment(*packet) ? side.bridged : side.dropped);
      if (--left == 0) {
        more = true;
        break;
      }
    }
  }
  if (!doorman_.waiting()) return more;
  doorman_.taken();
  for (int i = 0; i < packets_at_once; ++i) {
    const auto packet = port_->receive(0);
    if (!packet) return more;
    if (link_up_) from_segment(*packet);
  }
  return true;
}

bool SharedEthernet::to_segment(std::span<const u8> packet) {
  counts_.port.sent.count(packet, link_up_);
  ++(link_up_ ? counts_.real.transmitted : counts_.failures);
  // Whether the segment has somebody who wants it is no matter of the adapter's.
  if (link_up_) (void)port_->send(packet);
  return link_up_;
}

void SharedEthernet::from_segment(std::span<const u8> packet) {
  SideCounts& side = counts_.real;
  ++side.received;
  counts_.port.received.count(packet);
  if (ears_.neighbours) ears_.neighbours->hear(packet, ears_.clock->monotonic());
  if (const auto reply = responder_ ? responder_->answer(packet) : std::nullopt) {
    ++counts_.generated;
    (void)to_segment(*reply);
  }
  if (is_own(packet)) {
    ++side.consumed;
    return;
  }
  const u16 tag = tag_of(packet);
  bool carried = false, passed = false;
  for (size_t i = 0; i < trunks_.size(); ++i) {
    if (!carries(*trunks_[i], tag, i == 0)) continue;
    carried = true;
    const bool sent = trunks_[i]->send(packet);
    ++(sent ? counts_.virtual_side.transmitted : counts_.failures);
    passed = passed || sent;
  }
  ++(passed ? side.bridged : carried ? side.dropped : side.filtered);
}

}  // namespace vios

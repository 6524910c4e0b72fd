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

SharedEthernet::SharedEthernet(std::string name, Uplink uplink, std::vector<std::unique_ptr<LogicalLan>> trunks,
                               ErrorLogSink& errors, const emu::Clock& clock)
    : name_(std::move(name)), uplink_(std::move(uplink)), trunks_(std::move(trunks)), clock_(clock), errors_(errors) {}

SharedEthernet::~SharedEthernet() {
  if (!availability_) return;
  for (const auto& trunk : trunks_) trunk->set_active(false);
  (void)availability_->channel->send(availability_->failover.farewell());
}

void SharedEthernet::attach(const Responder& responder, Neighbours& neighbours) {
  responder_ = &responder;
  neighbours_ = &neighbours;
  if (bridges()) announce();
}

void SharedEthernet::detach() {
  responder_ = nullptr;
  neighbours_ = nullptr;
}

void SharedEthernet::announce() {
  const auto hello = responder_ ? responder_->announcement() : std::nullopt;
  if (!hello) return;
  ++counts_.generated;
  (void)to_segment(*hello);
}

// ---- one of two ----

void SharedEthernet::begin(HaMode mode, std::unique_ptr<LogicalLan> channel) {
  const u32 priority = trunks_.front()->adapter().config.trunk_priority;
  const u64 now = clock_.monotonic();
  const packet::Mac self = channel->mac();
  availability_.emplace(HighAvailability{std::move(channel), Failover(mode, priority, self, now)});
  availability_->failover.set_link(link_up(), now);
  for (const auto& trunk : trunks_) trunk->set_active(false);
}

void SharedEthernet::negotiate() {
  auto& [channel, failover] = *availability_;
  const u64 now = clock_.monotonic();
  const SeaState before = failover.state();
  for (auto packet = channel->receive(); packet; packet = channel->receive()) failover.hear(*packet, now);
  const std::vector<Bytes> packets = failover.step(now);
  // Who steps back does so before the other one hears of it, who steps forward does so first, too.
  if (!packets.empty() || failover.state() != before) become(before);
  for (const Bytes& packet : packets) (void)channel->send(packet);
}

void SharedEthernet::become(SeaState before) {
  const SeaState state = availability_->failover.state();
  const bool bridges = state == SeaState::primary;
  for (const auto& trunk : trunks_)
    if (bridges != trunk->active()) trunk->set_active(bridges);
  if (state == before) return;
  if (bridges) {
    errors_.record("E136EAFA", 'I', 'H', name_, "BECOME PRIMARY");
    announce();
  }
  if (state == SeaState::backup) errors_.record("40D97644", 'I', 'H', name_, "BECOME BACKUP");
}

u64 SharedEthernet::wait() const { return availability_ ? availability_->failover.wait(clock_.monotonic()) : ~u64{0}; }

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
  const auto question = neighbours_ ? neighbours_->question(address) : std::nullopt;
  if (!question) return;
  ++counts_.generated;
  (void)to_segment(*question);
}

void SharedEthernet::set_cable(const std::string& port, bool plugged) {
  const auto& cables = uplink_.cables();
  const auto cable = std::ranges::find(cables, port, &Uplink::Cable::name);
  if (cable == cables.end() || cable->plugged == plugged) return;
  // Redbook, example 6-5
  if (!plugged) errors_.record("0B41DD00", 'I', 'H', cables.size() == 1 ? name_ : port, "ADAPTER FAILURE");
  const bool moved = uplink_.set_cable(port, plugged);
  if (availability_) availability_->failover.set_link(link_up(), clock_.monotonic());
  if (!moved || !link_up() || !bridges() || cables.size() == 1) return;
  // Everybody is reached through another port of the segment now, and says so.
  for (const auto& trunk : trunks_) trunk->set_active(true);
  announce();
}

void SharedEthernet::follow(const emu::VirtualAdapter& config) {
  for (const auto& trunk : trunks_)
    if (trunk->adapter().config.slot == config.slot) trunk->configured(config);
}

void SharedEthernet::reset_counts() {
  counts_ = {};
  uplink_.reset_traffic();
  if (availability_) availability_->failover.reset_counts();
  for (const auto& trunk : trunks_) trunk->reset_traffic();
}

bool SharedEthernet::is_own(std::span<const u8> packet) const {
  return responder_ && packet::destination(packet) == responder_->mac();
}

bool SharedEthernet::poll() {
  if (availability_) negotiate();
  SideCounts& side = counts_.virtual_side;
  bool more = false;
  for (const auto& trunk : trunks_) {
    int left = packets_at_once;
    for (auto packet = trunk->receive(); packet; packet = trunk->receive()) {
      ++side.received;
      const auto reply = responder_ && bridges() ? responder_->answer(*packet) : std::nullopt;
      if (reply) {
        ++counts_.generated;
        ++(trunk->send(*reply) ? side.transmitted : counts_.failures);
      }
      if (is_own(*packet))
        ++side.consumed;
      else
        ++(bridges() && to_segment(*packet) ? side.bridged : side.dropped);
      if (--left == 0) {
        more = true;
        break;
      }
    }
  }
  return uplink_.receive(packets_at_once, [this](std::span<const u8> packet) { from_segment(packet); }) || more;
}

bool SharedEthernet::to_segment(std::span<const u8> packet) {
  const bool sent = uplink_.send(packet);
  ++(sent ? counts_.real.transmitted : counts_.failures);
  return sent;
}

void SharedEthernet::from_segment(std::span<const u8> packet) {
  SideCounts& side = counts_.real;
  ++side.received;
  if (!bridges()) {
    ++side.dropped;
    return;
  }
  if (neighbours_) neighbours_->hear(packet, clock_.monotonic());
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

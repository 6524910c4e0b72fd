// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/sea/failover.h"

#include <algorithm>
#include <utility>

namespace vios {

namespace packet = emu::packet;

namespace {

// IEEE 802, local experimental EtherType 1. The packets of the real ones are not documented.
constexpr u16 ethertype = 0x88B5;
constexpr u32 magic = 0x53454131;
// After the header: magic, kind, state, mode, priority.
constexpr size_t body = packet::header_size, packet_bytes = packet::smallest_packet;
constexpr size_t most_partners = 8;

constexpr std::pair<std::string_view, HaMode> modes[] = {
    {"disabled", HaMode::disabled}, {"auto", HaMode::automatic}, {"standby", HaMode::standby}};

}  // namespace

std::optional<HaMode> parse_ha_mode(std::string_view text) {
  for (const auto& [word, mode] : modes)
    if (word == text) return mode;
  return std::nullopt;
}

std::string_view text_of(HaMode mode) {
  for (const auto& [word, each] : modes)
    if (each == mode) return word;
  return {};
}

std::string_view text_of(SeaState state) {
  constexpr std::string_view texts[] = {"LIMBO", "BACKUP", "PRIMARY"};
  return texts[static_cast<size_t>(state) - 1];
}

Failover::Failover(HaMode mode, u32 priority, const packet::Mac& self, u64 now)
    : mode_(mode), priority_(priority), self_(self), listens_until_(now + patience) {}

Bytes Failover::packet(Kind kind) {
  ++counts_.out;
  Bytes bytes(packet_bytes);
  std::copy(packet::broadcast.begin(), packet::broadcast.end(), bytes.begin());
  std::copy(self_.begin(), self_.end(), bytes.begin() + 6);
  emu::store_be(&bytes[12], ethertype);
  emu::store_be(&bytes[body], magic);
  bytes[body + 4] = static_cast<u8>(kind);
  // One that has asked for its role is there for it, wherever it comes from.
  bytes[body + 5] = static_cast<u8>(asked_ ? SeaState::backup : state_);
  bytes[body + 6] = static_cast<u8>(mode_);
  bytes[body + 7] = static_cast<u8>(priority_);
  return bytes;
}

void Failover::hear(std::span<const u8> bytes, u64 now) {
  if (bytes.size() < body + 8 || emu::load_be<u16>(&bytes[12]) != ethertype || emu::load_be<u32>(&bytes[body]) != magic) return;
  const u8 kind = bytes[body + 4], state = bytes[body + 5], mode = bytes[body + 6];
  const packet::Mac from = packet::source(bytes);
  if (kind < 1 || kind > 4 || state < 1 || state > 3 || mode < 1 || mode > 3 || from == self_) return;
  if (!partners_.contains(from) && partners_.size() >= most_partners) return;
  ++counts_.in;
  Partner& partner = partners_[from];
  partner = {{static_cast<HaMode>(mode) == HaMode::standby, bytes[body + 7], from}, static_cast<SeaState>(state), now};
  switch (static_cast<Kind>(kind)) {
    case Kind::keep_alive:
      ++counts_.keep_alive;
      // Both bridge: the switch has made one of the two passive, and whichever it was, the right one says it again.
      if (partner.state == SeaState::primary && state_ == SeaState::primary && rank() < partner.rank) said_ = 0;
      break;
    case Kind::recovery:
      ++counts_.recovery;
      if (state_ == SeaState::primary && partner.rank < rank()) {
        enter(SeaState::backup);
        say(Kind::notify);
      }
      break;
    case Kind::notify:
      ++counts_.notify;
      break;
    case Kind::limbo:
      ++counts_.limbo;
      partner.state = SeaState::limbo;
      break;
  }
}

void Failover::set_link(bool up, u64 now) {
  if (up && !link_up_) listens_until_ = now + patience;
  link_up_ = up;
}

void Failover::enter(SeaState state) {
  asked_.reset();
  if (state == state_) return;
  state_ = state;
  said_ = 0;  // at once
  if (state == SeaState::primary) ++counts_.became_primary;
  if (state == SeaState::backup) ++counts_.became_backup;
}

void Failover::decide(u64 now) {
  if (!link_up_) return enter(SeaState::limbo);
  const Partner* rival = nullptr;  // the best of those that could bridge
  bool another_bridges = false;
  for (const auto& [address, each] : partners_) {
    if (now - each.heard >= patience || each.state == SeaState::limbo) continue;
    if (!rival || each.rank < rival->rank) rival = &each;
    another_bridges = another_bridges || each.state == SeaState::primary;
  }
  if (rival && rival->rank < rank()) {
    // It will bridge as soon as it has asked for it; until then who bridges goes on.
    if (state_ != SeaState::primary || rival->state == SeaState::primary) enter(SeaState::backup);
    return;
  }
  if (state_ == SeaState::primary) return;
  if (!rival && state_ == SeaState::limbo && now < listens_until_) return;
  if (!another_bridges || (asked_ && now - *asked_ >= patience)) return enter(SeaState::primary);
  if (asked_) return;
  asked_ = now;
  say(Kind::recovery);
}

std::vector<Bytes> Failover::step(u64 now) {
  decide(now);
  if (said_ == 0 || now - said_ >= between_packets) {
    said_ = now;
    say(state_ == SeaState::limbo && !asked_ ? Kind::limbo : Kind::keep_alive);
  }
  return std::exchange(outbox_, {});
}

u64 Failover::wait(u64 now) const { return said_ == 0 || now - said_ >= between_packets ? 0 : between_packets - (now - said_); }

Bytes Failover::farewell() {
  state_ = SeaState::limbo;
  asked_.reset();
  return packet(Kind::limbo);
}

}  // namespace vios

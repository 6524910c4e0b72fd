// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which of two shared Ethernet adapters bridges: each tells the other over the control channel that it lives, what it is and what its
// priority is, and the one with the lowest number bridges. One that is not heard any more, or whose cable is out, is replaced by the
// other. Nothing here prevents that both bridge for a moment: the hypervisor's switch does, of whose trunks one is active.
// Knows no adapters: packets go in, packets come out, and the owner looks at the state.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emu/link/packet.h"

namespace vios {

enum class HaMode : u8 { disabled = 1, automatic, standby };
std::optional<HaMode> parse_ha_mode(std::string_view);  // as chdev has it: auto ...
std::string_view text_of(HaMode);

// Limbo: it has just begun and listens, or its cable is out.
enum class SeaState : u8 { limbo = 1, backup, primary };
std::string_view text_of(SeaState);  // as entstat has it

class Failover {
 public:
  static constexpr u64 between_packets = 100'000'000;
  static constexpr u64 patience = 3 * between_packets;

  // How entstat counts.
  struct Counts {
    u64 in = 0, out = 0;
    u64 keep_alive = 0, recovery = 0, notify = 0, limbo = 0;  // received
    u64 became_backup = 0, became_primary = 0;
  };

  // `self`: the address of the adapter on the control channel.
  Failover(HaMode, u32 priority, const emu::packet::Mac& self, u64 now);

  SeaState state() const { return state_; }
  HaMode mode() const { return mode_; }
  u32 priority() const { return priority_; }
  const Counts& counts() const { return counts_; }
  void reset_counts() { counts_ = {}; }

  void set_mode(HaMode mode) { mode_ = mode, said_ = 0; }
  void set_link(bool up, u64 now);
  void hear(std::span<const u8> packet, u64 now);  // any packet of the control channel
  // What is to be sent now. The state may be another one afterwards.
  std::vector<Bytes> step(u64 now);
  u64 wait(u64 now) const;  // until the next step, though nothing is heard
  Bytes farewell();         // it goes, and the other need not wait until it is missed

 private:
  enum class Kind : u8 { keep_alive = 1, recovery, notify, limbo };
  struct Rank {  // the lowest bridges
    bool standby = false;
    u32 priority = 0;
    emu::packet::Mac address{};
    auto operator<=>(const Rank&) const = default;
  };
  struct Partner {
    Rank rank;
    SeaState state = SeaState::limbo;
    u64 heard = 0;
  };

  Rank rank() const { return {mode_ == HaMode::standby, priority_, self_}; }
  Bytes packet(Kind);
  void say(Kind kind) { outbox_.push_back(packet(kind)); }
  void enter(SeaState);
  void decide(u64 now);

  HaMode mode_;
  const u32 priority_;
  const emu::packet::Mac self_;
  SeaState state_ = SeaState::limbo;
  bool link_up_ = true;
  u64 listens_until_;
  u64 said_ = 0;                // when the last keep-alive packet went
  std::optional<u64> asked_{};  // when another one was asked to step back
  std::map<emu::packet::Mac, Partner> partners_;
  std::vector<Bytes> outbox_;
  Counts counts_;
};

}  // namespace vios

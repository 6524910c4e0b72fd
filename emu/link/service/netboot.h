// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the firmware of a partition that waits at its prompt (state "Open Firmware") does with its network adapters.

#include <string>
#include <utility>

#include "emu/core/fields.h"
#include "emu/link/service/empty.h"

namespace emu::service {

// Addresses that are empty are not known.
struct FirmwareNetwork {
  u32 slot = 0;  // of the adapter
  std::string client;
  std::string server;
  std::string gateway;
  std::string mask;
  u16 vlan = 0;  // the tag of its packets; 0: none
  u8 priority = 0;
  FIELDS(FirmwareNetwork, slot, client, server, gateway, mask, vlan, priority)
};

struct PingResult {
  bool answered = false;
  FIELDS(PingResult, answered)
};
struct PingFromFirmware {
  using Reply = PingResult;
  u32 lpar_id = 0;
  FirmwareNetwork network;
  FIELDS(PingFromFirmware, lpar_id, network)
};

// Begins it. An error: the partition does not wait there, or its firmware is busy.
struct BootFromNetwork {
  using Reply = Empty;
  u32 lpar_id = 0;
  FirmwareNetwork network;
  std::string file;        // that is asked for; empty: the one that BOOTP tells
  bool tftp_only = false;  // the addresses and the file are given
  std::string arguments;   // of what is booted
  u32 bootp_retries = 0;
  u32 tftp_retries = 0;
  FIELDS(BootFromNetwork, lpar_id, network, file, tftp_only, arguments, bootp_retries, tftp_retries)
};

enum class NetworkBootPhase : u8 { none = 1, bootp, tftp, loading, running, failed };
constexpr std::pair<NetworkBootPhase, NetworkBootPhase> range_of(NetworkBootPhase) {
  return {NetworkBootPhase::none, NetworkBootPhase::failed};
}
// Of the latest one since the frame's process began.
struct NetworkBootState {
  NetworkBootPhase phase = NetworkBootPhase::none;
  std::string refcode;  // why it failed, and in words
  std::string reason;
  FIELDS(NetworkBootState, phase, refcode, reason)
};
struct QueryNetworkBoot {
  using Reply = NetworkBootState;
  u32 lpar_id = 0;
  FIELDS(QueryNetworkBoot, lpar_id)
};

}  // namespace emu::service

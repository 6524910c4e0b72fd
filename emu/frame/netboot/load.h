// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Open Firmware's boot over a network: BOOTP tells who the client is and what it boots, TFTP brings it. What it shows and says on the way
// is what a partition's firmware shows and says.
// SIMPLIFIED: what comes is the image itself; nothing that is booted calls firmware back for more.

#include <string>

#include "emu/frame/netboot/network.h"

namespace emu::frame {

struct LoadWishes {
  std::string file;  // that is asked for; empty: what BOOTP tells
  bool tftp_only = false;
  u32 bootp_retries = 0;  // 0: as many as firmware does by itself
  u32 tftp_retries = 0;
  u64 largest = 0;     // of the image
  std::string device;  // for people
  std::string location;
};

enum class LoadPhase : u8 { bootp, tftp };

class LoadWatcher {
 public:
  virtual ~LoadWatcher() = default;
  virtual void comes_to(LoadPhase) = 0;
  virtual void show(const std::string& refcode) = 0;
  virtual void say(const std::string& text) = 0;
};

struct LoadedFile {
  std::string name;
  Bytes content;
  Bytes bootp_reply;
};

inline constexpr u32 usual_retries = 5;

// The error's code is a reference code.
Result<LoadedFile> load_from_network(FirmwareIp&, const Clock&, const LoadWishes&, LoadWatcher&);

}  // namespace emu::frame

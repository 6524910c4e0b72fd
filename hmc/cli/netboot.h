// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What lpar_netboot does with a partition, step by step, and the lines that it says on the way. They are those that clients look for.
// (docs/netboot.md)

#include <optional>
#include <string>
#include <vector>

#include "hmc/cli/listing.h"
#include "hmc/cli/table.h"

namespace hmc::cli {

struct NetbootWishes {
  service::FirmwareNetwork network;  // its slot is chosen later
  bool test = false;                 // -D
  bool all = false;                  // -A
  std::string location;              // -l
  std::string mac;                   // -m
  std::string arguments;             // -g
  std::string file;                  // -B
  bool tftp_only = false;            // -a
  u32 bootp_retries = 0;
  u32 tftp_retries = 0;
};

class Netboot {
 public:
  Netboot(Call& call, const System& system, const Lpar& lpar, const NetbootWishes& wishes);
  ~Netboot();
  Netboot(const Netboot&) = delete;
  Netboot& operator=(const Netboot&) = delete;

  // Its terminal is taken: Open Firmware is spoken to through it.
  Status connect();
  Status to_open_firmware(const std::string& profile);
  Status list_adapters();
  // Whether it boots. Open Firmware waits on where it does not.
  Result<bool> boot();
  Status power_off();

 private:
  std::string location_of(const emu::VirtualAdapter&) const;
  std::string path_of(const emu::VirtualAdapter&) const;
  Result<std::vector<emu::VirtualAdapter>> adapters();
  Result<bool> ping(const emu::VirtualAdapter&);
  void tell_addresses();
  Result<emu::VirtualAdapter> choose();
  Result<service::LparInfo> info();
  Status comes_to(emu::LparState state);
  void status(const std::string& text);  // of -v

  Call& call_;
  const System& system_;
  const Lpar& lpar_;
  NetbootWishes wishes_;
  FrameLink& link_;
  u64 token_ = 0;
};

}  // namespace hmc::cli

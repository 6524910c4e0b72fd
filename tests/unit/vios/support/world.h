// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Two frames with a VIOS each, one SAN and one LAN between them, in a folder of their own.

#include <memory>
#include <string>
#include <thread>

#include "tests/unit/vios/support/fake_hypervisor.h"
#include "tests/unit/vios/support/scsi_client.h"
#include "vios/cli/table.h"
#include "vios/server.h"

namespace test {

inline constexpr u64 lun1 = 0x8100'0000'0000'0000;

// A folder that goes away with the test.
class Folder {
 public:
  Folder();
  ~Folder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// As long as it lives, no file gets longer: as on a full disk.
class FullDisk {
 public:
  FullDisk();
  ~FullDisk();
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  u64 before_ = 0;
};

// What a lab file would say of the VIOS of one frame: hdisk1 and hdisk2 on the SAN, a bridge in slot 5, a client (id 3,
// slot 2) at slot 10 with hdisk1.
vios::Setup setup_of(const Folder&, const std::string& frame);
// Plugs what the profile of that VIOS has.
FakePartition& add_vios(FakeFrame&, const std::string& ip_address = "10.0.2.20");

// A VIOS that runs on a thread.
class RunningVios {
 public:
  RunningVios(firmware::NativePartition& partition, vios::Setup setup);
  ~RunningVios();
  vios::VirtualIoServer& operator*() { return *server_; }
  vios::VirtualIoServer* operator->() { return server_.get(); }

 private:
  emu::HostClock clock_;
  std::unique_ptr<vios::VirtualIoServer> server_;
  std::thread thread_;
};

}  // namespace test

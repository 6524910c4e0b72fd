// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/vios/support/world.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <sys/resource.h>

namespace test {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "twinframe-vios-XXXXXX").string();
  path_ = mkdtemp(name.data());
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

FullDisk::FullDisk() {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  before_ = limit.rlim_cur;
  limit.rlim_cur = 0;
  setrlimit(RLIMIT_FSIZE, &limit);
}

FullDisk::~FullDisk() {
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = before_;
  setrlimit(RLIMIT_FSIZE, &limit);
}

vios::Setup setup_of(const Folder& folder, const std::string& frame) {
  vios::Setup setup;
  setup.frame_name = frame;
  setup.type_model = "9117-MMA";
  setup.serial_num = "10DD4AC";
  setup.folders = {folder.path(), folder.path()};
  setup.rmc_key = "secret";
  emu::LunConfig lun;
  lun.size_mb = 8;
  lun.name = "data1";
  lun.udid = "200B75AMYW1100107210790003IBMfcp";
  lun.pvid = "00cdd4ac4d617bcd";
  setup.san.luns.push_back(lun);
  lun.name = "data2";
  lun.udid = "200B75AMYW1100207210790003IBMfcp";
  lun.pvid = "00cdd4ac5276f2fe";
  setup.san.luns.push_back(lun);
  for (emu::LunConfig& each : setup.san.luns) each.subsystem = each.name == "data1" ? "ds1" : "ds2";
  setup.san.seen = {"data1", "data2"};
  setup.config.bridges = {{5, "lan0"}};
  setup.config.mappings = {{10, "data1", ""}};
  return setup;
}

FakePartition& add_vios(FakeFrame& frame, const std::string& ip_address) {
  FakePartition& partition = frame.add(lpar(1, "vios1", emu::LparEnv::vioserver, ip_address));
  for (const auto& adapter : {vasi(2), ethernet(5, true, "0AF1C0DE0105"), scsi_server(10, 3, 2)})
    (void)partition.add_adapter(adapter);
  return partition;
}

RunningVios::RunningVios(firmware::NativePartition& partition, vios::Setup setup)
    : server_(std::move(*vios::VirtualIoServer::create(partition, std::move(setup), clock_))),
      thread_([this] { server_->run(); }) {}

RunningVios::~RunningVios() {
  server_->stop();
  thread_.join();
}

}  // namespace test

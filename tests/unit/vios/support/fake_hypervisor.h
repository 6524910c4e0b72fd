// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// As much of a hypervisor as native partitions need, over plain memory: TCE windows, CRQ pairs, RDMA, logical LANs on one
// switch. Strict: what it answers is what LoPAR says, and it remembers what was asked of it.

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "emu/core/clock.h"
#include "firmware/hcall_numbers.h"
#include "firmware/native_partition.h"

namespace test {

class FakeFrame;

class FakePartition final : public firmware::NativePartition {
 public:
  FakePartition(FakeFrame& frame, emu::LparDefinition definition, u64 memory);
  const emu::LparDefinition& definition() const override { return definition_; }
  emu::GuestMemory& memory() override { return *memory_; }
  firmware::HcallAnswer hcall(u64 number, std::initializer_list<u64> arguments) override;
  std::vector<firmware::NativeAdapter> adapters() const override;
  emu::Result<firmware::NativeAdapter> plug(const emu::VirtualAdapter& wanted, firmware::Kept) override;
  emu::Status unplug(u32 slot, firmware::Kept) override;
  u32 free_slots() const override;
  void set_adapter(const emu::VirtualAdapter&);  // one that is there: as the hypervisor does
  std::vector<emu::Hold> holds() const override { return held; }
  u64 time_of_day() const override { return time; }
  emu::Status set_time_of_day(u64 nanoseconds) override {
    time = nanoseconds;
    return emu::success();
  }
  u64 time = 1'174'000'000 * emu::nanoseconds_per_second;
  std::string uuid_of(u32 lpar_id) const override { return uuids.contains(lpar_id) ? uuids.at(lpar_id) : std::string(); }
  std::map<u32, std::string> uuids;  // of the frame's partitions
  std::vector<emu::Hold> held;       // by moves
  bool profiles_stored = true;       // false: the hypervisor's journal cannot be written
  std::vector<u32> wait(u64 timeout) override;
  void wake() override;

  // What a test does to a partition.
  void event(u32 slot, u64 high);  // a transport event into its queue
  void disable_queue(u32 slot);
  bool queue_registered(u32 slot) const;
  size_t vioctls(u64 subfunction) const;  // how often it was called
  u64 window_bytes = 64 * MiB;            // of adapters that are added from now on

 private:
  friend class FakeFrame;
  struct Slot {
    firmware::NativeAdapter adapter;
    std::map<u64, u64> tces;
    bool registered = false, disabled = false, signal = false;
    u64 queue = 0, queue_bytes = 0, next = 0;
    // l-lan
    bool lan = false, toggle = true;
    int trunk = 0;  // of a trunk adapter: -1 stands by, 1 is active, 0 as its priority says
    std::map<u64, std::deque<u64>> pools;
  };
  bool access(Slot&, u64 io_address, std::span<u8> bytes, bool write);
  s64 put(Slot&, u64 high, u64 low);
  bool deliver(Slot&, std::span<const u8> packet);
  const Slot* active_trunk(u16 vlan) const;
  void raise(Slot&);
  Slot* by_unit(u64 unit);

  FakeFrame& frame_;
  emu::LparDefinition definition_;
  std::unique_ptr<emu::GuestMemory> memory_;
  std::map<u32, Slot> slots_;
  std::vector<u32> interrupts_;
  bool woken_ = false;
  std::vector<u64> vioctls_;
  std::condition_variable bell_;
};

class FakeFrame {
 public:
  FakePartition& add(emu::LparDefinition definition, u64 memory = 32 * MiB);
  std::mutex mutex;
  std::map<u32, std::unique_ptr<FakePartition>> partitions;
  u64 copies = 0;
};

emu::LparDefinition lpar(u32 id, std::string name, emu::LparEnv env = emu::LparEnv::aixlinux, std::string ip_address = "");
emu::VirtualAdapter scsi_server(u32 slot, u32 client, u32 client_slot);
emu::VirtualAdapter scsi_client(u32 slot, u32 server, u32 server_slot);
emu::VirtualAdapter ethernet(u32 slot, bool trunk, std::string mac, u16 vlan = 1, u32 priority = 1);
emu::VirtualAdapter vasi(u32 slot);

}  // namespace test

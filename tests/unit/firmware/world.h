// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A frame for tests: a hypervisor with its journal in memory, and profiles in one line.
#include <chrono>
#include <string>
#include <thread>

#include "emu/core/clock.h"
#include "firmware/frame.h"
#include "firmware/hcall/call.h"
#include "firmware/hypervisor.h"
#include "firmware/partition.h"

namespace firmware::test {

inline emu::VirtualAdapter scsi_client(u32 slot, u32 server_id, u32 server_slot) {
  emu::VirtualAdapter a;
  a.kind = emu::AdapterKind::scsi_client;
  a.slot = slot;
  a.remote_lpar_id = server_id;
  a.remote_slot = server_slot;
  return a;
}
inline emu::VirtualAdapter scsi_server(u32 slot, u32 client_id, u32 client_slot) {
  emu::VirtualAdapter a = scsi_client(slot, client_id, client_slot);
  a.kind = emu::AdapterKind::scsi_server;
  return a;
}
inline emu::VirtualAdapter ethernet(u32 slot, const std::string& mac, u16 vlan = 1, bool trunk = false) {
  emu::VirtualAdapter a;
  a.kind = emu::AdapterKind::ethernet;
  a.slot = slot;
  a.mac_addr = mac;
  a.port_vlan_id = vlan;
  a.is_trunk = trunk;
  a.trunk_priority = trunk ? 1 : 0;
  return a;
}

inline emu::LparDefinition lpar(u32 id, const std::string& name, std::vector<emu::VirtualAdapter> adapters,
                                emu::LparEnv env = emu::LparEnv::aixlinux) {
  emu::LparDefinition d;
  d.lpar_id = id;
  d.name = name;
  d.env = env;
  d.default_profile = "normal";
  emu::Profile p;
  p.name = "normal";
  p.min_mem = 16;
  p.desired_mem = 64;
  p.max_mem = 128;
  p.boot_image = "nomad";
  p.adapters = std::move(adapters);
  d.profiles.push_back(p);
  return d;
}
// So many virtual processors, and units as a lab file gives that says no more.
inline void give_processors(emu::Profile& profile, u32 procs) {
  profile.desired_procs = profile.max_procs = procs;
  profile.desired_proc_units = 20 * procs;
  profile.max_proc_units = 100 * procs;
}
inline emu::LparDefinition vios(u32 id, const std::string& name, std::vector<emu::VirtualAdapter> adapters) {
  return lpar(id, name, std::move(adapters), emu::LparEnv::vioserver);
}

// As if it had been activated with its first profile.
inline emu::LparDefinition with_current(emu::LparDefinition definition) {
  definition.current = emu::current_from(definition.profiles.at(0), definition.profiles[0].name);
  return definition;
}

struct World {
  explicit World(std::vector<emu::LparDefinition> lpars, std::string trace_file = "", const std::string& serial_num = "1001234",
                 std::shared_ptr<Witness> seen = nullptr, s64 clock_offset_ms = 0, s64 clock_drift_ppm = 0)
      : witness(seen ? std::move(seen) : std::move(*Witness::open(":memory:"))) {
    config.name = "cec1";
    config.rmc_key = "secret";
    config.trace_file = std::move(trace_file);
    config.serial_num = serial_num;
    config.clock_offset_ms = clock_offset_ms;
    config.clock_drift_ppm = clock_drift_ppm;
    config.memory_mb = 1024;
    config.processors = 4;
    config.partitions = std::move(lpars);
    journal = std::move(*Journal::open(":memory:"));
    hypervisor = std::move(*Hypervisor::create(config, *journal, *witness, clock));
  }
  ~World() {
    hypervisor.reset();  // before the journal
  }

  Hypervisor* operator->() { return hypervisor.get(); }
  Frame& frame() { return dynamic_cast<Frame&>(*hypervisor); }
  std::shared_ptr<Partition> partition(u32 id) { return frame().partition(id); }
  LparStatus status(u32 id) {
    for (LparStatus& s : hypervisor->lpars())
      if (s.definition.lpar_id == id) return s;
    return {};
  }
  std::string console(u32 id) {
    Bytes output;
    (void)hypervisor->console_output(id, 0, output);
    return {output.begin(), output.end()};
  }
  void type(u32 id, const std::string& text) {
    (void)hypervisor->console_input(id, {reinterpret_cast<const u8*>(text.data()), text.size()});
  }
  template <class Condition>
  bool wait(Condition condition, int seconds = 20) {
    for (int i = 0; i < seconds * 100; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  bool wait_for_output(u32 id, const std::string& text, int seconds = 20) {
    return wait([&] { return console(id).find(text) != std::string::npos; }, seconds);
  }

  emu::FrameConfig config;
  emu::HostClock clock;
  std::unique_ptr<Journal> journal;
  std::shared_ptr<Witness> witness;  // of two worlds the same, if one is given the other's
  std::unique_ptr<Hypervisor> hypervisor;
};

// A partition that is there, with its processors, and does not run: handlers are called on it from here.
inline Call call_on(Partition& partition, std::initializer_list<u64> arguments) {
  Call call;
  size_t i = 0;
  for (const u64 a : arguments) call.in[i++] = a;
  if (!partition.native()) call.processor = partition.processor(0);
  return call;
}
inline s64 guest_call(Partition& partition, u64 number, std::initializer_list<u64> arguments) {
  Call call = call_on(partition, arguments);
  return run_hcall(partition, number, call);
}

}  // namespace firmware::test

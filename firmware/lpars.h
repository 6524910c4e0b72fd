// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The partitions of a frame, running or not, who may change them, and what they take of the frame. It knows no lock: the hypervisor
// keeps it in a Guarded (emu/core/guarded.h), and pointers to a partition are good while that is held. Whoever lets go of it in
// the middle of something takes the partition's turn along, and finds the partition again only if it is still the same.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/core/clock.h"
#include "emu/core/hold.h"
#include "emu/core/host_ethernet.h"
#include "emu/core/lab.h"
#include "emu/core/on_demand.h"
#include "emu/core/partition_profile.h"
#include "emu/core/processor_pool.h"
#include "emu/core/result.h"
#include "emu/core/service_state.h"
#include "emu/core/system_power.h"
#include "emu/core/system_profile.h"
#include "firmware/capacity.h"
#include "firmware/changes.h"
#include "firmware/life.h"
#include "firmware/native_partition.h"
#include "firmware/reference_codes.h"
#include "firmware/terminal_output.h"

namespace firmware {

class Partition;

// Changes when a partition is defined, activated, and taken down: never the same twice in a process.
using Turn = u64;

// Who activates a partition: somebody, with a profile that counts from now on, or its system, which only starts it.
enum class Starter : u8 { somebody, system };

struct Lpar {
  emu::LparDefinition definition;
  LparState state = LparState::not_activated;
  Turn turn = 0;
  bool holds_resources = false;  // what is current counts against the frame's memory and processors
  std::shared_ptr<Partition> partition;
  std::unique_ptr<NativePartition> native;
  std::shared_ptr<TerminalOutput> terminal_output;  // outlives the partition: what it said last can still be read
  ReferenceCodes codes;
  bool stored = true;  // in the journal: a shell is not at first
  u64 stream = 0;      // the move that it takes part in
  bool target = false;
  u64 life = 0;                 // when it was activated here: nanoseconds since 1970
  bool restart_wanted = false;  // as soon as it takes part in no move any more
  std::string lock_holder;
  std::string trouble;  // why its latest activation failed, or why it is in state "Error"
};

// In the words of the console.
emu::Error busy(const std::string& name);
emu::Error no_such_lpar(u32 lpar_id);
emu::Error must_be_off(const std::string& name);

class Lpars {
 public:
  Lpars(const emu::FrameConfig& config, const emu::Clock& clock, Changes& changes)
      : config_(config), clock_(clock), changes_(changes) {}

  // ---- who is there ----
  Lpar* find(u32 lpar_id);
  const Lpar* find(u32 lpar_id) const;
  Lpar* find(u32 lpar_id, Turn);  // null if it has had another turn meanwhile
  std::map<u32, Lpar>& all() { return lpars_; }
  const std::map<u32, Lpar>& all() const { return lpars_; }
  Lpar& add(emu::LparDefinition);
  void erase(u32 lpar_id) { lpars_.erase(lpar_id); }
  // The same number if it is free, else the lowest free one. None: all are taken.
  std::optional<u32> free_id(u32 wanted) const;
  const Lpar* of_stream(u64 stream) const;
  const emu::SystemProfiles& system_profiles() const { return system_profiles_; }
  void set_system_profiles(emu::SystemProfiles profiles) { system_profiles_ = std::move(profiles); }

  // It takes part in a move (0: not any more), as its destination or as its source.
  void takes_part(Lpar&, u64 stream, bool target);

  // ---- its life ----
  // False: it does not happen to a partition in this state.
  bool happens(Lpar&, LparEvent);
  Turn next_turn(Lpar& lpar) { return lpar.turn = ++turns_; }
  void show(Lpar& lpar, const char* refcode) { lpar.codes.show(clock_.wall(), refcode); }
  ReferenceCodes* codes(u32 lpar_id);  // 0: the system's. Null: no such partition
  const ReferenceCodes* codes(u32 lpar_id) const;

  // ---- who may change what ----
  emu::Status lock(u32 lpar_id, const std::string& holder, bool on);  // 0: the system
  void unlock_list() { system_lock_.clear(); }                        // whoever held it
  // What is locked, or takes part in a move, stays as it is.
  emu::Status may_change(const Lpar&) const;
  emu::Status list_may_change() const;
  // What moves need of Virtual I/O Servers. An empty list: nothing any more.
  emu::Status hold(u64 stream, const std::vector<emu::Hold>&);
  void let_go(u64 stream) { holds_.erase(stream); }
  bool held(u32 lpar_id) const;
  std::vector<emu::Hold> holds(u32 vios_id) const;

  // ---- the system's power ----
  emu::SystemPower power() const { return power_; }
  void set_power(emu::SystemPower power) { power_ = power; }
  emu::Status has_power() const;                     // HSCLA228
  bool maintenance() const { return maintenance_; }  // it takes nobody in
  void set_maintenance(bool on) { maintenance_ = on; }

  // ---- time ----
  u64 wall() const { return clock_.wall(); }
  // The time reference partition that has run longest says what time it is. 0: none runs. (Redbook 2.1)
  u32 time_authority() const;

  // ---- what they take ----
  // What is promised and not yet taken counts as taken, and what is not yet given back, too; or only one of the two.
  enum class Counted { both = 1, has_now, will_have };
  Usage usage(Counted = Counted::both) const;
  emu::Status reserve(u64 mb);
  const emu::OnDemand& on_demand() const { return on_demand_; }
  void set_on_demand(const emu::OnDemand& on_demand) { on_demand_ = on_demand; }
  const std::vector<emu::ProcessorPool>& processor_pools() const { return processor_pools_; }  // the unusual ones
  void set_processor_pools(std::vector<emu::ProcessorPool> pools) { processor_pools_ = std::move(pools); }
  const std::vector<emu::HostEthernet>& heas() const { return heas_; }
  void set_heas(std::vector<emu::HostEthernet> heas) { heas_ = std::move(heas); }
  // Hundredths of a processor that the partitions of a pool have or were promised; without one of them.
  u32 pool_units(u32 pool, u32 without_lpar_id = 0) const;
  // HSCLF0C0, HSCLF0C1: the pool that it names does not take a partition with these.
  emu::Status pool_takes(const emu::LparDefinition&, const emu::Capacity&) const;

  // ---- what is kept for consoles ----
  const emu::ServiceState& service_state() const { return service_state_; }
  void set_service_state(emu::ServiceState state) { service_state_ = std::move(state); }
  // Told of each partition that comes to state "Error".
  void on_error(std::function<void(Lpars&, u32 lpar_id)> listener) { on_error_ = std::move(listener); }

 private:
  const emu::FrameConfig& config_;
  const emu::Clock& clock_;
  Changes& changes_;
  std::map<u32, Lpar> lpars_;
  bool maintenance_ = false;
  emu::SystemPower power_ = emu::SystemPower::operating;
  emu::SystemProfiles system_profiles_;
  Turn turns_ = 0;
  ReferenceCodes system_codes_;
  std::string system_lock_;
  std::map<u64, std::vector<emu::Hold>> holds_;  // by stream
  u64 reserved_mb_ = 0;
  emu::OnDemand on_demand_;
  std::vector<emu::ProcessorPool> processor_pools_;
  std::vector<emu::HostEthernet> heas_;
  emu::ServiceState service_state_;
  std::function<void(Lpars&, u32)> on_error_;
};

}  // namespace firmware

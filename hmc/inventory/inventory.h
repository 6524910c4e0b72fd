// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the HMC knows of the frames at one moment: plain values, made by asking every frame once. Commands print it, the
// checks of a migration are functions of it.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/grant.h"
#include "emu/core/profile_rules.h"
#include "hmc/frame_link.h"

namespace hmc {

enum class RmcState { none, inactive, active };
std::string_view name_of(RmcState);

// As lssyscfg and the window show it: "Migrating - Running" while it takes part in a migration. (Redbook 6.1)
std::string state_of(const service::LparInfo&);

// A system's: whether its frame answers.

struct Lpar {
  service::LparInfo info;
  RmcState rmc = RmcState::none;
  std::string os_version;                 // as the partition last told
  std::optional<service::ViosInfo> vios;  // of a Virtual I/O Server that answers
  bool restarting = false;                // this console restarts it on another system

  const std::string& name() const { return info.definition.name; }
  u32 id() const { return info.definition.lpar_id; }
  bool is_vios() const { return info.definition.env == emu::LparEnv::vioserver; }
  bool migrating() const { return info.migration_stream != 0; }
  bool off() const { return info.state == emu::LparState::not_activated; }
  bool failed() const { return info.state == emu::LparState::error; }
  // What it has, or had when it was on last; null if it was never activated.
  const emu::Current* current() const { return info.definition.current ? &*info.definition.current : nullptr; }
  // What it has of its system's memory and processors: nothing while it is off.
  emu::Capacity running() const;
  std::string state() const { return state_of(info); }
};

struct System {
  std::string frame;       // which link leads to it
  bool connected = false;  // false: `info` is what it last told, and there are no partitions
  service::SystemInfo info;
  std::vector<Lpar> lpars;

  const std::string& name() const { return info.name; }
  std::string mtms() const { return info.type_model + "*" + info.serial_num; }
  std::string_view state() const { return connected ? emu::word_of(info.power) : "No Connection"; }
  bool has_power() const { return info.power != emu::SystemPower::off; }
  const Lpar* lpar(std::string_view name) const;
  const Lpar* lpar(u32 id) const;
  const Lpar* with_uuid(std::string_view uuid) const;
};

struct Inventory {
  std::vector<System> systems;
  // By name, or by `tttt-mmm*sssssss`.
  const System* find(std::string_view name_or_mtms) const;
};

// What the rules of configurations need to know of a system.
emu::SystemLimits limits_of(const service::SystemInfo&);
// What it has left.
emu::Room room_of(const service::SystemInfo&);

using emu::units_text;

}  // namespace hmc

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The dynamic reconfiguration connectors (DRCs) of a guest's partition: its logical memory blocks, its processors, its virtual slots, and
// the host bridges of its system's physical ones. A
// connector is where something can be connected while the partition runs; the operating system takes what is there and gives it
// back by RTAS, one connector at a time. (LoPAR 13.5.3, 13.7.3; docs/dlpar.md)
//
//   unusable --allocate--> usable, isolated --unisolate--> usable, unisolated    and the same way back
//
// What is usable is the partition's, and its current configuration says so before the change is answered. What is isolated it cannot reach.
// All functions on the partition's dispatcher, or before it runs.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "devices/node.h"
#include "emu/core/archive.h"
#include "emu/core/types.h"

namespace firmware {
class Adapter;
class Frame;
class Partition;
}  // namespace firmware

namespace firmware::dlpar {

// The first four bits of an index; the others number the connectors of a kind.
enum class Kind : u8 { processor = 1, bridge = 2, slot = 3, memory_block = 8 };
constexpr u32 index_of(Kind kind, u32 number) { return static_cast<u32>(kind) << 28 | number; }
constexpr u32 number_of(u32 index) { return index & 0x0FFF'FFFF; }

// What the services answer. (LoPAR 13.5.3.3, 13.5.3.4)
enum class Outcome : u8 {
  done = 1,
  no_such_connector,
  in_use,       // translations into it are valid, it runs, or its partition is on its way to another system
  wrong_state,  // of the connector
  not_granted,  // nobody has given it to the partition
  not_stored,
};

// The values of sensor 9003, dr-entity-sense.
enum class Sense : u32 { empty = 0, present = 1, unusable = 2 };

inline constexpr const char* not_granted_code = "not-granted";

// The beginning of a partition's memory, whole blocks, is a node of its own in the device tree, and is never given back: what real mode
// reaches, and what the guest must find early.
inline constexpr u64 base_memory_bytes = 128 * MiB;

class Connectors {
 public:
  Connectors(Partition& partition, Frame& frame) : partition_(partition), frame_(frame) {}

  bool exists(u32 index) const;
  std::optional<Sense> sense(u32 index) const;
  bool isolated(u32 index) const { return isolated_.contains(index); }
  Outcome allocate(u32 index, bool usable);
  Outcome isolate(u32 index, bool isolated);

  // An adapter was put into a slot, and waits for the operating system to take it.
  void offer_slot(u32 slot) { offered_slots_.insert(slot); }
  // It was pulled, taken or not.
  void slot_is_empty(u32 slot);
  bool slot_taken(u32 slot) const;
  // The same of host bridges, by their buses.
  void offer_bridge(u32 bus) { offered_bridges_.insert(bus); }
  void bridge_is_gone(u32 bus);
  bool bridge_taken(u32 bus) const;
  bool bridge_reached(u32 bus) const { return bridge_taken(bus) && !isolated_.contains(index_of(Kind::bridge, bus)); }

  // Those of a kind, in the order of their numbers.
  std::vector<u32> indexes(Kind) const;
  std::string name_of(u32 index) const;
  // What ibm,configure-connector tells: none if it is not the partition's, or isolated.
  std::optional<devices::Node> describe(u32 index) const;

  // What is not as it was at the activation. Loading: the partition has its processors and blocks already.
  void archive(emu::Archive&);

 private:
  bool owned(u32 index) const;
  bool moving() const;
  bool in_use(u32 index) const;
  bool block_in_use(u32 number) const;
  bool slot_in_use(u32 slot) const;
  Outcome own(u32 index, bool owned);

  Partition& partition_;
  Frame& frame_;
  std::set<u32> isolated_;  // of those that are the partition's
  std::set<u32> offered_bridges_;
  std::set<u32> offered_slots_;  // with an adapter that the operating system has not taken, or has given back
};

std::string_view type_of(Kind);  // ibm,drc-types

// ibm,drc-indexes, -names, -types and -power-domains, of the node that these connectors belong to.
void list_connectors(devices::Node&, const Connectors&, std::initializer_list<Kind>);

}  // namespace firmware::dlpar

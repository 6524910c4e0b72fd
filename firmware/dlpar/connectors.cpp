// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/dlpar/connectors.h"

#include <fmt/format.h>

#include "devices/pci/host_bridge.h"
#include "emu/core/location_code.h"
#include "emu/core/log.h"
#include "firmware/boot.h"
#include "firmware/devtree/tree.h"
#include "firmware/frame.h"
#include "firmware/partition.h"
#include "firmware/physical_slots.h"

namespace firmware::dlpar {

namespace {

constexpr emu::Log log{"dlpar"};
constexpr u32 always_on = ~u32{0};  // a power domain that nobody switches

std::optional<Kind> kind_of(u32 index) {
  switch (const auto kind = static_cast<Kind>(index >> 28)) {
    case Kind::processor:
    case Kind::bridge:
    case Kind::slot:
    case Kind::memory_block:
      return kind;
  }
  return std::nullopt;
}

u32 limit_of(const Partition& partition, const emu::FrameConfig& frame, Kind kind) {
  switch (kind) {
    case Kind::processor:
      return partition.processor_limit();
    case Kind::bridge:
      return 0;  // their numbers are not in a row
    case Kind::slot:
      return partition.slots_end();
    case Kind::memory_block:
      return static_cast<u32>(partition.memory_end() / (frame.lmb_mb * MiB));
  }
  return 0;
}

}  // namespace

std::string_view type_of(Kind kind) {
  switch (kind) {
    case Kind::processor:
      return "CPU";
    case Kind::bridge:
      return "PHB";
    case Kind::slot:
      return "SLOT";
    case Kind::memory_block:
      return "MEM";
  }
  return "";
}

bool Connectors::exists(u32 index) const {
  const auto kind = kind_of(index);
  if (kind == Kind::bridge) return slot_on_bus(frame_.config(), number_of(index)) != nullptr;
  return kind && number_of(index) < limit_of(partition_, frame_.config(), *kind);
}

bool Connectors::owned(u32 index) const {
  const u32 number = number_of(index);
  switch (*kind_of(index)) {
    case Kind::processor:
      return partition_.processor(number) != nullptr;
    case Kind::bridge:
      return bridge_taken(number);
    case Kind::slot:
      return slot_taken(number);
    case Kind::memory_block:
      return partition_.memory_blocks().contains(number);
  }
  return false;
}

bool Connectors::slot_taken(u32 slot) const { return partition_.adapter_in_slot(slot) && !offered_slots_.contains(slot); }

bool Connectors::bridge_taken(u32 bus) const { return partition_.bridge(bus) && !offered_bridges_.contains(bus); }

std::optional<Sense> Connectors::sense(u32 index) const {
  if (!exists(index)) return std::nullopt;
  if (owned(index)) return Sense::present;
  return Sense::unusable;
}

// What it has then is what comes to the other system. (LoPAR 17.7.7.1)
bool Connectors::moving() const {
  switch (partition_.stream_state()) {
    case StreamState::enabled:
    case StreamState::suspending:
    case StreamState::suspended:
    case StreamState::resumed:
      return true;
    case StreamState::invalid:
    case StreamState::aborted:
    case StreamState::completed:
      return false;
  }
  return false;
}

Outcome Connectors::allocate(u32 index, bool usable) {
  if (!exists(index)) return Outcome::no_such_connector;
  if (owned(index) == usable) return Outcome::done;
  if (moving()) return Outcome::in_use;
  if (!usable && !isolated_.contains(index)) return Outcome::wrong_state;
  const Outcome outcome = own(index, usable);
  if (outcome != Outcome::done) return outcome;
  log.info("{} {} {}", partition_.definition().name, usable ? "takes" : "gives back", name_of(index));
  usable ? (void)isolated_.insert(index) : (void)isolated_.erase(index);
  return Outcome::done;
}

// First in the current configuration: a partition that has what nobody knows of would lose it in a move.
Outcome Connectors::own(u32 index, bool owned) {
  const u32 number = number_of(index);
  switch (*kind_of(index)) {
    case Kind::bridge:
      if (owned && !partition_.bridge(number)) return Outcome::not_granted;
      owned ? (void)offered_bridges_.erase(number) : (void)offered_bridges_.insert(number);
      return Outcome::done;
    case Kind::slot:
      if (owned && !partition_.adapter_in_slot(number)) return Outcome::not_granted;
      owned ? (void)offered_slots_.erase(number) : (void)offered_slots_.insert(number);
      return Outcome::done;
    case Kind::memory_block:
      if (const auto kept = frame_.keep_memory_block(partition_.id(), number, owned); !kept)
        return kept.error().code == not_granted_code ? Outcome::not_granted : Outcome::not_stored;
      partition_.memory_block_is(number, owned);
      return Outcome::done;
    case Kind::processor:
      if (const auto kept = frame_.keep_processor(partition_.id(), number, owned); !kept)
        return kept.error().code == not_granted_code ? Outcome::not_granted : Outcome::not_stored;
      if (!owned) {
        partition_.remove_processor(number);
      } else if (!partition_.add_processor(number)) {
        (void)frame_.keep_processor(partition_.id(), number, false);
        return Outcome::not_granted;
      }
      return Outcome::done;
  }
  return Outcome::no_such_connector;
}

Outcome Connectors::isolate(u32 index, bool isolated) {
  if (!exists(index)) return Outcome::no_such_connector;
  if (!owned(index)) return isolated ? Outcome::done : Outcome::wrong_state;
  if (isolated_.contains(index) == isolated) return Outcome::done;
  if (moving()) return Outcome::in_use;
  if (isolated && in_use(index)) return Outcome::in_use;
  isolated ? (void)isolated_.insert(index) : (void)isolated_.erase(index);
  if (kind_of(index) == Kind::memory_block) partition_.memory_block_appears(number_of(index), !isolated);
  if (kind_of(index) == Kind::bridge && isolated) partition_.bridge(number_of(index))->reset();
  return Outcome::done;
}

bool Connectors::in_use(u32 index) const {
  const u32 number = number_of(index);
  switch (*kind_of(index)) {
    case Kind::processor:
      return partition_.processor(number)->state.run != RunState::stopped;
    case Kind::bridge:
      return partition_.bridge(number)->in_use() ||
             partition_.page_table().leads_into(devices::pci::space_of(number), devices::pci::space_bytes);
    case Kind::slot:
      return slot_in_use(number);
    case Kind::memory_block:
      return block_in_use(number);
  }
  return true;
}

// By the page table, by a window of I/O addresses, or by what a processor has registered.
bool Connectors::block_in_use(u32 number) const {
  const u64 block = u64{frame_.config().lmb_mb} * MiB;
  const u64 begin = number * block;
  if (begin < base_memory_bytes) return true;
  const auto meets = [&](u64 address, u64 length) { return length && address < begin + block && begin < address + length; };
  if (meets(partition_.rtas().base, rtas_bytes)) return true;
  for (const Processor* p : partition_.processors()) {
    const ProcessorState& s = p->state;
    if ((s.vpa && meets(s.vpa, 1)) || meets(s.slb_shadow, s.slb_shadow_bytes) || meets(s.dispatch_log, s.dispatch_log_bytes))
      return true;
  }
  for (const auto& adapter : partition_.adapters())
    if (adapter->window() && adapter->window()->leads_into(begin, block)) return true;
  for (const auto& bridge : partition_.bridges())
    if (bridge->window()->leads_into(begin, block)) return true;
  return partition_.page_table().leads_into(begin, block);
}

bool Connectors::slot_in_use(u32 slot) const {
  const auto adapter = partition_.adapter_in_slot(slot);
  if (adapter->queue() && adapter->queue()->registered()) return true;
  if (adapter->ethernet() && adapter->ethernet()->registered()) return true;
  return adapter->window() && adapter->window()->leads_into(0, ~u64{0});
}

void Connectors::slot_is_empty(u32 slot) {
  offered_slots_.erase(slot);
  isolated_.erase(index_of(Kind::slot, slot));
}

void Connectors::bridge_is_gone(u32 bus) {
  offered_bridges_.erase(bus);
  isolated_.erase(index_of(Kind::bridge, bus));
}

std::vector<u32> Connectors::indexes(Kind kind) const {
  std::vector<u32> all;
  if (kind == Kind::bridge)
    for (const emu::PhysicalSlot& slot : frame_.config().slots) all.push_back(index_of(kind, slot.bus()));
  const u32 limit = limit_of(partition_, frame_.config(), kind);
  for (u32 number = 0; number < limit; ++number) all.push_back(index_of(kind, number));
  return all;
}

std::string Connectors::name_of(u32 index) const {
  const u32 number = number_of(index);
  switch (*kind_of(index)) {
    case Kind::processor:
      return fmt::format("CPU {}", number);
    case Kind::bridge:
      return emu::bridge_name(number);
    case Kind::slot:
      return emu::slot_location(frame_.config().type_model, frame_.config().serial_num, partition_.id(), number);
    case Kind::memory_block:
      return fmt::format("LMB {}", number);
  }
  return {};
}

std::optional<devices::Node> Connectors::describe(u32 index) const {
  if (!exists(index) || !owned(index) || isolated_.contains(index)) return std::nullopt;
  const auto node = [&]() -> devices::Node {
    const u32 number = number_of(index);
    switch (*kind_of(index)) {
      case Kind::processor:
        return devtree::processor(partition_, number);
      case Kind::bridge:
        return devtree::bridge(*partition_.bridge(number));
      case Kind::slot:
        return devtree::adapter(*partition_.adapter_in_slot(number));
      case Kind::memory_block:
        return devtree::memory_block(partition_, number);
    }
    return {};
  };
  devices::Node described = node();
  // A node of a flattened tree has no such property. Linux looks for it in what its kernel adds itself; where drmgr adds the node, it
  // makes one.
  if (kind_of(index) == Kind::slot || kind_of(index) == Kind::bridge) return described;
  devices::Node named;
  named.text("name", std::string_view(described.name).substr(0, described.name.find('@')));
  described.properties.insert(described.properties.begin(), named.properties.front());
  return described;
}

void Connectors::archive(emu::Archive& ar) {
  emu::NumberSet blocks = partition_.memory_blocks();
  emu::NumberSet processors;
  for (const Processor* p : partition_.processors()) processors.add(p->number);
  std::vector<u32> isolated(isolated_.begin(), isolated_.end());
  std::vector<u32> offered(offered_slots_.begin(), offered_slots_.end());
  const auto blocks_here = blocks;
  const auto processors_here = processors;
  ar("memory_blocks", blocks);
  if (ar.loading() && blocks != blocks_here) ar.fail("has other logical memory blocks than the shell");
  ar("processor_numbers", processors);
  if (ar.loading() && processors != processors_here) ar.fail("has other processors than the shell");
  ar("isolated", isolated);
  ar("offered_slots", offered);
  if (!ar.loading() || ar.failed()) return;
  for (const u32 slot : offered)
    if (!partition_.adapter_in_slot(slot)) return ar.fail("name a slot without an adapter");
  offered_slots_ = {offered.begin(), offered.end()};
  for (const u32 index : isolated) {
    if (!exists(index) || !owned(index)) return ar.fail("name a connector that is not the partition's");
    isolated_.insert(index);
    if (kind_of(index) == Kind::memory_block) partition_.memory_block_appears(number_of(index), false);
  }
}

namespace {

// A count, and then so many values.
Bytes counted(const std::vector<u32>& values) {
  Bytes all(4 * (values.size() + 1));
  emu::store_be(all.data(), static_cast<u32>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) emu::store_be(all.data() + 4 * (i + 1), values[i]);
  return all;
}
Bytes counted(const std::vector<std::string>& texts) {
  Bytes all(4);
  emu::store_be(all.data(), static_cast<u32>(texts.size()));
  for (const std::string& text : texts) all.insert(all.end(), text.c_str(), text.c_str() + text.size() + 1);
  return all;
}

}  // namespace

void list_connectors(devices::Node& node, const Connectors& connectors, std::initializer_list<Kind> kinds) {
  std::vector<u32> indexes;
  std::vector<std::string> names, types;
  for (const Kind kind : kinds)
    for (const u32 index : connectors.indexes(kind)) {
      indexes.push_back(index);
      names.push_back(connectors.name_of(index));
      types.emplace_back(type_of(kind));
    }
  node.bytes("ibm,drc-indexes", counted(indexes))
      .bytes("ibm,drc-names", counted(names))
      .bytes("ibm,drc-types", counted(types))
      .bytes("ibm,drc-power-domains", counted(std::vector<u32>(indexes.size(), always_on)));
}

}  // namespace firmware::dlpar

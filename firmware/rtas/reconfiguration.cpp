// SPDX-License-Identifier: GPL-2.0-or-later
// RTAS: dynamic reconfiguration. What a connector is and may become: firmware/dlpar. (LoPAR 13.5.3, 13.7.4)
#include "firmware/dlpar/connectors.h"
#include "firmware/partition.h"
#include "firmware/rtas/rtas.h"

namespace firmware::rtas {

namespace {

using dlpar::Outcome;

// Indicators; the last is a sensor, too.
constexpr u32 isolation_state = 9001;
constexpr u32 dr_indicator = 9002;
constexpr u32 allocation_state = 9003;
constexpr u32 dr_entity_sense = 9003;

constexpr s32 valid_translations = -9001;

s32 status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return success;
    case Outcome::in_use:
      return valid_translations;
    case Outcome::no_such_connector:
    case Outcome::wrong_state:
    case Outcome::not_granted:
      return parameter_error;
    case Outcome::not_stored:
      return hardware_error;
  }
  return hardware_error;
}

}  // namespace

s32 set_indicator(Partition& partition, Request& request) {
  if (partition.native()) return parameter_error;
  const auto [indicator, index, state] = std::array{request.in[0], request.in[1], request.in[2]};
  dlpar::Connectors& connectors = partition.connectors();
  switch (indicator) {
    case isolation_state:
      // 0 isolates.
      return state > 1 ? parameter_error : status_of(connectors.isolate(index, state == 0));
    case allocation_state:
      // 2 and 3, exchange and recover, are of processors that fail.
      return state > 1 ? parameter_error : status_of(connectors.allocate(index, state == 1));
    case dr_indicator:
      // Nobody looks at it: 0 inactive, 1 active, 2 identify, 3 action.
      return state > 3 || !connectors.exists(index) ? parameter_error : success;
    default:
      return parameter_error;
  }
}

s32 get_sensor_state(Partition& partition, Request& request) {
  if (partition.native()) return parameter_error;
  const auto [sensor, index] = std::array{request.in[0], request.in[1]};
  if (sensor != dr_entity_sense) return parameter_error;
  const auto sense = partition.connectors().sense(index);
  if (!sense) return parameter_error;
  request.out[1] = static_cast<u32>(*sense);
  return success;
}

namespace {

// The work area: the connector's index; where in the node's description this call goes on, which the caller leaves as it is;
// then what is told: the offsets of a name, the length of a value, its offset.
constexpr u64 work_area = 4096;
constexpr u64 position_at = 4;
constexpr u64 name_offset_at = 8;
constexpr u64 value_length_at = 12;
constexpr u64 value_offset_at = 16;
constexpr u64 texts_at = 64;

enum Told : s32 { complete = 0, next_child = 2, next_property = 3, previous_parent = 4 };

// What is told by the call with this number.
struct Step {
  Told told = complete;
  const devices::Node* node = nullptr;
  const devices::Property* property = nullptr;
};

// Down to a node, its properties, its children, and up again: `left` steps from here.
Step find_step(const devices::Node& node, u32& left) {
  if (left-- == 0) return {next_child, &node, nullptr};
  for (const devices::Property& property : node.properties)
    if (left-- == 0) return {next_property, &node, &property};
  for (const devices::Node& child : node.children) {
    const Step step = find_step(child, left);
    if (step.told != complete) return step;
    if (left-- == 0) return {previous_parent, nullptr, nullptr};
  }
  return {};
}

}  // namespace

s32 configure_connector(Partition& partition, Request& request) {
  emu::GuestMemory& memory = partition.memory();
  const u64 area = request.in[0];
  u32 index = 0;
  u32 position = 0;
  if (partition.native() || area % work_area || !memory.contains(area, work_area) || !memory.read_be(area, index) ||
      !memory.read_be(area + position_at, position))
    return parameter_error;
  if (!partition.connectors().exists(index)) return parameter_error;
  const auto node = partition.connectors().describe(index);
  if (!node) return cannot_configure;
  u32 left = position;
  const Step step = find_step(*node, left);
  if (step.told == complete) return left == 0 ? success : parameter_error;
  const std::string& name = step.property ? step.property->name : step.node ? step.node->name : "";
  const Bytes* value = step.property ? &step.property->value : nullptr;
  const u64 value_at = (texts_at + name.size() + 1 + 7) & ~u64{7};
  if (value_at + (value ? value->size() : 0) > work_area) return hardware_error;
  bool stored = memory.write_be(area + position_at, position + 1);
  if (step.node) {
    stored = stored && memory.write_be(area + name_offset_at, static_cast<u32>(texts_at)) &&
             memory.write(area + texts_at, {reinterpret_cast<const u8*>(name.c_str()), name.size() + 1});
  }
  if (value) {
    stored = stored && memory.write_be(area + value_length_at, static_cast<u32>(value->size())) &&
             memory.write_be(area + value_offset_at, static_cast<u32>(value_at)) && memory.write(area + value_at, *value);
  }
  return stored ? step.told : hardware_error;
}

}  // namespace firmware::rtas

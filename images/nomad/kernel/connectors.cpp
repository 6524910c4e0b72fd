// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/connectors.h"

#include "kernel/machine.h"
#include "kernel/rtas.h"
#include "lib/text.h"

namespace nomad::connectors {
namespace {

// The first two are indicators, the last is a sensor.
constexpr u32 isolation_state = 9001, allocation_state = 9003, dr_entity_sense = 9003;
enum State : u32 { isolated = 0, unisolated = 1, unusable = 0, usable = 1 };
enum Sense : u32 { present = 1 };

// Real, below 4 GiB, 4 KiB aligned; one connector at a time (the kernel lock).
constexpr u32 area_bytes = 4096;
alignas(area_bytes) u8 area[area_bytes];

u32 word(u32 offset) {
  u32 value;
  memcpy(&value, area + offset, 4);
  return value;
}

bool set(u32 indicator, u32 index, u32 state, char* why, u64 size) {
  const i32 status = rtas::call("set-indicator", indicator, index, state);
  if (status == 0 || !why) return status == 0;
  format(why, size, "set-indicator %u of connector 0x%08x returned %d", indicator, index, status);
  return false;
}

bool is_present(u32 index) {
  const u32 inputs[] = {dr_entity_sense, index};
  u32 sense = 0;
  return rtas::call("get-sensor-state", inputs, 2, &sense, 1) == 0 && sense == present;
}

}  // namespace

bool acquire(u32 index, char* why, u64 size) {
  if (!set(allocation_state, index, usable, why, size)) return false;
  if (!is_present(index)) {
    format(why, size, "connector 0x%08x is empty", index);
    return false;
  }
  if (set(isolation_state, index, unisolated, why, size)) return true;
  set(allocation_state, index, unusable, nullptr, 0);
  return false;
}

bool release(u32 index, char* why, u64 size) {
  if (!set(isolation_state, index, isolated, why, size)) return false;
  if (set(allocation_state, index, unusable, why, size)) return true;
  set(isolation_state, index, unisolated, nullptr, 0);
  return false;
}

tree::Node* configure(u32 index, tree::Node* parent) {
  enum Told : i32 { complete = 0, next_sibling = 1, next_child = 2, next_property = 3, previous_parent = 4 };
  constexpr u32 name_offset = 8, value_length = 12, value_offset = 16;
  memset(area, 0, sizeof area);
  memcpy(area, &index, 4);
  tree::Node* first = nullptr;
  tree::Node* node = parent;
  const auto text_at = [](u32 offset) { return reinterpret_cast<const char*>(area + (word(offset) < area_bytes ? word(offset) : 0)); };
  for (;;) {
    const i32 told = rtas::call("ibm,configure-connector", static_cast<u32>(real_of(area)), 0);
    area[area_bytes - 1] = 0;
    if (told == complete && first) return first;
    bool good = false;
    if (told == next_sibling || told == next_child) {
      tree::Node* above = told == next_child ? node : node->parent;
      node = above ? tree::add(above, text_at(name_offset)) : nullptr;
      if (!first) first = node;
      good = node;
    } else if (told == next_property && first) {
      const u32 length = word(value_length), at = word(value_offset);
      good = length <= area_bytes && at <= area_bytes - length &&
             tree::set_property(node, text_at(name_offset), area + at, length, false);
    } else if (told == previous_parent && first && node != first) {
      node = node->parent;
      good = true;
    }
    if (good) continue;
    if (first) tree::remove(first);
    return nullptr;
  }
}

u32 count(const tree::Node* parent) { return tree::cell(tree::property(parent, "ibm,drc-indexes"), 0); }
u32 index(const tree::Node* parent, u32 place) { return tree::cell(tree::property(parent, "ibm,drc-indexes"), 1 + place); }

// A count, and then so many texts.
const char* name(const tree::Node* parent, u32 place) {
  const tree::Property* names = tree::property(parent, "ibm,drc-names");
  if (!names || place >= tree::cell(names, 0)) return "";
  u32 at = 4;
  for (; place && at < names->length; place--) at += static_cast<u32>(strlen(reinterpret_cast<const char*>(names->value + at))) + 1;
  return at < names->length ? reinterpret_cast<const char*>(names->value + at) : "";
}

tree::Node* child_at(const tree::Node* parent, u32 index) {
  for (tree::Node* child = parent ? parent->child : nullptr; child; child = child->next)
    if (tree::number(child, "ibm,my-drc-index", 0) == index) return child;
  return nullptr;
}

}  // namespace nomad::connectors

// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/tree_update.h"

#include "kernel/device_tree.h"
#include "kernel/machine.h"
#include "kernel/rtas.h"
#include "lib/text.h"

namespace nomad::tree_update {
namespace {

constexpr u32 area_bytes = 4096, header_bytes = 16, scope_migration = 1;

// LoPAR 7.3.24, 7.3.25: work areas are 4 KiB aligned, real, below 4 GiB.
alignas(4096) u8 nodes_area[area_bytes];
alignas(4096) u8 properties_area[area_bytes];

u32 word(const u8* area, u32 offset) {
  u32 value;
  memcpy(&value, area + offset, 4);
  return value;
}

// 0 done, 1 call again, else an error. Busy (-2) is one: Linux does not try these two calls again either.
i32 ask(const char* service, const u8* area) {
  const u32 inputs[] = {static_cast<u32>(real_of(area)), scope_migration};
  return rtas::call_once(service, inputs, 2);
}

// One descriptor list. `partial` is the property whose first part has been stored and which continues.
void apply_properties(tree::Node& node, const char*& partial) {
  const u8* area = properties_area;
  u32 offset = header_bytes + 4;
  for (u32 left = word(area, header_bytes); left && offset < area_bytes; left--) {
    auto* name = reinterpret_cast<const char*>(area + offset);
    u64 name_length = 0;
    while (offset + name_length < area_bytes && name[name_length]) name_length++;
    if (offset + name_length + 5 > area_bytes) return;
    offset += static_cast<u32>(name_length) + 1;
    const u32 descriptor = word(area, offset);
    offset += 4;
    if (descriptor == 0x80000000) {
      tree::remove_property(&node, name);
      continue;
    }
    const bool unfinished = descriptor >> 31;
    const u32 length = unfinished ? 0 - descriptor : descriptor;
    if (length > area_bytes - offset) return;
    if (name[0]) {  // the nameless one is the node's path
      const bool continues = partial && equal(partial, name);
      if (!tree::set_property(&node, name, area + offset, length, continues)) return;
      partial = unfinished ? tree::property(&node, name)->name : nullptr;
    }
    offset += length;
  }
}

void update_node(u32 phandle) {
  memset(properties_area, 0, header_bytes);
  memcpy(properties_area, &phandle, 4);
  tree::Node* node = tree::find_phandle(phandle);
  const char* partial = nullptr;
  for (i32 status = 1; status == 1;) {
    status = ask("ibm,update-properties", properties_area);
    if (status != 0 && status != 1) return;
    if (node) apply_properties(*node, partial);
  }
}

enum Operator : u8 { end = 0, delete_nodes = 1, update_nodes = 2, add_nodes = 3 };

void apply_operations() {
  for (u32 offset = header_bytes; offset + 4 <= area_bytes;) {
    const u32 head = word(nodes_area, offset);
    offset += 4;
    const u8 operation = static_cast<u8>(head >> 24);
    // SIMPLIFIED: added nodes (scope 1: caches only) are not fetched with ibm,configure-connector. They come last in the list, and
    // LoPAR and Linux count their operands differently, so the rest is not looked at.
    if (operation == end || operation >= add_nodes) return;
    for (u32 count = head & 0xFFFFFF; count && offset + 4 <= area_bytes; count--, offset += 4) {
      const u32 phandle = word(nodes_area, offset);
      if (operation == update_nodes)
        update_node(phandle);
      else if (tree::Node* node = tree::find_phandle(phandle))
        tree::detach(node);
    }
  }
}

}  // namespace

void run() {
  if (!rtas::present("ibm,update-nodes") || !rtas::present("ibm,update-properties")) return;
  memset(nodes_area, 0, header_bytes);
  for (i32 status = 1; status == 1;) {
    status = ask("ibm,update-nodes", nodes_area);
    if (status != 0 && status != 1) return;
    apply_operations();
  }
}

}  // namespace nomad::tree_update

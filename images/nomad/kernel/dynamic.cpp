// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/dynamic.h"

#include "kernel/clock.h"
#include "kernel/connectors.h"
#include "kernel/cpu.h"
#include "kernel/device_tree.h"
#include "kernel/devices.h"
#include "kernel/kernel_map.h"
#include "kernel/machine.h"
#include "kernel/migration.h"
#include "kernel/pages.h"
#include "kernel/reconfiguration.h"
#include "lib/text.h"

namespace nomad::dynamic {
namespace {

using reconfiguration::Phase;
using reconfiguration::Subject;

bool running = false;

struct Why {
  char* text;
  u64 size;
};

// ---- memory: the rows of ibm,dynamic-memory (LoPAR B.5.6.2) ----

struct Block {
  u64 start;
  u32 connector;
  u8* flags;
};

constexpr u32 assigned = 8;

tree::Node* memory_node() { return tree::find("/ibm,dynamic-reconfiguration-memory"); }
u64 block_bytes() { return tree::number(memory_node(), "ibm,lmb-size", 0); }

u32 block_count() { return tree::cell(tree::property(memory_node(), "ibm,dynamic-memory"), 0); }

Block block(u32 row) {
  const tree::Property* table = tree::property(memory_node(), "ibm,dynamic-memory");
  const u32 at = 1 + row * 6;
  return {static_cast<u64>(tree::cell(table, at)) << 32 | tree::cell(table, at + 1), tree::cell(table, at + 2),
          table->value + (at + 5) * 4};
}

bool is_assigned(const Block& block) {
  u32 flags;
  memcpy(&flags, block.flags, 4);
  return flags & assigned;
}

void assign(const Block& block, bool on) {
  u32 flags;
  memcpy(&flags, block.flags, 4);
  flags = on ? flags | assigned : flags & ~assigned;
  memcpy(block.flags, &flags, 4);
}

// What is connected must be the memory that the row tells of.
bool is_where_it_should_be(const Block& block) {
  tree::Node* node = connectors::configure(block.connector, tree::root());
  if (!node) return false;
  const tree::Property* reg = tree::property(node, "reg");
  const u64 start = static_cast<u64>(tree::cell(reg, 0)) << 32 | tree::cell(reg, 1);
  const u64 bytes = static_cast<u64>(tree::cell(reg, 2)) << 32 | tree::cell(reg, 3);
  tree::remove(node);
  return start == block.start && bytes == block_bytes();
}

bool add_memory(const DrResources&, Why why) {
  for (u32 row = 0; row < block_count(); row++) {
    const Block next = block(row);
    if (is_assigned(next) || next.start + block_bytes() > pages::limit) continue;
    if (!connectors::acquire(next.connector, why.text, why.size)) continue;
    if (!is_where_it_should_be(next)) {
      format(why.text, why.size, "connector 0x%08x cannot be configured", next.connector);
      connectors::release(next.connector, nullptr, 0);
      return false;
    }
    pages::add(next.start, block_bytes());
    assign(next, true);
    return true;
  }
  if (!why.text[0]) copy_text(why.text, why.size, "there is no more memory that could be used");
  return false;
}

// The highest block that nothing uses. SIMPLIFIED: pages that are in use stay where they are, and so does their block.
bool remove_memory(const DrResources&, Why why) {
  for (u32 row = block_count(); row-- > 0;) {
    const Block last = block(row);
    if (!is_assigned(last) || !pages::remove(last.start, block_bytes())) continue;
    if (!kernel_map::unmap(last.start, block_bytes()))
      copy_text(why.text, why.size, "the pages of the kernel do not fit a block");
    else if (connectors::release(last.connector, why.text, why.size)) {
      assign(last, false);
      return true;
    }
    pages::add(last.start, block_bytes());
  }
  if (!why.text[0]) copy_text(why.text, why.size, "all other memory is in use");
  return false;
}

// ---- processors ----

tree::Node* processors_node() { return tree::find("/cpus"); }

bool add_processor(const DrResources&, Why why) {
  tree::Node* parent = processors_node();
  for (u32 place = 0; place < connectors::count(parent); place++) {
    const u32 connector = connectors::index(parent, place);
    if (connectors::child_at(parent, connector) || !connectors::acquire(connector, why.text, why.size)) continue;
    tree::Node* node = connectors::configure(connector, parent);
    if (node && nomad::add_processor(node)) return true;
    copy_text(why.text, why.size, node ? "the processor does not start" : "the processor cannot be configured");
    if (node) tree::remove(node);
    connectors::release(connector, nullptr, 0);
    return false;
  }
  if (!why.text[0]) copy_text(why.text, why.size, "there is no other processor");
  return false;
}

bool alone_on_its_connector(const Cpu& cpu) {
  for (const Cpu& other : cpus)
    if (&other != &cpu && other.present && other.connector == cpu.connector) return false;
  return cpu.connector != 0;
}

bool remove_processor(const DrResources&, Why why) {
  tree::Node* parent = processors_node();
  for (u32 i = cpu_limit; i-- > 1;) {
    Cpu& cpu = cpus[i];
    tree::Node* node = cpu.present && alone_on_its_connector(cpu) ? connectors::child_at(parent, cpu.connector) : nullptr;
    if (!node) continue;
    const u32 connector = cpu.connector;
    if (!nomad::remove_processor(cpu)) {
      format(why.text, why.size, "processor %u does not stop", cpu.server);
      return false;
    }
    if (!connectors::release(connector, why.text, why.size)) {
      nomad::add_processor(node);
      return false;
    }
    tree::remove(node);
    return true;
  }
  copy_text(why.text, why.size, "the last processor stays");
  return false;
}

// ---- virtual slots, and host bridges of physical ones, for whose adapters there is no driver ----

bool find_slot(const DrResources& request, tree::Node*& parent, u32& connector, Why why) {
  parent = request.kind == DrResources::Kind::bridge ? tree::root() : tree::find("/vdevice");
  for (u32 place = 0; place < connectors::count(parent); place++)
    if (equal(connectors::name(parent, place), request.name)) {
      connector = connectors::index(parent, place);
      return true;
    }
  format(why.text, why.size, "there is no slot %s", request.name);
  return false;
}

bool add_slot(const DrResources& request, Why why) {
  tree::Node* parent;
  u32 connector;
  if (!find_slot(request, parent, connector, why)) return false;
  if (connectors::child_at(parent, connector)) {
    format(why.text, why.size, "%s has its adapter already", request.name);
    return false;
  }
  if (!connectors::acquire(connector, why.text, why.size)) return false;
  if (!connectors::configure(connector, parent)) {
    format(why.text, why.size, "the adapter in %s cannot be configured", request.name);
    connectors::release(connector, nullptr, 0);
    return false;
  }
  devices::configure();
  return true;
}

bool remove_slot(const DrResources& request, Why why) {
  tree::Node* parent;
  u32 connector;
  if (!find_slot(request, parent, connector, why)) return false;
  tree::Node* node = connectors::child_at(parent, connector);
  if (!node) {
    format(why.text, why.size, "%s is empty", request.name);
    return false;
  }
  if (!devices::give_up(node, why.text, why.size)) return false;
  if (!connectors::release(connector, why.text, why.size)) {
    devices::configure();
    return false;
  }
  tree::remove(node);
  return true;
}

// ---- what can be asked for ----

struct Row {
  DrResources::Kind kind;
  bool add;
  bool told;  // there are phases, in which others may refuse
  Subject subject;
  bool (*one)(const DrResources& request, Why why);  // one of them; false: no more
};

constexpr Row rows[] = {
    {DrResources::Kind::memory, true, true, Subject::memory_add, add_memory},
    {DrResources::Kind::memory, false, true, Subject::memory_remove, remove_memory},
    {DrResources::Kind::processor, true, true, Subject::processor_add, add_processor},
    {DrResources::Kind::processor, false, true, Subject::processor_remove, remove_processor},
    // As on AIX, programs hear nothing of slots: they know their devices.
    {DrResources::Kind::slot, true, false, {}, add_slot},
    {DrResources::Kind::slot, false, false, {}, remove_slot},
    {DrResources::Kind::bridge, true, false, {}, add_slot},
    {DrResources::Kind::bridge, false, false, {}, remove_slot},
};

void all_of(const Row& row, DrResources& request) {
  const u64 deadline = request.minutes ? clock::after_milliseconds(request.minutes * 60000ul) : 0;
  while (request.done < request.count) {
    if (deadline && timebase() >= deadline) {
      copy_text(request.text, sizeof request.text, "its time is over");
      return;
    }
    if (!row.one(request, {request.text, sizeof request.text})) return;
    request.done++;
    request.text[0] = 0;
  }
}

void with_phases(const Row& row, DrResources& request) {
  const u64 amount = request.kind == DrResources::Kind::memory ? request.count * block_bytes() : request.count;
  char ignored[sizeof request.text];
  const reconfiguration::Patience patience{request.minutes, request.detail};
  const auto tell = [&](Phase phase, char* why) { return reconfiguration::run(phase, row.subject, amount, patience, why, sizeof request.text); };
  if (!tell(Phase::check, request.text)) {
    tell(Phase::undo_check, ignored);
    return;
  }
  if (!tell(Phase::prepare, request.text)) {
    tell(Phase::undo_prepare, ignored);
    return;
  }
  all_of(row, request);
  tell(request.done ? Phase::post : Phase::undo_prepare, ignored);
}

}  // namespace

bool under_way() { return running; }

i64 change(DrResources& request) {
  if (running || migration::under_way()) return Error::busy;
  request.done = 0;
  request.text[0] = 0;
  for (const Row& row : rows) {
    if (row.kind != request.kind || row.add != (request.add != 0)) continue;
    running = true;
    row.told ? with_phases(row, request) : all_of(row, request);
    running = false;
    return 0;
  }
  return Error::invalid;
}

i64 change_devices(DeviceChange what, const char* name, char* why, u64 size) {
  if (running || migration::under_way()) return Error::busy;
  running = true;
  i64 result = 0;
  if (what == DeviceChange::configure_all)
    devices::configure();
  else if (!devices::unconfigure(what, name, why, size))
    result = Error::invalid;
  running = false;
  return result;
}

}  // namespace nomad::dynamic

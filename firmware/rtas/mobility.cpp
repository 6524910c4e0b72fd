// SPDX-License-Identifier: GPL-2.0-or-later
// RTAS: suspension, and what has changed after it. (LoPAR 7.3.23 - 7.3.25; docs/papr.md, Update of the tree)
#include <algorithm>

#include "firmware/devtree/tree.h"
#include "firmware/rtas/rtas.h"

namespace firmware::rtas {

namespace {

constexpr u64 work_area = 4096;
constexpr u64 header = 16;
constexpr u32 scope_migration = 1;
constexpr u32 operator_update = 0x0200'0000;

bool is_work_area(Partition& partition, u32 address) {
  return address % work_area == 0 && partition.memory().contains(address, work_area);
}

// Builds a work area without ever running over its end.
class Area {
 public:
  explicit Area(u64 used) : bytes_(used) {}
  void word(u32 value) {
    u8 be[4];
    emu::store_be(be, value);
    put(be);
  }
  void put(std::span<const u8> from) { bytes_.insert(bytes_.end(), from.begin(), from.end()); }
  void word_at(u64 offset, u32 value) { emu::store_be(bytes_.data() + offset, value); }
  bool fits() const { return bytes_.size() <= work_area; }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace

s32 suspend_me(Partition& partition, Request& request) {
  if (!request.processor) return parameter_error;
  if (partition.stream() == 0 || partition.stream_state() == StreamState::aborted) return suspend_aborted;
  if (partition.stream_state() != StreamState::suspending) return not_suspendable;
  for (const Processor* p : partition.processors())
    if (p != request.processor && p->state.run != RunState::joined && p->state.run != RunState::stopped) return threads_active;
  // Status 0 goes into the buffer now: on the destination this processor finds it there without touching the page first.
  partition.memory().write_be(request.status_address(), u32{success});
  return partition.suspend(*request.processor, request.status_address()) ? success : suspend_aborted;
}

s32 activate_firmware(Partition&, Request&) { return success; }

// One operation list, "update", of all nodes whose properties may differ; nothing if the partition has not moved.
s32 update_nodes(Partition& partition, Request& request) {
  if (!is_work_area(partition, request.in[0])) return parameter_error;
  Area area(header);
  if (request.in[1] == scope_migration && partition.tree_changed()) {
    const auto updates = devtree::updates_after_move(partition);
    area.word(operator_update | static_cast<u32>(updates.size()));
    for (const devtree::Update& update : updates) area.word(update.phandle);
  }
  area.word(0);
  if (!area.fits()) return hardware_error;
  return partition.memory().write(request.in[0], area.bytes()) ? success : hardware_error;
}

s32 update_properties(Partition& partition, Request& request) {
  if (!is_work_area(partition, request.in[0])) return parameter_error;
  u32 phandle = 0;
  u32 state = 0;
  if (!partition.memory().read_be(request.in[0], phandle) || !partition.memory().read_be(request.in[0] + 4, state))
    return hardware_error;
  const auto updates = devtree::updates_after_move(partition);
  const auto update = std::ranges::find(updates, phandle, &devtree::Update::phandle);
  if (request.in[1] != scope_migration || state != 0 || update == updates.end()) return parameter_error;
  Area area(header);
  area.word_at(0, phandle);
  area.word(1 + static_cast<u32>(update->properties.size()));
  const auto descriptor = [&](std::string_view name, std::span<const u8> value) {
    area.put({reinterpret_cast<const u8*>(name.data()), name.size()});
    const u8 end = 0;
    area.put({&end, 1});
    area.word(static_cast<u32>(value.size()));
    area.put(value);
  };
  // The first descriptor has no name: its value is the node's path.
  descriptor("", {reinterpret_cast<const u8*>(update->path.c_str()), update->path.size() + 1});
  for (const devices::Property& property : update->properties) descriptor(property.name, property.value);
  if (!area.fits()) return hardware_error;
  return partition.memory().write(request.in[0], area.bytes()) ? success : hardware_error;
}

}  // namespace firmware::rtas

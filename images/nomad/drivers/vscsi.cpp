// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/vscsi.h"

#include "drivers/crq.h"
#include "drivers/srp.h"
#include "kernel/clock.h"
#include "kernel/error_log.h"
#include "kernel/hypercall.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "kernel/process.h"
#include "lib/text.h"

namespace nomad::vscsi {
namespace {

constexpr u32 slot_count = 8, management_slot = slot_count, unit_bytes = 256;
constexpr u64 data_bytes = 64 * 1024;
constexpr u32 attempts = 6;
constexpr i64 path_lost = -1000;  // of a command: never seen outside
constexpr u16 command_seconds = 30, management_seconds = 30, login_seconds = 60;

struct Slot {
  enum class State : u8 { unused, queued, sent, done };
  State state;
  bool abort_sent;
  u32 attempts_left;
  u64 tag;
  u64 deadline;    // while sent
  u64 not_before;  // while queued: the target said it is busy
  u64 lun;
  u8 cdb[16];
  u32 length;
  bool out;
  i64 result;
  u8* unit;        // the information unit, and where the answer appears
  u64 unit_io;
  u8* data;
  u64 data_io;
};

struct Adapter {
  const tree::Node* node;                   // nullptr: no adapter has this number
  u32 index;
  bool started;                             // it has a worker
  bool stopping;                            // which shall end
  bool discovered;                          // and has seen what disks there are
  u8* units;
  u64 unit;
  DmaWindow window;
  Crq queue;
  bool ready;
  bool was_suspended;                       // told to the server at the next login
  bool need_reset, need_enable;             // what the worker shall do
  bool partner_initialized, management_done;
  u64 next_tag;
  i32 credit;                               // how many requests the target takes
  u64 retries, logins;
  Slot slots[slot_count + 1];
  srp::AdapterInfo info;
  char partner[64];
};

constexpr u32 path_limit = 4, unit_name_bytes = 96;

struct Path {
  Adapter* adapter;  // nullptr: no path
  u64 lun;
};

struct Disk {
  Path paths[path_limit];  // none: no disk has this number
  bool available;
  u64 users;               // one bit per process
  u64 blocks;
  u32 block_bytes;
  char identity[32];
  u32 unit_name_length;    // 0: it has none, and a single path
  u8 unit_name[unit_name_bytes];  // the same on each path to it: a designator of its vital product data (SPC-3)
};

constinit Adapter adapters[4] = {};
Disk disks[16];
const char path_channel = 0;  // somebody waits for a path that is ready

Disk* available(u32 number) { return number < sizeof disks / sizeof *disks && disks[number].available ? &disks[number] : nullptr; }

bool is_known(const Disk& disk) {
  for (const Path& path : disk.paths)
    if (path.adapter) return true;
  return false;
}

// The first that is ready; nullptr: none is.
const Path* ready_path(const Disk& disk) {
  for (const Path& path : disk.paths)
    if (path.adapter && path.adapter->ready) return &path;
  return nullptr;
}

u32 disks_available() {
  u32 count = 0;
  for (const Disk& disk : disks) count += disk.available;
  return count;
}

void complete(Slot& slot, i64 result) {
  slot.result = result;
  slot.state = Slot::State::done;
  wake(&slot);
}

void build(Slot& slot, Adapter& adapter) {
  slot.tag = ++adapter.next_tag << 8 | static_cast<u64>(&slot - adapter.slots);
  auto& command = *reinterpret_cast<srp::Command*>(slot.unit);
  memset(slot.unit, 0, unit_bytes);
  command.opcode = srp::command;
  command.buffer_format = slot.length == 0 ? 0 : slot.out ? 0x10 : 0x01;  // direct descriptor, data-out in the high nibble
  command.tag = slot.tag;
  command.lun = slot.lun;
  memcpy(command.cdb, slot.cdb, sizeof slot.cdb);
  command.data = {slot.data_io, 0, slot.length};
}

i64 send_unit(Adapter& adapter, u8 format, u16 seconds, u64 io_address) {
  return adapter.queue.send(0x80ul << 56 | static_cast<u64>(format) << 48 | static_cast<u64>(seconds) << 16 | unit_bytes, io_address);
}

void submit_queued(Adapter& adapter) {
  for (u32 i = 0; i < slot_count && adapter.ready && adapter.credit > 0; i++) {
    Slot& slot = adapter.slots[i];
    if (slot.state != Slot::State::queued || timebase() < slot.not_before) continue;
    build(slot, adapter);
    // H_CLOSED: suspended and not enabled yet, or the partner has just gone; its transport event is on the way.
    if (send_unit(adapter, 1, command_seconds, slot.unit_io) != H_SUCCESS) {
      slot.not_before = clock::after_milliseconds(100);
      continue;
    }
    adapter.credit--;
    slot.state = Slot::State::sent;
    slot.abort_sent = false;
    slot.deadline = clock::after_milliseconds((command_seconds + 5) * 1000);
  }
}

void retry(Adapter& adapter, Slot& slot, u64 wait_milliseconds) {
  if (--slot.attempts_left == 0) {
    complete(slot, Error::input_output);
    return;
  }
  adapter.retries++;
  slot.state = Slot::State::queued;
  slot.not_before = wait_milliseconds ? clock::after_milliseconds(wait_milliseconds) : 0;
}

// The connection is gone: nothing that was sent will be answered. Who waits asks again, on another path if there is one, uncounted.
void give_back_all(Adapter& adapter) {
  adapter.ready = false;
  for (u32 i = 0; i < slot_count; i++) {
    Slot& slot = adapter.slots[i];
    if (slot.state != Slot::State::sent && slot.state != Slot::State::queued) continue;
    adapter.retries += slot.state == Slot::State::sent;
    complete(slot, path_lost);
  }
}

void answer(Adapter& adapter, const CrqElement& element) {
  const u64 index = element.second & 0xFF;
  if (index == management_slot) {
    if (element.second == adapter.slots[management_slot].tag) adapter.management_done = true;
    wake(&adapter);
    return;
  }
  if (index > slot_count) return;
  Slot& slot = adapter.slots[index];
  if (slot.state != Slot::State::sent || slot.tag != element.second) return;  // an answer to a command we gave up
  auto& response = *reinterpret_cast<const srp::Response*>(slot.unit);
  const bool transported = element.status() == 0 || element.status() == 0x99;
  adapter.credit += transported && response.opcode == srp::response ? response.credit : 1;
  if (!transported || response.opcode != srp::response) {
    retry(adapter, slot, 100);
  } else if (response.status == srp::good) {
    complete(slot, 0);
  } else if (response.status == srp::scsi_busy || response.status == srp::reservation_conflict) {
    retry(adapter, slot, 200);
  } else {
    // Sense data follows the response data; a unit attention only says that something changed before this command.
    const u8* sense = response.data + (response.flags & srp::response_valid ? response.response_length & 31 : 0);
    const bool attention = response.flags & srp::sense_valid && (sense[2] & 0xF) == srp::sense_unit_attention;
    if (attention) retry(adapter, slot, 0);
    else complete(slot, Error::input_output);
  }
}

void drain(Adapter& adapter) {
  CrqElement element;
  while (adapter.queue.next(element)) {
    if (element.header() == Crq::command) {
      answer(adapter, element);
      continue;
    }
    if (element.header() == Crq::initialization) {
      if (element.format() == Crq::initialize) {
        // A partner that starts anew knows nothing of what it was asked before.
        give_back_all(adapter);
        adapter.queue.send_initialization(Crq::initialization_complete);
      }
      adapter.partner_initialized = true;
    } else if (element.header() == Crq::transport_event) {
      give_back_all(adapter);
      adapter.partner_initialized = false;
      if (element.format() == Crq::partner_suspended) {
        adapter.need_enable = true;
        adapter.was_suspended = true;
      } else {
        adapter.need_reset = true;
        char detail[64];
        format(detail, sizeof detail, "transport event 0xFF%02X from the partner", element.format());
        error_log::add(error_log::virtual_scsi_event, detail, adapter.index);
      }
    }
    wake(&adapter);
  }
  submit_queued(adapter);
}

bool wait_for(Adapter& adapter, const bool& flag, u64 milliseconds) {
  const u64 deadline = clock::after_milliseconds(milliseconds);
  while (!flag) {
    if (adapter.need_reset || adapter.need_enable || adapter.stopping || timebase() >= deadline) return false;
    wait_on(&adapter, deadline);
  }
  return true;
}

bool ask_management(Adapter& adapter, u8 format, u16 seconds) {
  Slot& slot = adapter.slots[management_slot];
  adapter.management_done = false;
  return send_unit(adapter, format, seconds, slot.unit_io) == H_SUCCESS && wait_for(adapter, adapter.management_done, seconds * 1000ul);
}

u8* management_unit(Adapter& adapter) {
  Slot& slot = adapter.slots[management_slot];
  slot.tag = ++adapter.next_tag << 8 | management_slot;
  memset(slot.unit, 0, unit_bytes);
  return slot.unit;
}

bool send_datagram(Adapter& adapter, srp::MadType type, u16 length) {
  Slot& slot = adapter.slots[management_slot];
  auto& datagram = *reinterpret_cast<srp::MadHeader*>(management_unit(adapter));
  datagram.type = type;
  datagram.length = length;
  datagram.tag = slot.tag;
  datagram.buffer = slot.data_io;
  return ask_management(adapter, 2, management_seconds) && datagram.status == 0;
}

bool exchange_adapter_info(Adapter& adapter) {
  Slot& slot = adapter.slots[management_slot];
  auto& info = *reinterpret_cast<srp::AdapterInfo*>(slot.data);
  memset(&info, 0, sizeof info);
  copy_text(info.srp_version, sizeof info.srp_version, "16.a");
  copy_text(info.partition_name, sizeof info.partition_name, tree::text(tree::root(), "ibm,partition-name", "nomad"));
  info.partition_number = static_cast<u32>(tree::number(tree::root(), "ibm,partition-no", 0));
  info.mad_version = 1;
  info.os_type = srp::os_aix;
  if (!send_datagram(adapter, srp::adapter_info, sizeof info)) return false;
  adapter.info = info;
  copy_text(adapter.partner, sizeof adapter.partner, info.partition_name);
  return true;
}

// Only a server that says it is a Virtual I/O Server (AIX) wants to know that its client has migrated.
void exchange_capabilities(Adapter& adapter) {
  Slot& slot = adapter.slots[management_slot];
  auto& capabilities = *reinterpret_cast<srp::Capabilities*>(slot.data);
  memset(&capabilities, 0, sizeof capabilities);
  capabilities.flags = srp::list_supported | srp::list_data | (adapter.was_suspended ? u32{srp::client_migrated} : 0);
  if (adapter.logins) capabilities.flags |= srp::client_reconnect;
  format(capabilities.name, sizeof capabilities.name, "vscsi%u", adapter.index);
  copy_text(capabilities.location, sizeof capabilities.location, tree::text(adapter.node, "ibm,loc-code", ""));
  capabilities.migration = {1, sizeof(srp::Capability), 0, 1};
  capabilities.reservation = {2, sizeof(srp::Capability), 0, 1};
  send_datagram(adapter, srp::capabilities, sizeof capabilities);
}

bool log_in(Adapter& adapter) {
  auto& request = *reinterpret_cast<srp::LoginRequest*>(management_unit(adapter));
  request.opcode = srp::login_request;
  request.tag = adapter.slots[management_slot].tag;
  request.max_unit_length = unit_bytes;
  request.buffer_formats = 2 | 4;
  if (!ask_management(adapter, 1, login_seconds)) return false;
  auto& response = *reinterpret_cast<const srp::LoginResponse*>(adapter.slots[management_slot].unit);
  if (response.opcode != srp::login_response) return false;
  // Some room is left for task management.
  adapter.credit = response.request_limit > 2 ? static_cast<i32>(response.request_limit) - 2 : 0;
  return adapter.credit > 0;
}

bool connect(Adapter& adapter) {
  if (adapter.need_enable) {
    adapter.need_enable = false;
    // The queue stays disabled until its pages have come; long busy tells to come again. (LoPAR 17.2.3.1.5.4)
    i64 status;
    while (is_busy(status = adapter.queue.enable())) sleep_until(clock::after_milliseconds(status == H_LONG_BUSY_FIRST + 1 ? 10 : 20));
    if (status != H_SUCCESS) adapter.need_reset = true;
  }
  if (adapter.need_reset) {
    adapter.need_reset = false;
    adapter.partner_initialized = false;
    const i64 status = adapter.queue.register_queue();
    if (status != H_SUCCESS && status != H_CLOSED) return false;
  }
  // When the partner is not there (H_CLOSED) it starts the handshake itself as soon as it comes.
  adapter.queue.send_initialization(Crq::initialize);
  if (!wait_for(adapter, adapter.partner_initialized, 10000)) return false;
  if (!exchange_adapter_info(adapter)) return false;
  if (adapter.info.os_type == srp::os_aix) exchange_capabilities(adapter);
  if (!log_in(adapter)) return false;
  adapter.logins++;
  adapter.was_suspended = false;
  adapter.ready = true;
  wake(&path_channel);
  return true;
}

Slot* unused_slot(Adapter& adapter) {
  for (u32 i = 0; i < slot_count; i++)
    if (adapter.slots[i].state == Slot::State::unused) return &adapter.slots[i];
  return nullptr;
}

// 0, an Error, or path_lost.
i64 run_on(Adapter& adapter, u64 lun, const u8* cdb, void* buffer, u64 length, bool out) {
  Slot* slot;
  while (!(slot = unused_slot(adapter))) wait_on(&adapter.slots);
  if (!adapter.ready) return path_lost;
  slot->lun = lun;
  memcpy(slot->cdb, cdb, sizeof slot->cdb);
  slot->length = static_cast<u32>(length);
  slot->out = out;
  slot->attempts_left = attempts;
  slot->not_before = 0;
  slot->state = Slot::State::queued;
  if (out) memcpy(slot->data, buffer, length);
  submit_queued(adapter);
  while (slot->state != Slot::State::done) wait_on(slot);
  const i64 result = slot->result;
  if (!out && result == 0) memcpy(buffer, slot->data, length);
  slot->state = Slot::State::unused;
  wake(&adapter.slots);
  return result;
}

// Until a path has answered: a server that is away comes back, or the partition has arrived where there is another.
i64 run(const Disk& disk, const u8* cdb, void* buffer, u64 length, bool out) {
  while (disk.available) {
    const Path* path = ready_path(disk);
    if (!path) {
      wait_on(&path_channel, clock::after_milliseconds(1000));
      continue;
    }
    const i64 result = run_on(*path->adapter, path->lun, cdb, buffer, length, out);
    if (result != path_lost) return result;
  }
  return Error::no_device;
}

// Discovery needs answers that a dead connection never gives; it runs in the worker, so it may not wait for the worker.
i64 run_once(Adapter& adapter, u64 lun, const u8* cdb, void* buffer, u64 length) {
  const u64 deadline = clock::after_milliseconds(10000);
  Slot* unused;
  while (!(unused = unused_slot(adapter))) {
    if (!adapter.ready || timebase() >= deadline) return Error::timed_out;
    wait_on(&adapter.slots, clock::after_milliseconds(20));
  }
  Slot& slot = *unused;
  slot.lun = lun;
  memcpy(slot.cdb, cdb, sizeof slot.cdb);
  slot.length = static_cast<u32>(length);
  slot.out = false;
  slot.attempts_left = attempts;
  slot.not_before = 0;
  slot.state = Slot::State::queued;
  memset(slot.data, 0, length);
  submit_queued(adapter);
  while (slot.state != Slot::State::done && timebase() < deadline && adapter.ready) wait_on(&slot, clock::after_milliseconds(20));
  const i64 result = slot.state == Slot::State::done ? slot.result : i64{Error::timed_out};
  if (result == 0) memcpy(buffer, slot.data, length);
  slot.state = Slot::State::unused;
  wake(&adapter.slots);
  return result;
}

u64 big_endian(const u8* bytes, u32 count) {
  u64 value = 0;
  for (u32 i = 0; i < count; i++) value = value << 8 | bytes[i];
  return value;
}

// By the path that leads there, or by the name that it has on all paths; otherwise the first number that no disk has.
Disk* place_of(const Adapter& adapter, u64 lun, const Disk& found) {
  for (Disk& disk : disks)
    for (const Path& path : disk.paths)
      if (path.adapter == &adapter && path.lun == lun) return &disk;
  for (Disk& disk : disks)
    if (is_known(disk) && found.unit_name_length && disk.unit_name_length == found.unit_name_length &&
        memcmp(disk.unit_name, found.unit_name, found.unit_name_length) == 0)
      return &disk;
  for (Disk& disk : disks)
    if (!is_known(disk)) return &disk;
  return nullptr;
}

void add_path(Disk& disk, Adapter& adapter, u64 lun) {
  for (const Path& path : disk.paths)
    if (path.adapter == &adapter && path.lun == lun) return;
  for (Path& path : disk.paths)
    if (!path.adapter) {
      path = {&adapter, lun};
      return;
    }
}

void remove_paths(const Adapter& adapter) {
  for (Disk& disk : disks)
    for (Path& path : disk.paths)
      if (path.adapter == &adapter) path = {};
}

// The first designator of the disk itself, with its kind. (SPC-3: page 0x83)
void ask_unit_name(Adapter& adapter, u64 lun, Disk& disk) {
  u8 page[252];
  const u8 ask[16] = {0x12, 1, 0x83, 0, sizeof page};
  if (run_once(adapter, lun, ask, page, sizeof page) != 0 || page[1] != 0x83) return;
  const u32 end = 4 + static_cast<u32>(big_endian(page + 2, 2));
  if (end > sizeof page) return;
  for (u32 at = 4; at + 4 <= end; at += 4 + page[at + 3]) {
    const u32 length = 4 + page[at + 3];
    if (at + length > end) return;
    if ((page[at + 1] >> 4 & 3) != 0 || (page[at + 1] & 0xF) == 0 || length > unit_name_bytes) continue;  // of a port; vendor's own
    memcpy(disk.unit_name, page + at, length);
    disk.unit_name_length = length;
    return;
  }
}

void add_disk(Adapter& adapter, u64 lun) {
  u8 inquiry[36], capacity[32];
  const u8 ask_inquiry[16] = {0x12, 0, 0, 0, sizeof inquiry};
  if (run_once(adapter, lun, ask_inquiry, inquiry, sizeof inquiry) != 0 || inquiry[0] != 0) return;
  Disk disk{};
  ask_unit_name(adapter, lun, disk);
  Disk* place = place_of(adapter, lun, disk);
  if (!place) return;
  if (place->available) {
    add_path(*place, adapter, lun);
    return;
  }
  const u8 ask_capacity[16] = {0x25};
  if (run_once(adapter, lun, ask_capacity, capacity, 8) != 0) return;
  disk.blocks = big_endian(capacity, 4) + 1;
  disk.block_bytes = static_cast<u32>(big_endian(capacity + 4, 4));
  if (disk.blocks > 0xFFFFFFFF) {
    const u8 ask_long_capacity[16] = {0x9E, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32};
    if (run_once(adapter, lun, ask_long_capacity, capacity, 32) != 0) return;
    disk.blocks = big_endian(capacity, 8) + 1;
    disk.block_bytes = static_cast<u32>(big_endian(capacity + 8, 4));
  }
  u32 length = 0;
  for (u32 i = 8; i < 32 && length + 1 < sizeof disk.identity; i++) {
    const char c = static_cast<char>(inquiry[i]);
    if (c > ' ' || (c == ' ' && length && disk.identity[length - 1] != ' ')) disk.identity[length++] = c;
  }
  if (disk.block_bytes < 512 || disk.block_bytes > 4096) return;
  disk.available = true;
  memcpy(disk.paths, place->paths, sizeof disk.paths);
  *place = disk;
  add_path(*place, adapter, lun);
}

void discover(Adapter& adapter) {
  u8 list[8 + 16 * 8] = {};
  const u8 ask[16] = {0xA0, 0, 0, 0, 0, 0, 0, 0, 0, sizeof list};
  if (run_once(adapter, 0x8000000000000000, ask, list, sizeof list) == 0) {
    u64 count = big_endian(list, 4) / 8;
    for (u64 i = 0; i < count && i < 16; i++) {
      const u64 lun = big_endian(list + 8 + i * 8, 8);
      add_disk(adapter, lun ? lun : 0x8000000000000000);
    }
    return;
  }
  // A server without REPORT LUNS on target 0: ask the first targets one by one.
  for (u64 target = 0; target < 8; target++) add_disk(adapter, 0x8000000000000000 | target << 56);
}

const char discovery_channel = 0;

// Nobody uses it any more; the hypervisor gets its queue and its windows back.
void release(Adapter& adapter) {
  adapter.started = false;
  adapter.queue.close();
  adapter.window.close();
  pages::release_contiguous(adapter.units, 1);
  for (const Slot& slot : adapter.slots) pages::release_contiguous(slot.data, data_bytes / page_bytes);
  const tree::Node* node = adapter.node;
  const u32 index = adapter.index;
  adapter = {};
  adapter.node = node;
  adapter.index = index;
}

void worker(void* argument) {
  Adapter& adapter = *static_cast<Adapter*>(argument);
  adapter.need_reset = true;
  while (!adapter.stopping) {
    if (!adapter.ready || adapter.need_reset || adapter.need_enable) {
      adapter.ready = false;
      if (!connect(adapter)) {
        if (!adapter.need_enable) adapter.need_reset = true;
        sleep_until(clock::after_milliseconds(100));
        continue;
      }
      submit_queued(adapter);
    }
    if (!adapter.discovered) {
      discover(adapter);
      adapter.discovered = adapter.ready;
      wake(&discovery_channel);
      continue;
    }
    wait_on(&adapter, clock::after_milliseconds(1000));
  }
  interrupts::disconnect(adapter.node);
  release(adapter);
  wake(&discovery_channel);
}

bool prepare(Adapter& adapter) {
  auto* units = adapter.units = static_cast<u8*>(pages::allocate_contiguous(1));
  if (!units || !adapter.window.open(adapter.node) || !adapter.queue.open(adapter.unit, adapter.window)) return false;
  const u64 units_io = adapter.window.map(units, 1);
  for (u32 i = 0; i <= slot_count; i++) {
    Slot& slot = adapter.slots[i];
    slot.unit = units + i * unit_bytes;
    slot.unit_io = units_io + i * unit_bytes;
    slot.data = static_cast<u8*>(pages::allocate_contiguous(data_bytes / page_bytes));
    if (slot.data) slot.data_io = adapter.window.map(slot.data, data_bytes / page_bytes);
    if (!slot.data_io) return false;
  }
  return units_io != 0;
}

}  // namespace

namespace {

bool known(const tree::Node* node) {
  for (const Adapter& adapter : adapters)
    if (adapter.node == node) return true;
  return false;
}

void start(Adapter& adapter) {
  adapter.index = static_cast<u32>(&adapter - adapters);
  adapter.unit = tree::number(adapter.node, "reg", 0);
  if (!prepare(adapter)) {
    release(adapter);
    return;
  }
  adapter.started = true;
  interrupts::connect(adapter.node, [](void* argument) { drain(*static_cast<Adapter*>(argument)); }, &adapter);
  start_thread("vscsi", worker, &adapter);
}

bool all_discovered() {
  for (const Adapter& adapter : adapters)
    if (adapter.started && !adapter.discovered) return false;
  return true;
}

}  // namespace

void start() {
  for (tree::Node* node = tree::next_compatible(nullptr, "IBM,v-scsi"); node; node = tree::next_compatible(node, "IBM,v-scsi"))
    for (Adapter& adapter : adapters)
      if (!adapter.node && !known(node)) adapter.node = node;
  for (Adapter& adapter : adapters) {
    if (adapter.node && !adapter.started) {
      start(adapter);
    } else if (adapter.started) {
      adapter.discovered = false;
      wake(&adapter);
    }
  }
  // Programs started at boot expect their disk, but a missing server must not stop the boot.
  const u64 deadline = clock::after_milliseconds(3000);
  const u32 before = disks_available();
  while (disks_available() == before && !all_discovered() && timebase() < deadline) wait_on(&discovery_channel, deadline);
}

void check_time_outs() {
  for (Adapter& adapter : adapters) {
    if (!adapter.started) continue;
    drain(adapter);  // costs one look at memory; heals a lost interrupt
    for (u32 s = 0; s < slot_count; s++) {
      Slot& slot = adapter.slots[s];
      if (slot.state != Slot::State::sent || timebase() < slot.deadline) continue;
      // First ask the target to drop the task; a target that does not react within 10 s gets a new connection.
      if (!slot.abort_sent) {
        slot.abort_sent = true;
        slot.deadline = clock::after_milliseconds(10000);
        auto& abort = *reinterpret_cast<srp::TaskManagement*>(management_unit(adapter));
        abort.opcode = srp::task_management;
        abort.tag = adapter.slots[management_slot].tag;
        abort.lun = slot.lun;
        abort.function = srp::abort_task;
        abort.task_tag = slot.tag;
        send_unit(adapter, 1, 10, adapter.slots[management_slot].unit_io);
        error_log::add(error_log::virtual_scsi_event, "command timed out, task aborted", adapter.index);
      } else {
        give_back_all(adapter);
        adapter.need_reset = true;
        wake(&adapter);
      }
    }
  }
}

bool disk_info(u32 disk, DiskInfo& info) {
  if (!available(disk)) return false;
  const Disk& d = disks[disk];
  info = {d.blocks, d.block_bytes, static_cast<u32>(data_bytes / d.block_bytes), 0, 0};
  for (const Path& path : d.paths) {
    if (!path.adapter) continue;
    info.retries += path.adapter->retries;
    info.logins += path.adapter->logins;
  }
  return true;
}

namespace {

i64 transfer(u32 number, u64 block, u64 count, void* buffer, bool out) {
  if (!available(number)) return Error::no_device;
  const Disk& disk = disks[number];
  if (count == 0 || count > data_bytes / disk.block_bytes || block >= disk.blocks || count > disk.blocks - block) return Error::invalid;
  u8 cdb[16] = {};
  if (block + count <= 0xFFFFFFFF) {
    cdb[0] = out ? 0x2A : 0x28;  // WRITE(10), READ(10)
    for (u32 i = 0; i < 4; i++) cdb[2 + i] = static_cast<u8>(block >> (24 - 8 * i));
    cdb[7] = static_cast<u8>(count >> 8);
    cdb[8] = static_cast<u8>(count);
  } else {
    cdb[0] = out ? 0x8A : 0x88;  // WRITE(16), READ(16)
    for (u32 i = 0; i < 8; i++) cdb[2 + i] = static_cast<u8>(block >> (56 - 8 * i));
    for (u32 i = 0; i < 4; i++) cdb[10 + i] = static_cast<u8>(count >> (24 - 8 * i));
  }
  return run(disk, cdb, buffer, count * disk.block_bytes, out);
}

}  // namespace

i64 read(u32 disk, u64 block, u64 count, void* buffer) { return transfer(disk, block, count, buffer, false); }
i64 write(u32 disk, u64 block, u64 count, const void* buffer) { return transfer(disk, block, count, const_cast<void*>(buffer), true); }

i64 flush(u32 disk) {
  if (!available(disk)) return Error::no_device;
  const u8 cdb[16] = {0x35};  // SYNCHRONIZE CACHE(10), the whole disk
  return run(disks[disk], cdb, nullptr, 0, false);
}

i64 reserve(u32 disk, bool on) {
  if (!available(disk)) return Error::no_device;
  const u8 cdb[16] = {static_cast<u8>(on ? 0x16 : 0x17)};  // RESERVE(6), RELEASE(6)
  return run(disks[disk], cdb, nullptr, 0, false);
}

void flush_all() {
  for (u32 i = 0; i < sizeof disks / sizeof *disks; i++)
    if (available(i) && ready_path(disks[i])) flush(i);
}

void use(u32 disk, u32 process) {
  if (Disk* used = available(disk)) used->users |= 1ul << process;
}

void close_all(u32 process) {
  for (Disk& disk : disks) disk.users &= ~(1ul << process);
}

void stop_disk(u32 index) {
  if (Disk* disk = available(index)) disk->available = false;
}

u64 users_of_disk(u32 index) { return available(index) ? disks[index].users : 0; }

u64 users_of_adapter(u32 index) {
  u64 users = 0;
  for (const Disk& disk : disks) {
    bool here = false, elsewhere = false;
    for (const Path& path : disk.paths) {
      if (!path.adapter) continue;
      here |= path.adapter == &adapters[index];
      elsewhere |= path.adapter != &adapters[index] && path.adapter->ready;
    }
    if (here && !elsewhere) users |= disk.users;
  }
  return users;
}

const tree::Node* node(u32 index) { return index < sizeof adapters / sizeof *adapters ? adapters[index].node : nullptr; }

void stop_adapter(u32 index) {
  Adapter& adapter = adapters[index];
  for (Disk& disk : disks) {
    bool here = false, elsewhere = false;
    for (const Path& path : disk.paths) {
      here |= path.adapter == &adapter;
      elsewhere |= path.adapter && path.adapter != &adapter;
    }
    if (here && !elsewhere) disk.available = false;
  }
  if (!adapter.started) return;
  adapter.stopping = true;
  give_back_all(adapter);
  wake(&adapter);
  while (adapter.started || adapter.stopping) wait_on(&discovery_channel, clock::after_milliseconds(20));
}

void forget_adapter(u32 index) {
  remove_paths(adapters[index]);
  for (Disk& disk : disks)
    if (!is_known(disk)) disk = {};
  adapters[index].node = nullptr;
}

bool describe_adapter(u32 index, DeviceInfo& info) {
  const Adapter* found = nullptr;
  for (const Adapter& each : adapters)
    if (!found && each.node && index-- == 0) found = &each;
  if (!found) return false;
  const Adapter& adapter = *found;
  copy_text(info.device_class, sizeof info.device_class, "adapter");
  format(info.name, sizeof info.name, "vscsi%u", adapter.index);
  copy_text(info.status, sizeof info.status, adapter.ready ? "Available" : "Defined");
  tree::path(adapter.node, info.location, sizeof info.location);
  format(info.description, sizeof info.description, "Virtual SCSI Client Adapter (partner %s)", adapter.partner[0] ? adapter.partner : "-");
  return true;
}

bool describe_disk(u32 index, DeviceInfo& info) {
  const Disk* found = nullptr;
  for (const Disk& each : disks)
    if (!found && is_known(each) && index-- == 0) found = &each;
  if (!found) return false;
  const Disk& disk = *found;
  const Path* path = ready_path(disk);
  copy_text(info.device_class, sizeof info.device_class, "disk");
  format(info.name, sizeof info.name, "hdisk%lu", static_cast<u64>(found - disks));
  copy_text(info.status, sizeof info.status, disk.available && path ? "Available" : "Defined");
  for (const Path& each : disk.paths)
    if (!path && each.adapter) path = &each;
  format(info.location, sizeof info.location, "vscsi%u lun 0x%016lx", path->adapter->index, path->lun);
  format(info.description, sizeof info.description, "Virtual SCSI Disk Drive %s, %lu MB", disk.identity, disk.blocks * disk.block_bytes >> 20);
  return true;
}

bool describe_path(u32 index, DeviceInfo& info) {
  for (const Disk& disk : disks)
    for (const Path& path : disk.paths) {
      if (!path.adapter || index--) continue;
      copy_text(info.device_class, sizeof info.device_class, path_class);
      format(info.name, sizeof info.name, "hdisk%lu", static_cast<u64>(&disk - disks));
      copy_text(info.status, sizeof info.status, !disk.available ? "Defined" : path.adapter->ready ? "Enabled" : "Failed");
      format(info.location, sizeof info.location, "vscsi%u", path.adapter->index);
      format(info.description, sizeof info.description, "lun 0x%016lx", path.lun);
      return true;
    }
  return false;
}

}  // namespace nomad::vscsi

// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/vscsi_adapter.h"

#include "kernel/clock.h"
#include "kernel/error_log.h"
#include "kernel/hypercall.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "kernel/process.h"
#include "lib/text.h"

namespace nomad::vscsi {

constinit Adapter adapters[4] = {};
const char path_channel = 0;
const char discovery_channel = 0;

namespace {

constexpr u32 unit_bytes = 256, attempts = 6;
constexpr u16 command_seconds = 30, management_seconds = 30, login_seconds = 60;

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

// Nobody uses it any more; the hypervisor gets its queue and its windows back.
void release(Adapter& adapter) {
  adapter.started = false;
  adapter.queue.close();
  adapter.window.close();
  pages::release_contiguous(adapter.units, 1);
  for (const Slot& slot : adapter.slots) pages::release_contiguous(slot.data, disks::largest_transfer / page_bytes);
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
  interrupts::disconnect(interrupts::number_of(adapter.node));
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
    slot.data = static_cast<u8*>(pages::allocate_contiguous(disks::largest_transfer / page_bytes));
    if (slot.data) slot.data_io = adapter.window.map(slot.data, disks::largest_transfer / page_bytes);
    if (!slot.data_io) return false;
  }
  return units_io != 0;
}

}  // namespace

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

void start(Adapter& adapter) {
  adapter.index = static_cast<u32>(&adapter - adapters);
  adapter.unit = tree::number(adapter.node, "reg", 0);
  if (!prepare(adapter)) {
    release(adapter);
    return;
  }
  adapter.started = true;
  interrupts::connect(interrupts::number_of(adapter.node), [](void* argument) { drain(*static_cast<Adapter*>(argument)); }, &adapter);
  start_thread("vscsi", worker, &adapter);
}

void stop(Adapter& adapter) {
  if (!adapter.started) return;
  adapter.stopping = true;
  give_back_all(adapter);
  wake(&adapter);
  while (adapter.started || adapter.stopping) wait_on(&discovery_channel, clock::after_milliseconds(20));
}

bool all_discovered() {
  for (const Adapter& adapter : adapters)
    if (adapter.started && !adapter.discovered) return false;
  return true;
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

}  // namespace nomad::vscsi

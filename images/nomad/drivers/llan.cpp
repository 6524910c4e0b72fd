// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/llan.h"

#include "drivers/dma.h"
#include "kernel/hypercall.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "lib/text.h"

namespace nomad::llan {
namespace {

constexpr u32 adapter_limit = 4;
constexpr u32 buffer_count = 64, buffer_bytes = 2048, queue_entries = 256;
constexpr u64 buffer_pages = buffer_count * buffer_bytes / page_bytes;
constexpr u8 toggle = 0x80, packet_valid = 0x40;

struct QueueEntry {
  u8 control, reserved;
  u16 offset;
  u32 length;
  u64 correlator;
};
static_assert(sizeof(QueueEntry) == 16);

struct Adapter {
  const tree::Node* node;  // nullptr: no adapter has this number
  u64 unit;
  bool registered;
  u8 mac[6];
  DmaWindow window;
  void* buffer_list;
  void* filter_list;
  volatile QueueEntry* queue;
  u32 position;
  u8 expected_toggle;
  u8* buffers;
  u64 buffers_io;
  u8* transmit;
  u64 transmit_io;
};

constinit Adapter adapters[adapter_limit] = {};
Receive receiver = nullptr;

u64 descriptor(u64 io_address, u64 length) { return 1ul << 63 | length << 32 | io_address; }

Adapter* interface() {
  for (Adapter& adapter : adapters)
    if (adapter.registered) return &adapter;
  return nullptr;
}

// The first 8 bytes of a receive buffer belong to us and come back as the correlator.
void post(Adapter& adapter, u64 index) {
  u64 word = index;
  memcpy(adapter.buffers + index * buffer_bytes, &word, 8);
  hypercall(H_ADD_LOGICAL_LAN_BUFFER, adapter.unit, descriptor(adapter.buffers_io + index * buffer_bytes, buffer_bytes));
}

void drain(Adapter& adapter) {
  const bool heard = &adapter == interface();
  for (u32 served = 0; served < queue_entries; served++) {
    volatile QueueEntry& entry = adapter.queue[adapter.position];
    if ((entry.control & toggle) != adapter.expected_toggle) return;
    light_sync();  // the control byte was written last
    const u64 index = entry.correlator;
    if (index < buffer_count) {
      if (heard && entry.control & packet_valid && entry.offset + entry.length <= buffer_bytes)
        receiver(adapter.buffers + index * buffer_bytes + entry.offset, entry.length);
      post(adapter, index);
    }
    if (++adapter.position == queue_entries) {
      adapter.position = 0;
      adapter.expected_toggle ^= toggle;
    }
  }
}

void interrupt(void* argument) {
  Adapter& adapter = *static_cast<Adapter*>(argument);
  // Between the last look and switching on, a packet may come without an interrupt: look once more.
  hypercall(H_VIO_SIGNAL, adapter.unit, 0);
  drain(adapter);
  hypercall(H_VIO_SIGNAL, adapter.unit, 1);
  drain(adapter);
}

void release(Adapter& adapter) {
  adapter.window.close();
  pages::release_contiguous(adapter.buffer_list, 1);
  pages::release_contiguous(adapter.filter_list, 1);
  pages::release_contiguous(const_cast<const QueueEntry*>(adapter.queue), 1);
  pages::release_contiguous(adapter.transmit, 1);
  pages::release_contiguous(adapter.buffers, buffer_pages);
  const tree::Node* node = adapter.node;
  adapter = {};
  adapter.node = node;
}

bool open(Adapter& adapter) {
  adapter.unit = tree::number(adapter.node, "reg", 0);
  adapter.position = 0;
  adapter.expected_toggle = toggle;
  const tree::Property* own = tree::property(adapter.node, "local-mac-address");
  if (!own || own->length < 6 || !adapter.window.open(adapter.node)) return false;
  memcpy(adapter.mac, own->value + (own->length - 6), 6);  // some trees pad to 8 bytes in front
  adapter.buffer_list = pages::allocate_contiguous(1);
  adapter.filter_list = pages::allocate_contiguous(1);
  adapter.queue = static_cast<QueueEntry*>(pages::allocate_contiguous(1));
  adapter.transmit = static_cast<u8*>(pages::allocate_contiguous(1));
  adapter.buffers = static_cast<u8*>(pages::allocate_contiguous(buffer_pages));
  if (!adapter.buffer_list || !adapter.filter_list || !adapter.queue || !adapter.transmit || !adapter.buffers) return false;
  const u64 buffer_list_io = adapter.window.map(adapter.buffer_list, 1), filter_list_io = adapter.window.map(adapter.filter_list, 1);
  const u64 queue_io = adapter.window.map(const_cast<const QueueEntry*>(adapter.queue), 1);
  adapter.transmit_io = adapter.window.map(adapter.transmit, 1);
  adapter.buffers_io = adapter.window.map(adapter.buffers, buffer_pages);
  if (!adapter.buffers_io) return false;
  u64 mac_number = 0;
  for (const u8 byte : adapter.mac) mac_number = mac_number << 8 | byte;
  hypercall(H_FREE_LOGICAL_LAN, adapter.unit);  // left over from a system that ran here before a restart
  if (hypercall(H_REGISTER_LOGICAL_LAN, adapter.unit, buffer_list_io, descriptor(queue_io, queue_entries * sizeof(QueueEntry)),
                filter_list_io, mac_number)
          .status != H_SUCCESS)
    return false;
  adapter.registered = true;
  for (u64 i = 0; i < buffer_count; i++) post(adapter, i);
  interrupts::connect(adapter.node, interrupt, &adapter);
  hypercall(H_VIO_SIGNAL, adapter.unit, 1);
  drain(adapter);
  return true;
}

bool known(const tree::Node* node) {
  for (const Adapter& adapter : adapters)
    if (adapter.node == node) return true;
  return false;
}

}  // namespace

void start(Receive receive) {
  receiver = receive;
  for (tree::Node* found = tree::next_compatible(nullptr, "IBM,l-lan"); found; found = tree::next_compatible(found, "IBM,l-lan"))
    for (Adapter& adapter : adapters)
      if (!adapter.node && !known(found)) adapter.node = found;
  for (Adapter& adapter : adapters)
    if (adapter.node && !adapter.registered && !open(adapter)) release(adapter);
}

bool running() { return interface() != nullptr; }
const u8* address() { return interface()->mac; }

bool send(const u8* packet, u32 length) {
  Adapter* adapter = interface();
  if (!adapter || length > page_bytes) return false;
  memcpy(adapter->transmit, packet, length);
  u64 token = 0;
  for (u32 tries = 0; tries < 100; tries++) {
    const Hypercall answer =
        hypercall(H_SEND_LOGICAL_LAN, adapter->unit, descriptor(adapter->transmit_io, length), 0, 0, 0, 0, 0, token);
    if (answer.status == H_SUCCESS) return true;
    token = answer.out[0];
    if (!is_busy(answer.status)) break;
  }
  return false;  // H_DROPPED: nobody took it; that is how Ethernet is
}

void poll() {
  for (Adapter& adapter : adapters)
    if (adapter.registered) drain(adapter);
}

const tree::Node* node(u32 index) { return index < adapter_limit ? adapters[index].node : nullptr; }
bool has_interface(u32 index) { return index < adapter_limit && adapters[index].registered && &adapters[index] == interface(); }

bool describe(u32 index, DeviceInfo& info) {
  for (const Adapter& adapter : adapters) {
    if (!adapter.node || index--) continue;
    const tree::Property* own = tree::property(adapter.node, "local-mac-address");
    const u8* mac = own && own->length >= 6 ? own->value + (own->length - 6) : adapter.mac;
    info = {"", "adapter", "Defined", "", ""};
    if (adapter.registered) copy_text(info.status, sizeof info.status, "Available");
    format(info.name, sizeof info.name, "ent%lu", static_cast<u64>(&adapter - adapters));
    tree::path(adapter.node, info.location, sizeof info.location);
    format(info.description, sizeof info.description, "Virtual I/O Ethernet Adapter %02X%02X%02X%02X%02X%02X", mac[0], mac[1], mac[2],
           mac[3], mac[4], mac[5]);
    return true;
  }
  return false;
}

void stop(u32 index) {
  Adapter& adapter = adapters[index];
  if (!adapter.registered) return;
  interrupts::disconnect(adapter.node);
  while (is_busy(hypercall(H_FREE_LOGICAL_LAN, adapter.unit).status)) relax();
  release(adapter);
}

void forget(u32 index) { adapters[index].node = nullptr; }

}  // namespace nomad::llan

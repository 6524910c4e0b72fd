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
  u32 number;
  u64 unit;
  u32 interrupt;  // 0: it is not connected
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

constinit Adapter adapters[ethernet::limit] = {};

u64 descriptor(u64 io_address, u64 length) { return 1ul << 63 | length << 32 | io_address; }

// The first 8 bytes of a receive buffer belong to us and come back as the correlator.
void post(Adapter& adapter, u64 index) {
  u64 word = index;
  memcpy(adapter.buffers + index * buffer_bytes, &word, 8);
  hypercall(H_ADD_LOGICAL_LAN_BUFFER, adapter.unit, descriptor(adapter.buffers_io + index * buffer_bytes, buffer_bytes));
}

void drain(Adapter& adapter) {
  for (u32 served = 0; served < queue_entries; served++) {
    volatile QueueEntry& entry = adapter.queue[adapter.position];
    if ((entry.control & toggle) != adapter.expected_toggle) return;
    light_sync();  // the control byte was written last
    const u64 index = entry.correlator;
    if (index < buffer_count) {
      if (entry.control & packet_valid && entry.offset + entry.length <= buffer_bytes)
        ethernet::received(adapter.number, adapter.buffers + index * buffer_bytes + entry.offset, entry.length);
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

bool open(u32 number, const tree::Node* node, u8* mac) {
  Adapter& adapter = adapters[number];
  adapter.number = number;
  adapter.unit = tree::number(node, "reg", 0);
  adapter.expected_toggle = toggle;
  const tree::Property* own = tree::property(node, "local-mac-address");
  if (!own || own->length < 6 || !adapter.window.open(node)) return false;
  memcpy(mac, own->value + (own->length - 6), 6);  // some trees pad to 8 bytes in front
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
  for (u32 i = 0; i < 6; i++) mac_number = mac_number << 8 | mac[i];
  hypercall(H_FREE_LOGICAL_LAN, adapter.unit);  // left over from a system that ran here before a restart
  if (hypercall(H_REGISTER_LOGICAL_LAN, adapter.unit, buffer_list_io, descriptor(queue_io, queue_entries * sizeof(QueueEntry)),
                filter_list_io, mac_number)
          .status != H_SUCCESS)
    return false;
  for (u64 i = 0; i < buffer_count; i++) post(adapter, i);
  adapter.interrupt = interrupts::number_of(node);
  interrupts::connect(adapter.interrupt, interrupt, &adapter);
  hypercall(H_VIO_SIGNAL, adapter.unit, 1);
  drain(adapter);
  return true;
}

void close(u32 number) {
  Adapter& adapter = adapters[number];
  if (adapter.interrupt) {
    interrupts::disconnect(adapter.interrupt);
    while (is_busy(hypercall(H_FREE_LOGICAL_LAN, adapter.unit).status)) relax();
  }
  adapter.window.close();
  pages::release_contiguous(adapter.buffer_list, 1);
  pages::release_contiguous(adapter.filter_list, 1);
  pages::release_contiguous(const_cast<const QueueEntry*>(adapter.queue), 1);
  pages::release_contiguous(adapter.transmit, 1);
  pages::release_contiguous(adapter.buffers, buffer_pages);
  adapter = {};
}

bool send(u32 number, const u8* packet, u32 length) {
  const Adapter& adapter = adapters[number];
  if (length > page_bytes) return false;
  memcpy(adapter.transmit, packet, length);
  u64 token = 0;
  for (u32 tries = 0; tries < 100; tries++) {
    const Hypercall answer =
        hypercall(H_SEND_LOGICAL_LAN, adapter.unit, descriptor(adapter.transmit_io, length), 0, 0, 0, 0, 0, token);
    if (answer.status == H_SUCCESS) return true;
    token = answer.out[0];
    if (!is_busy(answer.status)) break;
  }
  return false;  // H_DROPPED: nobody took it; that is how Ethernet is
}

void poll(u32 number) { drain(adapters[number]); }

}  // namespace

const ethernet::Driver driver = {"IBM,l-lan", "Virtual I/O Ethernet Adapter", open, close, send, poll};

}  // namespace nomad::llan

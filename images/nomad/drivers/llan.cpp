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
constexpr u8 toggle = 0x80, packet_valid = 0x40;

struct QueueEntry {
  u8 control, reserved;
  u16 offset;
  u32 length;
  u64 correlator;
};
static_assert(sizeof(QueueEntry) == 16);

tree::Node* device = nullptr;
u64 unit = 0;
bool registered = false;
u8 mac[6];
Receive receiver = nullptr;
volatile QueueEntry* queue = nullptr;
u32 position = 0;
u8 expected_toggle = toggle;
u8* buffers = nullptr;
u64 buffers_io = 0;
u8* transmit = nullptr;
u64 transmit_io = 0;

u64 descriptor(u64 io_address, u64 length) { return 1ul << 63 | length << 32 | io_address; }

// The first 8 bytes of a receive buffer belong to us and come back as the correlator.
void post(u64 index) {
  u64 word = index;
  memcpy(buffers + index * buffer_bytes, &word, 8);
  hypercall(H_ADD_LOGICAL_LAN_BUFFER, unit, descriptor(buffers_io + index * buffer_bytes, buffer_bytes));
}

void drain() {
  for (u32 served = 0; served < queue_entries; served++) {
    volatile QueueEntry& entry = queue[position];
    if ((entry.control & toggle) != expected_toggle) return;
    light_sync();  // the control byte was written last
    const u64 index = entry.correlator;
    if (index < buffer_count) {
      if (entry.control & packet_valid && entry.offset + entry.length <= buffer_bytes)
        receiver(buffers + index * buffer_bytes + entry.offset, entry.length);
      post(index);
    }
    if (++position == queue_entries) {
      position = 0;
      expected_toggle ^= toggle;
    }
  }
}

void interrupt(void*) {
  // Between the last look and switching on, a packet may come without an interrupt: look once more.
  hypercall(H_VIO_SIGNAL, unit, 0);
  drain();
  hypercall(H_VIO_SIGNAL, unit, 1);
  drain();
}

}  // namespace

bool start(Receive receive) {
  device = tree::next_compatible(nullptr, "IBM,l-lan");
  if (!device) return false;
  unit = tree::number(device, "reg", 0);
  receiver = receive;
  const tree::Property* own = tree::property(device, "local-mac-address");
  DmaWindow window;
  if (!own || own->length < 6 || !window.open(device)) return false;
  memcpy(mac, own->value + (own->length - 6), 6);  // some trees pad to 8 bytes in front
  const void* buffer_list = pages::allocate_contiguous(1);
  const void* filter_list = pages::allocate_contiguous(1);
  auto* queue_page = static_cast<QueueEntry*>(pages::allocate_contiguous(1));
  transmit = static_cast<u8*>(pages::allocate_contiguous(1));
  buffers = static_cast<u8*>(pages::allocate_contiguous(buffer_count * buffer_bytes / page_bytes));
  if (!buffer_list || !filter_list || !queue_page || !transmit || !buffers) return false;
  queue = queue_page;
  const u64 buffer_list_io = window.map(buffer_list, 1), filter_list_io = window.map(filter_list, 1);
  const u64 queue_io = window.map(queue_page, 1);
  transmit_io = window.map(transmit, 1);
  buffers_io = window.map(buffers, buffer_count * buffer_bytes / page_bytes);
  if (!buffers_io) return false;
  u64 mac_number = 0;
  for (const u8 byte : mac) mac_number = mac_number << 8 | byte;
  hypercall(H_FREE_LOGICAL_LAN, unit);  // left over from a system that ran here before a restart
  if (hypercall(H_REGISTER_LOGICAL_LAN, unit, buffer_list_io, descriptor(queue_io, queue_entries * sizeof(QueueEntry)), filter_list_io,
                mac_number)
          .status != H_SUCCESS)
    return false;
  registered = true;
  for (u64 i = 0; i < buffer_count; i++) post(i);
  interrupts::connect(device, interrupt, nullptr);
  hypercall(H_VIO_SIGNAL, unit, 1);
  drain();
  return true;
}

bool running() { return registered; }
const u8* address() { return mac; }
const tree::Node* node() { return device; }
bool send(const u8* packet, u32 length) {
  if (!registered || length > page_bytes) return false;
  memcpy(transmit, packet, length);
  u64 token = 0;
  for (u32 tries = 0; tries < 100; tries++) {
    const Hypercall answer = hypercall(H_SEND_LOGICAL_LAN, unit, descriptor(transmit_io, length), 0, 0, 0, 0, 0, token);
    if (answer.status == H_SUCCESS) return true;
    token = answer.out[0];
    if (!is_busy(answer.status)) break;
  }
  return false;  // H_DROPPED: nobody took it; that is how Ethernet is
}

void poll() {
  if (registered) drain();
}

}  // namespace nomad::llan

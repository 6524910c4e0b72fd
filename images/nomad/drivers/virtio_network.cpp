// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/virtio_network.h"

#include "drivers/virtio.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "lib/text.h"

namespace nomad::virtio_network {
namespace {

constexpr u64 mac_feature = 1 << 5;
constexpr u16 receive_queue = 0, transmit_queue = 1;
constexpr u32 header_bytes = 12;  // in front of each packet; nothing in it is asked for
constexpr u32 buffer_bytes = 2048, receive_buffers = 32, transmit_buffers = 8;
constexpr u64 receive_pages = receive_buffers * buffer_bytes / page_bytes, transmit_pages = transmit_buffers * buffer_bytes / page_bytes;

struct Adapter {
  u32 number;
  Virtio device;
  u32 interrupt;
  Virtqueue incoming, outgoing;
  u8* received;
  u64 received_io;
  u8* sent;
  u64 sent_io;
  bool on_its_way[transmit_buffers];
};

constinit Adapter adapters[ethernet::limit] = {};

void post(Adapter& adapter, u16 buffer) {
  const Virtqueue::Piece piece = {adapter.received_io + buffer * buffer_bytes, buffer_bytes, true};
  adapter.incoming.put(buffer, &piece, 1);
}

void drain(Adapter& adapter) {
  u16 buffer;
  u32 written;
  bool some = false;
  for (u32 served = 0; served < Virtqueue::size && adapter.incoming.take(buffer, written); served++) {
    if (buffer >= receive_buffers) continue;
    if (written > header_bytes && written <= buffer_bytes)
      ethernet::received(adapter.number, adapter.received + buffer * buffer_bytes + header_bytes, written - header_bytes);
    post(adapter, buffer);
    some = true;
  }
  if (some) adapter.device.notify(receive_queue);
}

void interrupt(void* argument) {
  Adapter& adapter = *static_cast<Adapter*>(argument);
  adapter.device.take_interrupt();
  drain(adapter);
}

bool open(u32 number, const tree::Node* node, u8* mac) {
  Adapter& adapter = adapters[number];
  adapter.number = number;
  if (!adapter.device.open(node, mac_feature)) return false;
  for (u32 i = 0; i < 6; i++) mac[i] = static_cast<u8>(adapter.device.configuration(i, 1));
  adapter.received = static_cast<u8*>(pages::allocate_contiguous(receive_pages));
  adapter.sent = static_cast<u8*>(pages::allocate_contiguous(transmit_pages));
  if (!adapter.received || !adapter.sent) return false;
  adapter.received_io = adapter.device.window().map(adapter.received, receive_pages);
  adapter.sent_io = adapter.device.window().map(adapter.sent, transmit_pages);
  if (!adapter.received_io || !adapter.sent_io) return false;
  if (!adapter.device.add_queue(receive_queue, adapter.incoming) || !adapter.device.add_queue(transmit_queue, adapter.outgoing)) return false;
  for (u16 buffer = 0; buffer < receive_buffers; buffer++) post(adapter, buffer);
  adapter.interrupt = adapter.device.interrupt();
  interrupts::connect(adapter.interrupt, interrupt, &adapter);
  adapter.device.start();
  adapter.device.notify(receive_queue);
  return true;
}

void close(u32 number) {
  Adapter& adapter = adapters[number];
  interrupts::disconnect(adapter.interrupt);
  adapter.device.close();
  adapter.incoming.destroy();
  adapter.outgoing.destroy();
  pages::release_contiguous(adapter.received, receive_pages);
  pages::release_contiguous(adapter.sent, transmit_pages);
  adapter = {};
}

bool send(u32 number, const u8* packet, u32 length) {
  Adapter& adapter = adapters[number];
  u16 buffer;
  u32 written;
  while (adapter.outgoing.take(buffer, written))
    if (buffer < transmit_buffers) adapter.on_its_way[buffer] = false;
  for (buffer = 0; buffer < transmit_buffers && adapter.on_its_way[buffer];) buffer++;
  if (buffer == transmit_buffers || length > buffer_bytes - header_bytes) return false;
  u8* to = adapter.sent + buffer * buffer_bytes;
  memset(to, 0, header_bytes);
  memcpy(to + header_bytes, packet, length);
  const Virtqueue::Piece piece = {adapter.sent_io + buffer * buffer_bytes, header_bytes + length, false};
  adapter.on_its_way[buffer] = true;
  adapter.outgoing.put(buffer, &piece, 1);
  adapter.device.notify(transmit_queue);
  return true;
}

void poll(u32 number) { drain(adapters[number]); }

}  // namespace

const ethernet::Driver driver = {"pci1af4,1041", "PCI Virtio Ethernet Adapter", open, close, send, poll};

}  // namespace nomad::virtio_network

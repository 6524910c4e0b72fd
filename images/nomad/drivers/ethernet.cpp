// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/ethernet.h"

#include "drivers/llan.h"
#include "drivers/virtio_network.h"
#include "lib/text.h"

namespace nomad::ethernet {
namespace {

const Driver* const drivers[] = {&llan::driver, &virtio_network::driver};

struct Adapter {
  const tree::Node* node;  // nullptr: no adapter has this number
  const Driver* driver;
  bool open;
  u8 mac[6];
};

constinit Adapter adapters[limit] = {};
Receive receiver = nullptr;

bool known(const tree::Node* node) {
  for (const Adapter& adapter : adapters)
    if (adapter.node == node) return true;
  return false;
}

u32 number_of(const Adapter& adapter) { return static_cast<u32>(&adapter - adapters); }

}  // namespace

void start(Receive receive) {
  receiver = receive;
  for (const Driver* driver : drivers)
    for (tree::Node* found = nullptr; (found = tree::next_compatible(found, driver->compatible));)
      for (Adapter& adapter : adapters)
        if (!adapter.node && !known(found)) adapter = {found, driver, false, {}};
  for (Adapter& adapter : adapters) {
    if (!adapter.node || adapter.open) continue;
    adapter.open = adapter.driver->open(number_of(adapter), adapter.node, adapter.mac);
    if (!adapter.open) adapter.driver->close(number_of(adapter));
  }
}

void received(u32 adapter, u8* packet, u32 length) { receiver(adapter, packet, length); }

bool running(u32 adapter) { return adapter < limit && adapters[adapter].open; }
const u8* address(u32 adapter) { return adapters[adapter].mac; }

bool send(u32 adapter, const u8* packet, u32 length) {
  return running(adapter) && adapters[adapter].driver->send(adapter, packet, length);
}

void poll() {
  for (const Adapter& adapter : adapters)
    if (adapter.open) adapter.driver->poll(number_of(adapter));
}

const tree::Node* node(u32 adapter) { return adapter < limit ? adapters[adapter].node : nullptr; }

void stop(u32 adapter) {
  if (!running(adapter)) return;
  adapters[adapter].open = false;
  adapters[adapter].driver->close(adapter);
}

void forget(u32 adapter) { adapters[adapter] = {}; }

bool describe(u32 index, DeviceInfo& info) {
  for (const Adapter& adapter : adapters) {
    if (!adapter.node || index--) continue;
    const u8* mac = adapter.mac;
    info = {"", "adapter", "Defined", "", ""};
    if (adapter.open) copy_text(info.status, sizeof info.status, "Available");
    format(info.name, sizeof info.name, "ent%u", number_of(adapter));
    tree::path(adapter.node, info.location, sizeof info.location);
    format(info.description, sizeof info.description, "%s %02X%02X%02X%02X%02X%02X", adapter.driver->description, mac[0], mac[1], mac[2],
           mac[3], mac[4], mac[5]);
    return true;
  }
  return false;
}

}  // namespace nomad::ethernet

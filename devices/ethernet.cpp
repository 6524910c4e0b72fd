// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/ethernet.h"

#include <algorithm>

namespace devices {

namespace {

constexpr u64 valid = u64{0x80} << 56;
constexpr u32 length_of(u64 descriptor) { return static_cast<u32>(descriptor >> 32) & 0xFFFFFF; }
constexpr u32 address_of(u64 descriptor) { return static_cast<u32>(descriptor); }

constexpr u64 entry_bytes = 16;
constexpr u16 packet_offset = 8;  // the buffer's first 8 bytes are the driver's correlator, copied unchanged
constexpr u8 entry_toggle = 0x80;
constexpr u8 entry_valid = 0x40;
constexpr u64 counter_at = emu::page_size - 8;

bool is_group(const u8* mac) { return mac[0] & 1; }
bool is_broadcast(const u8* mac) {
  return std::all_of(mac, mac + 6, [](u8 byte) { return byte == 0xFF; });
}

}  // namespace

Ethernet::Ethernet(Slot slot, MacAddress mac, bool trunk) : VioDevice(std::move(slot)), burned_in_(mac), trunk_(trunk) {
  state_.mac = mac;
}

Node Ethernet::describe() const {
  Node node = common("l-lan", "network", {"IBM,l-lan"});
  node.bytes("local-mac-address", {burned_in_.begin(), burned_in_.end()})
      .bytes("mac-address", {burned_in_.begin(), burned_in_.end()})
      .cells("ibm,mac-address-filters", {static_cast<u32>(filter_limit)});
  if (trunk_) node.flag("ibm,trunk-adapter");
  return node;
}

bool Ethernet::open(u64 buffer_list, u64 queue_descriptor, u64 filter_list, MacAddress mac) {
  const std::lock_guard lock(mutex_);
  if (state_.registered) return false;
  const u64 dropped = state_.dropped;
  state_ = {};
  state_.registered = true;
  state_.buffer_list = buffer_list;
  state_.filter_list = filter_list;
  state_.queue = address_of(queue_descriptor);
  state_.queue_bytes = length_of(queue_descriptor) / entry_bytes * entry_bytes;
  state_.mac = mac;
  state_.dropped = dropped;
  return true;
}

bool Ethernet::close() {
  const std::lock_guard lock(mutex_);
  if (!state_.registered) return false;
  const u64 dropped = state_.dropped;
  state_ = {};
  state_.mac = burned_in_;
  state_.dropped = dropped;
  return true;
}

Ethernet::Added Ethernet::add_buffer(u64 descriptor) {
  const std::lock_guard lock(mutex_);
  if (!state_.registered) return Added::closed;
  const u32 bytes = length_of(descriptor);
  size_t posted = 0;
  BufferPool* pool = nullptr;
  for (BufferPool& p : state_.pools) {
    posted += p.descriptors.size();
    if (p.bytes == bytes) pool = &p;
  }
  if (posted >= buffer_limit || (!pool && state_.pools.size() >= pool_limit)) return Added::full;
  if (!pool) {
    // Sorted by size, so that the first pool that fits is the smallest.
    const auto at = std::find_if(state_.pools.begin(), state_.pools.end(), [&](const BufferPool& p) { return p.bytes > bytes; });
    pool = &*state_.pools.insert(at, BufferPool{bytes, {}});
  }
  pool->descriptors.push_back(descriptor);
  return Added::done;
}

u64 Ethernet::remove_buffer(u32 bytes) {
  const std::lock_guard lock(mutex_);
  for (BufferPool& pool : state_.pools) {
    if (pool.bytes != bytes || pool.descriptors.empty()) continue;
    const u64 descriptor = pool.descriptors.front();
    pool.descriptors.pop_front();
    return descriptor;
  }
  return 0;
}

bool Ethernet::change_mac(MacAddress mac) {
  const std::lock_guard lock(mutex_);
  state_.mac = mac;
  return true;
}

bool Ethernet::set_multicast(bool receive, bool on, bool filter, bool filter_on) {
  const std::lock_guard lock(mutex_);
  if (!state_.registered) return false;
  if (receive) state_.multicast_on = on;
  if (filter) state_.filter_on = filter_on;
  return true;
}

bool Ethernet::change_filter(Filter what, MacAddress mac) {
  const std::lock_guard lock(mutex_);
  if (!state_.registered) return false;
  auto& filters = state_.filters;
  const auto found = std::find(filters.begin(), filters.end(), mac);
  switch (what) {
    case Filter::none:
      return true;
    case Filter::clear:
      filters.clear();
      return true;
    case Filter::remove:
      if (found != filters.end()) filters.erase(found);
      return true;
    case Filter::add:
      if (found != filters.end()) return true;
      if (filters.size() >= filter_limit) return false;
      filters.push_back(mac);
      return true;
  }
  return true;
}

u64 Ethernet::multicast_state() const {
  const std::lock_guard lock(mutex_);
  return (state_.multicast_on ? u64{1} << 17 : 0) | (state_.filter_on ? u64{1} << 16 : 0) | (state_.filters.size() & 0xFFFF);
}

MacAddress Ethernet::mac() const {
  const std::lock_guard lock(mutex_);
  return state_.mac;
}

bool Ethernet::registered() const {
  const std::lock_guard lock(mutex_);
  return state_.registered;
}

bool Ethernet::wants(std::span<const u8> packet) const {
  const std::lock_guard lock(mutex_);
  if (!state_.registered || packet.size() < 14) return false;
  if (!is_group(packet.data())) return std::equal(state_.mac.begin(), state_.mac.end(), packet.begin());
  if (is_broadcast(packet.data())) return true;
  if (!state_.multicast_on) return false;
  if (!state_.filter_on) return true;
  return std::any_of(state_.filters.begin(), state_.filters.end(),
                     [&](const MacAddress& mac) { return std::equal(mac.begin(), mac.end(), packet.begin()); });
}

void Ethernet::drop() {
  ++state_.dropped;
  u8 counter[8];
  emu::store_be(counter, state_.dropped);
  (void)slot_.window->write(state_.buffer_list + counter_at, counter, By::other);
}

bool Ethernet::receive(std::span<const u8> packet) {
  const std::lock_guard lock(mutex_);
  if (!state_.registered) return false;
  TceTable& window = *slot_.window;
  for (BufferPool& pool : state_.pools) {
    if (pool.bytes < packet.size() + packet_offset || pool.descriptors.empty()) continue;
    const u64 buffer = address_of(pool.descriptors.front());
    u8 correlator[8];
    u8 entry[entry_bytes] = {};
    const u64 at = state_.queue + state_.next;
    // Nothing is taken from the pool before all of it is known to work.
    if (!window.mapped(at, entry_bytes, tce_write) || !window.read(buffer, correlator, By::other) ||
        !window.write(buffer + packet_offset, packet, By::other))
      break;
    emu::store_be<u16>(entry + 2, packet_offset);
    emu::store_be<u32>(entry + 4, static_cast<u32>(packet.size()));
    std::copy_n(correlator, 8, entry + 8);
    // Control last: its toggle bit is what the driver polls. (LoPAR 17.3.1.3)
    if (!window.write(at + 1, std::span(entry).subspan(1), By::other)) break;
    std::atomic_thread_fence(std::memory_order_release);
    entry[0] = static_cast<u8>((state_.toggle ? entry_toggle : 0) | entry_valid);
    if (!window.write(at, std::span(entry).first(1), By::other)) break;
    pool.descriptors.pop_front();
    state_.next += entry_bytes;
    if (state_.next >= state_.queue_bytes) {
      state_.next = 0;
      state_.toggle = !state_.toggle;
    }
    if (state_.signal) slot_.raise();
    return true;
  }
  drop();
  return false;
}

void Ethernet::set_interrupts(bool on) {
  const std::lock_guard lock(mutex_);
  state_.signal = on;
}

EthernetState Ethernet::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void archive(emu::Archive& ar, BufferPool& pool) {
  auto& [bytes, descriptors] = pool;
  ar.section("pool", 1);
  ar("bytes", bytes);
  ar("descriptors", descriptors);
}

void archive(emu::Archive& ar, EthernetState& lan) {
  auto& [registered, signal, buffer_list, filter_list, queue, queue_bytes, next, toggle, mac, pools, multicast_on, filter_on,
         filters, dropped] = lan;
  ar.section("l-lan", 1);
  ar("registered", registered);
  ar("signal", signal);
  ar("buffer_list", buffer_list);
  ar("filter_list", filter_list);
  ar("queue", queue);
  ar("queue_bytes", queue_bytes);
  ar("next", next);
  ar("toggle", toggle);
  ar("mac", mac);
  ar("pools", pools);
  ar("multicast_on", multicast_on);
  ar("filter_on", filter_on);
  ar("filters", filters);
  ar("dropped", dropped);
  if (!ar.loading() || ar.failed() || !registered) return;
  if (queue_bytes == 0 || queue_bytes % entry_bytes || next % entry_bytes || next >= queue_bytes)
    return ar.fail("has a receive queue that is none");
  if (pools.size() > Ethernet::pool_limit || filters.size() > Ethernet::filter_limit) return ar.fail("has too many pools");
  for (const BufferPool& pool : pools)
    for (const u64 descriptor : pool.descriptors)
      if (!(descriptor & valid) || length_of(descriptor) != pool.bytes) return ar.fail("has a buffer that is none");
}

void Ethernet::archive(emu::Archive& ar) {
  const std::lock_guard lock(mutex_);
  devices::archive(ar, state_);
}

}  // namespace devices

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/vios/support/fake_hypervisor.h"

#include <algorithm>
#include <chrono>

#include "emu/core/virtual_slots.h"

namespace test {

using namespace firmware::hcall;
using namespace firmware::status;
using emu::AdapterKind;
using emu::load_be;
using emu::store_be;

namespace {

constexpr u32 remote_bit = 0x8000'0000;
constexpr u32 slots_end = 100;

}  // namespace

emu::LparDefinition lpar(u32 id, std::string name, emu::LparEnv env, std::string ip_address) {
  emu::LparDefinition definition;
  definition.lpar_id = id;
  definition.name = std::move(name);
  definition.env = env;
  definition.msp = env == emu::LparEnv::vioserver;
  definition.ip_address = std::move(ip_address);
  return definition;
}

emu::VirtualAdapter scsi_server(u32 slot, u32 client, u32 client_slot) {
  emu::VirtualAdapter adapter;
  adapter.kind = AdapterKind::scsi_server;
  adapter.slot = slot;
  adapter.remote_lpar_id = client;
  adapter.remote_slot = client_slot;
  return adapter;
}

emu::VirtualAdapter scsi_client(u32 slot, u32 server, u32 server_slot) {
  emu::VirtualAdapter adapter = scsi_server(slot, server, server_slot);
  adapter.kind = AdapterKind::scsi_client;
  return adapter;
}

emu::VirtualAdapter ethernet(u32 slot, bool trunk, std::string mac, u16 vlan, u32 priority) {
  emu::VirtualAdapter adapter;
  adapter.kind = AdapterKind::ethernet;
  adapter.slot = slot;
  adapter.is_trunk = trunk;
  adapter.trunk_priority = trunk ? priority : 0;
  adapter.port_vlan_id = vlan;
  adapter.mac_addr = std::move(mac);
  return adapter;
}

emu::VirtualAdapter vasi(u32 slot) {
  emu::VirtualAdapter adapter;
  adapter.kind = AdapterKind::vasi;
  adapter.slot = slot;
  return adapter;
}

FakePartition& FakeFrame::add(emu::LparDefinition definition, u64 memory) {
  const u32 id = definition.lpar_id;
  return *(partitions[id] = std::make_unique<FakePartition>(*this, std::move(definition), memory));
}

FakePartition::FakePartition(FakeFrame& frame, emu::LparDefinition definition, u64 memory)
    : frame_(frame), definition_(std::move(definition)), memory_(std::move(*emu::GuestMemory::create(memory))) {}

std::vector<firmware::NativeAdapter> FakePartition::adapters() const {
  const std::lock_guard lock(frame_.mutex);
  std::vector<firmware::NativeAdapter> all;
  for (const auto& [number, slot] : slots_) all.push_back(slot.adapter);
  return all;
}

void FakePartition::set_adapter(const emu::VirtualAdapter& changed) {
  const std::lock_guard lock(frame_.mutex);
  slots_.at(changed.slot).adapter.config = changed;
}

emu::Result<firmware::NativeAdapter> FakePartition::plug(const emu::VirtualAdapter& wanted, firmware::Kept) {
  const std::lock_guard lock(frame_.mutex);
  if (!profiles_stored) return emu::Error{"journal", "The journal cannot be written."};
  emu::VirtualAdapter config = wanted;
  if (config.slot == 0)
    config.slot = emu::next_free_slot(slots_end, [this](u32 slot) { return slots_.contains(slot); }).value_or(slots_end);
  if (slots_.contains(config.slot) || config.slot >= slots_end) return emu::Error{"slots", "No slot is free."};
  Slot& slot = slots_[config.slot];
  slot.adapter.config = config;
  slot.adapter.unit_address = 0x3000'0000 | config.slot;
  slot.adapter.interrupt = config.slot;
  slot.adapter.liobn = definition_.lpar_id << 16 | config.slot;
  if (config.kind == AdapterKind::scsi_server) slot.adapter.remote_liobn = slot.adapter.liobn | remote_bit;
  slot.adapter.window_bytes = window_bytes;
  return slot.adapter;
}

emu::Status FakePartition::unplug(u32 slot, firmware::Kept) {
  const std::lock_guard lock(frame_.mutex);
  if (!profiles_stored) return emu::Error{"journal", "The journal cannot be written."};
  if (slots_.erase(slot) == 0) return emu::Error{"slots", "Nothing is in that slot."};
  return emu::success();
}

u32 FakePartition::free_slots() const {
  const std::lock_guard lock(frame_.mutex);
  return emu::free_slot_count(slots_end, [this](u32 slot) { return slots_.contains(slot); });
}

std::vector<u32> FakePartition::wait(u64 timeout) {
  std::unique_lock lock(frame_.mutex);
  bell_.wait_for(lock, std::chrono::nanoseconds(std::min<u64>(timeout, 3'600'000'000'000)),
                 [this] { return woken_ || !interrupts_.empty(); });
  woken_ = false;
  return std::exchange(interrupts_, {});
}

void FakePartition::wake() {
  const std::lock_guard lock(frame_.mutex);
  woken_ = true;
  bell_.notify_all();
}

void FakePartition::raise(Slot& slot) {
  if (!slot.signal) return;
  interrupts_.push_back(slot.adapter.interrupt);
  bell_.notify_all();
}

FakePartition::Slot* FakePartition::by_unit(u64 unit) {
  for (auto& [number, slot] : slots_)
    if (slot.adapter.unit_address == unit) return &slot;
  return nullptr;
}

bool FakePartition::access(Slot& slot, u64 io_address, std::span<u8> bytes, bool write) {
  for (size_t done = 0; done < bytes.size();) {
    const u64 at = io_address + done;
    const auto tce = slot.tces.find(at / emu::page_size);
    if (tce == slot.tces.end() || !(tce->second & (write ? 2 : 1))) return false;
    const u64 offset = at % emu::page_size;
    const auto part = bytes.subspan(done, std::min<u64>(bytes.size() - done, emu::page_size - offset));
    const u64 real = (tce->second & ~u64{0xFFF}) + offset;
    if (!(write ? memory_->write(real, part) : memory_->read(real, part))) return false;
    done += part.size();
  }
  return true;
}

s64 FakePartition::put(Slot& slot, u64 high, u64 low) {
  u8 element[16];
  if (!slot.registered || slot.disabled) return H_CLOSED;
  if (!access(slot, slot.queue + slot.next, element, false) || element[0] != 0) return H_DROPPED;
  store_be(element, high);
  store_be(element + 8, low);
  access(slot, slot.queue + slot.next, element, true);
  slot.next = (slot.next + 16) % slot.queue_bytes;
  raise(slot);
  return H_SUCCESS;
}

void FakePartition::event(u32 number, u64 high) {
  const std::lock_guard lock(frame_.mutex);
  put(slots_.at(number), high, 0);
}

void FakePartition::disable_queue(u32 number) {
  const std::lock_guard lock(frame_.mutex);
  slots_.at(number).disabled = true;
}

bool FakePartition::queue_registered(u32 number) const {
  const std::lock_guard lock(frame_.mutex);
  const auto slot = slots_.find(number);
  return slot != slots_.end() && slot->second.registered && !slot->second.disabled;
}

size_t FakePartition::vioctls(u64 subfunction) const {
  const std::lock_guard lock(frame_.mutex);
  return static_cast<size_t>(std::ranges::count(vioctls_, subfunction));
}

bool FakePartition::deliver(Slot& slot, std::span<const u8> packet) {
  if (!slot.lan) return false;
  for (auto& [bytes, pool] : slot.pools) {
    if (bytes < packet.size() + 8 || pool.empty()) continue;
    const u64 buffer = pool.front() & 0xFFFF'FFFF;
    pool.pop_front();
    u8 entry[16] = {};
    Bytes copy(packet.begin(), packet.end());
    if (!access(slot, buffer, std::span(entry + 8, 8), false) || !access(slot, buffer + 8, copy, true)) return false;
    entry[0] = static_cast<u8>((slot.toggle ? 0x80 : 0) | 0x40);
    store_be(entry + 2, u16{8});
    store_be(entry + 4, static_cast<u32>(packet.size()));
    access(slot, slot.queue + slot.next, entry, true);
    slot.next += 16;
    if (slot.next == slot.queue_bytes) {
      slot.next = 0;
      slot.toggle = !slot.toggle;
    }
    raise(slot);
    return true;
  }
  return false;
}

const FakePartition::Slot* FakePartition::active_trunk(u16 vlan) const {
  const Slot* best = nullptr;
  const auto rank = [](const Slot& slot) { return std::pair(slot.trunk != 1, slot.adapter.config.trunk_priority); };
  for (const auto& [id, partition] : frame_.partitions)
    for (const auto& [number, slot] : partition->slots_)
      if (slot.adapter.config.is_trunk && slot.lan && slot.trunk >= 0 && slot.adapter.config.port_vlan_id == vlan &&
          (!best || rank(slot) < rank(*best)))
        best = &slot;
  return best;
}

firmware::HcallAnswer FakePartition::hcall(u64 number, std::initializer_list<u64> arguments) {
  const std::lock_guard lock(frame_.mutex);
  std::array<u64, 9> in{};
  std::copy_n(arguments.begin(), std::min(arguments.size(), in.size()), in.begin());
  firmware::HcallAnswer answer;
  const auto partner = [&](const Slot& slot) -> std::pair<FakePartition*, Slot*> {
    const auto& config = slot.adapter.config;
    const auto at = frame_.partitions.find(config.remote_lpar_id);
    if (at == frame_.partitions.end()) return {nullptr, nullptr};
    const auto other = at->second->slots_.find(config.remote_slot);
    if (other == at->second->slots_.end()) return {nullptr, nullptr};
    return {at->second.get(), &other->second};
  };
  if (number == H_PUT_TCE) {
    for (auto& [n, slot] : slots_) {
      if (slot.adapter.liobn != in[0]) continue;
      if (in[1] >= slot.adapter.window_bytes) break;
      if (in[2] & 3) {
        slot.tces[in[1] / emu::page_size] = in[2];
      } else {
        slot.tces.erase(in[1] / emu::page_size);
      }
      return answer;
    }
    answer.status = H_PARAMETER;
    return answer;
  }
  if (number == H_COPY_RDMA) {
    ++frame_.copies;
    Bytes data(in[0] <= 128 * KiB ? in[0] : 0);
    const auto copy = [&](u64 liobn, u64 at, bool write) {
      for (auto& [n, slot] : slots_) {
        if (slot.adapter.liobn == liobn) return access(slot, at, data, write);
        if (slot.adapter.remote_liobn != liobn || liobn == 0) continue;
        const auto [other, theirs] = partner(slot);
        return theirs && theirs->registered && !theirs->disabled && other->access(*theirs, at, data, write);
      }
      return false;
    };
    if (in[0] > 128 * KiB || !copy(in[1], in[2], false) || !copy(in[3], in[4], true)) answer.status = H_PERMISSION;
    return answer;
  }
  Slot* slot = by_unit(in[0]);
  if (!slot) {
    answer.status = H_PARAMETER;
    return answer;
  }
  switch (number) {
    case H_REG_CRQ: {
      if (slot->registered) {
        answer.status = H_RESOURCE;
        break;
      }
      slot->registered = true;
      slot->disabled = slot->signal = false;
      slot->queue = in[1];
      slot->queue_bytes = in[2];
      slot->next = 0;
      const auto [other, theirs] = partner(*slot);
      answer.status = theirs && theirs->registered ? H_SUCCESS : H_CLOSED;
      break;
    }
    case H_FREE_CRQ: {
      if (!slot->registered) break;
      slot->registered = false;
      const auto [other, theirs] = partner(*slot);
      if (theirs) other->put(*theirs, 0xFF02'0000'0000'0000, 0);
      break;
    }
    case H_ENABLE_CRQ:
      slot->disabled = false;
      break;
    case H_VIO_SIGNAL:
      slot->signal = in[1] & 1;
      break;
    case H_SEND_CRQ: {
      const auto [other, theirs] = partner(*slot);
      const bool ours = slot->registered && !slot->disabled;
      answer.status = !(in[1] >> 63) ? H_PARAMETER : ours && theirs ? other->put(*theirs, in[1], in[2]) : H_CLOSED;
      break;
    }
    case H_VIOCTL:
      vioctls_.push_back(in[1]);
      break;
    case H_REGISTER_LOGICAL_LAN:
      slot->lan = true;
      slot->trunk = 0;
      slot->next = 0;
      slot->toggle = true;
      slot->pools.clear();
      slot->queue = in[2] & 0xFFFF'FFFF;
      slot->queue_bytes = in[2] >> 32 & 0xFF'FFFF;
      break;
    case H_FREE_LOGICAL_LAN:
      slot->lan = false;
      break;
    case H_ADD_LOGICAL_LAN_BUFFER:
      slot->pools[in[1] >> 32 & 0xFF'FFFF].push_back(in[1]);
      break;
    case H_MULTICAST_CTRL:
      break;
    case H_SEND_LOGICAL_LAN: {
      Bytes packet(in[1] >> 32 & 0xFF'FFFF);
      if (!access(*slot, in[1] & 0xFFFF'FFFF, packet, false)) {
        answer.status = H_PARAMETER;
        break;
      }
      // One switch without memory: everybody else in the VLAN gets everything, of the trunks the active one.
      const u16 vlan = slot->adapter.config.port_vlan_id;
      const Slot* trunk = active_trunk(vlan);
      if (slot->adapter.config.is_trunk && slot != trunk) {
        answer.status = H_DROPPED;
        break;
      }
      for (auto& [id, partition] : frame_.partitions)
        for (auto& [n, other] : partition->slots_) {
          const emu::VirtualAdapter& config = other.adapter.config;
          if (&other != slot && config.kind == AdapterKind::ethernet && config.port_vlan_id == vlan &&
              (!config.is_trunk || &other == trunk))
            partition->deliver(other, packet);
        }
      break;
    }
    case H_ILLAN_ATTRIBUTES: {
      if (in[1] & 1) slot->trunk = -1;
      if (in[2] & 1) {
        for (auto& [id, partition] : frame_.partitions)
          for (auto& [n, other] : partition->slots_)
            if (other.trunk == 1 && other.adapter.config.port_vlan_id == slot->adapter.config.port_vlan_id) other.trunk = -1;
        slot->trunk = 1;
      }
      answer.out[0] = active_trunk(slot->adapter.config.port_vlan_id) == slot ? 1 : 0;
      break;
    }
    default:
      answer.status = H_FUNCTION;
  }
  return answer;
}

}  // namespace test

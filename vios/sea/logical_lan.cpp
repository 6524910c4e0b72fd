// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/sea/logical_lan.h"

#include "emu/core/log.h"
#include "emu/link/packet.h"
#include "firmware/hcall_numbers.h"

#include <algorithm>

namespace vios {

using namespace firmware::hcall;
using namespace firmware::status;
using emu::load_be;
using emu::store_be;

namespace {

constexpr emu::Log log_lan("vios.lan");

// Our window: buffer list, filter list, receive queue, a place for the packet that is sent, small buffers, large ones.
constexpr u64 buffer_list_at = 0;
constexpr u64 filter_list_at = 4 * KiB;
constexpr u64 queue_at = 8 * KiB;
constexpr u64 queue_bytes = 8 * KiB;  // 512 entries: more than there are buffers, so it never overflows
constexpr u64 transmit_at = 16 * KiB;
constexpr u64 transmit_bytes = 68 * KiB;
constexpr u64 buffers_at = transmit_at + transmit_bytes;
constexpr u64 small_bytes = 2 * KiB;
constexpr u64 large_bytes = 68 * KiB;
constexpr u64 most_small = 256;
constexpr u64 most_large = 32;

constexpr u64 valid = u64{0x80} << 56;
constexpr u64 descriptor(u64 length, u64 address) { return valid | length << 32 | address; }

constexpr u8 entry_toggle = 0x80;
constexpr u8 entry_valid = 0x40;

}  // namespace

emu::Result<std::unique_ptr<LogicalLan>> LogicalLan::create(firmware::NativePartition& partition, RealMemory& real,
                                                            const firmware::NativeAdapter& adapter) {
  const std::string slot = std::to_string(adapter.config.slot);
  const u64 small = buffers_at + most_small * small_bytes;
  if (adapter.window_bytes < small)
    return emu::Error{"window", "The DMA window of the Ethernet adapter in slot " + slot + " is too small."};
  const u64 large = std::min(most_large, (adapter.window_bytes - small) / large_bytes);
  DmaWindow window = TRY(DmaWindow::create(partition, real, adapter, small + large * large_bytes));
  auto lan = std::unique_ptr<LogicalLan>(new LogicalLan(partition, std::move(window), adapter));
  const auto mac = emu::packet::parse_mac(adapter.config.mac_addr).value_or(emu::packet::mac_of("slot " + slot));
  lan->mac_ = mac;
  u64 mac_number = 0;
  for (const u8 byte : mac) mac_number = mac_number << 8 | byte;
  const u64 unit = adapter.unit_address;
  const s64 status =
      partition
          .hcall(H_REGISTER_LOGICAL_LAN, {unit, buffer_list_at, descriptor(queue_bytes, queue_at), filter_list_at, mac_number})
          .status;
  if (status != H_SUCCESS)
    return emu::Error{"lan", "The hypervisor does not register the Ethernet adapter in slot " + slot + "."};
  lan->registered_ = true;
  lan->small_ = most_small;
  lan->large_ = large;
  for (u64 buffer = 0; buffer < most_small + large; ++buffer)
    if (!lan->post(buffer))
      return emu::Error{"lan", "The hypervisor takes no buffers for the Ethernet adapter in slot " + slot + "."};
  constexpr u64 receive_all = 0xE0000;  // a bridge wants every multicast
  partition.hcall(H_MULTICAST_CTRL, {unit, receive_all, 0});
  partition.hcall(H_VIO_SIGNAL, {unit, 1});
  return lan;
}

LogicalLan::LogicalLan(firmware::NativePartition& partition, DmaWindow window, const firmware::NativeAdapter& adapter)
    : partition_(partition), window_(std::move(window)), adapter_(adapter) {}

LogicalLan::~LogicalLan() {
  if (registered_) partition_.hcall(H_FREE_LOGICAL_LAN, {adapter_.unit_address});
}

namespace {

constexpr u64 active_trunk = 1;  // of H_ILLAN_ATTRIBUTES

}  // namespace

bool LogicalLan::active() const {
  const auto answer = partition_.hcall(H_ILLAN_ATTRIBUTES, {adapter_.unit_address, 0, 0});
  return answer.status == H_SUCCESS && (answer.out[0] & active_trunk);
}

void LogicalLan::set_active(bool active) {
  partition_.hcall(H_ILLAN_ATTRIBUTES, {adapter_.unit_address, active ? 0 : active_trunk, active ? active_trunk : 0});
}

bool LogicalLan::post(u64 buffer) {
  const bool small = buffer < small_;
  const u64 length = small ? small_bytes : large_bytes;
  const u64 at = buffers_at + (small ? buffer * small_bytes : small_ * small_bytes + (buffer - small_) * large_bytes);
  store_be(window_.bytes(at, 8).data(), buffer);  // the correlator: comes back with the packet
  return partition_.hcall(H_ADD_LOGICAL_LAN_BUFFER, {adapter_.unit_address, descriptor(length, at)}).status == H_SUCCESS;
}

bool LogicalLan::send(std::span<const u8> packet) {
  const bool sent = transmit(packet);
  traffic_.sent.count(packet, sent);
  return sent;
}

bool LogicalLan::transmit(std::span<const u8> packet) {
  if (packet.size() > transmit_bytes || packet.size() < emu::packet::header_size) return false;
  std::copy(packet.begin(), packet.end(), window_.bytes(transmit_at, packet.size()).begin());
  u64 token = 0;
  constexpr int attempts = 16;
  for (int i = 0; i < attempts; ++i) {
    const auto answer = partition_.hcall(
        H_SEND_LOGICAL_LAN, {adapter_.unit_address, descriptor(packet.size(), transmit_at), 0, 0, 0, 0, 0, token, 0});
    if (answer.status != H_BUSY) return answer.status == H_SUCCESS;
    token = answer.out[0];
  }
  return false;
}

std::optional<std::span<const u8>> LogicalLan::receive() {
  if (lent_) post(*std::exchange(lent_, std::nullopt));
  for (;;) {
    // The control byte is written last, so it is looked at first.
    const u64 at_entry = window_.address() + queue_at + position_;
    std::array<u8, 16> entry{};
    partition_.memory().read(at_entry, std::span(entry).first(1));
    if (((entry[0] & entry_toggle) != 0) != toggle_) return std::nullopt;
    partition_.memory().read(at_entry, entry);
    position_ += entry.size();
    if (position_ == queue_bytes) {
      position_ = 0;
      toggle_ = !toggle_;
    }
    const u64 buffer = load_be<u64>(&entry[8]);
    if (buffer >= small_ + large_) {
      log_lan.warn("slot {}: a packet in a buffer that is not ours", adapter_.config.slot);
      continue;
    }
    const u64 room = buffer < small_ ? small_bytes : large_bytes;
    const u64 offset = load_be<u16>(&entry[2]);
    const u64 length = load_be<u32>(&entry[4]);
    const bool usable = (entry[0] & entry_valid) && offset >= 8 && offset + length <= room && length >= emu::packet::header_size;
    if (!usable) {
      ++traffic_.received.failures;
      post(buffer);
      continue;
    }
    lent_ = buffer;
    const u64 at = buffers_at + (buffer < small_ ? buffer * small_bytes : small_ * small_bytes + (buffer - small_) * large_bytes);
    const auto packet = window_.bytes(at + offset, length);
    traffic_.received.count(packet);
    return packet;
  }
}

}  // namespace vios

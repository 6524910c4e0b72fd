// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/bootp.h"

#include <algorithm>

namespace emu::bootp {

namespace {

constexpr size_t file_at = 108;
constexpr size_t file_bytes = 128;
constexpr size_t vendor_at = file_at + file_bytes;
constexpr size_t packet_bytes = vendor_at + 64;
constexpr u32 magic = 0x63825363;
constexpr u8 ethernet = 1;

constexpr u8 option_pad = 0;
constexpr u8 option_mask = 1;
constexpr u8 option_router = 3;
constexpr u8 option_end = 255;

}  // namespace

Bytes make(const Packet& packet) {
  Bytes bytes(packet_bytes);
  bytes[0] = packet.reply ? 2 : 1;
  bytes[1] = ethernet;
  bytes[2] = static_cast<u8>(packet.hardware.size());
  store_be(&bytes[4], packet.transaction);
  store_be(&bytes[8], packet.seconds);
  store_be(&bytes[12], packet.client);
  store_be(&bytes[16], packet.your);
  store_be(&bytes[20], packet.server);
  store_be(&bytes[24], packet.relay);
  std::ranges::copy(packet.hardware, &bytes[28]);
  std::copy_n(packet.file.begin(), std::min(packet.file.size(), longest_file), &bytes[file_at]);
  u8* vendor = &bytes[vendor_at];
  store_be(vendor, magic);
  vendor += 4;
  const auto tell = [&](u8 option, u32 value) {
    if (value == 0) return;
    vendor[0] = option;
    vendor[1] = 4;
    store_be(vendor + 2, value);
    vendor += 6;
  };
  tell(option_mask, packet.mask);
  tell(option_router, packet.gateway);
  *vendor = option_end;
  return bytes;
}

std::optional<Packet> parse(std::span<const u8> bytes) {
  if (bytes.size() < vendor_at || (bytes[0] != 1 && bytes[0] != 2) || bytes[1] != ethernet || bytes[2] != 6) return std::nullopt;
  Packet packet;
  packet.reply = bytes[0] == 2;
  packet.transaction = load_be<u32>(&bytes[4]);
  packet.seconds = load_be<u16>(&bytes[8]);
  packet.client = load_be<u32>(&bytes[12]);
  packet.your = load_be<u32>(&bytes[16]);
  packet.server = load_be<u32>(&bytes[20]);
  packet.relay = load_be<u32>(&bytes[24]);
  std::copy_n(&bytes[28], packet.hardware.size(), packet.hardware.begin());
  const auto file = bytes.subspan(file_at, file_bytes);
  const auto end = std::ranges::find(file, u8{0});
  if (end == file.end()) return std::nullopt;
  packet.file.assign(file.begin(), end);
  auto vendor = bytes.subspan(vendor_at);
  if (vendor.size() < 4 || load_be<u32>(vendor.data()) != magic) return packet;
  vendor = vendor.subspan(4);
  while (!vendor.empty() && vendor[0] != option_end) {
    if (vendor[0] == option_pad) {
      vendor = vendor.subspan(1);
      continue;
    }
    if (vendor.size() < 2 || vendor.size() < size_t{2} + vendor[1]) break;
    if (vendor[1] >= 4 && vendor[0] == option_mask) packet.mask = load_be<u32>(&vendor[2]);
    if (vendor[1] >= 4 && vendor[0] == option_router) packet.gateway = load_be<u32>(&vendor[2]);
    vendor = vendor.subspan(size_t{2} + vendor[1]);
  }
  return packet;
}

}  // namespace emu::bootp

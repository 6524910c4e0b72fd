// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Native programs for tests: a host on a virtual Ethernet, and a server at the other end of a virtual SCSI connection.
#include <algorithm>

#include "firmware/native_partition.h"
#include "tests/unit/firmware/world.h"

namespace firmware::test {

namespace n = firmware::hcall;

inline const NativeAdapter* adapter_in(const std::vector<NativeAdapter>& all, u32 slot) {
  for (const NativeAdapter& a : all)
    if (a.config.slot == slot) return &a;
  return nullptr;
}

// I/O addresses 0, 1 MiB ... of the adapter's window are mapped one to one onto real memory from `real`.
class Station {
 public:
  static constexpr u64 list = 0, filter = 0x1000, queue = 0x2000, transmit = 0x10000, buffers = 0x20000;
  static constexpr u64 buffer_bytes = 2048, buffer_count = 32, queue_bytes = 16 * 64;

  Station(NativePartition& self, u32 slot, u64 real = 0x100000)
      : self_(self), adapter_(*adapter_in(self.adapters(), slot)), real_(real) {
    for (u64 at = 0; at < 0x40000; at += 4096)
      CHECK(self_.hcall(n::H_PUT_TCE, {adapter_.liobn, at, (real_ + at) | 3}).status == 0);
    u64 mac = 0;
    for (const u8 byte : mac_of(adapter_.config.mac_addr)) mac = mac << 8 | byte;
    CHECK(self_
              .hcall(n::H_REGISTER_LOGICAL_LAN,
                     {adapter_.unit_address, list, u64{1} << 63 | queue_bytes << 32 | queue, filter, mac})
              .status == 0);
    for (u64 i = 0; i < buffer_count; ++i) add(i);
    CHECK(self_.hcall(n::H_VIO_SIGNAL, {adapter_.unit_address, 1}).status == 0);
  }
  s64 send(const Bytes& packet) {
    CHECK(self_.memory().write(real_ + transmit, packet));
    return self_.hcall(n::H_SEND_LOGICAL_LAN, {adapter_.unit_address, u64{1} << 63 | u64{packet.size()} << 32 | transmit}).status;
  }
  // The next packet, or nothing.
  Bytes receive() {
    u8 entry[16];
    CHECK(self_.memory().read(real_ + queue + next_, entry));
    if ((entry[0] & 0xC0) != (toggle_ ? 0xC0 : 0x40)) return {};
    next_ += 16;
    if (next_ == queue_bytes) {
      next_ = 0;
      toggle_ = !toggle_;
    }
    const u64 buffer = emu::load_be<u64>(entry + 8);
    Bytes packet(emu::load_be<u32>(entry + 4));
    CHECK(self_.memory().read(real_ + buffers + buffer * buffer_bytes + emu::load_be<u16>(entry + 2), packet));
    add(buffer);
    return packet;
  }
  const NativeAdapter& adapter() const { return adapter_; }

 private:
  void add(u64 i) {
    const u64 at = buffers + i * buffer_bytes;
    CHECK(self_.memory().write_be(real_ + at, i));
    CHECK(self_.hcall(n::H_ADD_LOGICAL_LAN_BUFFER, {adapter_.unit_address, u64{1} << 63 | buffer_bytes << 32 | at}).status == 0);
  }
  NativePartition& self_;
  NativeAdapter adapter_;
  u64 real_;
  u64 next_ = 0;
  bool toggle_ = true;
};

inline Bytes packet_to(const std::string& to, const std::string& from, u16 type, const Bytes& payload) {
  Bytes packet;
  for (const u8 byte : mac_of(to)) packet.push_back(byte);
  for (const u8 byte : mac_of(from)) packet.push_back(byte);
  packet.push_back(static_cast<u8>(type >> 8));
  packet.push_back(static_cast<u8>(type));
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

// UDP over IPv4 without a UDP checksum, to 10.0.2.15 from 10.0.2.9.
inline Bytes udp(const std::string& to, const std::string& from, u16 port, const std::string& text) {
  Bytes p(28);
  p[0] = 0x45;
  emu::store_be<u16>(p.data() + 2, static_cast<u16>(28 + text.size()));
  p[8] = 64;
  p[9] = 17;
  emu::store_be<u32>(p.data() + 12, 0x0A000209);
  emu::store_be<u32>(p.data() + 16, 0x0A00020F);
  u32 sum = 0;
  for (size_t i = 0; i < 20; i += 2) sum += emu::load_be<u16>(p.data() + i);
  while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
  emu::store_be<u16>(p.data() + 10, static_cast<u16>(~sum));
  emu::store_be<u16>(p.data() + 20, 4000);
  emu::store_be<u16>(p.data() + 22, port);
  emu::store_be<u16>(p.data() + 24, static_cast<u16>(8 + text.size()));
  p.insert(p.end(), text.begin(), text.end());
  return packet_to(to, from, 0x0800, p);
}

}  // namespace firmware::test

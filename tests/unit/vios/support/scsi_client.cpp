// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/vios/support/scsi_client.h"

#include <algorithm>

namespace test {

using emu::load_be;
using emu::store_be;

ScsiClient::ScsiClient(firmware::NativePartition& partition, const firmware::NativeAdapter& adapter, std::function<void()> turn)
    : real_(partition.memory()),
      window_(std::move(*vios::DmaWindow::create(partition, real_, adapter, window_bytes))),
      queue_(partition, window_, adapter.unit_address, queue_bytes),
      turn_(std::move(turn)) {}

std::optional<vios::CrqElement> ScsiClient::next() {
  constexpr int patience = 2000;
  for (int i = 0; i < patience; ++i) {
    if (const auto element = queue_.next()) return element;
    turn_();
  }
  return std::nullopt;
}

bool ScsiClient::connect() {
  queue_.open();
  if (!queue_.is_open() || queue_.send(vios::crq::initialize, 0) != 0) return false;
  // The server may have said hello first.
  for (auto element = next(); element; element = next())
    if (element->high == vios::crq::initialized) return true;
  return false;
}

bool ScsiClient::login() {
  Bytes iu(64);
  iu[0] = vios::srp::opcode::login_request;
  store_be(&iu[16], u32{256});
  store_be(&iu[24], u16{6});
  const auto answer = exchange(iu, 1);
  return answer && (*answer)[0] == vios::srp::opcode::login_response && load_be<u32>(&(*answer)[4]) >= 2;
}

std::optional<Bytes> ScsiClient::exchange(std::span<const u8> iu, u8 format) {
  const auto place = window_.bytes(iu_at, 1024);
  std::fill(place.begin(), place.end(), u8{0xEE});
  std::copy(iu.begin(), iu.end(), place.begin());
  store_be(&place[8], ++tag_);
  if (queue_.send(u64{0x80} << 56 | u64{format} << 48 | iu.size(), iu_at) != 0) return std::nullopt;
  for (auto element = next(); element; element = next()) {
    if (element->low != tag_ || element->format() != format) continue;
    return Bytes(place.begin(), place.begin() + static_cast<std::ptrdiff_t>(element->high & 0xFFFF));
  }
  return std::nullopt;
}

ScsiClient::Reply ScsiClient::command(u64 lun, Bytes cdb, u32 in_bytes, std::span<const u8> out, Descriptors form) {
  Bytes iu(48);
  iu[0] = vios::srp::opcode::command;
  store_be(&iu[20], lun);
  cdb.resize(16);
  std::copy(cdb.begin(), cdb.end(), &iu[32]);
  const bool writes = !out.empty();
  const u32 length = writes ? static_cast<u32>(out.size()) : in_bytes;
  const auto data = window_.bytes(data_at, length);
  if (writes) {
    std::copy(out.begin(), out.end(), data.begin());
  } else {
    std::fill(data.begin(), data.end(), u8{0});
  }
  const auto descriptor = [](u64 address, u32 bytes) {
    Bytes d(16);
    store_be(&d[0], address);
    store_be(&d[12], bytes);
    return d;
  };
  const auto append = [&](const Bytes& bytes) { iu.insert(iu.end(), bytes.begin(), bytes.end()); };
  if (length && form == Descriptors::direct) {
    iu[5] = writes ? 0x10 : 0x01;
    append(descriptor(data_at, length));
  } else if (length) {
    iu[5] = writes ? 0x20 : 0x02;
    // Pieces of odd sizes, so that they cross pages and the server's own buffers.
    std::vector<Bytes> pieces;
    for (u32 at = 0; at < length;) {
      const u32 part = std::min<u32>(length - at, 5000 + static_cast<u32>(pieces.size() % 3) * 512);
      pieces.push_back(descriptor(data_at + at, part));
      at += part;
    }
    const auto table = window_.bytes(table_at, pieces.size() * 16);
    for (size_t i = 0; i < pieces.size(); ++i) std::copy(pieces[i].begin(), pieces[i].end(), &table[i * 16]);
    append(descriptor(table_at, static_cast<u32>(pieces.size() * 16)));
    Bytes total(4);
    store_be(total.data(), length);
    append(total);
    const size_t inline_count = form == Descriptors::indirect ? std::min<size_t>(pieces.size(), 10) : 0;
    iu[writes ? 6 : 7] = static_cast<u8>(inline_count);
    for (size_t i = 0; i < inline_count; ++i) append(pieces[i]);
  }
  const auto answer = exchange(iu, 1);
  Reply reply;
  if (!answer || answer->size() < 36 || (*answer)[0] != vios::srp::opcode::response) return reply;
  reply.residual = (*answer)[18] & 0x3C;
  reply.status = (*answer)[19];
  reply.out_residual = load_be<u32>(&(*answer)[20]);
  reply.in_residual = load_be<u32>(&(*answer)[24]);
  const u32 sense = load_be<u32>(&(*answer)[28]);
  if ((*answer)[18] & 2) reply.sense.assign(answer->begin() + 36, answer->begin() + 36 + sense);
  if (!writes) reply.data.assign(data.begin(), data.end());
  return reply;
}

u8 ScsiClient::task_management(u64 lun, u8 function, u64 task) {
  Bytes iu(48);
  iu[0] = vios::srp::opcode::task_management;
  store_be(&iu[20], lun);
  iu[30] = function;
  store_be(&iu[32], task);
  const auto answer = exchange(iu, 1);
  return answer && answer->size() == 40 && ((*answer)[18] & 1) ? (*answer)[39] : u8{0xFF};
}

Bytes ScsiClient::management(u32 type, std::span<const u8> data) {
  Bytes iu(24);
  store_be(&iu[0], type);
  store_be(&iu[6], static_cast<u16>(data.size()));
  store_be(&iu[16], data_at);
  const auto buffer = window_.bytes(data_at, data.size());
  std::copy(data.begin(), data.end(), buffer.begin());
  const auto answer = exchange(iu, 2);
  management_status_ = answer ? load_be<u16>(&(*answer)[4]) : u16{0xFFFF};
  return Bytes(buffer.begin(), buffer.end());
}

}  // namespace test

// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/move/port.h"

#include "firmware/adapter.h"

namespace firmware::move {

namespace vasi = devices::vasi;
using emu::page_size;

std::span<u8> Port::resolve(const vasi::Descriptor& descriptor) const {
  const auto& window = vasi_->window();
  if (descriptor.length == 0 || !window->contains(descriptor.io_address, descriptor.length)) return {};
  const auto begin = window->translate(descriptor.io_address, devices::tce_read | devices::tce_write);
  if (!begin) return {};
  const u64 end = u64{descriptor.io_address} + descriptor.length;
  for (u64 at = (descriptor.io_address | (page_size - 1)) + 1; at < end; at += page_size) {
    const auto real = window->translate(at, devices::tce_read | devices::tce_write);
    if (!real || *real != *begin + (at - descriptor.io_address)) return {};
  }
  return vios_->memory().attached(*begin, descriptor.length);
}

vasi::Status Port::add(u64 value) {
  const auto descriptor = vasi::unpack(value);
  if (!descriptor) return vasi::Status::bad_descriptor;
  if (descriptor->length < vasi::data_offset + largest_record + vasi::end_bytes) return vasi::Status::bad_length;
  const auto bytes = resolve(*descriptor);
  if (bytes.empty()) return vasi::Status::bad_descriptor;
  const std::lock_guard lock(mutex_);
  free_.push_back({bytes, emu::load_be<u64>(bytes.data())});
  send_waiting();
  return vasi::Status::ok;
}

std::optional<u64> Port::remove() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::nullopt;
  const u64 correlator = free_.back().correlator;
  free_.pop_back();
  return correlator;
}

size_t Port::free_buffers() const {
  const std::lock_guard lock(mutex_);
  return free_.size();
}

std::optional<Port::Buffer> Port::take() {
  const std::lock_guard lock(mutex_);
  if (!waiting_.empty() || free_.size() <= reserve) return std::nullopt;
  const Buffer buffer = free_.back();
  free_.pop_back();
  return buffer;
}

void Port::put_back(Buffer buffer) {
  const std::lock_guard lock(mutex_);
  free_.push_back(buffer);
}

void Port::send_in_place(Buffer buffer, Kind kind, Lane lane, u32 count, u32 length) {
  const std::lock_guard lock(mutex_);
  submit(buffer, kind, lane, count, length);
}

void Port::send(Kind kind, Lane lane, u32 count, std::span<const u8> payload) {
  assert(payload.size() <= largest_record - record_header);
  const std::lock_guard lock(mutex_);
  waiting_.push_back({kind, lane, count, Bytes(payload.begin(), payload.end())});
  send_waiting();
}

void Port::send_waiting() {
  while (!waiting_.empty() && !free_.empty()) {
    const Buffer buffer = free_.back();
    free_.pop_back();
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    std::copy(next.payload.begin(), next.payload.end(), buffer.record().begin() + record_header);
    submit(buffer, next.kind, next.lane, next.count, static_cast<u32>(next.payload.size()));
  }
}

void Port::submit(Buffer buffer, Kind kind, Lane lane, u32 count, u32 length) {
  const u32 size = seal(buffer.record(), kind, lane, stream_, sequence_[lane == Lane::urgent]++, count, length);
  u8* at = buffer.bytes.data();
  emu::store_be(at, buffer.correlator);
  emu::store_be(at + 8, top_);
  emu::store_be(at + 12, bottom_);
  const u8 operation = lane == Lane::urgent ? vasi::operation_write | vasi::operation_urgent : vasi::operation_write;
  emu::store_be(at + 16, static_cast<u64>(operation) << 56);  // at file offset 0: a stream has none
  emu::store_be(at + 24, operations_++);
  emu::store_be(at + vasi::operation_header, size);  // control 0: immediate
  emu::store_be(at + vasi::data_offset + size, u32{0});
  post_locked(vasi::make(vasi::Format::operation, top_, buffer.correlator));
}

void Port::post(const vasi::Message& message) {
  const std::lock_guard lock(mutex_);
  post_locked(message);
}

void Port::post_locked(const vasi::Message& message) {
  outbox_.push_back(message);
  while (!outbox_.empty()) {
    const auto& first = outbox_.front();
    if (vasi_->queue()->send(first.high(), first.low) == devices::Crq::Sent::full) return;
    outbox_.pop_front();  // sent, or there is nobody any more
  }
}

void Port::flush() {
  const std::lock_guard lock(mutex_);
  if (outbox_.empty()) return;
  const vasi::Message last = outbox_.back();
  outbox_.pop_back();
  post_locked(last);
}

}  // namespace firmware::move

// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/crq.h"

#include "kernel/clock.h"
#include "kernel/hypercall.h"
#include "kernel/machine.h"
#include "kernel/pages.h"
#include "kernel/process.h"

namespace nomad {

bool Crq::open(u64 unit, DmaWindow& window) {
  unit_ = unit;
  queue_ = static_cast<volatile u64*>(pages::allocate_contiguous(1));
  if (queue_) io_address_ = window.map(const_cast<const u64*>(queue_), 1);
  return io_address_ != 0;
}

void Crq::free_queue() {
  while (is_busy(hypercall(H_FREE_CRQ, unit_).status)) sleep_until(clock::after_milliseconds(10));
}

void Crq::close() {
  if (io_address_) free_queue();
  pages::release_contiguous(const_cast<const u64*>(queue_), 1);
  *this = {};
}

i64 Crq::register_queue() {
  free_queue();
  for (u32 i = 0; i < element_count * 2; i++) queue_[i] = 0;
  position_ = 0;
  heavy_sync();
  const i64 status = hypercall(H_REG_CRQ, unit_, io_address_, element_count * sizeof(CrqElement)).status;
  if (status == H_SUCCESS || status == H_CLOSED) hypercall(H_VIO_SIGNAL, unit_, 1);
  return status;
}

i64 Crq::enable() { return hypercall(H_ENABLE_CRQ, unit_).status; }

i64 Crq::send(u64 first, u64 second) {
  heavy_sync();  // what the element points to must be in memory before the partner looks
  return hypercall(H_SEND_CRQ, unit_, first, second).status;
}

i64 Crq::send_initialization(Initialization kind) {
  return send(static_cast<u64>(initialization) << 56 | static_cast<u64>(kind) << 48, 0);
}

bool Crq::next(CrqElement& element) {
  volatile u64* place = queue_ + position_ * 2;
  element.first = place[0];
  if (!(element.first >> 63)) return false;
  light_sync();  // the second half was written first
  element.second = place[1];
  place[0] = 0;
  position_ = (position_ + 1) % element_count;
  return true;
}

}  // namespace nomad

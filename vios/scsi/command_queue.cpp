// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/scsi/command_queue.h"

#include "firmware/hcall_numbers.h"

#include <chrono>
#include <thread>

namespace vios {

using namespace firmware::hcall;
using namespace firmware::status;

namespace {

bool busy(s64 status) { return status == H_BUSY || (status >= H_LONG_BUSY_FIRST && status <= H_LONG_BUSY_LAST); }

}  // namespace

s64 CommandQueue::open() {
  const auto queue = window_.bytes(0, bytes_);
  std::fill(queue.begin(), queue.end(), u8{0});
  position_ = 0;
  const s64 status = partition_.hcall(H_REG_CRQ, {unit_, 0, bytes_}).status;
  open_ = status == H_SUCCESS || status == H_CLOSED;
  if (open_) interrupts(true);
  return status;
}

void CommandQueue::close() {
  if (!open_) return;
  open_ = false;
  constexpr int patience = 1000;
  for (int i = 0; i < patience && busy(partition_.hcall(H_FREE_CRQ, {unit_}).status); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

s64 CommandQueue::enable() { return partition_.hcall(H_ENABLE_CRQ, {unit_}).status; }

std::optional<CrqElement> CommandQueue::next() {
  if (!open_) return std::nullopt;
  emu::GuestMemory& memory = partition_.memory();
  const u64 at = window_.address() + position_;
  CrqElement element;
  memory.read_be(at, element.high);
  if (!(element.header() & 0x80)) return std::nullopt;
  // The hypervisor writes the first half last: with its top bit set, the second half is there.
  // (docs/papr.md, Command/response queues)
  memory.read_be(at + 8, element.low);
  memory.write_be(at, u64{0});
  position_ = (position_ + 16) % bytes_;
  return element;
}

s64 CommandQueue::send(u64 high, u64 low) { return partition_.hcall(H_SEND_CRQ, {unit_, high, low}).status; }

void CommandQueue::interrupts(bool on) { partition_.hcall(H_VIO_SIGNAL, {unit_, on ? u64{1} : u64{0}}); }

}  // namespace vios

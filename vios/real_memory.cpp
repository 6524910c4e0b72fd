// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/real_memory.h"

#include "firmware/hcall_numbers.h"

namespace vios {

using namespace firmware::hcall;
using namespace firmware::status;

namespace {

constexpr u64 tce_read_write = 3;

constexpr u64 whole_pages(u64 bytes) { return (bytes + emu::page_size - 1) & ~(emu::page_size - 1); }

}  // namespace

RealMemory::RealMemory(emu::GuestMemory& memory) : memory_(memory) {
  // Page 0 stays unused, as in any partition: a zero address is always a mistake.
  free_[emu::page_size] = memory.size() - emu::page_size;
}

emu::Result<u64> RealMemory::allocate(u64 bytes) {
  bytes = whole_pages(bytes);
  for (auto at = free_.begin(); at != free_.end(); ++at) {
    const auto [address, room] = *at;
    if (room < bytes || bytes == 0) continue;
    free_.erase(at);
    if (room > bytes) free_[address + bytes] = room - bytes;
    used_[address] = bytes;
    memory_.zero(address, bytes);
    return address;
  }
  return emu::Error{"memory", "The Virtual I/O Server has no memory left; give its profile more."};
}

void RealMemory::release(u64 address) {
  const auto taken = used_.find(address);
  if (taken == used_.end()) return;
  auto here = free_.emplace(address, taken->second).first;
  used_.erase(taken);
  if (const auto next = std::next(here); next != free_.end() && here->first + here->second == next->first) {
    here->second += next->second;
    free_.erase(next);
  }
  if (here == free_.begin()) return;
  if (const auto before = std::prev(here); before->first + before->second == here->first) {
    before->second += here->second;
    free_.erase(here);
  }
}

emu::Result<DmaWindow> DmaWindow::create(firmware::NativePartition& partition, RealMemory& real,
                                         const firmware::NativeAdapter& adapter, u64 bytes) {
  bytes = whole_pages(bytes);
  if (bytes > adapter.window_bytes)
    return emu::Error{"window",
                      "The DMA window of the adapter in slot " + std::to_string(adapter.config.slot) + " is too small."};
  const u64 address = TRY(real.allocate(bytes));
  DmaWindow window(partition, real, adapter.liobn, address, bytes);  // undoes what was mapped if a page fails
  for (u64 offset = 0; offset < bytes; offset += emu::page_size)
    if (partition.hcall(H_PUT_TCE, {adapter.liobn, offset, (address + offset) | tce_read_write}).status != H_SUCCESS)
      return emu::Error{
          "window", "The hypervisor does not map the memory of the adapter in slot " + std::to_string(adapter.config.slot) + "."};
  return window;
}

DmaWindow::DmaWindow(DmaWindow&& other) noexcept
    : partition_(other.partition_),
      real_(other.real_),
      liobn_(other.liobn_),
      address_(other.address_),
      bytes_(std::exchange(other.bytes_, 0)) {}

DmaWindow::~DmaWindow() {
  if (bytes_ == 0) return;
  for (u64 offset = 0; offset < bytes_; offset += emu::page_size) partition_->hcall(H_PUT_TCE, {liobn_, offset, 0});
  real_->release(address_);
}

}  // namespace vios

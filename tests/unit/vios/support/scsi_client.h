// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The client's side of virtual SCSI, for tests: what a guest's driver does, through the same hypercalls.

#include <functional>
#include <optional>

#include "vios/scsi/command_queue.h"
#include "vios/scsi/srp.h"

namespace test {

class ScsiClient {
 public:
  // `turn` gives the server its turn (polls it), or waits for it.
  ScsiClient(firmware::NativePartition& partition, const firmware::NativeAdapter& adapter, std::function<void()> turn);

  bool connect();  // registers the queue and shakes hands
  bool login();
  void disconnect() { queue_.close(); }

  struct Reply {
    u8 status = 0xFF;  // SCSI; 0xFF: there was no answer
    u8 residual = 0;
    u32 in_residual = 0;
    u32 out_residual = 0;
    Bytes sense;
    Bytes data;
  };
  enum class Descriptors { direct, indirect, indirect_table };
  Reply command(u64 lun, Bytes cdb, u32 in_bytes = 0, std::span<const u8> out = {}, Descriptors = Descriptors::direct);
  u8 task_management(u64 lun, u8 function, u64 task = 0);  // the response code; 0xFF without an answer
  Bytes management(u32 type, std::span<const u8> data);    // what stands in the buffer then
  u16 management_status() const { return management_status_; }

  // Raw access, for those who misbehave.
  s64 send(u64 high, u64 low) { return queue_.send(high, low); }
  std::span<u8> window(u64 at, u64 length) { return window_.bytes(at, length); }
  std::optional<vios::CrqElement> next();
  vios::CommandQueue& queue() { return queue_; }

  static constexpr u64 queue_bytes = 64 * KiB;
  static constexpr u64 iu_at = queue_bytes;
  static constexpr u64 table_at = iu_at + 4 * KiB;
  static constexpr u64 data_at = table_at + 64 * KiB;
  static constexpr u64 window_bytes = data_at + 2 * MiB;

 private:
  std::optional<Bytes> exchange(std::span<const u8> iu, u8 format);  // the IU that came back

  vios::RealMemory real_;
  vios::DmaWindow window_;
  vios::CommandQueue queue_;
  std::function<void()> turn_;
  u64 tag_ = 0x1122'3344'5566'0000;
  u16 management_status_ = 0xFFFF;
};

}  // namespace test

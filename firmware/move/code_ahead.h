// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The destination translates the partition's code while its memory is still coming. The source says which: what has run
// since the stream was opened, and what ran after the last move. Nothing of the partition's state is in it.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "firmware/move/record.h"
#include "firmware/partition.h"

namespace firmware::move {

inline constexpr u32 code_entry = 16;  // bytes: u64 address, u32 page, u32 mode
inline constexpr u32 code_per_record = 2048;

// The source's list as records' payloads, and back. Big-endian.
std::vector<Bytes> to_payloads(std::span<const cpu::HotCode>);
emu::Result<std::vector<cpu::HotCode>> read_code(const Record&);

// A thread that uses the processors of a shell. Made and ended by the mover's thread.
class CodeAhead {
 public:
  // `done` is told how many blocks were worked off, on our thread.
  CodeAhead(Partition& shell, std::function<void(u64)> done) : shell_(shell), done_(std::move(done)) {}
  ~CodeAhead();
  void add(std::vector<cpu::HotCode>);
  // From here on the processors are not touched any more. Waits for the block that is being translated: microseconds, and
  // they are part of the window.
  void finish();

 private:
  void run();

  Partition& shell_;
  const std::function<void(u64)> done_;
  std::atomic<bool> enough_{false};
  std::mutex mutex_;
  std::condition_variable event_;
  std::vector<cpu::HotCode> waiting_;
  bool busy_ = false;
  std::thread thread_;
};

}  // namespace firmware::move

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Memory for translated code, asked of the host by a thread of its own shortly before the code comes. Engines translate 20 MiB a
// second while a guest boots, and a host that has given its memory elsewhere takes milliseconds for each huge page.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>
#include <thread>

#include "emu/core/types.h"

namespace cpu::unicorn {

class CodeRoom {
 public:
  CodeRoom() = default;
  ~CodeRoom();  // what was not provided yet is not provided
  CodeRoom(const CodeRoom&) = delete;
  CodeRoom& operator=(const CodeRoom&) = delete;

  // Any thread. Soon there is memory; what is in it already stays, and so does what is being written to it. `room` may be
  // unmapped meanwhile, or in part: that is no error.
  void provide(std::span<u8> room);

  // The same at once.
  static void provide_now(std::span<u8> room);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable event_;
  std::deque<std::span<u8>> asked_;
  bool ending_ = false;
  std::thread thread_;  // since the first time that anything was asked
};

}  // namespace cpu::unicorn

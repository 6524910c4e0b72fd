// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What an evacuation shows while it goes on: on a terminal a bar for each partition that is on its way and one for all, elsewhere a line for
// each that begins or ends. Any thread.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "emu/core/types.h"

namespace emu::app::evacuation {

class Progress {
 public:
  // `all`: how many there are; `done`: of them already. `write`: to the terminal, or wherever.
  Progress(size_t all, size_t done, bool terminal, std::function<void(const std::string&)> write);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begins(const std::string& partition, const std::string& what);  // "web1", "to frameB"
  void ended(const std::string& partition, const std::string& how);    // "done", "HSCL..."
  void at(const std::map<std::string, u32>& percent);                  // of those that migrate

 private:
  struct Way {
    std::string partition;
    std::string what;
    u32 percent = 0;
  };
  void draw();
  void wipe();

  const size_t all_;
  size_t done_;
  const bool terminal_;
  const std::function<void(const std::string&)> write_;
  std::mutex mutex_;
  std::vector<Way> ways_;
  size_t drawn_ = 0;  // lines that are to be drawn over
};

}  // namespace emu::app::evacuation

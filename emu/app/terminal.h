// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Standard input and output as a raw terminal: keys come as they are typed, nothing is echoed by us. Not a terminal: plain
// bytes. The old settings come back however the program ends in order.

#include <string>

#include "emu/core/types.h"

namespace emu::app {

class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // What was typed within `timeout` nanoseconds; may be empty.
  std::string read(u64 timeout);
  bool at_end() const { return at_end_; }  // of the input
  void write(std::string_view);
  // A line of our own, between what the guest writes.
  void say(std::string_view);

 private:
  bool is_terminal_ = false;
  bool at_end_ = false;
  std::string saved_;  // struct termios
};

}  // namespace emu::app

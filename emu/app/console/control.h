// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The window by remote control, for scripts and tests: commands come over a channel, one at a time, each is answered when it
// has had its effect on what is displayed. A command is a word, a blank and the rest:
//
//   press KEY          as SDL names keys, with ctrl+, shift+, alt+ before it: "press ctrl+shift+C"
//   type TEXT          as if it was typed
//   click WORDS        of a button, a tab, a row, a line or a menu that is displayed
//   text PART          the words that are displayed now: menu, frames, move, wizard, sheet, faults, help, bottom
//   screenshot FILE    a PNG
//   pictures           how many have been drawn
//   close
//
// An answer is "ok", or "failed", a blank and why; what was asked for follows after a line feed.

#include <memory>
#include <optional>
#include <string>

#include "emu/core/result.h"
#include "emu/link/channel.h"

namespace emu::app::console {

struct Order {
  std::string word;
  std::string rest;
};

class Control {
 public:
  static Result<std::unique_ptr<Control>> at(const std::string& file);
  std::optional<Order> next();  // does not wait
  void answer(const Result<std::string>&);
  bool connected() const { return channel_ != nullptr; }

 private:
  explicit Control(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Channel> channel_;
};

}  // namespace emu::app::console

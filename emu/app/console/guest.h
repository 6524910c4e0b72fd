// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A partition's console as the window shows it: one terminal that goes wherever the partition goes. What it has written is
// read along at an offset that only grows, on whichever frame has more of it, so that nothing is lost or doubled by a move;
// what is typed goes through a virtual terminal of the frame on which it runs. All functions from any thread.

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "emu/app/console/screen.h"
#include "emu/core/clock.h"
#include "emu/link/service.h"

namespace emu::app::console {

// Where a partition is: a frame of the lab, and its id there.
struct Whereabouts {
  std::string frame;
  u32 lpar_id = 0;
  bool operator==(const Whereabouts&) const = default;
};

// Something that happened to the terminal and is said in its margin, never in the guest's text.
struct Remark {
  u64 wall = 0;
  std::string text;
};

// A partition has one virtual terminal, and a script may want it: held for good, or only while somebody types.
enum class Typing { always, when_typed };

class Guest {
 public:
  Guest(std::string uuid, std::string name, Typing typing, const Clock& clock)
      : uuid_(std::move(uuid)), name_(std::move(name)), typing_(typing), clock_(clock) {}

  const std::string& uuid() const { return uuid_; }
  const std::string& name() const { return name_; }

  // ---- the window ----
  void is_at(const Whereabouts&);  // on which frame it runs
  Whereabouts where() const;
  void type(std::string_view bytes);
  template <class F>
  auto look(F&& at_screen) {  // at the terminal's content, which stands still meanwhile
    const std::lock_guard guard(mutex_);
    return at_screen(screen_);
  }
  std::deque<Remark> remarks() const;
  std::string attached_at() const;           // a frame; empty: none
  std::string attachment() const;            // one line: attached, or why not
  std::optional<u64> ticks_address() const;  // of `ticker`'s counter, when it has said where that is

  // ---- a frame's link: what the partition there has written, and its virtual terminal ----
  // Called again and again; asks over `channel`. "closed" or "timeout": the channel is of no use any more.
  Status read_along(Channel& channel, const service::LparInfo& there);
  Status converse(Channel& channel, const std::string& frame, const service::LparInfo& there);
  void lost(const std::string& frame);                       // the link to a frame is gone
  void hang_up(Channel& channel, const std::string& frame);  // the window closes

 private:
  void remark(const std::string& text);
  void close_here(const std::string& frame, const std::string& reason);

  const std::string uuid_;
  const std::string name_;
  const Typing typing_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  Screen screen_{24, 80};
  u64 offset_ = 0;
  bool caught_up_ = false;  // what was written before we looked has been read
  std::string recent_;      // the end of the output, in which ticker's line is looked for
  std::optional<u64> ticks_address_;
  Whereabouts where_;
  std::string to_type_;
  // The virtual terminal.
  std::string attached_at_;  // a frame; empty: not attached
  u64 token_ = 0;
  bool was_attached_ = false;
  u64 typed_at_ = 0;
  u64 retry_at_ = 0;
  std::string refusal_;
  std::deque<Remark> remarks_;
};

}  // namespace emu::app::console

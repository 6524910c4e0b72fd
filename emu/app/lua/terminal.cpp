// SPDX-License-Identifier: GPL-2.0-or-later
// A partition's console as a script has it: type, wait for a text. It follows the partition to other frames.
#include "emu/app/lua/api.h"
#include "emu/app/lua/lab.h"
#include "emu/core/clock.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu::app::lua {

namespace {

class ScriptTerminal final : public Object {
 public:
  ScriptTerminal(std::shared_ptr<LabHandle> lab, std::string frame, const service::LparInfo& lpar)
      : lab_(std::move(lab)), frame_(std::move(frame)), uuid_(lpar.definition.uuid), name_(lpar.definition.name) {}

  // Reads what is new. During a move two frames have the partition, and either may have more to say: its output goes on
  // at the same offset wherever it runs.
  void read() {
    for (const FrameConfig& frame : lab_->lab().lab.frames) {
      const auto all = lab_->ask(frame.name, service::ListLpars{});
      if (!all) continue;
      const auto lpar = std::ranges::find(all->lpars, uuid_, [](const service::LparInfo& info) { return info.definition.uuid; });
      if (lpar == all->lpars.end()) continue;
      auto log = lab_->ask(frame.name, service::ReadConsoleLog{lpar->definition.lpar_id, offset_});
      if (!log) continue;
      // Less than we have seen: a shell that has heard nothing yet, or the partition was activated anew.
      if (log->next_offset < offset_) {
        if (lpar->migration_target || lpar->migration_stream != 0) continue;
        log = lab_->ask(frame.name, service::ReadConsoleLog{lpar->definition.lpar_id, 0});
        if (!log) continue;
      }
      if (log->next_offset == offset_) continue;
      frame_ = frame.name;
      offset_ = log->next_offset;
      for (const u8 c : log->output)
        if (c != '\r' && c != 0) text_ += static_cast<char>(c);
    }
  }

  Status type(const std::string& text) {
    // The output up to here is what was before: wait() looks at what comes after it.
    const HostClock clock;
    const u64 deadline = clock.monotonic() + 5 * nanoseconds_per_second;
    for (;;) {
      const Status status = try_type(text);
      if (status || clock.monotonic() > deadline) return status;
      TRY(nap(50'000'000));  // between two frames, it is nowhere for a moment
    }
  }

  const std::string& text() const { return text_; }
  const std::string& name() const { return name_; }
  const std::string& frame() const { return frame_; }
  size_t seen = 0;  // wait() has matched up to here

 private:
  Status try_type(const std::string& text) {
    std::string where;
    u32 lpar_id = 0;
    for (const FrameConfig& frame : lab_->lab().lab.frames) {
      const auto all = lab_->ask(frame.name, service::ListLpars{});
      if (!all) continue;
      for (const service::LparInfo& lpar : all->lpars) {
        if (lpar.definition.uuid != uuid_ || (lpar.migration_stream && lpar.state != LparState::running)) continue;
        if (!where.empty() && lpar.state != LparState::running) continue;
        where = frame.name;
        lpar_id = lpar.definition.lpar_id;
      }
    }
    if (where.empty()) return Error{"script", fmt::format("No frame has {}.", name_)};
    const auto vterm = TRY(lab_->ask(where, service::OpenVterm{lpar_id, "scenario"}));
    if (vterm.taken) return Error{"script", fmt::format("The terminal of {} is taken.", name_)};
    const auto typed = lab_->ask(where, service::ExchangeVterm{vterm.token, Bytes(text.begin(), text.end())});
    (void)!lab_->ask(where, service::CloseVterm{lpar_id, vterm.token});
    if (!typed) return typed.error();
    if (typed->closed) return Error{"script", fmt::format("The terminal of {} is closed: {}.", name_, typed->reason)};
    return success();
  }

  std::shared_ptr<LabHandle> lab_;
  std::string frame_;
  std::string uuid_;
  std::string name_;
  u64 offset_ = 0;
  std::string text_;
};

Status type(Call& call) {
  const auto terminal = TRY(call.self<ScriptTerminal>());
  return terminal->type(TRY(call.text(1)));
}

Status wait(Call& call) {
  const auto terminal = TRY(call.self<ScriptTerminal>());
  const std::string pattern = TRY(call.text(1));
  const double seconds = TRY(call.number(2, 30));
  const HostClock clock;
  const u64 deadline = end_of_wait(seconds);
  for (;;) {
    terminal->read();
    if (const auto found = TRY(call.match(terminal->text(), pattern, terminal->seen))) {
      terminal->seen = found->end;
      for (const std::string& capture : found->captures) call.give(capture);
      return success();
    }
    if (clock.monotonic() > deadline) break;
    TRY(nap(10'000'000));
  }
  const std::string& text = terminal->text();
  const std::string last = text.substr(std::max(terminal->seen, text.size() > 2000 ? text.size() - 2000 : 0));
  return Error{"script", fmt::format("The console of {} has not shown \"{}\" within {} s. Since the last match it has shown:\n{}",
                                     terminal->name(), pattern, seconds, last)};
}

Status run(Call& call) {
  const auto terminal = TRY(call.self<ScriptTerminal>());
  const std::string line = TRY(call.text(1));
  return terminal->type(line + "\n");
}

Status text(Call& call) {
  const auto terminal = TRY(call.self<ScriptTerminal>());
  terminal->read();
  call.give(terminal->text());
  return success();
}

Status skip(Call& call) {
  const auto terminal = TRY(call.self<ScriptTerminal>());
  terminal->read();
  terminal->seen = terminal->text().size();
  return success();
}

Status frame(Call& call) {
  const auto terminal = TRY(call.self<ScriptTerminal>());
  terminal->read();
  call.give(terminal->frame());
  return success();
}

constexpr Function methods[] = {
    {"type", "text", "Types; `\\n` is the return key", type},
    {"run", "line", "Types a line and the return key", run},
    {"wait", "pattern, [seconds]",
     "Waits until the output after the last match has the Lua pattern, and answers its captures, else what matched (30 s)", wait},
    {"skip", "", "What was shown so far does not count for wait() any more", skip},
    {"text", "", "All that was shown, without carriage returns", text},
    {"frame", "", "The frame that it was last heard from", frame},
};

}  // namespace

const Type terminal_type{"a console", "console:", "What `lab:console` answers.", methods};

std::shared_ptr<Object> make_terminal(std::shared_ptr<LabHandle> lab, const std::string& frame, const service::LparInfo& lpar) {
  return std::make_shared<ScriptTerminal>(std::move(lab), frame, lpar);
}

}  // namespace emu::app::lua

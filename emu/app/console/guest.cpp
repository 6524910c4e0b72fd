// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/guest.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace emu::app::console {

namespace {
constexpr u64 patience = nanoseconds_per_second;
constexpr u64 retry_interval = nanoseconds_per_second / 2;
constexpr u64 held_after_typing = 2 * nanoseconds_per_second;
constexpr size_t remarks_kept = 50;
constexpr std::string_view ticker_line = "ticker: counter at real 0x";

constexpr std::string_view holder_prefix = "twinframe console, process ";

bool abandoned(const std::string& holder) {
  if (!holder.starts_with(holder_prefix)) return false;
  const pid_t pid = std::atoi(holder.c_str() + holder_prefix.size());
  return pid > 1 && kill(pid, 0) != 0 && errno == ESRCH;
}

bool link_lost(const Error& error) { return error.code == "closed" || error.code == "timeout"; }
}  // namespace

// ---- the window ----

void Guest::is_at(const Whereabouts& where) {
  const std::lock_guard guard(mutex_);
  where_ = where;
}

Whereabouts Guest::where() const {
  const std::lock_guard guard(mutex_);
  return where_;
}

void Guest::type(std::string_view bytes) {
  const std::lock_guard guard(mutex_);
  typed_at_ = clock_.monotonic();
  to_type_ += bytes;
}

std::deque<Remark> Guest::remarks() const {
  const std::lock_guard guard(mutex_);
  return remarks_;
}

std::string Guest::attached_at() const {
  const std::lock_guard guard(mutex_);
  return attached_at_;
}

std::string Guest::attachment() const {
  const std::lock_guard guard(mutex_);
  if (!attached_at_.empty()) return "attached on " + attached_at_;
  if (typing_ == Typing::when_typed) return "looking on";
  return refusal_.empty() ? "not attached" : refusal_;
}

std::optional<u64> Guest::ticks_address() const {
  const std::lock_guard guard(mutex_);
  return ticks_address_;
}

// ---- a frame's link ----

Status Guest::read_along(Channel& channel, const service::LparInfo& there) {
  u64 from = 0;
  {
    const std::lock_guard guard(mutex_);
    from = offset_;
  }
  const u32 lpar_id = there.definition.lpar_id;
  auto log = service::ask(channel, service::ReadConsoleLog{lpar_id, from}, patience);
  if (log && log->next_offset < from) {
    // Less than we have seen: a shell that has heard nothing yet, or the partition was activated anew.
    if (there.migration_target || there.migration_stream != 0) return success();
    log = service::ask(channel, service::ReadConsoleLog{lpar_id, 0}, patience);
    const std::lock_guard guard(mutex_);
    if (!log || offset_ != from || (where_ != Whereabouts{} && where_.lpar_id != lpar_id)) return success();
    screen_.clear();
    recent_.clear();
    ticks_address_.reset();
    from = offset_ = 0;
  }
  if (!log) return link_lost(log.error()) ? Status(log.error()) : success();

  const std::lock_guard guard(mutex_);
  if (offset_ != from || log->next_offset <= offset_) return success();  // another frame was faster
  if (log->next_offset - offset_ > log->output.size() && caught_up_)
    remark(fmt::format("{} characters were written faster than they could be read",
                       log->next_offset - offset_ - log->output.size()));
  offset_ = log->next_offset;
  screen_.write(log->output);
  // Answers to questions of the guest; to those that it asked before we came, somebody else has answered.
  const std::string answers = screen_.answers();
  if (caught_up_ && !attached_at_.empty()) to_type_ += answers;
  caught_up_ = true;

  recent_.append(log->output.begin(), log->output.end());
  const size_t line = recent_.rfind(ticker_line);
  if (line != recent_.npos && recent_.find('\n', line) != recent_.npos)
    ticks_address_ = std::strtoull(recent_.c_str() + line + ticker_line.size(), nullptr, 16);
  if (recent_.size() > 4096) recent_.erase(0, recent_.size() - 256);
  return success();
}

Status Guest::converse(Channel& channel, const std::string& frame, const service::LparInfo& there) {
  u64 token = 0;
  bool let_go = false;
  std::string typed;
  Whereabouts where;
  {
    const std::lock_guard guard(mutex_);
    where = where_;
    if (typing_ == Typing::when_typed && to_type_.empty() && (attached_at_.empty() || attached_at_ == frame)) {
      if (attached_at_.empty() || clock_.monotonic() - typed_at_ < held_after_typing) return success();
      was_attached_ = false;
      let_go = true;
    } else if (attached_at_ == frame) {
      token = token_;
      typed = std::exchange(to_type_, {});
    } else if (!attached_at_.empty() || where.frame != frame || clock_.monotonic() < retry_at_) {
      return success();
    }
  }
  if (let_go) {
    hang_up(channel, frame);
    return success();
  }
  if (token == 0) {
    // A console that was killed has left its terminal open.
    if (abandoned(there.vterm_holder)) (void)!service::ask(channel, service::CloseVterm{where.lpar_id, 0}, patience);
    const auto opened =
        service::ask(channel, service::OpenVterm{where.lpar_id, fmt::format("{}{}", holder_prefix, getpid())}, patience);
    if (!opened && link_lost(opened.error())) return opened.error();
    const std::lock_guard guard(mutex_);
    retry_at_ = clock_.monotonic() + retry_interval;
    if (!opened || opened->taken) {
      refusal_ = opened ? "the terminal is open elsewhere: looking on" : opened.error().text;
      return success();
    }
    refusal_.clear();
    attached_at_ = frame;
    token_ = opened->token;
    if (was_attached_) remark("attached again on " + frame);
    was_attached_ = true;
    return success();
  }
  const auto said = service::ask(channel, service::ExchangeVterm{token, Bytes(typed.begin(), typed.end())}, patience);
  if (said && !said->closed) return success();
  const std::lock_guard guard(mutex_);
  if (said) to_type_.insert(0, typed);  // closed: it was not taken
  close_here(frame, said ? said->reason : said.error().text);
  return !said && link_lost(said.error()) ? Status(said.error()) : success();
}

void Guest::lost(const std::string& frame) {
  const std::lock_guard guard(mutex_);
  if (attached_at_ == frame) close_here(frame, "no connection");
}

void Guest::hang_up(Channel& channel, const std::string& frame) {
  u64 token = 0;
  {
    const std::lock_guard guard(mutex_);
    if (attached_at_ != frame) return;
    token = std::exchange(token_, 0);
    attached_at_.clear();
  }
  (void)!service::ask(channel, service::CloseVterm{0, token}, patience);
}

// With mutex_ held.
void Guest::close_here(const std::string& frame, const std::string& reason) {
  attached_at_.clear();
  token_ = 0;
  remark(fmt::format("closed on {}{}{}", frame, reason.empty() ? "" : ": ", reason));
}

// With mutex_ held.
void Guest::remark(const std::string& text) {
  remarks_.push_back({clock_.wall(), text});
  if (remarks_.size() > remarks_kept) remarks_.pop_front();
}

}  // namespace emu::app::console

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/vterm.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu::frame {

namespace {
constexpr size_t remembered = 256;  // sessions, closed ones included
constexpr const char* gone = "the partition is not on this system any more";
Error no_session() { return {"vterm", "This terminal session is not open."}; }
}  // namespace

bool Vterms::exists(u32 lpar_id) const {
  const auto lpars = hypervisor_.lpars();
  return std::ranges::any_of(lpars, [&](const firmware::LparStatus& lpar) { return lpar.definition.lpar_id == lpar_id; });
}

Result<service::VtermToken> Vterms::open(u32 lpar_id, const std::string& holder) {
  if (!exists(lpar_id)) return Error{"HSCL8011", fmt::format("The partition with ID {} was not found.", lpar_id)};
  const std::lock_guard guard(mutex_);
  for (const auto& [token, session] : sessions_)
    if (session.lpar_id == lpar_id && session.closed_because.empty()) return service::VtermToken{0, true};
  Session session{lpar_id, holder.empty() ? "unknown" : holder, 0, ""};
  // A terminal shows what comes from now on. Without output so far, from the beginning.
  Bytes so_far;
  if (const auto end = hypervisor_.console_output(lpar_id, 0, so_far)) session.offset = *end;
  const u64 token = next_token_++;
  sessions_.emplace(token, std::move(session));
  if (sessions_.size() > remembered) {
    const auto forgotten =
        std::ranges::find_if(sessions_, [](const auto& entry) { return !entry.second.closed_because.empty(); });
    if (forgotten != sessions_.end()) sessions_.erase(forgotten);
  }
  return service::VtermToken{token, false};
}

Result<service::VtermOutput> Vterms::exchange(u64 token, const Bytes& input) {
  const std::lock_guard guard(mutex_);
  const auto found = sessions_.find(token);
  if (found == sessions_.end()) return no_session();
  Session& session = found->second;
  service::VtermOutput out;
  if (session.closed_because.empty() && !exists(session.lpar_id)) session.closed_because = gone;
  if (!session.closed_because.empty()) {
    out.closed = true;
    out.reason = session.closed_because;
    sessions_.erase(found);
    return out;
  }
  // A partition that is off takes no input and says nothing; the terminal stays open. One that was handed over takes none, either:
  // whoever typed that finds it on the other system.
  const Status taken = input.empty() ? success() : hypervisor_.console_input(session.lpar_id, input);
  const auto end = hypervisor_.console_output(session.lpar_id, session.offset, out.output);
  if (end && *end < session.offset) {  // it was activated anew
    out.output.clear();
    if (const auto again = hypervisor_.console_output(session.lpar_id, 0, out.output)) session.offset = *again;
  } else if (end) {
    session.offset = *end;
  }
  if (!taken && taken.error().code == "moved") {
    out.closed = true;
    out.reason = gone;
    sessions_.erase(found);
  }
  return out;
}

Status Vterms::close(u32 lpar_id, u64 token) {
  const std::lock_guard guard(mutex_);
  if (token != 0) {
    if (sessions_.erase(token) == 0) return no_session();
    return success();
  }
  for (auto& [number, session] : sessions_)
    if (session.lpar_id == lpar_id && session.closed_because.empty()) session.closed_because = "closed by another session";
  return success();
}

std::string Vterms::holder(u32 lpar_id) const {
  const std::lock_guard guard(mutex_);
  for (const auto& [token, session] : sessions_)
    if (session.lpar_id == lpar_id && session.closed_because.empty()) return session.holder;
  return "";
}

}  // namespace emu::frame

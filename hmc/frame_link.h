// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How the HMC reaches a frame: one request, one reply, by value. The real one goes over the service link; tests put a frame
// of their own in its place. Errors "absent", "closed" and "timeout" mean that the frame does not answer: whether it did
// what it was asked is then unknown, so every request of a move may be asked again.

#include <atomic>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>

#include "emu/core/clock.h"
#include "emu/link/service.h"

namespace hmc {

using emu::Error;
using emu::millisecond;
using emu::Result;
using emu::Status;
namespace service = emu::service;

namespace detail {
// The distinct replies of service::Request: made of the one list of requests.
template <class Kept, class... Rest>
struct Distinct {
  using type = Kept;
};
template <class... Kept, class First, class... Rest>
struct Distinct<std::variant<Kept...>, First, Rest...>
    : Distinct<std::conditional_t<(std::is_same_v<Kept, First> || ...), std::variant<Kept...>, std::variant<Kept..., First>>,
               Rest...> {};
template <class Requests>
struct RepliesOf;
template <class First, class... Rest>
struct RepliesOf<std::variant<First, Rest...>> : Distinct<std::variant<typename First::Reply>, typename Rest::Reply...> {};
}  // namespace detail

using Replies = detail::RepliesOf<service::Requests>::type;

// One of them: a type of its own for the reason that service::Request has.
class Reply : public Replies {
 public:
  template <class R>
  requires(!std::is_same_v<R, Reply>) explicit Reply(R reply) : Replies(std::move(reply)) {}
  Reply(Reply&&) noexcept;
  ~Reply();
};

inline constexpr u64 answer_time = 10 * emu::nanoseconds_per_second;

// As long as somebody has it, this console has the system for itself. Any thread may let go of it.
using Held = std::shared_ptr<const void>;

class FrameLink {
 public:
  virtual ~FrameLink() = default;
  // Any thread, several at a time.
  virtual Result<Reply> exchange(const service::Request&, u64 timeout) = 0;
  // What waits for an answer, and what is asked later, is without one.
  virtual void stop() = 0;

  // The lock of the system, for whoever reads something there and then changes it. Changes alone take it by themselves. An error:
  // another console has it (HSCLF040), or the frame does not answer. A link that knows no lock has nothing to hold.
  virtual Result<Held> hold() { return Held{}; }
  // Gives back what could not be given back when the frame did not answer.
  virtual void settle() {}
  // Takes it away from whoever has it.
  virtual Status break_lock() { return emu::success(); }

  // Under which epoch of the lock it is asked; 0: under none.
  void set_epoch(u64 epoch) { epoch_ = epoch; }

 protected:
  u64 epoch() const { return epoch_; }

 private:
  std::atomic<u64> epoch_{0};
};

inline bool no_answer(const Error& error) { return error.code == "absent" || error.code == "closed" || error.code == "timeout"; }

template <class Request>
Result<typename Request::Reply> ask(FrameLink& link, const Request& request, u64 timeout = answer_time) {
  Reply reply = TRY(link.exchange(service::Request(request), timeout));
  auto* expected = std::get_if<typename Request::Reply>(&reply);
  if (!expected) return Error{"closed", "The frame answered something else than it was asked."};
  return std::move(*expected);
}

// Over the service link at `path` (`<runtime>/<frame>.service`). Connects when first asked, and again after a loss.
std::unique_ptr<FrameLink> service_link(std::string path);

}  // namespace hmc

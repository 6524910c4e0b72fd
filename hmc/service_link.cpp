// SPDX-License-Identifier: GPL-2.0-or-later
// A frame reached over the service link. A channel carries one exchange at a time, so each exchange takes a channel that
// nobody uses, or connects another: a frame that faults in memory for one command still answers the next one.
#include <atomic>
#include <filesystem>
#include <mutex>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "emu/link/channel.h"
#include "emu/link/clients.h"
#include "hmc/frame_link.h"

namespace hmc {

namespace {

constexpr u64 connect_time = 200 * millisecond;
constexpr size_t kept_channels = 4;
constexpr u64 kept_time = emu::most_idle / 2;  // before the frame drops it, which might be just when it is used again

class ServiceLink final : public FrameLink {
 public:
  explicit ServiceLink(std::string path) : path_(std::move(path)) {}

  Result<Reply> exchange(const service::Request& request, u64 timeout) override {
    std::unique_ptr<emu::Channel> channel = TRY(take());
    Result<Reply> reply = exchange_over(*channel, request, timeout);
    // After a timeout the answer may still come, and would be taken for the next one's: such a channel is not kept.
    if (reply || (!no_answer(reply.error()) && reply.error().code != "service")) give_back(std::move(channel));
    return reply;
  }
  void stop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (emu::Channel* channel : asking_) channel->wake();
  }

 private:
  // A channel that somebody waits at, as long as he does.
  class Asking {
   public:
    Asking(ServiceLink& link, emu::Channel& channel) : link_(link), channel_(&channel) {
      const std::lock_guard lock(link_.mutex_);
      link_.asking_.insert(channel_);
    }
    ~Asking() {
      const std::lock_guard lock(link_.mutex_);
      link_.asking_.erase(channel_);
    }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

   private:
    ServiceLink& link_;
    emu::Channel* const channel_;
  };

  Result<Reply> exchange_over(emu::Channel& channel, const service::Request& request, u64 timeout) {
    const Asking asking(*this, channel);
    if (stopped_) return Error{"closed", "The console ends."};
    return std::visit(
        [&](const auto& asked) -> Result<Reply> { return Reply(TRY(service::ask(channel, asked, timeout, epoch()))); }, request);
  }

  Result<std::unique_ptr<emu::Channel>> take() {
    {
      const std::lock_guard lock(mutex_);
      while (!idle_.empty()) {
        Idle last = std::move(idle_.back());
        idle_.pop_back();
        if (clock_.monotonic() - last.since < kept_time && last.channel->open()) return std::move(last.channel);
      }
    }
    auto connected = emu::connect(path_, connect_time);
    if (connected) return connected;
    // Where it listens is nothing that a console's users know: they know the system by its name.
    const std::string system = std::filesystem::path(path_).stem();
    const bool runs = connected.error().code != "absent";
    return Error{connected.error().code,
                 fmt::format("The managed system {} {}.", system, runs ? "takes no more questions" : "does not run")};
  }

  void give_back(std::unique_ptr<emu::Channel> channel) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kept_channels) idle_.push_back({std::move(channel), clock_.monotonic()});
  }

  struct Idle {
    std::unique_ptr<emu::Channel> channel;
    u64 since;
  };
  const std::string path_;
  const emu::HostClock clock_;
  std::mutex mutex_;
  std::vector<Idle> idle_;
  std::set<emu::Channel*> asking_;
  std::atomic<bool> stopped_{false};
};

}  // namespace

Reply::Reply(Reply&&) noexcept = default;
Reply::~Reply() = default;

std::unique_ptr<FrameLink> service_link(std::string path) { return std::make_unique<ServiceLink>(std::move(path)); }

}  // namespace hmc

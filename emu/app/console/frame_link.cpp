// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/frame_link.h"

#include <algorithm>

namespace emu::app::console {

namespace {
constexpr u64 patience = nanoseconds_per_second;
// How often it is looked: at what hardly changes, at a guest's terminal, and while a move goes on.
constexpr u64 system_interval = 250 * millisecond;
constexpr u64 system_interval_moving = 100 * millisecond;
constexpr u64 interval = 50 * millisecond;
constexpr u64 interval_moving = 25 * millisecond;
constexpr u64 reconnect_interval = 200 * millisecond;
// How often the guest's counter is sampled: for a sign of life, and to see a suspend window of milliseconds.
constexpr u64 tick_interval = 20 * millisecond;
constexpr u64 tick_interval_moving = millisecond / 4;

template <class T>
bool link_lost(const Result<T>& result) {
  return !result && (result.error().code == "closed" || result.error().code == "timeout");
}
}  // namespace

std::shared_ptr<Guest> Guests::of(const service::LparInfo& lpar) {
  const std::lock_guard guard(mutex_);
  const auto known = std::ranges::find(guests_, lpar.definition.uuid, [](const auto& guest) { return guest->uuid(); });
  if (known != guests_.end()) return *known;
  return guests_.emplace_back(std::make_shared<Guest>(lpar.definition.uuid, lpar.definition.name, typing_, clock_));
}

std::shared_ptr<Guest> Guests::find(const std::string& uuid) const {
  const std::lock_guard guard(mutex_);
  const auto known = std::ranges::find(guests_, uuid, [](const auto& guest) { return guest->uuid(); });
  return known == guests_.end() ? nullptr : *known;
}

std::vector<std::shared_ptr<Guest>> Guests::all() const {
  const std::lock_guard guard(mutex_);
  return guests_;
}

FrameLink::FrameLink(std::string frame, std::string service_file, const Latest<Interest>& interest, Guests& guests,
                     Timeline& timeline, const Clock& clock)
    : frame_(std::move(frame)),
      service_file_(std::move(service_file)),
      interest_(interest),
      guests_(guests),
      timeline_(timeline),
      clock_(clock),
      thread_([this] { run(); }) {}

FrameLink::~FrameLink() {
  end_ = true;
  alarm_.ring();
  thread_.join();
}

void FrameLink::run() {
  std::unique_ptr<Channel> channel;
  while (!end_) {
    const u64 began = clock_.monotonic();
    if (!channel) {
      auto connected = connect(service_file_, reconnect_interval);
      if (connected) channel = std::move(*connected);
      system_at_ = 0;
    }
    if (channel && !look(*channel)) channel.reset();
    if (!channel && now_.connected) {
      now_.connected = false;
      state_.set(now_);
      for (const service::LparInfo& lpar : now_.lpars)
        if (const auto guest = guests_.find(lpar.definition.uuid)) guest->lost(frame_);
    }
    const u64 next = began + (!channel ? reconnect_interval : interest_.get()->moving ? interval_moving : interval);
    if (!end_) alarm_.sleep(next - std::min(next, clock_.monotonic()));
  }
  if (!channel) return;
  for (const service::LparInfo& lpar : now_.lpars)
    if (const auto guest = guests_.find(lpar.definition.uuid)) guest->hang_up(*channel, frame_);
}

Status FrameLink::look(Channel& channel) {
  const auto interest = interest_.get();
  if (clock_.monotonic() - system_at_ >= (interest->moving ? system_interval_moving : system_interval))
    TRY(look_at_system(channel));
  for (const service::LparInfo& lpar : now_.lpars) {
    if (lpar.definition.env == LparEnv::vioserver) continue;
    const auto guest = guests_.of(lpar);
    TRY(guest->read_along(channel, lpar));
    TRY(guest->converse(channel, frame_, lpar));
  }
  // A terminal that is open on a partition which has left: the frame says why it is closed.
  for (const auto& guest : guests_.all())
    if (guest->attached_at() == frame_ &&
        !std::ranges::count(now_.lpars, guest->uuid(), [](const service::LparInfo& lpar) { return lpar.definition.uuid; }))
      TRY(guest->converse(channel, frame_, {}));
  TRY(look_at_move(channel, *interest));
  return look_at_life(channel, *interest);
}

Status FrameLink::look_at_system(Channel& channel) {
  system_at_ = clock_.monotonic();
  auto system = TRY(service::ask(channel, service::DescribeSystem{}, patience));
  auto lpars = TRY(service::ask(channel, service::ListLpars{}, patience));
  now_.connected = true;
  now_.system = std::move(system);
  now_.lpars = std::move(lpars.lpars);
  std::ranges::sort(now_.lpars, {}, [](const service::LparInfo& lpar) { return lpar.definition.lpar_id; });
  if (interest_.get()->ways) TRY(look_at_servers(channel));
  state_.set(now_);
  return success();
}

// What one that is off has told stays: its partitions' adapters still lead there.
Status FrameLink::look_at_servers(Channel& channel) {
  for (const service::LparInfo& lpar : now_.lpars) {
    if (lpar.definition.env != LparEnv::vioserver || lpar.state != LparState::running) continue;
    auto told = service::ask(channel, service::DescribeVios{lpar.definition.lpar_id}, patience);
    if (link_lost(told)) return told.error();
    if (told) now_.servers[lpar.definition.lpar_id] = std::move(*told);
  }
  return success();
}

Status FrameLink::look_at_move(Channel& channel, const Interest& interest) {
  if (interest.stream == 0 || interest.stored) return success();
  const auto info = service::ask(channel, service::QueryStream{interest.stream}, patience);
  const auto map =
      info ? service::ask(channel, service::QueryMemoryMap{interest.stream}, patience) : Result<service::MemoryMap>(info.error());
  if (link_lost(map)) return map.error();
  if (map) stream_.set({*info, *map});
  return success();
}

Status FrameLink::look_at_life(Channel& channel, const Interest& interest) {
  const auto lpar =
      std::ranges::find(now_.lpars, interest.uuid, [](const service::LparInfo& each) { return each.definition.uuid; });
  if (lpar == now_.lpars.end()) return success();
  const u32 lpar_id = lpar->definition.lpar_id;
  if (interest.ticks_at) {
    // From the bin before the last one on: it may have been cut off.
    const u64 interval_now = interest.moving ? tick_interval_moving : tick_interval;
    const auto beat =
        service::ask(channel, service::ReadHeartbeat{lpar_id, interest.ticks_at, interval_now, ticks_since_, tick_bin}, patience);
    if (link_lost(beat)) return beat.error();
    if (beat) {
      timeline_.add_ticks(*beat);
      const u64 end = beat->first_at + beat->changes.size() * beat->bin_ns;
      ticks_since_ = end - std::min(end, 2 * beat->bin_ns);
    }
  }
  const u64 asked_at = clock_.monotonic();
  const auto activity = service::ask(channel, service::ReadDiskActivity{}, patience);
  if (link_lost(activity)) return activity.error();
  // Where nobody has sent a command yet, none has been counted.
  if (activity) {
    const auto counted = activity->commands.find(lpar_id);
    timeline_.add_disk(frame_, asked_at, counted == activity->commands.end() ? 0 : counted->second);
  }
  return success();
}

}  // namespace emu::app::console

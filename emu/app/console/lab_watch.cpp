// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/lab_watch.h"

#include <algorithm>

namespace emu::app::console {

namespace {
constexpr u64 aftermath = nanoseconds_per_second;  // after the end of a move it is looked at for so long
}

LabWatch::LabWatch(const NamedLab& lab, Typing typing, const Clock& clock)
    : lab_(lab), clock_(clock), guests_(typing, clock), pings_(lab, interest_, timeline_, clock) {
  for (size_t i = 0; i < lab.lab.consoles.size(); ++i) {
    hmcs_.push_back(std::make_unique<HmcPoll>(lab.console(i).hmc_file(), interest_, clock));
    consoles_.push_back({lab.lab.consoles[i].name, false});
  }
  for (const FrameConfig& frame : lab.lab.frames)
    links_.push_back(std::make_unique<FrameLink>(frame.name, lab.service_file(frame.name), interest_, guests_, timeline_, clock));
  update();
}

std::vector<std::string> LabWatch::frame_names() const {
  std::vector<std::string> names;
  for (const FrameConfig& frame : lab_.lab.frames) names.push_back(frame.name);
  return names;
}

const Found* LabWatch::selected() const {
  const auto found = std::ranges::find(partitions_, selected_uuid, &Found::uuid);
  return found == partitions_.end() ? nullptr : &*found;
}

void LabWatch::select_next() {
  if (partitions_.empty()) return;
  const auto found = std::ranges::find(partitions_, selected_uuid, &Found::uuid);
  selected_uuid =
      found == partitions_.end() || std::next(found) == partitions_.end() ? partitions_.front().uuid : std::next(found)->uuid;
  timeline_.clear();
}

void LabWatch::hurry(const std::string& uuid) {
  const auto guest = guests_.find(uuid);
  for (const auto& link : links_)
    if (guest && link->frame() == guest->where().frame) link->hurry();
}

bool LabWatch::moves_to_the_right() const {
  const auto place_of = [this](const std::string& name) { return std::ranges::find(lab_.lab.frames, name, &FrameConfig::name); };
  return !move_ || place_of(move_->status.source_system) < place_of(move_->status.target_system);
}

std::optional<size_t> LabWatch::console_for(const Found& found) const {
  const auto& frames = lab_.lab.frames;
  for (size_t i = 0; i < hmcs_.size(); ++i) {
    const auto state = hmcs_[i]->state();
    if (!state->connected || !found.info.migration_stream) continue;
    for (const hmc::MoveStatus& move : state->moves)
      if (move.stream == found.info.migration_stream) return i;
  }
  const auto frame = std::ranges::find(frames, found.where.frame, &FrameConfig::name);
  if (frame == frames.end()) return std::nullopt;
  return lab_.console_of(frame->name);
}

// The latest move, of whatever partition, at whatever console.
void LabWatch::take_move() {
  std::vector<hmc::MoveStatus> moves;
  for (size_t i = 0; i < hmcs_.size(); ++i) {
    const auto state = hmcs_[i]->state();
    consoles_[i].connected = state->connected;
    moves.insert(moves.end(), state->moves.begin(), state->moves.end());
  }
  if (moves.empty()) return;
  const hmc::MoveStatus& latest = *std::ranges::max_element(moves, {}, &hmc::MoveStatus::began_at);
  if (!move_ || move_->status.stream != latest.stream) {
    move_.emplace();
    ended_seen_at_ = 0;
  }
  const bool went_on = move_->status.stream && move_->goes_on();
  move_->status = latest;
  if (!move_->goes_on() && (went_on || !ended_seen_at_)) ended_seen_at_ = clock_.monotonic();
  for (const auto& link : links_) {
    const auto stream = link->stream();
    if (stream->info.stream != latest.stream) continue;
    const bool is_source = stream->info.role == service::Role::source;
    (is_source ? move_->source : move_->target) = stream->info;
    (is_source ? move_->source_map : move_->target_map) = stream->map;
  }
  const SuspendWindow window = suspend_window_of(*move_);
  if (window.end) move_->gap = timeline_.gap_around(window.begin, window.end);
  if (move_->goes_on() || clock_.monotonic() - ended_seen_at_ < aftermath) {
    move_->pings = timeline_.pings_sent(latest.began_at);
    move_->pings_lost = timeline_.pings_lost(latest.began_at);
  }
}

// Between the hand-over and the end of a move both frames say that they have the partition. It runs where it was resumed.
void LabWatch::locate() {
  partitions_ = partitions_of(frames_);
  for (Found& found : partitions_) {
    if (move_ && move_->goes_on() && found.info.migration_stream == move_->status.stream) {
      const bool there = move_->target.phase == service::Phase::resumed || move_->target.phase == service::Phase::completed;
      const std::string& frame = there ? move_->status.target_system : move_->status.source_system;
      const u32 id = there ? move_->target.lpar_id : move_->status.source_lpar_id;
      found.where = {frame, id};
    }
    if (const auto guest = guests_.find(found.uuid)) guest->is_at(found.where);
  }
}

void LabWatch::update() {
  frames_.clear();
  for (const auto& link : links_) frames_.push_back(link->state());
  take_move();
  locate();
  // First whoever runs, else whoever there is.
  if (!selected() && !partitions_.empty()) {
    const auto running = std::ranges::find(partitions_, LparState::running, [](const Found& found) { return found.info.state; });
    selected_uuid = (running == partitions_.end() ? partitions_.front() : *running).uuid;
  }

  Interest interest;
  interest.ways = ways_shown;
  if (const Found* found = selected()) {
    interest.uuid = found->uuid;
    interest.address = found->info.definition.ip_address;
    if (const auto guest = guests_.find(found->uuid)) interest.ticks_at = guest->ticks_address().value_or(0);
  }
  if (move_) {
    const bool just_ended = !move_->goes_on() && clock_.monotonic() - ended_seen_at_ < aftermath;
    interest.stream = move_->status.stream;
    interest.moving = move_->goes_on() || just_ended;
    interest.stored = !interest.moving;
  }
  interest_.set(std::move(interest));
}

}  // namespace emu::app::console

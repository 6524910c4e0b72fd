// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// All links to a lab together, and what follows from what they tell: where each partition runs, and the move to be drawn.
// The window's thread uses it.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/app/console/frame_link.h"
#include "emu/app/console/hmc_poll.h"
#include "emu/app/console/move_picture.h"
#include "emu/app/console/pings.h"
#include "emu/app/console/tables.h"
#include "emu/app/labs.h"

namespace emu::app::console {

class LabWatch {
 public:
  LabWatch(const NamedLab&, Typing, const Clock&);  // which must outlive it

  // Takes what the links have heard since; to be called before each picture.
  void update();

  const NamedLab& lab() const { return lab_; }
  const std::vector<std::shared_ptr<const FrameState>>& frames() const { return frames_; }  // in the lab's order
  std::vector<std::string> frame_names() const;
  struct ConsoleState {
    std::string name;
    bool connected = false;
  };
  const std::vector<ConsoleState>& consoles() const { return consoles_; }  // in the lab's order
  // Whose commands are for a partition: the console that a migration of it goes on at, or failed at; else the one that manages its system.
  // None: nobody manages it.
  std::optional<size_t> console_for(const Found&) const;
  const std::vector<Found>& partitions() const { return partitions_; }
  std::shared_ptr<Guest> guest(const std::string& uuid) const { return guests_.find(uuid); }
  const Found* selected() const;  // null: there is none
  std::string selected_uuid;
  bool ways_shown = false;  // to disks and networks: frames are asked for what leads there
  void select_next();

  const std::optional<MovePicture>& move() const { return move_; }
  bool moves_to_the_right() const;  // in the lab's order of frames
  bool moving() const { return move_ && move_->goes_on(); }
  const Timeline& timeline() const { return timeline_; }
  void hurry(const std::string& uuid);  // somebody types into it

 private:
  void take_move();
  void locate();

  const NamedLab& lab_;
  const Clock& clock_;
  Latest<Interest> interest_;
  Guests guests_;
  Timeline timeline_;
  std::vector<std::unique_ptr<FrameLink>> links_;
  std::vector<std::unique_ptr<HmcPoll>> hmcs_;  // of each console
  Pings pings_;
  std::vector<std::shared_ptr<const FrameState>> frames_;
  std::vector<ConsoleState> consoles_;
  std::vector<Found> partitions_;
  std::optional<MovePicture> move_;
  u64 ended_seen_at_ = 0;
};

}  // namespace emu::app::console

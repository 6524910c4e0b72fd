// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The link to one frame: a thread that asks its service processor, over the same link as the HMC, what the window shows. A
// frame that dies is seen as "No Connection"; it is tried again until it is there.

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "emu/app/console/alarm.h"
#include "emu/app/console/guest.h"
#include "emu/app/console/interest.h"
#include "emu/app/console/latest.h"
#include "emu/app/console/timeline.h"
#include "emu/core/clock.h"
#include "emu/link/service.h"

namespace emu::app::console {

struct FrameState {
  bool connected = false;
  service::SystemInfo system;  // name and so on: as last heard
  std::vector<service::LparInfo> lpars;
  std::map<u32, service::ViosInfo> servers;  // by lpar_id; as last heard, and only while somebody looks at ways
};

// One end of the move that the window draws.
struct StreamState {
  service::StreamInfo info;
  service::MemoryMap map;
};

// The guests of a lab by their UUID; they are made as they are seen, and stay.
class Guests {
 public:
  Guests(Typing typing, const Clock& clock) : typing_(typing), clock_(clock) {}
  std::shared_ptr<Guest> of(const service::LparInfo&);
  std::shared_ptr<Guest> find(const std::string& uuid) const;
  std::vector<std::shared_ptr<Guest>> all() const;

 private:
  const Typing typing_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Guest>> guests_;
};

class FrameLink {
 public:
  // All must outlive it.
  FrameLink(std::string frame, std::string service_file, const Latest<Interest>&, Guests&, Timeline&, const Clock&);
  ~FrameLink();

  const std::string& frame() const { return frame_; }
  std::shared_ptr<const FrameState> state() const { return state_.get(); }
  std::shared_ptr<const StreamState> stream() const { return stream_.get(); }
  void hurry() { alarm_.ring(); }  // somebody types

 private:
  void run();
  Status look(Channel&);
  Status look_at_system(Channel&);
  Status look_at_servers(Channel&);
  Status look_at_move(Channel&, const Interest&);
  Status look_at_life(Channel&, const Interest&);

  const std::string frame_;
  const std::string service_file_;
  const Latest<Interest>& interest_;
  Guests& guests_;
  Timeline& timeline_;
  const Clock& clock_;
  Latest<FrameState> state_;
  Latest<StreamState> stream_;
  FrameState now_;
  u64 system_at_ = 0;  // when it was last asked
  u64 ticks_since_ = 0;
  Alarm alarm_;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

}  // namespace emu::app::console

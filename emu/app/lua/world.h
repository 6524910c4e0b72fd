// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a scenario has beside its script: folders of its own, the labs it started, how many things it checked. Whatever
// happens to the script, the labs are stopped and the folders removed.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emu/app/labs.h"
#include "emu/link/service.h"

namespace emu::app::lua {

// Ctrl-C, or somebody wants us to end. Whatever waits looks at it.
bool interrupted();
void catch_interruptions();
// Sleeps; an error if it was interrupted.
Status nap(u64 nanoseconds);

// How many times as long as a script says its waits may last, on a host that has much else to do: TWINFRAME_PATIENCE, 1 to 100, else 1.
double patience_factor();
// When a wait of so many seconds is over, on the host's monotonic clock, in nanoseconds.
u64 end_of_wait(double seconds);

// A lab that a script started.
class LabHandle {
 public:
  explicit LabHandle(NamedLab lab) : lab_(std::move(lab)) {}
  const NamedLab& lab() const { return lab_; }

  // One channel per frame is kept; a new one is made when the old one fails.
  template <class Request>
  Result<typename Request::Reply> ask(const std::string& frame, const Request& request) {
    for (int attempt = 0;; ++attempt) {
      Channel* channel = TRY(channel_to(frame));
      auto reply = service::ask(*channel, request);
      const bool lost = !reply && (reply.error().code == "closed" || reply.error().code == "timeout");
      if (lost) channels_.erase(frame);
      if (!lost || attempt == 1) return reply;
    }
  }
  Result<service::LparInfo> lpar(const std::string& frame, const std::string& name);

  bool is_up() const { return up_; }
  void set_up(bool up) { up_ = up; }
  void forget_channels() { channels_.clear(); }

 private:
  Result<Channel*> channel_to(const std::string& frame);
  NamedLab lab_;
  bool up_ = false;
  std::map<std::string, std::unique_ptr<Channel>> channels_;
};

class World {
 public:
  static Result<std::unique_ptr<World>> create();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // A lab under a name that is only ours.
  Result<std::shared_ptr<LabHandle>> start_lab(const std::string& file, const std::string& name);
  Status stop_lab(LabHandle&);

  const std::string& folder() const { return folder_; }  // for files of the script

  // For people, when something failed: what the partitions' consoles said, and the logs of all processes in time order.
  void show_what_happened();

  u64 checks = 0;       // that held
  std::string skipped;  // why the script ended itself without a verdict

 private:
  World() = default;
  std::string folder_;   // state
  std::string runtime_;  // links
  std::vector<std::shared_ptr<LabHandle>> labs_;
  unsigned started_ = 0;
};

}  // namespace emu::app::lua

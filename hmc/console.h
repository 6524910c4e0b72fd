// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What commands and moves work with: the frames, RMC, the journal, the moves, the time. Any thread.

#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "hmc/changes/change_log.h"
#include "hmc/claims.h"
#include "hmc/consoles/remote.h"
#include "hmc/events/serviceable_events.h"
#include "hmc/faults/faults.h"
#include "hmc/fence.h"
#include "hmc/hmc.h"
#include "hmc/inventory/inventory.h"
#include "hmc/journal/journal.h"
#include "hmc/lpm/moves.h"
#include "hmc/rmc/rmc.h"
#include "hmc/users/users.h"
#include "hmc/utilization/utilization.h"

namespace hmc {

enum class Detail { systems = 1, lpars, vios };
// What is asked of the systems that a command does not name: who they are, or as much as of the others.
enum class Others { by_name = 1, as_well };

class Console {
 public:
  Console(HmcOptions, std::vector<FrameEndpoint>, RmcTransport*, const emu::Clock&, Pause&, std::unique_ptr<Journal>,
          std::unique_ptr<users::Users>);

  // Asks every frame. A frame that does not answer is in it with what it last told, in state "No Connection". `about`: the systems that
  // it is wanted for, by name or `tttt-mmm*sssssss`: they get the time that a busy host may need, the others do not hold it up.
  Inventory inventory(Detail, std::span<const std::string> about = {}, Others = Others::as_well);
  // Null if there is no such frame, neither of this console nor of one that was met.
  FrameLink* link(std::string_view frame);

  // Another console, which knows a user of its own by the key of one of ours. An error says what to do. What it manages, and this one does
  // not, is reached through it from now on (`link`).
  struct Met {
    std::string ip;
    std::string user;  // there
    std::string ours;  // the user of this console whose key is shown
    auto operator<=>(const Met&) const = default;
  };
  enum class Meet { to_look = 1, to_migrate };  // the second needs a user who may, there
  Status meet(const std::string& ip, const std::string& user, const users::User& ours, Meet);
  // Adds the systems of a console that was met, as `inventory` describes them.
  void add_inventory_of(const Met&, Detail, Inventory&);
  RemoteConsoles* consoles() { return options_.consoles.get(); }
  Result<std::string> key_of(const users::User&) const;

  // What is left of a system of this console that does not answer. As long as the result lives, `link` leads there, and
  // `add_remains` tells of it; everybody else still sees a system without connection. (hmc/fence.h)
  using OfRemains = std::shared_ptr<const void>;
  Result<OfRemains> open_remains(const std::string& frame);
  void add_remains(const std::string& system, Detail, Inventory&);
  Fence* fence() { return options_.fence.get(); }
  // The partition is being restarted on another system: as long as the result lives.
  OfRemains restarts(const std::string& uuid);

  RmcClient& rmc() { return rmc_; }
  Journal& journal() { return *journal_; }
  Claims& claims() { return claims_; }
  Faults& faults() { return faults_; }
  Moves& moves() { return moves_; }
  ChangeLog& changes() { return changes_; }
  users::Users& users() { return *users_; }
  Utilization& utilization() { return utilization_; }
  ServiceableEvents& serviceable_events() { return serviceable_events_; }
  // Into the list of the console's events.
  void note(const std::string& user, const std::string& what);
  const std::vector<FrameEndpoint>& frames() const { return frames_; }
  const emu::Clock& clock() const { return clock_; }
  Pause& pause() { return pause_; }
  const HmcOptions& options() const { return options_; }
  emu::ConsoleRelease release() const { return release_; }
  // Another release is installed: from the next start of the console on, or now.
  Status update(emu::ConsoleRelease, bool now);

  // A number for a migration that no other has had: the time of day, and never twice the same.
  u64 new_stream();

  // One round of the heartbeat: says hello to every running partition, and asks the new ones for their level. `when_told`: a frame where
  // nothing runs but Virtual I/O Servers that answer is left alone until it has told a change, or for a while.
  enum class Look { now = 1, when_told };
  void heartbeat(Look);
  // Takes the samples of utilization that are due. Nanoseconds until the next one is, at most `at_most`.
  u64 sample_utilization(u64 at_most);
  // Asks one partition now, whatever the heartbeat thinks.
  RmcState greet(const Lpar&);
  // A Virtual I/O Server that had an RMC connection at this address, and has none now.
  bool has_lost(const std::string& address);

 private:
  struct RmcRecord {
    RmcState state = RmcState::none;
    u32 misses = 0;
    std::string os_version;
    u64 life = 0;  // of the partition that it is about (service::LparInfo)
  };

  bool is_named(const FrameEndpoint&, std::span<const std::string> names);
  // How long a question may take that no frame needs long for. A frame that did not answer the last such question gets less time for the
  // next, until it has been heard of again: a frame that hangs delays what is asked of all once, and no more.
  u64 hurry(const FrameEndpoint&);
  void look_at(const FrameEndpoint&, Detail, u64 patience, System&);
  void look_at(const std::string& frame, FrameLink&, Detail, u64 patience, System&);
  template <class Request>
  Result<typename Request::Reply> ask_soon(const std::string& frame, FrameLink&, const Request&, u64 patience);
  void heartbeat_of(const FrameEndpoint&, Look);
  // A partition that is in state "Error": an event for somebody to look after.
  void note_failure(const FrameEndpoint&, const Lpar&);
  void release_old_lock(const FrameEndpoint&);
  void describe_vios(FrameLink&, const System&, Lpar&);
  void ask_vios(FrameLink&, Lpar&);
  bool greets(const Lpar&);
  void judge_vios(const System&, Lpar&);           // whether it is connected
  RmcRecord& record_of(const service::LparInfo&);  // with the lock
  RmcRecord note_greeting(const service::LparInfo&, bool answered);

  const HmcOptions options_;
  std::vector<FrameEndpoint> frames_;
  const emu::Clock& clock_;
  Pause& pause_;
  RmcClient rmc_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<users::Users> users_;
  ChangeLog changes_;
  Claims claims_;
  Faults faults_;
  Moves moves_;
  Utilization utilization_;
  std::atomic<emu::ConsoleRelease> release_;
  ServiceableEvents serviceable_events_;

  // Links are kept as long as this lives: moves have pointers to them.
  struct Other {
    std::string key;
    std::list<FrameEndpoint> frames;  // never moved
  };
  std::mutex others_mutex_;
  std::map<Met, Other> others_;
  std::list<FrameEndpoint> former_;  // of users that have another key now

  std::mutex remains_mutex_;
  std::map<std::string, u32> remains_;     // how many ask what is left of a frame
  std::map<std::string, u32> restarting_;  // partitions that are restarted elsewhere, by UUID

  std::mutex mutex_;
  std::map<std::string, service::SystemInfo> last_told_;  // by frame
  std::map<std::string, RmcRecord> partitions_;           // by address, or "frame/id" for a Virtual I/O Server
  std::set<std::string> silent_;                          // frames that have not answered in time
  std::set<std::string> greeted_;                         // frames that this process has spoken with
  u64 last_stream_ = 0;

  struct Quiet {
    u64 changes = 0;
    u64 until = 0;
  };
  std::map<std::string, Quiet> quiet_;  // frames that the heartbeat leaves alone; of its thread
};

}  // namespace hmc

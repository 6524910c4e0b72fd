// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The HMC: it owns the links to the frames, the RMC connections to partitions, and the journal of its moves, and does what
// commands say. All public functions may be called from several threads; each client session is a thread that calls
// `run_command` and stays in it until the command is done.
//
//   auto hmc = TRY(Hmc::create({.name = "hmc", .journal_file = path}, std::move(frames), transport, clock, pause));
//   hmc->start();                                      // heartbeat of RMC
//   int exit_code = hmc->run_command(argv, session);   // argv[0] is the command's name

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/core/change.h"
#include "emu/core/clock.h"
#include "emu/core/console_release.h"
#include "hmc/frame_link.h"
#include "hmc/pause.h"
#include "hmc/session.h"

namespace hmc {

class Console;         // hmc/console.h: what commands work with
class Faults;          // hmc/faults/faults.h
class Listener;        // hmc/changes/listener.h
class RemoteConsoles;  // hmc/consoles/remote.h
class Fence;           // hmc/fence.h
class Guest;           // hmc/consoles/guest.h
struct Proof;
class RmcTransport;  // hmc/rmc/rmc.h

struct HmcOptions {
  std::string name = "hmc";
  std::string journal_file = ":memory:";
  std::string rmc_key;  // the lab's secret
  // Of hscroot, when the journal does not know him yet. Empty: no password opens for him until one is set.
  std::string hscroot_password{};
  std::string hscroot_key{};                         // likewise: "ssh-ed25519 AAAA..."; empty: none
  emu::ConsoleRelease release = emu::usual_release;  // until updhmc installs another
  // For faults: this process dies, or stops itself. None: it does not.
  enum class End { die = 1, stop };
  std::function<void(End)> end_process{};
  // The way to other consoles; null: none can be reached.
  std::shared_ptr<RemoteConsoles> consoles{};
  // The public key by which a user of this console (by name, and when made) is known at others; made when first asked for.
  std::function<Result<std::string>(const std::string& user, u64 made)> key_of{};
  // Ends systems that do not answer; null: this console restarts nothing elsewhere.
  std::shared_ptr<Fence> fence{};
};

struct FrameEndpoint {
  std::string name;  // the frame's name in the lab: its name until it has told its own
  std::unique_ptr<FrameLink> link;
  std::unique_ptr<FrameLink> remains{};  // to what is left of it after it was fenced; null: nobody asks that
};

enum class MoveState : u8 { starting = 1, in_progress, completed, rolled_back, failed };
constexpr std::string_view name_of(MoveState state) {
  constexpr std::string_view names[] = {"starting", "in_progress", "completed", "rolled_back", "failed"};
  return names[static_cast<size_t>(state) - 1];
}

// A step that was begun, in the words of the table of steps (hmc/lpm/steps.h).
struct StepBegun {
  u32 number = 0;
  std::string name;
  u64 at = 0;  // monotonic nanoseconds
};

// How far a move is, for whoever watches. Finished ones are kept for a while.
struct MoveStatus {
  u64 stream = 0;
  bool active = true;
  std::string lpar_name;
  std::string source_system;
  std::string target_system;
  u32 source_lpar_id = 0;
  u32 target_lpar_id = 0;  // 0: not chosen yet
  std::string source_msp;
  u32 source_msp_id = 0;
  std::string target_msp;
  u32 target_msp_id = 0;
  MoveState state = MoveState::starting;
  u32 step = 1;  // 1 - 13 (docs/architecture.md, Steps of a migration)
  std::string step_name;
  u32 percent = 0;             // of the memory's transfer; 0 for an inactive move (Redbook 6.1)
  service::StreamInfo source;  // as last asked: phase, passes, times
  service::StreamInfo target;
  u64 began_at = 0;  // monotonic nanoseconds
  u64 ended_at = 0;  // 0: still going on
  std::string error_code;
  std::string error_text;
  std::vector<StepBegun> steps;  // in the order in which they were begun; undone ones stay
};

class Hmc {
 public:
  // `clock`, `pause` and `rmc` must outlive it. `rmc` may be null: no partition can be reached then.
  static Result<std::unique_ptr<Hmc>> create(HmcOptions options, std::vector<FrameEndpoint> frames, RmcTransport* rmc,
                                             const emu::Clock& clock, Pause& pause);
  ~Hmc();

  // Begins the heartbeat that keeps rmc_state and os_version up to date, and listens to the frames. Without it, `heartbeat` does one round.
  void start();
  void heartbeat();

  // Runs one command, as a shell has split it, until it is done, and answers its exit status. Never throws.
  int run_command(const std::vector<std::string>& argv, Session& session);
  // True if `name` is one of the HMC's commands (hmc/cli/table.cpp).
  static bool knows_command(std::string_view name);
  static std::vector<std::string> command_names();
  // The user's files that a command line names, for whoever sends it to send them along.
  static std::vector<std::string> files_of(const std::vector<std::string>& argv);
  // A command as one line, for logs: without its passwords.
  static std::string without_secrets(const std::vector<std::string>& argv);

  // All moves that go on, and the latest that ended, oldest first.
  std::vector<MoveStatus> moves() const;

  // Another console that comes in as one of this one's users. It must not outlive this.
  Result<std::unique_ptr<Guest>> let_in(const std::string& from, const std::string& user, const Proof& proof);

  // Commands that are to go wrong.
  Faults& faults();

  // What has changed: ChangeLog::since. Frames are listened to from start() on; before that, `hear` asks each of them once.
  emu::Changes changes(u64 after, u64 patience) const;
  void hear();

  // For whoever lets users in from outside. Who is disabled, whose password has expired, or who may not come in this way, is not let in
  // by any of them. An unknown user takes as long as a wrong password.
  bool password_opens(const std::string& user, const std::string& password);
  bool key_opens(const std::string& user, const std::string& key);  // "type base64", a comment behind it means nothing
  // When the user was made, by which a log-in knows the user again; none: there is no such user. And whether who logged in as that user may
  // stay: not if the user was removed since, or disabled, whoever has the name now.
  std::optional<u64> user_made(const std::string& user) const;
  bool may_stay(const std::string& user, u64 made) const;
  // Is then in `lssvcevents -t console`. `from`: an address, for people.
  void note_login(const std::string& user, const std::string& from, bool ok);

 private:
  struct Heart;  // the threads that listen and greet
  explicit Hmc(std::unique_ptr<Console>);
  std::unique_ptr<Console> console_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unique_ptr<Heart> heart_;  // ends before the console and the listeners do
};

}  // namespace hmc

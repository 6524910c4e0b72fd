// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Between a client (a shell, a scenario) and the HMC's process, over a Channel to `<runtime>/hmc`. A message is one byte
// that says what it is, and an archive.
//
//   client: RunCommand     HMC: Output ... Output, Exit       after WantInput, the client sends Input and EndOfInput
//   client: ListMoves      HMC: Moves
//   client: ListForwards   HMC: Forwards
//   client: ReadChanges    HMC: Changes
//   client: CheckLogin, MayStay    HMC: LoginChecked
//   client: AddFault, ListFaults, ClearFaults    HMC: FaultAdded, Faults, FaultsCleared
//   client: NoteLogin      HMC: LoginNoted
//   another console: MeetConsole   HMC: ConsoleMet, and then, as long as the channel is open,
//     AskFrame, HoldFrame, BreakLock, AddKey, OwnKey    HMC: FrameAnswered, Done, Done, Done, ConsoleKey

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "emu/core/archive.h"
#include "emu/core/change.h"
#include "emu/core/fault.h"
#include "emu/core/lab.h"
#include "emu/link/channel.h"
#include "hmc/hmc.h"

namespace emu::app {

namespace hmc_link {

// A file that the command line names, as its user sees it.
struct File {
  std::string name;
  std::string content;
  std::string error;  // why it could not be read; else empty
};
inline constexpr size_t largest_file = 64 * KiB;
struct RunCommand {
  std::vector<std::string> argv;
  std::vector<File> files{};
  std::string user = "hscroot";  // who gives it
  u64 user_made = 0;             // hmc/session.h
};
// Standard input is wanted from now on: what stands there until then is the next command's.
struct WantInput {};
// Each key as it is typed, if standard input is a terminal.
struct RawInput {};
struct Input {
  std::string text;
};
struct EndOfInput {};
struct Output {
  std::string text;
};
struct Exit {
  s32 status = 0;
};
struct Moves {
  std::vector<hmc::MoveStatus> moves;
};
struct ListMoves {
  using Reply = Moves;
};
struct Forward {
  std::string segment;
  SegmentConfig::Forward forward;
};
struct Forwards {
  std::vector<Forward> forwards;
};
struct ListForwards {
  using Reply = Forwards;
};

// What is to go wrong at the console (emu/core/fault.h).
struct FaultAdded {
  u32 number = 0;     // 0: it was not, or has taken others back
  std::string error;  // why it was not
};
struct AddFault {
  using Reply = FaultAdded;
  Fault fault;
};
struct Faults {
  std::vector<Fault> faults;
};
struct ListFaults {
  using Reply = Faults;
};
struct FaultsCleared {
  std::string error;  // empty: they are
};
struct ClearFaults {
  using Reply = FaultsCleared;
  u32 number = 0;  // 0: all
};

// Answered at once if there is something, else after `wait_ms`, at most a second.
struct ReadChanges {
  using Reply = Changes;
  u64 after = 0;
  u32 wait_ms = 0;
};

struct LoginChecked {
  bool opens = false;
  u64 user_made = 0;
};
// A password, or a key ("ssh-ed25519 AAAA...").
struct CheckLogin {
  using Reply = LoginChecked;
  std::string user;
  std::string password;
  std::string key;
};
// Whether who logged in as that user may stay.
struct MayStay {
  using Reply = LoginChecked;
  std::string user;
  u64 user_made = 0;
};
struct LoginNoted {};
struct NoteLogin {
  using Reply = LoginNoted;
  std::string user;
  std::string from;
  bool well = false;
};

// ---- between consoles (hmc/consoles/remote.h) ----

struct Done {
  std::string code;  // empty: it is
  std::string text;
};
struct ConsoleMet {
  Done done;
  std::string name;
  bool may_migrate = false;
  std::vector<std::string> frames;
};
struct MeetConsole {
  using Reply = ConsoleMet;
  std::string from;  // the name of the console that comes
  std::string user;
  std::string key;
  std::string password;
};
// Of the service link, as it is sent there: a request and its reply (emu/link/service.h).
struct FrameAnswered {
  Bytes message;
};
struct AskFrame {
  using Reply = FrameAnswered;
  std::string frame;
  Bytes message;
  u64 timeout = 0;
};
// Until the channel is closed.
struct HoldFrame {
  using Reply = Done;
  std::string frame;
};
struct BreakLock {
  using Reply = Done;
  std::string frame;
};
struct AddKey {
  using Reply = Done;
  std::string key;
};
struct ConsoleKey {
  Done done;
  std::string key;
};
struct OwnKey {
  using Reply = ConsoleKey;
};

// The one list: the byte on the wire is the position.
using Message = std::variant<RunCommand, Input, EndOfInput, Output, Exit, ListMoves, Moves, ListForwards, Forwards, ReadChanges,
                             Changes, WantInput, RawInput, CheckLogin, LoginChecked, NoteLogin, LoginNoted, AddFault, FaultAdded,
                             ListFaults, Faults, ClearFaults, FaultsCleared, MayStay, MeetConsole, ConsoleMet, AskFrame,
                             FrameAnswered, HoldFrame, BreakLock, AddKey, OwnKey, ConsoleKey, Done>;

Bytes encode(const Message&);
Result<Message> decode(std::span<const u8>);

}  // namespace hmc_link

Status send_hmc(Channel&, const hmc_link::Message&);
Result<hmc_link::Message> receive_hmc(Channel&, u64 timeout);

template <class Request>
Result<typename Request::Reply> ask_hmc(Channel& channel, const Request& request, u64 timeout) {
  TRY(send_hmc(channel, request));
  hmc_link::Message reply = TRY(receive_hmc(channel, timeout));
  auto* expected = std::get_if<typename Request::Reply>(&reply);
  if (!expected) return Error{"hmc", "The HMC answered something else than it was asked."};
  return std::move(*expected);
}

// What a command says that was talking to it.
inline Error hmc_gone() { return {"hmc", "The HMC has gone away. What it was doing can be seen after `twinframe up`."}; }

// A connection to the HMC, or an error that says what to do.
Result<std::unique_ptr<Channel>> connect_hmc(const std::string& hmc_file);

// A command, and the files of this process's user that it names.
hmc_link::RunCommand with_files(const std::vector<std::string>& argv);

// Runs a command at the HMC and hands on what it says; `cancelled` is asked now and then, and ends the waiting.
Result<int> run_hmc_command(
    const std::string& hmc_file, const std::vector<std::string>& argv, const std::function<void(std::string_view)>& output,
    const std::function<bool()>& cancelled = [] { return false; });

}  // namespace emu::app

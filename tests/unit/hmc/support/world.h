// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Two frames in memory that answer the service link's requests as real ones would: with journals that survive their death,
// partitions, Virtual I/O Servers, and a move that goes one phase further each time it is asked about. And the guest's RMC,
// and a console on top. Anything can be made to fail or to die at any request.

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "hmc/fence.h"
#include "hmc/hmc.h"
#include "hmc/rmc/rmc.h"

namespace world {

namespace service = emu::service;
using emu::Error;
using emu::Result;
using emu::Status;

// Time that only moves when somebody waits.
class TestClock final : public emu::Clock, public hmc::Pause {
 public:
  u64 monotonic() const override { return now_; }
  u64 wall() const override { return 1'174'000'000 * emu::nanoseconds_per_second + now_; }
  void sleep(u64 nanoseconds) override;

 private:
  std::atomic<u64> now_ = 0;
};

struct KnownStream {
  service::StreamVerdict verdict;  // the journal's; its phase is the process's
  service::StreamInfo info;
};

struct Frame {
  std::string link;
  service::SystemInfo info;
  std::map<u32, service::LparInfo> lpars;
  emu::SystemProfiles system_profiles;
  emu::ServiceState service_state;
  emu::DepartedList departed;
  std::map<std::string, Bytes> volumes;  // of its Virtual I/O Servers; each is no larger than what is read at once
  std::string error_log;                 // of its Virtual I/O Servers
  std::vector<service::BootFromNetwork> netboots;
  service::NetworkBootState netboot{service::NetworkBootPhase::running, "", ""};  // how they go
  std::vector<std::string> made_devices;  // commands by which virtual target devices were made
  std::map<u32, service::ViosInfo> vioses;
  std::map<u32, std::vector<service::RefCode>> refcodes;
  std::map<u64, KnownStream> streams;
  std::map<u32, std::string> locks;
  u64 lock_epoch = 0;
  std::map<u64, std::vector<emu::Hold>> holds;
  std::map<u32, bool> executing;  // a guest really runs there
  std::map<u32, Bytes> nvram;
  std::map<u32, u64> vterms;
  std::string vterm_output;
  emu::Changes changes{1, 0, true, {}};  // what a test says that has changed
  bool dead = false;
  bool remains = false;  // what is left of it can be asked

  std::string mtms() const { return info.type_model + "*" + info.serial_num; }
};

// What happens at the n-th request of a command (counted from 1; only those that change something are counted).
enum class Fault { none, refuse, frame_dies_before, frame_dies_after, console_dies_before, console_dies_after };

class World;

struct Output final : hmc::Session {
  std::string text;
  std::string who = "hscroot";
  std::string input;
  bool input_open = false;
  bool gone = false;
  std::string user() const override { return who; }
  void write(std::string_view more) override { text += more; }
  Result<std::string> read(u64) override;
  Result<std::string> file(const std::string& name) const override;
  bool cancelled() const override { return gone; }
  std::map<std::string, std::string> files;  // of the user
};

struct Answer {
  int code = 0;
  std::string text;
};

class Guest final : public hmc::RmcTransport {
 public:
  explicit Guest(World& world) : world_(world) {}
  Result<std::string> exchange(const std::string& ip, const std::string& datagram, u64 timeout) override;
  Status ping(const std::string& segment, const std::string& ip, u64 timeout) override;

  std::string refuse;  // the verb that it refuses
  std::string busy;    // the verb that takes a few requests
  bool network = true;
  std::set<std::string> silent;    // addresses of Virtual I/O Servers that do not answer
  u32 yields = 100;                // blocks, or processors, that drmgr takes or gives back, and no more
  bool contrary = false;           // it does the opposite
  std::vector<std::string> heard;  // verbs, each sequence number once

 private:
  std::string drmgr(const std::vector<std::string>& arguments);
  World& world_;
  std::set<std::string> sequences_;
  int busy_left_ = 3;
};

// Ends frames as a host does. `hangs`: whose process exists, and what it may run.
class Fencing final : public hmc::Fence {
 public:
  explicit Fencing(World& world) : world_(world) {}
  Result<std::optional<std::vector<std::string>>> may_run(const std::string& frame) override;
  Result<std::shared_ptr<hmc::Remains>> fence(const std::string& frame) override;

  std::map<std::string, std::vector<std::string>> hangs;
  bool fails = false;

 private:
  World& world_;
};

class World {
 public:
  World();
  ~World();

  // Builds a console; one that was there is forgotten, with its journal kept (as after `kill -9`) or not.
  enum class JournalFile { kept, lost };
  void start_console(JournalFile = JournalFile::kept);
  emu::ConsoleRelease release = emu::usual_release;
  std::string user = "hscroot";              // who types commands
  std::string input;                         // what he types while one runs
  std::map<std::string, std::string> files;  // of his
  Answer hmc(const std::string& line);       // words parted by blanks, quotes as in a shell
  Answer hmc(const std::vector<std::string>& argv);

  void kill(Frame&);
  void restart(Frame&);

  TestClock clock;
  Frame one;  // cec1
  Frame two;  // cec2
  Guest guest{*this};
  std::shared_ptr<Fencing> fencing = std::make_shared<Fencing>(*this);
  std::unique_ptr<hmc::Hmc> console;

  Fault fault = Fault::none;
  u32 fault_at = 0;
  std::string fault_frame;  // only requests of this frame are counted; empty: all
  std::function<void(Frame&, const service::Request&)> on_request;
  std::vector<std::string> requests;                                           // the changing ones, "cec1 CreateShell"
  std::function<Result<hmc::Reply>(Frame&, const service::Request&)> instead;  // an answer of the test's own; "" code: none

  std::vector<std::string> out_of_reach;  // addresses that no Virtual I/O Server reaches

  // The migration from the first frame goes on until its destination has started the partition. For `instead`.
  void start_on_target();

  // True if exactly one frame has the partition, nothing is left of a migration anywhere, and if `running`, it runs.
  std::string trouble(bool running = true) const;
  bool hosts(const Frame&, const std::string& name = "mobile") const;
  service::LparInfo& lpar(Frame&, const std::string& name = "mobile");

  Result<hmc::Reply> exchange(u32 generation, Frame&, const service::Request&);
  bool console_alive(u32 generation) const { return generation == generation_; }
  u32 generation() const { return generation_; }

  std::recursive_mutex mutex;
  int hold_passes = 0;  // polls that the passes take more
  int hold_pages = 0;   // polls for which the destination, without its source, still takes pages out of the memory that it holds
  bool memory_held = true;

 private:
  // The lab's witness: the latest migration of each partition, and what has become of it.
  struct Witnessed {
    std::string uuid;
    u64 stream = 0;
    service::Fate fate = service::Fate::source;
  };
  Witnessed* witnessed(u64 stream);
  service::Fate fate(u64 stream);
  service::StreamVerdict verdict_of(Frame&, u64 stream);
  std::vector<Witnessed> witness_;

  Result<hmc::Reply> answer(Frame&, const service::Request&);
  Frame* other(const std::string& mtms);
  void tick(Frame& source, u64 stream);
  void console_dies();

  std::string folder_;
  std::string journal_;
  u32 journal_number_ = 0;
  u32 generation_ = 0;
  bool ran_twice_ = false;
};

std::vector<std::string> words(const std::string& line);
std::string_view name_of(const service::Request&);
bool changes(const service::Request&);

// The reference codes of a partition, the latest one last.
std::vector<std::string> codes(const Frame&, u32 lpar_id);

}  // namespace world

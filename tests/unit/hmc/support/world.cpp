// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/hmc/support/world.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

namespace world {

using service::Fate;
using service::Phase;
using service::Role;
using service::Verdict;

void TestClock::sleep(u64 nanoseconds) {
  now_ += nanoseconds;
  std::this_thread::yield();
}

namespace {

template <class T>
struct NameOf;
// clang-format off
#define NAMES(X)                                                                                                                 \
  X(DescribeSystem)                                                                                                              \
  X(ListLpars)                                                                                                                   \
  X(ListRefCodes)                                                                                                                \
  X(DefineLpar) X(RemoveLpar) X(WriteProfile) X(RemoveProfile) X(ActivateLpar) X(PowerOffLpar) X(LockConfiguration) X(OpenVterm) \
      X(ExchangeVterm) X(CloseVterm) X(ReadConsoleLog) X(RunViosCommand) X(DescribeVios) X(AddViosMapping) X(RemoveViosMapping)  \
          X(CreateShell) X(RemoveShell) X(OpenStream) X(CloseStream) X(BeginPasses) X(StopStream) X(QueryStream) X(QueryVerdict) \
              X(ListVerdicts) X(RollBackSource) X(FinishSource) X(FinishTarget) X(HandOverInactive) X(AdoptInactive) X(MarkMigrating) \
                  X(ShowRefCode) X(WatchCounter) X(InjectFault) X(Shutdown) X(ReadNvram) X(WriteNvram)           \
                  X(QueryMemoryMap) X(ReadHeartbeat) X(ReadDiskActivity) X(HoldForMove) X(ReadChanges) X(ListSystemProfiles)     \
                      X(WriteSystemProfile) X(RemoveSystemProfile) X(RequestHugePages) X(AddAdapter) X(RemoveAdapter) X(ActivateOnDemand) X(ChangeCapacity) X(SettleCapacity) X(SetEthernet) X(PowerSystem) X(LockSystem) X(UnlockSystem) X(ProbePath) X(ReadServiceState) X(WriteServiceState) X(ListFaults) X(ClearFault) X(ChangeProcessorPool) X(PingFromFirmware) X(BootFromNetwork) X(QueryNetworkBoot) X(AddSlot) X(RemoveSlot) X(FollowSan) X(SetLogicalPorts) X(ChangeHostEthernet) X(RequestBlockSize) X(InstallVios) X(SetMaintenance) X(ListDeparted) X(ReadVolume) X(WriteVolume)
// clang-format on
#define NAME(type)                                   \
  template <>                                        \
  struct NameOf<service::type> {                     \
    static constexpr std::string_view value = #type; \
  };
NAMES(NAME)
#undef NAME
#undef NAMES

Error closed() { return {"closed", "The frame is gone."}; }

emu::VirtualAdapter adapter(emu::AdapterKind kind, u32 slot) {
  emu::VirtualAdapter made;
  made.kind = kind;
  made.slot = slot;
  made.required = kind == emu::AdapterKind::serial && slot < 2;
  return made;
}

emu::VirtualAdapter scsi(u32 slot, u32 vios, const std::string& vios_name, u32 remote_slot) {
  auto made = adapter(emu::AdapterKind::scsi_client, slot);
  made.required = true;
  made.remote_lpar_id = vios;
  made.remote_lpar_name = vios_name;
  made.remote_slot = remote_slot;
  return made;
}

service::LparInfo vios(u32 id, const std::string& name) {
  service::LparInfo lpar;
  lpar.definition.lpar_id = id;
  lpar.definition.name = name;
  lpar.definition.env = emu::LparEnv::vioserver;
  lpar.definition.uuid = "VIOS-" + name;
  lpar.definition.msp = true;
  lpar.definition.default_profile = "default";
  emu::Profile profile;
  profile.name = "default";
  profile.desired_mem = profile.max_mem = profile.min_mem = 256;
  auto vasi = adapter(emu::AdapterKind::vasi, 9);
  auto trunk = adapter(emu::AdapterKind::ethernet, 11);
  trunk.is_trunk = true;
  trunk.trunk_priority = id;
  trunk.mac_addr = fmt::format("0A000000{:02X}{:02X}", name[1], id);
  profile.adapters = {adapter(emu::AdapterKind::serial, 0), adapter(emu::AdapterKind::serial, 1), vasi, trunk};
  lpar.definition.profiles = {profile};
  lpar.definition.current = emu::current_from(profile, profile.name);
  lpar.adapters = profile.adapters;
  lpar.state = emu::LparState::running;
  lpar.has_resources = true;
  return lpar;
}

service::ViosInfo vios_info() {
  service::ViosInfo info;
  info.ioslevel = "1.5.0.0";
  info.disks.push_back({"hdisk0", "00000000000000a0", "local", 1024, false, "no_reserve", "", false, true, ""});
  info.disks.push_back({"hdisk1", "00000000000000a1", "UDID-ROOT", 512, true, "no_reserve", "", false, true, ""});
  info.disks.push_back({"hdisk2", "00000000000000a2", "UDID-DATA", 512, true, "no_reserve", "", false, true, ""});
  info.bridges.push_back({"ent5", "lan", {1}, true, "ETHERNET0", {{"ent0", true}}, ""});
  info.vasi_slot = 9;
  info.free_slots = 8;
  return info;
}

}  // namespace

std::string_view name_of(const service::Request& request) {
  return std::visit([]<class R>(const R&) { return NameOf<R>::value; }, request);
}

bool changes(const service::Request& request) {
  return std::visit([]<class R>(const R&) { return service::is_change<R>; }, request) || name_of(request) == "OpenVterm" ||
         name_of(request) == "CloseVterm" || name_of(request) == "ExchangeVterm";
}

Result<std::string> Output::read(u64) {
  if (!input.empty()) return std::exchange(input, "");
  if (input_open) return Error{"timeout", ""};
  return Error{"closed", ""};
}

Result<std::string> Output::file(const std::string& name) const {
  const auto found = files.find(name);
  return found == files.end() ? Result<std::string>(Error{"file", "No such file or directory"}) : found->second;
}

std::vector<std::string> words(const std::string& line) {
  std::vector<std::string> found;
  std::string word;
  bool any = false;
  char quote = 0;
  for (size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '\\' && at + 1 < line.size() && quote != '\'') {
      word += line[++at];
      any = true;
    } else if (quote) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      any = true;
    } else if (c == ' ') {
      if (any) found.push_back(word);
      word.clear();
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) found.push_back(word);
  return found;
}

Result<std::string> Guest::exchange(const std::string& ip, const std::string& datagram, u64 timeout) {
  const std::lock_guard lock(world_.mutex);
  const std::vector<std::string> word = words(datagram.substr(0, datagram.size() - 1));
  const auto silence = [&]() -> Result<std::string> {
    world_.clock.sleep(timeout);
    return Error{"timeout", ""};
  };
  // A Virtual I/O Server answers as long as its frame lives.
  for (Frame* frame : {&world_.one, &world_.two})
    for (const auto& [id, lpar] : frame->lpars)
      if (network && !frame->dead && frame->vioses.contains(id) && !silent.contains(ip) && lpar.definition.ip_address == ip)
        return "RMC2 " + word[1] + " OK\n";
  const bool runs = world_.one.executing[3] || std::ranges::any_of(world_.two.executing, [](const auto& e) { return e.second; });
  if (!network || ip != "10.0.2.15" || !runs) return silence();
  const std::string& verb = word[3];  // word[2] is the key
  const std::string head = "RMC2 " + word[1] + " ";
  if (verb == busy && busy_left_-- > 0) return head + "BUSY\n";
  if (sequences_.insert(word[1]).second && verb != "hello" && verb != "oslevel") heard.push_back(verb);
  if (verb == refuse) return head + "ERR 16 ticker does not want to move\n";
  if (verb == "oslevel") return head + "OK nomad 1.0\n";
  if (verb == "drmgr") return head + drmgr({word.begin() + 4, word.end()}) + "\n";
  return head + "OK\n";
}

Status Guest::ping(const std::string& segment, const std::string& ip, u64) {
  if (network && segment == "lan" && ip == "10.0.2.2") return emu::success();
  return Error{"timeout", ip + " does not answer."};
}

// -c mem|cpu -a|-r -q NUMBER, and what the hypervisor then says of the partition.
std::string Guest::drmgr(const std::vector<std::string>& arguments) {
  const bool memory = arguments.at(1) == "mem";
  if (!memory && arguments.at(1) != "cpu") return "OK 1 the slot is busy\\n";
  const bool adds = (arguments.at(2) == "-a") != contrary;
  const u32 done = std::min(yields, static_cast<u32>(std::stoul(arguments.at(4))));
  emu::Current& current = *world_.one.lpars[3].definition.current;
  u32& has = memory ? current.desired_mem : current.desired_procs;
  const u32 by = done * (memory ? world_.one.info.lmb_mb : 1);
  has = adds ? has + by : has - by;
  return fmt::format("OK {} DR_TOTAL_RESOURCES={}\\n", done == std::stoul(arguments.at(4)) ? 0 : 1, done);
}

World::World() {
  std::string pattern = (std::filesystem::temp_directory_path() / "hmc-tests-XXXXXX").string();
  const char* made = mkdtemp(pattern.data());
  folder_ = made ? made : "";
  for (Frame* frame : {&one, &two}) {
    const bool first = frame == &one;
    frame->link = first ? "cec1" : "cec2";
    frame->info.name = frame->link;
    frame->info.type_model = "9117-MMA";
    frame->info.serial_num = first ? "10DD4AC" : "10FFE0B";
    frame->info.installed_mem_mb = 4096;
    frame->info.available_mem_mb = 3072;
    frame->info.lmb_mb = 16;
    frame->info.processors = 8;
    frame->info.available_proc_units = 700;
    frame->info.max_lpars = 20;
    frame->info.active_lpar_mobility_capable = frame->info.inactive_lpar_mobility_capable = true;
    frame->info.num_active_migrations_supported = 40;
    frame->info.num_inactive_migrations_supported = 40;
    frame->info.compat_modes = {emu::CompatMode::of_system, emu::CompatMode::power6};
    frame->service_state.levels = {"01EM320", 31, 31, 31, "01EM320", 31};
    for (u32 id = 1; id <= 2; ++id) {
      frame->lpars[id] = vios(id, fmt::format("S{}_VIOS{}", first ? 1 : 2, id));
      frame->lpars[id].definition.ip_address = fmt::format("10.0.2.{}{}", first ? 2 : 3, id);
      frame->vioses[id] = vios_info();
    }
  }
  service::LparInfo mobile;
  mobile.definition.lpar_id = 3;
  mobile.definition.name = "mobile";
  mobile.definition.uuid = "4D0B11E0-0000-0000-0000-000000000003";
  mobile.definition.default_profile = "normal";
  mobile.definition.ip_address = "10.0.2.15";
  emu::Profile normal;
  normal.name = "normal";
  normal.min_mem = 64;
  normal.desired_mem = 128;
  normal.max_mem = 256;
  normal.boot_image = "nomad";
  auto ethernet = adapter(emu::AdapterKind::ethernet, 2);
  ethernet.mac_addr = "0A0000000003";
  normal.adapters = {adapter(emu::AdapterKind::serial, 0), adapter(emu::AdapterKind::serial, 1), ethernet,
                     scsi(4, 1, "S1_VIOS1", 20), scsi(5, 2, "S1_VIOS2", 20)};
  emu::Profile small = normal;
  small.name = "small";
  small.desired_mem = 64;
  mobile.definition.profiles = {normal, small};
  mobile.adapters = normal.adapters;
  mobile.state = emu::LparState::running;
  mobile.definition.current = emu::current_from(normal, normal.name);
  mobile.has_resources = true;
  one.lpars[3] = mobile;
  one.executing[3] = true;
  one.vioses[1].hosts.push_back({"vhost0", 20, 3, 4, {{"vtscsi0", 0x8100000000000000, "hdisk1", "UDID-ROOT"}}});
  one.vioses[2].hosts.push_back({"vhost0", 20, 3, 5, {{"vtscsi0", 0x8100000000000000, "hdisk2", "UDID-DATA"}}});
  start_console();
}

World::~World() {
  console.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

namespace {
class Link final : public hmc::FrameLink {
 public:
  Link(World& world, Frame& frame, u32 generation) : world_(world), frame_(frame), generation_(generation) {}
  Result<hmc::Reply> exchange(const service::Request& request, u64) override {
    return world_.exchange(generation_, frame_, request);
  }
  void stop() override {}

 private:
  World& world_;
  Frame& frame_;
  u32 generation_;
};

// To a frame that is dead for everybody else.
class RemainsLink final : public hmc::FrameLink {
 public:
  RemainsLink(World& world, Frame& frame, u32 generation) : world_(world), frame_(frame), generation_(generation) {}
  Result<hmc::Reply> exchange(const service::Request& request, u64) override {
    const std::lock_guard lock(world_.mutex);
    if (!frame_.remains) return Error{"absent", "Nobody answers."};
    frame_.dead = false;
    auto reply = world_.exchange(generation_, frame_, request);
    if (frame_.dead) frame_.remains = false;  // of this
    frame_.dead = true;
    return reply;
  }
  void stop() override {}

 private:
  World& world_;
  Frame& frame_;
  u32 generation_;
};

class Left final : public hmc::Remains {
 public:
  explicit Left(Frame& frame) : frame_(frame) {}
  ~Left() override { frame_.remains = false; }

 private:
  Frame& frame_;
};
}  // namespace

Result<std::optional<std::vector<std::string>>> Fencing::may_run(const std::string& frame) {
  if (!hangs.contains(frame)) return std::optional<std::vector<std::string>>{};
  return std::optional(hangs.at(frame));
}

Result<std::shared_ptr<hmc::Remains>> Fencing::fence(const std::string& name) {
  if (fails) return Error{"fence", "It does not end."};
  hangs.erase(name);
  Frame& frame = name == world_.one.link ? world_.one : world_.two;
  world_.kill(frame);
  world_.restart(frame);
  frame.dead = true;
  frame.remains = true;
  return std::shared_ptr<hmc::Remains>(std::make_shared<Left>(frame));
}

void World::start_console(JournalFile kept) {
  console.reset();
  ++generation_;
  if (kept == JournalFile::lost || journal_.empty()) journal_ = fmt::format("{}/journal-{}", folder_, ++journal_number_);
  std::vector<hmc::FrameEndpoint> frames;
  for (Frame* frame : {&one, &two}) {
    frames.push_back({frame->link, std::make_unique<Link>(*this, *frame, generation_),
                      std::make_unique<RemainsLink>(*this, *frame, generation_)});
  }
  hmc::HmcOptions options{"hmc", journal_, "secret"};
  options.release = release;
  options.fence = fencing;
  auto made = hmc::Hmc::create(std::move(options), std::move(frames), &guest, clock, clock);
  if (!made) std::abort();
  console = std::move(*made);
  console->heartbeat();
  requests.clear();
}

// The journal as it is at this moment is what the next console finds; what this one still does reaches nobody.
void World::console_dies() {
  const std::string copy = fmt::format("{}/journal-{}", folder_, ++journal_number_);
  std::error_code ignored;
  std::filesystem::copy_file(journal_, copy, ignored);
  journal_ = copy;
  ++generation_;
}

Answer World::hmc(const std::vector<std::string>& argv) {
  Output output;
  output.who = user;
  if (!input.empty()) output.input = std::exchange(input, "");
  for (const std::string& name : hmc::Hmc::files_of(argv))
    if (files.contains(name)) output.files[name] = files.at(name);
  const int code = console->run_command(argv, output);
  return {code, output.text};
}

Answer World::hmc(const std::string& line) { return hmc(words(line)); }

Frame* World::other(const std::string& mtms) {
  for (Frame* frame : {&one, &two})
    if (frame->mtms() == mtms) return frame;
  return nullptr;
}

void World::kill(Frame& frame) {
  frame.dead = true;
  frame.executing.clear();
}

// What is in the journal comes back: definitions, verdicts, what Virtual I/O Servers are configured with.
void World::restart(Frame& frame) {
  frame.dead = false;
  frame.executing.clear();
  frame.locks.clear();
  frame.holds.clear();
  for (auto& [id, lpar] : frame.lpars) {
    if (lpar.definition.env == emu::LparEnv::vioserver) continue;
    lpar.state = emu::LparState::not_activated;
    lpar.has_resources = false;
    lpar.config_locked = false;
  }
  for (auto& [id, stream] : frame.streams) {
    stream.verdict.phase = Phase::none;
    stream.info = {};
  }
}

bool World::hosts(const Frame& frame, const std::string& name) const {
  return std::ranges::any_of(frame.lpars, [&](const auto& l) { return l.second.definition.name == name; });
}

service::LparInfo& World::lpar(Frame& frame, const std::string& name) {
  for (auto& [id, lpar] : frame.lpars)
    if (lpar.definition.name == name) return lpar;
  return frame.lpars[0];
}

std::string World::trouble(bool running) const {
  std::string found = ran_twice_ ? "it ran in two places; " : "";
  if (hosts(one) == hosts(two)) found += hosts(one) ? "two owners; " : "no owner; ";
  for (const Frame* frame : {&one, &two}) {
    if (!frame->locks.empty()) found += frame->link + " is locked; ";
    if (!frame->holds.empty()) found += frame->link + " has held servers; ";
    for (const auto& [id, stream] : frame->streams)
      if (stream.verdict.verdict != Verdict::finished && stream.verdict.verdict != Verdict::unknown)
        found += frame->link + " has a stream; ";
    for (const auto& [id, lpar] : frame->lpars) {
      if (lpar.migration_stream || lpar.migration_target) found += frame->link + " has a migrating partition; ";
      const auto runs = frame->executing.find(id);
      if (running && lpar.definition.name == "mobile" && (runs == frame->executing.end() || !runs->second))
        found += "it does not run; ";
    }
    for (const auto& [id, vios] : frame->vioses) {
      for (const auto& host : vios.hosts)
        if (!frame->lpars.contains(host.client_id)) found += frame->link + " hosts nobody; ";
      const size_t wanted = hosts(*frame) ? 1 : 0;
      if (vios.hosts.size() != wanted)
        found += fmt::format("{} VIOS {} has {} server adapters; ", frame->link, id, vios.hosts.size());
    }
  }
  return found;
}

// The passes, the suspension and so on: the source's mover goes one phase further.
World::Witnessed* World::witnessed(u64 stream) {
  const auto found = std::ranges::find(witness_, stream, &Witnessed::stream);
  return found == witness_.end() ? nullptr : &*found;
}
service::Fate World::fate(u64 stream) {
  const Witnessed* known = witnessed(stream);
  return known ? known->fate : Fate::none;
}
service::StreamVerdict World::verdict_of(Frame& frame, u64 stream) {
  service::StreamVerdict verdict;
  if (const auto known = frame.streams.find(stream); known != frame.streams.end()) {
    verdict = known->second.verdict;
    verdict.phase = known->second.info.phase;
  }
  verdict.fate = fate(stream);
  if (verdict.verdict != Verdict::mine) return verdict;
  const bool given = verdict.fate == Fate::handed_over || verdict.fate == Fate::started;
  if (verdict.role == Role::source && given) verdict.verdict = Verdict::handed_over;
  if (verdict.role == Role::target && verdict.fate == Fate::started) verdict.verdict = Verdict::adopted;
  return verdict;
}

void World::tick(Frame& from, u64 id) {
  KnownStream& source = from.streams[id];
  Frame* to = other(source.verdict.other_system);
  service::StreamInfo& info = source.info;
  const bool peer = to && !to->dead && to->streams.contains(id) && to->streams[id].info.phase != Phase::none;
  if (info.phase >= Phase::passes && info.phase <= Phase::handed_over && !peer && fate(id) != Fate::started) {
    witnessed(id)->fate = Fate::source;
    info.phase = Phase::aborted;
    info.error_text = "The mover link was closed.";
    from.executing[source.verdict.lpar_id] = true;
    return;
  }
  service::StreamInfo* target = peer ? &to->streams[id].info : nullptr;
  const u32 target_lpar = peer ? to->streams[id].verdict.lpar_id : 0;
  switch (info.phase) {
    case Phase::passes:
      info.percent = std::min(100u, info.percent + 40);
      if (hold_passes > 0) {
        --hold_passes;
        info.percent = 30;
      } else if (info.percent == 100) {
        info.phase = Phase::suspending;
      }
      break;
    case Phase::suspending:
      info.phase = Phase::suspended;
      from.executing[source.verdict.lpar_id] = false;
      info.suspended_at = clock.monotonic();
      break;
    case Phase::suspended:
      info.phase = target->phase = Phase::verifying;
      break;
    case Phase::verifying:
      info.phase = Phase::handed_over;
      witnessed(id)->fate = Fate::handed_over;
      break;
    case Phase::handed_over:
      if (!peer) break;
      if (target->phase == Phase::verifying) {
        witnessed(id)->fate = Fate::started;
        target->phase = Phase::resumed;
        to->streams[id].verdict.verdict = Verdict::adopted;
        to->executing[target_lpar] = true;
        to->lpars[target_lpar].state = emu::LparState::running;
        info.phase = Phase::resumed;
      }
      break;
    case Phase::resumed:
      if (peer) info.phase = target->phase = Phase::completed;
      break;
    default:
      break;
  }
}

void World::start_on_target() {
  const u64 stream = one.streams.begin()->first;
  while (one.streams[stream].info.phase < Phase::resumed) tick(one, stream);
}

Result<hmc::Reply> World::exchange(u32 generation, Frame& frame, const service::Request& request) {
  const std::lock_guard lock(mutex);
  if (!console_alive(generation) || frame.dead) return closed();
  if (on_request) on_request(frame, request);
  if (!console_alive(generation) || frame.dead) return closed();
  if (instead) {
    auto own = instead(frame, request);
    if (own || !own.error().code.empty()) return own;
  }
  Fault now = Fault::none;
  if (changes(request) && (fault_frame.empty() || fault_frame == frame.link)) {
    requests.push_back(frame.link + " " + std::string(name_of(request)));
    if (fault_at && requests.size() == fault_at) now = fault;
  }
  switch (now) {
    case Fault::refuse:
      return Error{"HSCLA999", "It does not want to."};
    case Fault::frame_dies_before:
      kill(frame);
      return closed();
    case Fault::console_dies_before:
      console_dies();
      return closed();
    default:
      break;
  }
  auto reply = answer(frame, request);
  // Nobody ever runs twice, whatever has happened.
  int owners = 0;
  for (const Frame* f : {&one, &two})
    for (const auto& [id, runs] : f->executing)
      if (runs && f->lpars.contains(id) && f->lpars.at(id).definition.name == "mobile") ++owners;
  if (owners > 1) ran_twice_ = true;
  if (now == Fault::frame_dies_after) {
    kill(frame);
    return closed();
  }
  if (now == Fault::console_dies_after) {
    console_dies();
    return closed();
  }
  return reply;
}

Result<hmc::Reply> World::answer(Frame& frame, const service::Request& request) {
  using hmc::Reply;
  using service::Empty;
  const Error unknown{"HSCL05DF", "There is no such partition, or no such stream."};
  const auto lpar_of = [&](u32 id) -> service::LparInfo* {
    const auto found = frame.lpars.find(id);
    return found == frame.lpars.end() ? nullptr : &found->second;
  };
  const auto stream_of = [&](u64 id) -> KnownStream* {
    const auto found = frame.streams.find(id);
    return found == frame.streams.end() ? nullptr : &found->second;
  };
  const auto leave = [&](u32 id) {
    if (auto* lpar = lpar_of(id)) {
      lpar->migration_stream = 0;
      lpar->migration_target = false;
    }
  };
  const auto forget = [&](u64 stream) {
    frame.streams.erase(stream);
    frame.holds.erase(stream);
  };
  return std::visit(
      [&]<class R>(const R& r) -> Result<Reply> {
        if constexpr (std::is_same_v<R, service::DescribeSystem>) {
          service::SystemInfo info = frame.info;
          for (const auto& [id, lpar] : frame.lpars) {
            if (!lpar.definition.service) continue;
            info.service_lpar_id = id;
            info.service_lpar_name = lpar.definition.name;
          }
          return Reply(info);
        } else if constexpr (std::is_same_v<R, service::ListLpars>) {
          service::Lpars all;
          for (const auto& [id, lpar] : frame.lpars) {
            all.lpars.push_back(lpar);
            all.lpars.back().config_locked = frame.locks.contains(id);
          }
          return Reply(all);
        } else if constexpr (std::is_same_v<R, service::ListRefCodes>) {
          service::RefCodes codes;
          const auto& all = frame.refcodes[r.lpar_id];
          for (size_t i = 0; i < std::min<size_t>(all.size(), r.count); ++i) codes.codes.push_back(all[all.size() - 1 - i]);
          return Reply(codes);
        } else if constexpr (std::is_same_v<R, service::DefineLpar>) {
          frame.lpars[r.definition.lpar_id].definition = r.definition;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::RemoveLpar>) {
          frame.lpars.erase(r.lpar_id);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::WriteProfile>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar) return unknown;
          auto& profiles = lpar->definition.profiles;
          const auto same = std::ranges::find(profiles, r.profile.name, &emu::Profile::name);
          if (same == profiles.end())
            profiles.push_back(r.profile);
          else
            *same = r.profile;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::RemoveProfile>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar) return unknown;
          std::erase_if(lpar->definition.profiles, [&](const auto& p) { return p.name == r.name; });
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ListSystemProfiles>) {
          return Reply(frame.system_profiles);
        } else if constexpr (std::is_same_v<R, service::WriteSystemProfile>) {
          auto& profiles = frame.system_profiles.profiles;
          if (r.replaces.empty()) profiles.emplace_back();
          *std::ranges::find(profiles, r.replaces, &emu::SystemProfile::name) = r.profile;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::RemoveSystemProfile>) {
          std::erase_if(frame.system_profiles.profiles, [&](const auto& p) { return p.name == r.name; });
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::RequestHugePages>) {
          frame.info.requested_huge_pages = r.pages;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::InstallVios>) {
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::RequestBlockSize>) {
          frame.info.pending_lmb_mb = r.lmb_mb;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ChangeProcessorPool>) {
          emu::put_pool(frame.info.processor_pools, r.pool);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ActivateOnDemand>) {
          auto& state = r.kind == emu::OnDemandKind::memory ? frame.info.on_demand_memory : frame.info.on_demand_processors;
          state.activated = r.quantity;
          state.until = r.until;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::AddAdapter>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar) return unknown;
          lpar->adapters.push_back(r.adapter);
          if (lpar->definition.current) lpar->definition.current->adapters.push_back(r.adapter);
          return Reply(service::AdapterSlot{r.adapter.slot});
        } else if constexpr (std::is_same_v<R, service::RemoveAdapter>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar) return unknown;
          const auto in_slot = [&](const emu::VirtualAdapter& each) { return each.slot == r.slot; };
          std::erase_if(lpar->adapters, in_slot);
          if (lpar->definition.current) std::erase_if(lpar->definition.current->adapters, in_slot);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::SetLogicalPorts>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar || !lpar->definition.current) return unknown;
          lpar->definition.current->lhea_logical_ports = r.ports;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ChangeHostEthernet>) {
          for (auto& adapter : frame.info.heas)
            if (adapter.adapter_id == r.adapter.adapter_id) adapter = r.adapter;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::AddSlot> || std::is_same_v<R, service::RemoveSlot>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar || !lpar->definition.current) return unknown;
          auto& slots = lpar->definition.current->io_slots;
          std::erase_if(slots, [&](const std::string& text) { return emu::slot_claim(text)->drc_index == r.drc_index; });
          if constexpr (std::is_same_v<R, service::AddSlot>) slots.push_back(emu::claim_text(r.drc_index, false));
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ReadVolume>) {
          if (!frame.volumes.contains(r.volume)) return unknown;
          const Bytes& content = frame.volumes[r.volume];
          service::VolumePiece piece{r.at, {}, content.size(), content.size(), 0};
          for (const u8 byte : content) piece.sum = piece.sum * 31 + byte;
          if (!r.only_sum) piece.content = content;
          return Reply(piece);
        } else if constexpr (std::is_same_v<R, service::WriteVolume>) {
          if (!frame.volumes.contains(r.volume)) return unknown;
          std::ranges::copy(r.content, frame.volumes[r.volume].begin() + static_cast<long>(r.at));
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::SetMaintenance>) {
          frame.info.maintenance = r.on;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ListDeparted>) {
          return Reply(frame.departed);
        } else if constexpr (std::is_same_v<R, service::ReadServiceState>) {
          return Reply(frame.service_state);
        } else if constexpr (std::is_same_v<R, service::WriteServiceState>) {
          if (frame.service_state != r.before) return Error{"changed-meanwhile", "Another console has changed it meanwhile."};
          frame.service_state = r.after;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::PowerSystem>) {
          frame.info.power = r.power;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::SetEthernet>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar || !lpar->definition.current) return unknown;
          for (emu::VirtualAdapter& each : lpar->definition.current->adapters)
            if (each.slot == r.slot) each.addl_vlan_ids = r.addl_vlan_ids, each.disabled = r.disabled;
          for (emu::VirtualAdapter& each : lpar->adapters)
            if (each.slot == r.slot) each.addl_vlan_ids = r.addl_vlan_ids, each.disabled = r.disabled;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ChangeCapacity> || std::is_same_v<R, service::SettleCapacity>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar || !lpar->definition.current) return unknown;
          emu::Current& current = *lpar->definition.current;
          if constexpr (std::is_same_v<R, service::ChangeCapacity>) {
            emu::Capacity& is = lpar->definition.env == emu::LparEnv::vioserver ? current : current.pending;
            is.desired_mem = r.mem_mb;
            is.desired_procs = r.procs;
            current.desired_proc_units = r.proc_units;
            current.sharing_mode = r.sharing_mode;
            current.uncap_weight = r.uncap_weight;
            current.shared_proc_pool = current.pending.shared_proc_pool = r.shared_proc_pool;
          } else {
            if (r.memory) current.pending.desired_mem = current.desired_mem;
            if (r.processors) current.pending.desired_procs = current.desired_procs;
          }
          return Reply(service::Amounts{current.desired_mem, current.desired_procs, current.desired_proc_units});
        } else if constexpr (std::is_same_v<R, service::ActivateLpar>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar) return unknown;
          lpar->state = r.boot_mode == emu::BootMode::of ? emu::LparState::open_firmware : emu::LparState::running;
          if (const emu::Profile* profile = lpar->definition.profile(r.profile))
            lpar->definition.current = emu::current_from(*profile, r.profile);
          frame.executing[r.lpar_id] = true;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::PingFromFirmware>) {
          // Untagged packets of VLAN 1 lead to hosts up to .9.
          const auto* lpar = lpar_of(r.lpar_id);
          if (!lpar) return unknown;
          bool leads_out = false;
          for (const emu::VirtualAdapter& each : lpar->adapters)
            if (each.slot == r.network.slot) leads_out = each.port_vlan_id == 1 && r.network.vlan == 0;
          return Reply(service::PingResult{leads_out && r.network.server.size() == std::string_view("10.0.2.2").size()});
        } else if constexpr (std::is_same_v<R, service::BootFromNetwork>) {
          if (!lpar_of(r.lpar_id)) return unknown;
          frame.netboots.push_back(r);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::QueryNetworkBoot>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar) return unknown;
          if (frame.netboot.phase == service::NetworkBootPhase::running) lpar->state = emu::LparState::running;
          return Reply(frame.netboot);
        } else if constexpr (std::is_same_v<R, service::PowerOffLpar>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar) return unknown;
          const bool restart = r.how == service::PowerOff::restart;
          lpar->state = restart ? emu::LparState::running : emu::LparState::not_activated;
          frame.executing[r.lpar_id] = restart;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::LockSystem>) {
          std::string& holder = frame.info.lock_holder;
          if (!holder.empty() && holder != r.holder && !r.force)
            return Error{"HSCLF040", "The managed system " + frame.info.name + " is locked by the console " + holder + "."};
          holder = r.holder;
          return Reply(service::SystemLock{++frame.lock_epoch});
        } else if constexpr (std::is_same_v<R, service::ProbePath>) {
          return Reply(service::PathProbed{std::ranges::count(out_of_reach, r.address) == 0});
        } else if constexpr (std::is_same_v<R, service::UnlockSystem>) {
          if (r.epoch == frame.lock_epoch || r.force) frame.info.lock_holder.clear();
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::LockConfiguration>) {
          const auto held = frame.locks.find(r.lpar_id);
          if (r.lock && held != frame.locks.end() && held->second != r.holder)
            return Error{"HSCL3205", "Somebody else has locked it."};
          if (r.lock)
            frame.locks[r.lpar_id] = r.holder;
          else if (held != frame.locks.end() && held->second == r.holder)
            frame.locks.erase(held);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::HoldForMove>) {
          frame.holds.erase(r.stream);
          if (!r.holds.empty()) frame.holds[r.stream] = r.holds;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::OpenVterm>) {
          if (frame.vterms.contains(r.lpar_id)) return Reply(service::VtermToken{0, true});
          frame.vterms[r.lpar_id] = 7;
          return Reply(service::VtermToken{7, false});
        } else if constexpr (std::is_same_v<R, service::ExchangeVterm>) {
          if (frame.vterms.empty()) return Reply(service::VtermOutput{{}, true, "closed"});
          std::string out = std::exchange(frame.vterm_output, "");
          out.append(r.input.begin(), r.input.end());
          return Reply(service::VtermOutput{Bytes(out.begin(), out.end()), false, ""});
        } else if constexpr (std::is_same_v<R, service::CloseVterm>) {
          frame.vterms.erase(r.lpar_id);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ReadConsoleLog>) {
          return Reply(service::ConsoleLog{});
        } else if constexpr (std::is_same_v<R, service::RunViosCommand>) {
          if (r.command == "ioslevel") return Reply(service::ViosOutput{0, "1.5.0.0\n"});
          if (r.command == "errlog -ls") return Reply(service::ViosOutput{0, frame.error_log});
          if (r.command.starts_with("mkvdev ")) {
            frame.made_devices.push_back(r.command);
            return Reply(service::ViosOutput{0, ""});
          }
          return Reply(service::ViosOutput{1, "Command not found or not valid.\n"});
        } else if constexpr (std::is_same_v<R, service::DescribeVios>) {
          const auto found = frame.vioses.find(r.lpar_id);
          if (found == frame.vioses.end()) return unknown;
          return Reply(found->second);
        } else if constexpr (std::is_same_v<R, service::AddViosMapping>) {
          auto& vios = frame.vioses[r.lpar_id];
          for (const auto& host : vios.hosts)
            if (host.client_id == r.client_id && host.client_slot == r.client_slot) return Reply(service::ViosSlot{host.slot});
          const u32 slot = 30 + static_cast<u32>(vios.hosts.size());
          vios.hosts.push_back({"vhost9", slot, r.client_id, r.client_slot, r.targets});
          service::ViosSlot made{slot};
          for (const auto& each : r.volumes) {
            const std::string name = each.volume.name + "_copy";
            frame.volumes[name] = Bytes(each.volume.size_mb * MiB);
            vios.volumes.push_back({name, each.volume.size_mb, "rootvg", false});
            vios.hosts.back().targets.push_back({each.vtd, each.lun, name, ""});
            made.volumes.push_back(name);
          }
          return Reply(made);
        } else if constexpr (std::is_same_v<R, service::RemoveViosMapping>) {
          auto& hosts_there = frame.vioses[r.lpar_id].hosts;
          for (const auto& host : hosts_there)
            for (const auto& each : host.targets)
              if (r.with_volumes && host.client_id == r.client_id && each.udid.empty()) {
                frame.volumes.erase(each.backing);
                std::erase_if(frame.vioses[r.lpar_id].volumes, [&](const auto& volume) { return volume.name == each.backing; });
              }
          std::erase_if(hosts_there, [&](const auto& h) { return h.client_id == r.client_id && h.client_slot == r.client_slot; });
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::CreateShell>) {
          if (const KnownStream* stream = stream_of(r.stream)) return Reply(service::ShellCreated{stream->verdict.lpar_id});
          u32 id = r.definition.lpar_id ? r.definition.lpar_id : 1;
          while (frame.lpars.contains(id)) ++id;
          service::LparInfo& shell = frame.lpars[id];
          shell.definition = r.definition;
          shell.definition.lpar_id = id;
          shell.adapters = r.definition.current->adapters;
          shell.state = emu::LparState::not_activated;
          shell.has_resources = r.active;
          shell.migration_stream = r.stream;
          shell.migration_target = true;
          frame.streams[r.stream].verdict = {Verdict::mine, id, Role::target, r.other_system, r.active, Phase::none};
          return Reply(service::ShellCreated{id});
        } else if constexpr (std::is_same_v<R, service::RemoveShell>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream || stream->verdict.role != Role::target) return unknown;
          if (stream->verdict.verdict != Verdict::mine || fate(r.stream) == Fate::started)
            return Error{"HSCLA998", "It is not a shell any more."};
          frame.lpars.erase(stream->verdict.lpar_id);
          frame.executing.erase(stream->verdict.lpar_id);
          forget(r.stream);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::OpenStream>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream) return unknown;
          stream->info.stream = r.stream;
          stream->info.lpar_id = r.lpar_id;
          stream->info.role = r.role;
          stream->info.phase = Phase::opened;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::CloseStream>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream) return unknown;
          if (stream->info.phase < Phase::handed_over) stream->info.phase = Phase::none;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::BeginPasses>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream || stream->info.phase != Phase::opened) return unknown;
          stream->info.phase = Phase::passes;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::StopStream>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream) return unknown;
          if (stream->info.phase >= Phase::suspended && stream->info.phase < Phase::aborted)
            return Error{"HSCLF301", "The partition is suspended already."};
          stream->info.phase = Phase::aborted;
          stream->info.error_text = "It was stopped.";
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::QueryStream>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream || stream->info.phase == Phase::none) return unknown;
          if (stream->verdict.role == Role::source) tick(frame, r.stream);
          // Without its source, the rest of the pages comes only from memory that the destination holds.
          if (stream->verdict.role == Role::target && stream->info.phase == Phase::resumed) {
            const Frame* source = other(stream->verdict.other_system);
            if (!source || source->dead || source->streams.at(r.stream).info.phase == Phase::none) {
              if (memory_held && hold_pages-- > 0) return Reply(stream->info);
              stream->info.phase = memory_held ? Phase::completed : Phase::failed;
              stream->info.error_text = memory_held ? "" : "The source was lost.";
            }
          }
          return Reply(stream->info);
        } else if constexpr (std::is_same_v<R, service::QueryVerdict>) {
          return Reply(verdict_of(frame, r.stream));
        } else if constexpr (std::is_same_v<R, service::ListVerdicts>) {
          service::Verdicts all;
          for (const auto& [id, stream] : frame.streams) all.streams[id] = verdict_of(frame, id);
          return Reply(all);
        } else if constexpr (std::is_same_v<R, service::RollBackSource>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream) return unknown;
          if (fate(r.stream) == Fate::started) return Error{"HSCLA997", "The destination has started it."};
          if (Witnessed* known = witnessed(r.stream)) known->fate = Fate::source;
          const u32 id = stream->verdict.lpar_id;
          if (lpar_of(id)->state == emu::LparState::running) frame.executing[id] = true;
          leave(id);
          forget(r.stream);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::FinishSource>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream) return unknown;
          if (fate(r.stream) != Fate::started) return Error{"HSCLA996", "It was not started."};
          frame.lpars.erase(stream->verdict.lpar_id);
          frame.executing.erase(stream->verdict.lpar_id);
          frame.locks.erase(stream->verdict.lpar_id);
          forget(r.stream);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::FinishTarget>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream) return unknown;
          if (fate(r.stream) != Fate::started) return Error{"HSCLA995", "It was not started."};
          const u32 id = stream->verdict.lpar_id;
          if (r.state_lost) {
            frame.executing[id] = false;
            lpar_of(id)->state = emu::LparState::not_activated;
          }
          leave(id);
          forget(r.stream);
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::HandOverInactive>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream) return unknown;
          witnessed(r.stream)->fate = Fate::handed_over;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::AdoptInactive>) {
          KnownStream* stream = stream_of(r.stream);
          if (!stream || fate(r.stream) == Fate::source || fate(r.stream) == Fate::none) return unknown;
          witnessed(r.stream)->fate = Fate::started;
          stream->verdict.verdict = Verdict::adopted;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::MarkMigrating>) {
          auto* lpar = lpar_of(r.lpar_id);
          if (!lpar) return unknown;
          if (r.migrating) {
            lpar->migration_stream = r.stream;
            std::erase_if(witness_, [&](const Witnessed& known) { return known.uuid == lpar->definition.uuid; });
            witness_.push_back({lpar->definition.uuid, r.stream, Fate::source});
            frame.streams[r.stream].verdict = {Verdict::mine, r.lpar_id, Role::source, r.other_system, r.active, Phase::none};
          } else if (lpar->migration_stream == r.stream) {
            if (fate(r.stream) == Fate::started) return unknown;
            if (Witnessed* known = witnessed(r.stream)) known->fate = Fate::source;
            leave(r.lpar_id);
            forget(r.stream);
          }
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ReadNvram>) {
          if (!lpar_of(r.lpar_id)) return unknown;
          return Reply(service::Nvram{frame.nvram[r.lpar_id]});
        } else if constexpr (std::is_same_v<R, service::WriteNvram>) {
          if (!lpar_of(r.lpar_id) || !lpar_of(r.lpar_id)->migration_target) return unknown;
          frame.nvram[r.lpar_id] = r.content;
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ShowRefCode>) {
          const bool off = lpar_of(r.lpar_id) && lpar_of(r.lpar_id)->state == emu::LparState::not_activated;
          auto& codes = frame.refcodes[r.lpar_id];
          if (!r.refcode.empty()) codes.push_back({clock.wall(), r.refcode, ""});
          if (r.own) codes.push_back({clock.wall(), off ? "00000000" : "", ""});
          if (auto* lpar = lpar_of(r.lpar_id)) lpar->refcode = frame.refcodes[r.lpar_id].back();
          return Reply(Empty{});
        } else if constexpr (std::is_same_v<R, service::ReadChanges>) {
          const bool known = r.life == frame.changes.life;
          emu::Changes answer{frame.changes.life, frame.changes.last, known, {}};
          for (const emu::Change& change : frame.changes.changes)
            if (!known || change.number > r.after) answer.changes.push_back(change);
          return Reply(answer);
        } else {
          return Error{"service", "The test's frame does not know this request."};
        }
      },
      request);
}

std::vector<std::string> codes(const Frame& frame, u32 lpar_id) {
  std::vector<std::string> found;
  if (const auto shown = frame.refcodes.find(lpar_id); shown != frame.refcodes.end())
    for (const auto& code : shown->second) found.push_back(code.refcode);
  return found;
}

}  // namespace world

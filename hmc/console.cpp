// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/console.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "emu/core/log.h"
#include "emu/core/names.h"
#include "hmc/consoles/system_lock.h"
#include "hmc/lpm/mapping.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr emu::Log log_console("console");

std::vector<FrameEndpoint> with_locks(std::vector<FrameEndpoint> frames, const std::string& console) {
  for (FrameEndpoint& frame : frames) {
    frame.link = with_system_lock(std::move(frame.link), console);
    if (frame.remains) frame.remains = with_system_lock(std::move(frame.remains), console);
  }
  return frames;
}

constexpr u64 greeting_time = 600 * millisecond;
constexpr u32 misses_until_inactive = 3;
constexpr u64 describe_time = 3 * emu::nanoseconds_per_second;
constexpr u64 soon = 3 * emu::nanoseconds_per_second;
constexpr u64 very_soon = 200 * millisecond;
constexpr u64 quiet_time = 10 * emu::nanoseconds_per_second;
constexpr size_t frames_of_a_thread = 4;
constexpr size_t most_threads = 16;

std::string vios_key(const std::string& frame, u32 id) { return fmt::format("{}/{}", frame, id); }

bool may_answer(const Lpar& lpar) { return lpar.info.state == emu::LparState::running; }

constexpr const char* release_kind = "release";

emu::ConsoleRelease installed_release(const Journal& journal, emu::ConsoleRelease otherwise) {
  for (const Kept& kept : journal.kept(release_kind))
    if (const auto release = emu::from_word<emu::ConsoleRelease>(kept.name)) return *release;
  return otherwise;
}

}  // namespace

Console::Console(HmcOptions options, std::vector<FrameEndpoint> frames, RmcTransport* rmc, const emu::Clock& clock, Pause& pause,
                 std::unique_ptr<Journal> journal, std::unique_ptr<users::Users> users)
    : options_(std::move(options)),
      frames_(with_locks(std::move(frames), options_.name)),
      clock_(clock),
      pause_(pause),
      rmc_(rmc, options_.rmc_key, clock, pause),
      journal_(std::move(journal)),
      users_(std::move(users)),
      changes_(*journal_, clock),
      moves_(changes_),
      utilization_(*journal_),
      release_(installed_release(*journal_, options_.release)),
      serviceable_events_(*journal_) {}

Status Console::update(emu::ConsoleRelease release, bool now) {
  const std::vector<Kept> before = journal_->kept(release_kind);
  TRY(journal_->keep({release_kind, std::string(emu::word_of(release)), {}}, before.empty() ? "" : before.front().name));
  if (now) release_ = release;
  return emu::success();
}

FrameLink* Console::link(std::string_view frame) {
  if (const auto found = std::ranges::find(frames_, frame, &FrameEndpoint::name); found != frames_.end()) {
    const std::lock_guard lock(remains_mutex_);
    return remains_.contains(found->name) ? found->remains.get() : found->link.get();
  }
  const std::lock_guard lock(others_mutex_);
  for (const auto& [who, other] : others_)
    if (const auto found = std::ranges::find(other.frames, frame, &FrameEndpoint::name); found != other.frames.end())
      return found->link.get();
  return nullptr;
}

Result<Console::OfRemains> Console::open_remains(const std::string& frame) {
  const auto found = std::ranges::find(frames_, frame, &FrameEndpoint::name);
  if (found == frames_.end() || !found->remains || !fence()) return say("HSCLF180", frame);
  struct Open {
    Console& console;
    std::string frame;
    std::shared_ptr<Remains> remains;  // ends when nobody is led there any more
    ~Open() {
      const std::lock_guard lock(console.remains_mutex_);
      if (--console.remains_[frame] == 0) console.remains_.erase(frame);
    }
  };
  auto remains = TRY(fence()->fence(frame));
  {
    const std::lock_guard lock(remains_mutex_);
    ++remains_[frame];
  }
  return OfRemains(std::shared_ptr<Open>(new Open{*this, frame, std::move(remains)}));
}

void Console::add_remains(const std::string& name, Detail detail, Inventory& inventory) {
  const System* known = inventory.find(name);
  if (!known || known->connected) return;
  const auto found = std::ranges::find(frames_, known->frame, &FrameEndpoint::name);
  if (found == frames_.end() || link(found->name) != found->remains.get()) return;
  System system;
  look_at(found->name, *found->remains, detail, answer_time, system);
  // They were started a moment ago, and may not be on their network yet: nothing is asked of them there.
  for (Lpar& lpar : system.lpars)
    if (lpar.vios) lpar.rmc = RmcState::active;
  inventory.systems[static_cast<size_t>(known - inventory.systems.data())] = std::move(system);
}

Console::OfRemains Console::restarts(const std::string& uuid) {
  struct Restarts {
    Console& console;
    std::string uuid;
    ~Restarts() {
      const std::lock_guard lock(console.remains_mutex_);
      if (--console.restarting_[uuid] == 0) console.restarting_.erase(uuid);
    }
  };
  const std::lock_guard lock(remains_mutex_);
  ++restarting_[uuid];
  return std::shared_ptr<Restarts>(new Restarts{*this, uuid});
}

Result<std::string> Console::key_of(const users::User& user) const {
  if (!options_.key_of) return Error{"absent", "This console has no keys."};
  return options_.key_of(user.name, user.made);
}

Status Console::meet(const std::string& ip, const std::string& user, const users::User& ours, Meet why) {
  if (!consoles()) return say("HSCLF312", ip);
  if (consoles()->is_self(ip)) return say("HSCLF043", ip);
  const std::string key = TRY(key_of(ours));
  const auto console = consoles()->connect(ip, user, {key, ""});
  if (!console && console.error().code == "refused") return say("HSCL3653", ip);
  if (!console) return say("HSCLF312", ip);
  if (why == Meet::to_migrate && !(*console)->may_migrate()) return say("HSCL350B");
  const std::lock_guard lock(others_mutex_);
  Other& other = others_[{ip, user, ours.name}];
  // Somebody who was removed, and made again, is somebody else.
  if (other.key != key) former_.splice(former_.end(), other.frames);
  other.key = key;
  for (const std::string& frame : (*console)->frames()) {
    if (std::ranges::count(frames_, frame, &FrameEndpoint::name)) continue;
    // Not the frame's name alone: another user may be allowed something else there.
    const std::string name = fmt::format("{}@{}@{}@{}", frame, user, ip, ours.name);
    if (!std::ranges::count(other.frames, name, &FrameEndpoint::name)) other.frames.push_back({name, (*console)->link(frame)});
  }
  return emu::success();
}

void Console::add_inventory_of(const Met& whom, Detail detail, Inventory& inventory) {
  std::vector<const FrameEndpoint*> frames;
  {
    const std::lock_guard lock(others_mutex_);
    const auto found = others_.find(whom);
    if (found == others_.end()) return;
    for (const FrameEndpoint& frame : found->second.frames) frames.push_back(&frame);
  }
  for (const FrameEndpoint* frame : frames) look_at(*frame, detail, answer_time, inventory.systems.emplace_back());
}

// What cannot be noted has happened all the same.
void Console::note(const std::string& user, const std::string& what) {
  const auto shown = [](const std::string& text) {
    constexpr size_t enough = 1000;
    return emu::shown_name(text.size() > enough ? text.substr(0, enough) + "..." : text);
  };
  (void)journal_->put_event({clock_.wall(), shown(user), fmt::format("User name {}: {}", shown(user), shown(what))});
}

u64 Console::new_stream() {
  const std::lock_guard lock(mutex_);
  last_stream_ = std::max(last_stream_ + 1, clock_.wall());
  return last_stream_;
}

// SIMPLIFIED: the HMC runs commands on a Virtual I/O Server over the service link, not over RMC. It counts as connected if it answers
// there, and at its address: whose address has not answered yet is greeted once before that is said.
void Console::describe_vios(FrameLink& link, const System& system, Lpar& lpar) {
  ask_vios(link, lpar);
  judge_vios(system, lpar);
}

void Console::ask_vios(FrameLink& link, Lpar& lpar) {
  if (!may_answer(lpar)) return;
  Result<service::ViosInfo> vios = ask(link, service::DescribeVios{lpar.id()}, describe_time);
  if (vios) lpar.vios = std::move(*vios);
}

// A server is connected over any of its networks.
bool Console::greets(const Lpar& lpar) {
  const std::string& usual = lpar.info.definition.ip_address;
  std::vector<std::string> addresses = addresses_of(lpar);
  if (const auto first = std::ranges::find(addresses, usual); first != addresses.end())
    std::rotate(addresses.begin(), first, first + 1);
  else if (!usual.empty())
    addresses.insert(addresses.begin(), usual);
  return std::ranges::any_of(
      addresses, [&](const std::string& address) { return static_cast<bool>(rmc_.call(address, "hello", greeting_time)); });
}

void Console::judge_vios(const System& system, Lpar& lpar) {
  if (lpar.vios) lpar.os_version = lpar.vios->ioslevel;
  const std::string& ip = lpar.info.definition.ip_address;
  const auto known = [&] {
    const std::lock_guard lock(mutex_);
    return ip.empty() ? RmcRecord{} : record_of(lpar.info);
  };
  RmcRecord greeted = known();
  if (lpar.vios && !ip.empty() && greeted.state == RmcState::none && greeted.misses == 0)
    greeted = note_greeting(lpar.info, greets(lpar));
  const std::lock_guard lock(mutex_);
  lpar.rmc = lpar.vios ? greeted.state : RmcState::inactive;
  RmcRecord& record = partitions_[vios_key(system.frame, lpar.id())];
  record.state = lpar.rmc;
  if (lpar.vios) record.os_version = lpar.os_version;
}

bool Console::is_named(const FrameEndpoint& frame, std::span<const std::string> names) {
  const std::lock_guard lock(mutex_);
  const service::SystemInfo& told = last_told_[frame.name];
  return std::ranges::any_of(names, [&](const std::string& name) {
    return name == frame.name || name == told.name || name == told.type_model + "*" + told.serial_num;
  });
}

u64 Console::hurry(const FrameEndpoint& frame) {
  const std::lock_guard lock(mutex_);
  return silent_.contains(frame.name) ? very_soon : soon;
}

template <class Request>
Result<typename Request::Reply> Console::ask_soon(const std::string& frame, FrameLink& link, const Request& request,
                                                  u64 patience) {
  auto reply = ask(link, request, patience);
  const std::lock_guard lock(mutex_);
  if (reply)
    silent_.erase(frame);
  else if (reply.error().code == "timeout")
    silent_.insert(frame);
  return reply;
}

void Console::look_at(const FrameEndpoint& frame, Detail detail, u64 patience, System& system) {
  look_at(frame.name, *frame.link, detail, patience, system);
}

void Console::look_at(const std::string& frame, FrameLink& link, Detail detail, u64 patience, System& system) {
  system.frame = frame;
  const Result<service::SystemInfo> told = ask_soon(frame, link, service::DescribeSystem{}, patience);
  Result<service::Lpars> lpars = service::Lpars{};
  if (told && detail != Detail::systems) lpars = ask_soon(frame, link, service::ListLpars{}, patience);
  {
    const std::lock_guard lock(mutex_);
    if (told) last_told_[frame] = *told;
    system.info = last_told_[frame];
  }
  if (system.info.name.empty()) system.info.name = frame;
  system.connected = told && lpars;
  if (!system.connected) return;
  for (service::LparInfo& info : lpars->lpars) {
    Lpar& lpar = system.lpars.emplace_back();
    lpar.info = std::move(info);
    {
      const std::lock_guard lock(remains_mutex_);
      lpar.restarting = restarting_.contains(lpar.info.definition.uuid);
    }
    if (lpar.is_vios() && detail == Detail::vios) {
      describe_vios(link, system, lpar);
      continue;
    }
    const std::lock_guard lock(mutex_);
    const std::string key = lpar.is_vios() ? vios_key(frame, lpar.id()) : lpar.info.definition.ip_address;
    if (!partitions_.contains(key)) continue;
    const RmcRecord& known = lpar.is_vios() ? partitions_[key] : record_of(lpar.info);
    lpar.os_version = known.os_version;
    lpar.rmc = may_answer(lpar) ? known.state : RmcState::inactive;
  }
}

Inventory Console::inventory(Detail detail, std::span<const std::string> about, Others others) {
  Inventory inventory;
  inventory.systems.resize(frames_.size());
  const auto look = [&](size_t i) {
    const bool named = is_named(frames_[i], about);
    const bool wanted = named || about.empty() || others == Others::as_well;
    look_at(frames_[i], wanted ? detail : Detail::systems, named ? answer_time : hurry(frames_[i]), inventory.systems[i]);
  };
  // Many at the same time: most of an answer's time is a wait for another process. For a few, a thread costs more than it saves.
  std::atomic<size_t> next{0};
  const auto look_at_the_next = [&] {
    for (size_t i = next++; i < frames_.size(); i = next++) look(i);
  };
  std::vector<std::jthread> helpers;
  for (size_t i = 0; i < std::min(frames_.size() / frames_of_a_thread, most_threads); ++i) helpers.emplace_back(look_at_the_next);
  look_at_the_next();
  helpers.clear();  // they have ended
  return inventory;
}

// What a former life of the partition has answered says nothing about this one.
Console::RmcRecord& Console::record_of(const service::LparInfo& lpar) {
  RmcRecord& record = partitions_[lpar.definition.ip_address];
  if (lpar.life && lpar.life != record.life) record = {RmcState::none, 0, "", lpar.life};
  return record;
}

Console::RmcRecord Console::note_greeting(const service::LparInfo& lpar, bool answered) {
  const std::lock_guard lock(mutex_);
  RmcRecord& record = record_of(lpar);
  if (answered) {
    record.state = RmcState::active;
    record.misses = 0;
  } else if (++record.misses >= misses_until_inactive && record.state == RmcState::active) {
    record.state = RmcState::inactive;
  }
  return record;
}

RmcState Console::greet(const Lpar& lpar) {
  const std::string& ip = lpar.info.definition.ip_address;
  if (ip.empty() || !may_answer(lpar)) return RmcState::none;
  const bool answered = static_cast<bool>(rmc_.call(ip, "hello", 3 * greeting_time));
  note_greeting(lpar.info, answered);
  return answered ? RmcState::active : RmcState::inactive;
}

bool Console::has_lost(const std::string& address) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = partitions_.find(address);
    if (known == partitions_.end() || known->second.state == RmcState::none) return false;
  }
  return !rmc_.call(address, "hello", 3 * greeting_time);
}

// An earlier process of this console may have died while it held a frame's lock, and its list of partitions.
void Console::release_old_lock(const FrameEndpoint& frame) {
  {
    const std::lock_guard lock(mutex_);
    if (!greeted_.insert(frame.name).second) return;
  }
  const auto system = ask(*frame.link, service::DescribeSystem{});
  if (!system || system->lock_holder != options_.name || moves_.holds(frame.name)) return;
  (void)ask(*frame.link, service::LockConfiguration{0, options_.name, false});  // takes the lock, and gives it back
}

void Console::heartbeat(Look look) {
  for (const FrameEndpoint& frame : frames_) heartbeat_of(frame, look);
}

void Console::note_failure(const FrameEndpoint& frame, const Lpar& lpar) {
  const service::RefCode& code = lpar.info.refcode;
  if (!is_error_code(code.refcode)) return;
  System system;
  {
    const std::lock_guard lock(mutex_);
    const auto told = last_told_.find(frame.name);
    if (told == last_told_.end()) return;  // it has not said who it is yet
    system.info = told->second;
  }
  (void)serviceable_events_.note(system, lpar, {{code.wall, code.refcode, lpar.info.trouble}}, clock_.wall());
}

u64 Console::sample_utilization(u64 at_most) {
  const u64 now = clock_.wall();
  u64 rest = at_most;
  for (const System& system : inventory(Detail::systems).systems) {
    const auto due = utilization_.due(system.mtms(), now);
    if (!due) continue;
    if (*due > now) {
      rest = std::min(rest, *due - now);
      continue;
    }
    rest = std::min<u64>(rest, utilization_.rate(system.mtms()) * emu::nanoseconds_per_second);
    const Inventory whole = inventory(Detail::lpars, std::array{system.mtms()}, Others::by_name);
    const System* sampled = whole.find(system.mtms());
    if (!sampled || !sampled->connected) continue;
    if (const Status taken = utilization_.take(*sampled, now); !taken)
      log_console.error("no sample of {} was taken: {}", system.name(), taken.error().text);
  }
  return rest;
}

void Console::heartbeat_of(const FrameEndpoint& frame, Look look) {
  const u64 changes = changes_.count_of(frame.name);
  const auto known = quiet_.find(frame.name);
  const bool is_quiet = known != quiet_.end() && known->second.changes == changes && clock_.monotonic() < known->second.until;
  if (look == Look::when_told && is_quiet && hurry(frame) == soon) return;
  quiet_.erase(frame.name);
  bool quiet = true;
  Result<service::Lpars> lpars = ask_soon(frame.name, *frame.link, service::ListLpars{}, hurry(frame));
  if (!lpars) return;
  release_old_lock(frame);
  frame.link->settle();
  System system;
  system.frame = frame.name;
  for (service::LparInfo& info : lpars->lpars) {
    Lpar lpar;
    lpar.info = std::move(info);
    if (lpar.failed()) note_failure(frame, lpar);
    if (lpar.is_vios()) {
      const std::string& address = lpar.info.definition.ip_address;
      ask_vios(*frame.link, lpar);
      if (!address.empty() && may_answer(lpar)) note_greeting(lpar.info, greets(lpar));
      judge_vios(system, lpar);
      quiet = quiet && (address.empty() || (lpar.rmc == RmcState::active) == may_answer(lpar));
      continue;
    }
    const std::string& ip = lpar.info.definition.ip_address;
    quiet = quiet && !lpar.info.has_resources && lpar.info.migration_stream == 0;
    if (ip.empty() || !may_answer(lpar) || lpar.info.migration_target) continue;
    const RmcRecord record = note_greeting(lpar.info, static_cast<bool>(rmc_.call(ip, "hello", greeting_time)));
    if (record.state != RmcState::active || !record.os_version.empty()) continue;
    if (const Result<std::string> level = rmc_.call(ip, "oslevel", greeting_time)) {
      const std::lock_guard lock(mutex_);
      partitions_[ip].os_version = *level;
    }
  }
  if (quiet) quiet_[frame.name] = {changes, clock_.monotonic() + quiet_time};
}

}  // namespace hmc

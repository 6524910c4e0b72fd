// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/lua/world.h"

#include "emu/app/frames.h"
#include "emu/core/clock.h"
#include "emu/core/paths.h"
#include "emu/core/text.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

namespace emu::app::lua {

namespace {

namespace fs = std::filesystem;

constexpr u64 patience = 10 * nanoseconds_per_second;
constexpr std::string_view folder_prefix = "twinframe-scenario-";
constexpr size_t most_log_lines = 600;

volatile std::sig_atomic_t interruptions = 0;

// What a scenario left behind whose process was killed: its labs died with it, its folders did not.
void remove_leftovers(const fs::path& in) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(in, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind(folder_prefix, 0) != 0) continue;
    const pid_t pid = std::atoi(name.c_str() + folder_prefix.size());
    if (pid > 1 && kill(pid, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

bool interrupted() { return interruptions != 0; }

void catch_interruptions() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, [](int) { interruptions = interruptions + 1; });
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGCHLD, SIG_IGN);  // processes of a lab that end leave no zombies
}

Status nap(u64 nanoseconds) {
  const HostClock clock;
  const u64 end = clock.monotonic() + nanoseconds;
  for (u64 now = clock.monotonic(); now < end; now = clock.monotonic()) {
    if (interrupted()) return Error{"script", "interrupted"};
    sleep_ns(std::min<u64>(end - now, 20'000'000));
  }
  return success();
}

double patience_factor() {
  static const double factor = [] {
    const char* said = std::getenv("TWINFRAME_PATIENCE");
    const auto number = parse_number<u32>(said ? said : "");
    return number ? std::clamp<double>(*number, 1, 100) : 1.0;
  }();
  return factor;
}

u64 end_of_wait(double seconds) {
  return HostClock().monotonic() + static_cast<u64>(std::max(0.0, seconds) * patience_factor() * 1e9);
}

// ---- a lab ----

Result<Channel*> LabHandle::channel_to(const std::string& frame) {
  auto& channel = channels_[frame];
  if (!channel || !channel->open()) {
    channel.reset();
    channel = TRY(connect_frame(lab_, frame));
  }
  return channel.get();
}

Result<service::LparInfo> LabHandle::lpar(const std::string& frame, const std::string& name) {
  Channel* channel = TRY(channel_to(frame));
  return find_lpar(*channel, frame, name);
}

// ---- the world ----

Result<std::unique_ptr<World>> World::create() {
  std::unique_ptr<World> world(new World);
  const fs::path shared_memory = "/dev/shm";
  remove_leftovers(temporary_folder());
  remove_leftovers(shared_memory);
  const std::string name = std::string(folder_prefix) + std::to_string(getpid());
  world->folder_ = (temporary_folder() / name).string();
  world->runtime_ = (shared_memory / name).string();
  std::error_code error;
  for (const std::string& folder : {world->folder_, world->runtime_}) {
    fs::create_directories(folder, error);
    fs::permissions(folder, fs::perms::owner_all, error);
    if (error) return Error{"script", fmt::format("{} cannot be made: {}.", folder, error.message())};
  }
  setenv("XDG_STATE_HOME", world->folder_.c_str(), 1);
  setenv("XDG_RUNTIME_DIR", world->runtime_.c_str(), 1);
  return world;
}

World::~World() {
  for (const auto& lab : labs_) (void)!stop_lab(*lab);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  fs::remove_all(runtime_, ignored);
}

Result<std::shared_ptr<LabHandle>> World::start_lab(const std::string& file, const std::string& name) {
  const Lab as_read = TRY(read_lab(file));
  const std::string own_name = name.empty() ? fmt::format("{}-{}-{}", as_read.name, getpid(), ++started_) : name;
  auto handle = std::make_shared<LabHandle>(TRY(open_lab(file, own_name)));
  labs_.push_back(handle);
  handle->set_up(true);
  TRY(start(handle->lab(), Ends::with_its_parent, [](const std::string&) {}));
  return handle;
}

Status World::stop_lab(LabHandle& lab) {
  if (!lab.is_up()) return success();
  lab.set_up(false);
  lab.forget_channels();
  if (const bool in_order = TRY(stop(lab.lab(), patience, State::stays, [](const std::string&) {})); !in_order)
    return Error{"script", fmt::format("Lab {} did not stop in order.", lab.lab().lab.name)};
  return success();
}

void World::show_what_happened() {
  for (const auto& lab : labs_) {
    if (!lab->is_up()) continue;
    for (const FrameConfig& frame : lab->lab().lab.frames) {
      const auto all = lab->ask(frame.name, service::ListLpars{});
      if (!all) {
        std::printf("---- %s does not answer: %s\n", frame.name.c_str(), all.error().text.c_str());
        continue;
      }
      for (const service::LparInfo& lpar : all->lpars) {
        std::printf("---- %s %u %s: %s, reference code %s%s\n", frame.name.c_str(), lpar.definition.lpar_id,
                    lpar.definition.name.c_str(), std::string(name_of(lpar.state)).c_str(), lpar.refcode.refcode.c_str(),
                    lpar.migration_stream ? ", migrating" : "");
        const auto log = lab->ask(frame.name, service::ReadConsoleLog{lpar.definition.lpar_id, 0});
        if (!log || log->output.empty()) continue;
        std::printf("---- console of %s on %s\n", lpar.definition.name.c_str(), frame.name.c_str());
        std::fwrite(log->output.data(), 1, log->output.size(), stdout);
        std::printf("\n");
      }
    }
    // Every line begins with the time, in one clock for all: the merge is a sort.
    std::vector<std::pair<double, std::string>> lines;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(lab->lab().folders.state + "/log", ignored)) {
      std::ifstream stream(entry.path());
      const bool is_log = entry.path().extension() == ".log";
      std::string line;
      double time = 0;
      while (std::getline(stream, line)) {
        if (is_log && std::strtod(line.c_str(), nullptr) > 0) time = std::strtod(line.c_str(), nullptr);
        lines.emplace_back(is_log ? time : 1e18, is_log ? line : entry.path().stem().string() + " printed: " + line);
      }
    }
    std::ranges::stable_sort(lines, {}, &std::pair<double, std::string>::first);
    std::printf("---- logs of lab %s\n", lab->lab().lab.name.c_str());
    const size_t first = lines.size() > most_log_lines ? lines.size() - most_log_lines : 0;
    if (first) std::printf("(%zu lines before)\n", first);
    for (size_t i = first; i < lines.size(); ++i) std::printf("%s\n", lines[i].second.c_str());
  }
  std::fflush(stdout);
}

}  // namespace emu::app::lua

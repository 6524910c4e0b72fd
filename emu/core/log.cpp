// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/log.h"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include "emu/core/clock.h"
#include "emu/core/log_limit.h"
#include "emu/core/names.h"

namespace emu {

namespace {
std::shared_ptr<spdlog::logger> logger;  // set once by open_log, before there are threads
std::atomic<int> lowest_level{99};
std::string process_name;
std::mutex limit_mutex;
LogLimit limit;

// A file of this size, frame.log, becomes frame.1.log, and the one before that is forgotten. Who asks for everything gets more of it.
constexpr size_t largest_file = 16 * MiB;
constexpr size_t largest_debug_file = 512 * MiB;

constexpr const char* words[] = {"debug", "info", "warn", "error"};
}  // namespace

Level level_from_environment() {
  const char* wanted = std::getenv("TWINFRAME_LOG");
  for (int level = 0; wanted && level < 4; ++level)
    if (std::string_view(words[level]) == wanted) return static_cast<Level>(level);
  return Level::info;
}

void open_log(const std::string& file, std::string_view process, Level lowest) {
  process_name = process;
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        file, lowest == Level::debug ? largest_debug_file : largest_file, 1);
    logger = std::make_shared<spdlog::logger>(process_name, sink);
  } catch (const spdlog::spdlog_ex&) {
    return;  // a process that cannot log still does its work
  }
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  lowest_level = static_cast<int>(lowest);
}

bool log_wants(Level level) { return static_cast<int>(level) >= lowest_level.load(std::memory_order_relaxed); }

void write_log(Level level, std::string_view component, std::string_view text) {
  if (!logger || !log_wants(level)) return;
  const u64 now = HostClock().monotonic();
  const auto write = [&](std::string_view from, Level of, std::string_view said) {
    logger->info("{}.{:09} {} {} {}: {}", now / nanoseconds_per_second, now % nanoseconds_per_second, process_name, from,
                 words[static_cast<int>(of)], shown_name(said));
  };
  if (level == Level::debug) return write(component, level, text);  // asked for, and meant to be complete
  LogLimit::Verdict verdict;
  {
    const std::lock_guard lock(limit_mutex);
    for (const LogLimit::LeftOut& each : limit.over(now))
      write("log", Level::warn, fmt::format("repeated {} times: {}", each.lines, each.kind));
    verdict = limit.look_at(fmt::format("{}: {}", component, text), now);
  }
  if (!verdict.write) return;
  if (verdict.left_out) write(component, level, fmt::format("repeated {} times, and again:", verdict.left_out));
  write(component, level, text);
}

}  // namespace emu

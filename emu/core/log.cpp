// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/log.h"

#include <atomic>
#include <cstdlib>
#include <memory>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include "emu/core/clock.h"

namespace emu {

namespace {
std::shared_ptr<spdlog::logger> logger;  // set once by open_log, before there are threads
std::atomic<int> lowest_level{99};
std::string process_name;

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
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
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
  logger->info("{}.{:09} {} {} {}: {}", now / nanoseconds_per_second, now % nanoseconds_per_second, process_name, component,
               words[static_cast<int>(level)], text);
}

}  // namespace emu

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/log_limit.h"

#include <filesystem>

#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "emu/core/clock.h"
#include "emu/core/log.h"
#include "tests/support/catch.h"

TEST_CASE("a message that comes without end is written now and then, with how often it came", "[log]") {
  emu::LogLimit limit;
  const u64 second = emu::nanoseconds_per_second;
  u64 written = 0, left_out = 0, now = second;
  for (u32 i = 0; i < 100'000; ++i, now += second / 1000) {  // 100 s
    const auto verdict = limit.look_at(fmt::format("vhost0: login refused, reason {:#x}", i), now);
    written += verdict.write;
    left_out += verdict.left_out;
    CHECK(limit.over(now).empty());
  }
  CHECK(written >= 200);
  CHECK(written < 400);
  CHECK(limit.look_at("vhost0: disk 1 has gone", now).write);  // another kind is not disturbed
  const auto over = limit.over(now + 10 * second);
  REQUIRE(over.size() == 1);
  CHECK(over[0].kind == "# login refused, reason #");
  CHECK(written + left_out + over[0].lines == 100'000);
}

TEST_CASE("a burst is written whole, and a flood of ever new kinds is bounded", "[log]") {
  emu::LogLimit limit;
  for (u32 i = 0; i < 150; ++i) CHECK(limit.look_at("pass", 1).write);
  u32 written = 0;
  for (u32 i = 0; i < 5000; ++i) {
    std::string kind;
    for (u32 n = i; n; n /= 16) kind += static_cast<char>('a' + n % 16);
    written += limit.look_at(kind, 1).write;
  }
  CHECK(written < 800);
}

TEST_CASE("a log that grows too large begins anew, and one old file is kept", "[log]") {
  // A process opens one log, and only once.
  const auto folder = std::filesystem::temp_directory_path() / ("twinframe-log-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string file = folder / "frame.log";
  constexpr u64 largest = 16 * MiB;
  const pid_t child = fork();
  if (child == 0) {
    emu::open_log(file, "frame", emu::Level::info);
    // Each of another kind, so that all are written: 40 MiB.
    std::string line(64 << 10, 'x');
    for (u32 i = 0; i < 640; ++i) {
      for (u32 digit = 0; digit < 4; ++digit) line[digit] = static_cast<char>('a' + (i >> 4 * digit) % 16);
      emu::Log("vios").info("{}", line);
    }
    _exit(0);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  u64 files = 0;
  for (const auto& each : std::filesystem::directory_iterator(folder)) {
    ++files;
    INFO(each.path());
    CHECK(each.file_size() > 0);
    CHECK(each.file_size() <= largest);
  }
  CHECK(files == 2);
  CHECK(std::filesystem::file_size(folder / "frame.1.log") > largest / 2);
  std::filesystem::remove_all(folder);
}

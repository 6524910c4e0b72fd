// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/host_figures.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>

#include <fmt/format.h>

namespace hmc {

namespace {

constexpr size_t kinds_of_ticks = 8;

u64 kib(const std::string& meminfo, std::string_view name) {
  std::istringstream lines(meminfo);
  for (std::string word; lines >> word;)
    if (word == fmt::format("{}:", name)) {
      u64 amount = 0;
      lines >> amount;
      return amount;
    }
  return 0;
}

}  // namespace

std::string kernel_file(const std::string& name) {
  std::ifstream file(name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<ProcessorTicks> processor_ticks(const std::string& stat) {
  std::vector<ProcessorTicks> all;
  std::istringstream lines(stat);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    ProcessorTicks row;
    words >> row.name;
    if (!row.name.starts_with("cpu") || row.name == "cpu") continue;  // the sum of all
    for (u64 ticks; row.ticks.size() < kinds_of_ticks && words >> ticks;) row.ticks.push_back(ticks);
    if (row.ticks.size() == kinds_of_ticks) all.push_back(std::move(row));
  }
  return all;
}

std::string processor_text(const std::vector<ProcessorTicks>& before, const std::vector<ProcessorTicks>& after) {
  std::string text;
  for (const ProcessorTicks& now : after) {
    std::vector<u64> passed = now.ticks;
    const auto then = std::ranges::find(before, now.name, &ProcessorTicks::name);
    if (then != before.end())
      for (size_t i = 0; i < passed.size(); ++i) passed[i] -= std::min(passed[i], then->ticks[i]);
    const u64 all = std::max<u64>(std::accumulate(passed.begin(), passed.end(), u64{0}), 1);
    const auto part = [&](size_t kind) { return 100.0 * static_cast<double>(passed[kind]) / static_cast<double>(all); };
    text +=
        fmt::format("Cpu{:<3}: {:4.1f}%us, {:4.1f}%sy, {:4.1f}%ni, {:4.1f}%id, {:4.1f}%wa, {:4.1f}%hi, {:4.1f}%si, {:4.1f}%st\n",
                    now.name.substr(3), part(0), part(2), part(1), part(3), part(4), part(5), part(6), part(7));
  }
  return text;
}

std::string memory_text(const std::string& meminfo) {
  const u64 total = kib(meminfo, "MemTotal"), unused = kib(meminfo, "MemFree");
  return fmt::format("Mem:  {:8}k total, {:8}k used, {:8}k free, {:8}k buffers\n", total, total - std::min(total, unused), unused,
                     kib(meminfo, "Buffers"));
}

std::string swap_text(const std::string& meminfo) {
  const u64 total = kib(meminfo, "SwapTotal"), unused = kib(meminfo, "SwapFree");
  return fmt::format("Swap: {:8}k total, {:8}k used, {:8}k free, {:8}k cached\n", total, total - std::min(total, unused), unused,
                     kib(meminfo, "Cached"));
}

std::string disk_text(const std::string& file) {
  struct statvfs is {};
  if (statvfs(file.c_str(), &is) != 0) return "";
  const u64 unit = is.f_frsize;
  const auto kibs = [&](u64 blocks) { return blocks * unit / 1024; };
  const u64 used = kibs(is.f_blocks - is.f_bfree), available = kibs(is.f_bavail);
  const u64 percent = used + available == 0 ? 0 : (used * 100 + used + available - 1) / (used + available);
  return fmt::format("Filesystem           1K-blocks      Used Available Use% Mounted on\n{:<20} {:>9} {:>9} {:>9} {:>3}% /\n",
                     "/dev/root", kibs(is.f_blocks), used, available, percent);
}

}  // namespace hmc

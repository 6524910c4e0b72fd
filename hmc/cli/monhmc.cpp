// SPDX-License-Identifier: GPL-2.0-or-later
// monhmc: what the console's machine has and uses. That is the host; of its disks, the file system with the console's journal.
#include <fmt/format.h>

#include "hmc/attributes/time.h"
#include "hmc/cli/commands.h"
#include "hmc/host_figures.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"}, {"-n"}};

constexpr u32 default_interval = 4;  // seconds
constexpr u32 longest_interval = 3600;
constexpr u64 sample_time = 200 * millisecond;  // in which processors are watched
constexpr u64 look = 100 * millisecond;

std::string processors(Call& call) {
  const auto read = [] { return processor_ticks(kernel_file("/proc/stat")); };
  const auto before = read();
  call.console.pause().sleep(sample_time);
  return processor_text(before, read());
}
std::string memory(Call&) { return memory_text(kernel_file("/proc/meminfo")); }
std::string swap(Call&) { return swap_text(kernel_file("/proc/meminfo")); }
std::string disk(Call& call) {
  const std::string& journal = call.console.options().journal_file;
  return disk_text(journal.starts_with('/') ? journal : "/");
}

struct Resource {
  std::string_view name;
  std::string (*text)(Call&);
};
constexpr Resource resources[] = {{"disk", disk}, {"mem", memory}, {"proc", processors}, {"swap", swap}};

}  // namespace
constinit const OptionTable monhmc_options = options;

// -n: so many seconds between two looks, until the client is gone; 0: one look.
Result<int> monhmc(Call& call) {
  const auto resource = std::ranges::find(resources, call.options.value("-r"), &Resource::name);
  if (resource == std::end(resources)) return usage_error("-r");
  const auto interval = call.options.has("-n") ? call.options.number("-n") : default_interval;
  if (!interval || *interval > longest_interval) return usage_error("-n");
  if (*interval == 0) {
    call.print(resource->text(call));
    return 0;
  }
  while (!call.session.cancelled()) {
    call.print(fmt::format("Every {}.0s: MONHmc {}    {}\n\n{}\n", *interval, resource->name,
                           attributes::time_text(call.console.clock().wall()), resource->text(call)));
    const u64 until = call.console.clock().monotonic() + *interval * emu::nanoseconds_per_second;
    while (!call.session.cancelled() && call.console.clock().monotonic() < until) call.console.pause().sleep(look);
  }
  return 0;
}

}  // namespace hmc::cli

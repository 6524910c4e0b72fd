// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/profile_rules.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/core/text.h"

namespace emu {

namespace {

constexpr u32 least_units = 10;  // hundredths of a processor for a virtual one
constexpr u32 most_units = 100;
constexpr u32 most_slots = 65535;
constexpr u32 first_slot = 2;  // 0 and 1 are the default serial adapters
constexpr u32 bsr_array_limit = 256;

constexpr std::string_view sharing_modes_shared[] = {"cap", "uncap"};
constexpr std::string_view sharing_modes_dedicated[] = {"keep_idle_procs", "share_idle_procs", "share_idle_procs_active",
                                                        "share_idle_procs_always"};
constexpr std::string_view boot_modes[] = {"norm", "dd", "ds", "of", "sms"};

struct Judged {
  const Configuration& is;
  LparEnv env;
  const SystemLimits& limits;
  std::vector<BrokenRule>& broken;

  void wrong(std::string_view attribute, std::string value, std::string rule) const {
    broken.push_back({std::string(attribute), std::move(value), std::move(rule)});
  }
  void number(std::string_view attribute, u64 value, std::string rule) const {
    wrong(attribute, std::to_string(value), std::move(rule));
  }
  template <class Words>
  void word(std::string_view attribute, const std::string& value, const Words& words) const {
    if (std::ranges::find(words, value) == std::end(words))
      wrong(attribute, value, fmt::format("{} is one of {}", attribute, fmt::join(words, ", ")));
  }
};

void memory(const Judged& j) {
  const Configuration& c = j.is;
  const std::pair<std::string_view, u32> sizes[] = {
      {"min_mem", c.min_mem}, {"desired_mem", c.desired_mem}, {"max_mem", c.max_mem}};
  for (const auto& [attribute, mb] : sizes) {
    if (mb == 0)
      j.number(attribute, mb, fmt::format("{} is at least one LMB of {} MiB", attribute, j.limits.lmb_mb));
    else if (mb % j.limits.lmb_mb)
      j.number(attribute, mb,
               fmt::format("{} is {} MiB, which is no multiple of the frame's LMB of {} MiB", attribute, mb, j.limits.lmb_mb));
  }
  if (c.min_mem > c.desired_mem || c.desired_mem > c.max_mem)
    j.number("desired_mem", c.desired_mem, "memory must grow from min_mem over desired_mem to max_mem");
  if (c.desired_num_huge_pages * huge_page_mb > j.limits.memory_mb)
    j.number("desired_num_huge_pages", c.desired_num_huge_pages,
             fmt::format("a huge page has 16 GiB, and the system has {} MiB of memory", j.limits.memory_mb));
}

void processors(const Judged& j) {
  const Configuration& c = j.is;
  constexpr std::string_view modes[] = {"shared", "ded"};
  j.word("proc_mode", c.proc_mode, modes);
  if (c.min_procs == 0 || c.min_procs > c.desired_procs || c.desired_procs > c.max_procs || c.max_procs > most_processors)
    j.number("desired_procs", c.desired_procs,
             fmt::format("processors must grow from min_procs (1 at least) over desired_procs to max_procs, {} at most",
                         most_processors));
  if (c.proc_mode == "ded") {
    j.word("sharing_mode", c.sharing_mode, sharing_modes_dedicated);
    return;
  }
  if (c.min_proc_units > c.desired_proc_units || c.desired_proc_units > c.max_proc_units)
    j.number("desired_proc_units", c.desired_proc_units,
             "units must grow from min_proc_units over desired_proc_units to max_proc_units");
  const std::tuple<std::string_view, u32, u32> pairs[] = {{"min_proc_units", c.min_proc_units, c.min_procs},
                                                          {"desired_proc_units", c.desired_proc_units, c.desired_procs}};
  for (const auto& [attribute, units, procs] : pairs)
    if (u64{units} < u64{least_units} * procs || u64{units} > u64{most_units} * procs)
      j.number(attribute, units,
               fmt::format("{} virtual processors take {} to {} hundredths of a processor", procs, u64{least_units} * procs,
                           u64{most_units} * procs));
  j.word("sharing_mode", c.sharing_mode, sharing_modes_shared);
  if (c.uncap_weight > 255) j.number("uncap_weight", c.uncap_weight, "uncap_weight is 0 to 255");
}

// "21010003/none/1": DRC index, I/O pool, required.
bool is_io_slot(const std::string& text) {
  const auto parts = split(text, '/');
  return parts.size() == 3 && !parts[0].empty() && parts[0].find_first_not_of("0123456789ABCDEFabcdef") == std::string::npos &&
         (parts[1] == "none" || parse_number(parts[1])) && (parts[2] == "0" || parts[2] == "1");
}

std::string_view attribute_of(AdapterKind kind) {
  switch (kind) {
    case AdapterKind::serial:
      return "virtual_serial_adapters";
    case AdapterKind::scsi_client:
    case AdapterKind::scsi_server:
      return "virtual_scsi_adapters";
    case AdapterKind::ethernet:
      return "virtual_eth_adapters";
    case AdapterKind::vasi:
      return "virtual_vasi_adapters";
  }
  return "virtual_serial_adapters";
}

void slots(const Judged& j) {
  const Configuration& c = j.is;
  const bool vios = j.env == LparEnv::vioserver;
  if (c.max_virtual_slots < first_slot || c.max_virtual_slots > most_slots)
    j.number("max_virtual_slots", c.max_virtual_slots, fmt::format("max_virtual_slots is {} to {}", first_slot, most_slots));
  for (const std::string& slot : c.io_slots)
    if (!is_io_slot(slot)) j.wrong("io_slots", slot, "a physical slot is DRC index/I/O pool or none/1 if it is required, else 0");
  std::set<u32> taken;
  u32 vasis = 0;
  for (const VirtualAdapter& adapter : c.adapters) {
    const auto wrong = [&](std::string rule) { j.number(attribute_of(adapter.kind), adapter.slot, std::move(rule)); };
    if (adapter.slot >= c.max_virtual_slots)
      wrong(fmt::format("there is an adapter in slot {}, but only {} virtual slots", adapter.slot, c.max_virtual_slots));
    if (!taken.insert(adapter.slot).second) wrong(fmt::format("slot {} has two virtual adapters", adapter.slot));
    if (adapter.kind != AdapterKind::serial && adapter.slot < first_slot)
      wrong("slots 0 and 1 are those of the default serial adapters");
    if (adapter.kind == AdapterKind::scsi_server && !vios) wrong("only a Virtual I/O Server has virtual SCSI server adapters");
    if (adapter.kind == AdapterKind::vasi && !vios) wrong("only a Virtual I/O Server has a VASI adapter");
    if (adapter.kind == AdapterKind::vasi && ++vasis == 2) wrong("a Virtual I/O Server has one VASI adapter");
  }
}

void others(const Judged& j) {
  const Configuration& c = j.is;
  j.word("boot_mode", c.boot_mode, boot_modes);
  j.word("lpar_proc_compat_mode", c.lpar_proc_compat_mode, j.limits.compat_modes);
  if (c.work_group_id != "none" && !parse_number<u32>(c.work_group_id))
    j.wrong("work_group_id", c.work_group_id, "a workload group is none or a number");
  if (c.bsr_arrays > bsr_array_limit)
    j.number("bsr_arrays", c.bsr_arrays, fmt::format("a partition has {} arrays at most", bsr_array_limit));
}

}  // namespace

SystemLimits limits_of(const FrameConfig& frame) {
  return {frame.memory_mb, frame.lmb_mb, frame.processors, {std::begin(compat_modes), std::end(compat_modes)}};
}

std::vector<BrokenRule> broken_rules(const Configuration& configuration, LparEnv env, const SystemLimits& limits) {
  std::vector<BrokenRule> broken;
  const Judged judged{configuration, env, limits, broken};
  memory(judged);
  processors(judged);
  slots(judged);
  others(judged);
  return broken;
}

}  // namespace emu

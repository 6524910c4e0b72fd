// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/profile_rules.h"

#include "emu/core/processor_pool.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/address.h"
#include "emu/core/host_ethernet.h"
#include "emu/core/huge_pages.h"
#include "emu/core/identity.h"
#include "emu/core/names.h"
#include "emu/core/text.h"
#include "emu/core/virtual_slots.h"

namespace emu {

namespace {

constexpr u32 bsr_array_limit = 256;
constexpr u32 most_processors = 64;  // of a partition, virtual or dedicated
constexpr u32 most_groups = 32;
constexpr size_t longest_path = 1023;
constexpr size_t longest_arguments = 2047;  // COMMAND_LINE_SIZE of Linux, without its end

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
  template <class E, class Values>
  void word(std::string_view attribute, E value, const Values& possible) const {
    if (std::ranges::find(possible, value) == std::end(possible))
      wrong(attribute, std::string(word_of(value)), word_rule<E>(attribute, possible));
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
  // Once: as a rule, one size that is too large makes the next too large, too.
  const auto too_large = std::ranges::find_if(sizes, [&](const auto& size) { return size.second > j.limits.memory_mb; });
  if (too_large != std::end(sizes))
    j.number(too_large->first, too_large->second, fmt::format("the system has {} MiB of memory", j.limits.memory_mb));
  if (c.min_num_huge_pages > c.desired_num_huge_pages || c.desired_num_huge_pages > c.max_num_huge_pages)
    j.number("desired_num_huge_pages", c.desired_num_huge_pages,
             "huge pages must grow from min_num_huge_pages over desired_num_huge_pages to max_num_huge_pages");
  if (c.max_num_huge_pages && !j.limits.capabilities.huge_page_mem_capable)
    j.number("max_num_huge_pages", c.max_num_huge_pages, "the system is not capable of huge pages");
  else if (c.max_num_huge_pages > j.limits.huge_pages())
    j.number("max_num_huge_pages", c.max_num_huge_pages,
             fmt::format("a huge page has 16 GiB, and the system's memory has room for {} of them", j.limits.huge_pages()));
  else if (c.max_num_huge_pages && first_huge_page(c.max_mem * MiB) + c.max_num_huge_pages * huge_page_bytes > real_address_end)
    j.number("max_num_huge_pages", c.max_num_huge_pages, "memory and huge pages of a partition lie below 1 TiB");
  if (c.max_num_huge_pages && j.env == LparEnv::vioserver)
    j.number("max_num_huge_pages", c.max_num_huge_pages, "a Virtual I/O Server has no huge pages");
}

void units(const Judged& j) {
  const Configuration& c = j.is;
  if (c.min_proc_units > c.desired_proc_units || c.desired_proc_units > c.max_proc_units)
    j.wrong("desired_proc_units", units_text(c.desired_proc_units),
            "units must grow from min_proc_units over desired_proc_units to max_proc_units");
  struct Pair {
    std::string_view attribute;
    u32 units;
    u32 procs;
    u32 least;  // for each processor
  };
  // The maxima are never in force together: fewer processors may be able to grow further.
  const Pair pairs[] = {{"min_proc_units", c.min_proc_units, c.min_procs, least_units},
                        {"desired_proc_units", c.desired_proc_units, c.desired_procs, least_units},
                        {"max_proc_units", c.max_proc_units, c.max_procs, 0}};
  for (const Pair& pair : pairs)
    if (u64{pair.units} < u64{pair.least} * pair.procs || u64{pair.units} > u64{most_units} * pair.procs)
      j.wrong(pair.attribute, units_text(pair.units),
              fmt::format("a virtual processor takes {} to {} processing units, and there are {}", units_text(pair.least),
                          units_text(most_units), pair.procs));
  if (c.min_proc_units > u64{most_units} * j.limits.processors)
    j.wrong("min_proc_units", units_text(c.min_proc_units), fmt::format("the system has {} processors", j.limits.processors));
}

void processors(const Judged& j) {
  const Configuration& c = j.is;
  j.word("proc_mode", c.proc_mode, all_of<ProcMode>());
  const bool dedicated = c.proc_mode == ProcMode::ded;
  if (c.proc_mode == ProcMode::shared && !j.limits.capabilities.micro_lpar_capable)
    j.wrong("proc_mode", std::string(word_of(c.proc_mode)), "the system is not capable of shared processors");
  const u32 most = dedicated ? j.limits.dedicated_processors() : j.limits.virtual_processors();
  if (c.min_procs == 0) j.number("min_procs", c.min_procs, "a partition has at least one processor");
  if (c.min_procs > c.desired_procs || c.desired_procs > c.max_procs)
    j.number("desired_procs", c.desired_procs, "processors must grow from min_procs over desired_procs to max_procs");
  else if (c.max_procs > most)
    j.number("max_procs", c.max_procs,
             fmt::format("a partition of this system has at most {} {} processors", most, dedicated ? "dedicated" : "virtual"));
  if (c.proc_mode == ProcMode::unknown) return;
  std::vector<SharingMode> sharing;
  for (const SharingMode mode : all_of<SharingMode>())
    if (proc_mode_of(mode) == c.proc_mode) sharing.push_back(mode);
  j.word("sharing_mode", c.sharing_mode, sharing);
  if (c.shared_proc_pool >= processor_pools)
    j.number("shared_proc_pool_id", c.shared_proc_pool, fmt::format("there are pools 0 to {}", processor_pools - 1));
  if (dedicated && c.shared_proc_pool != default_pool)
    j.number("shared_proc_pool_id", c.shared_proc_pool, "a partition with dedicated processors is in no pool");
  if (dedicated) return;
  units(j);
  if (c.uncap_weight > 255) j.number("uncap_weight", c.uncap_weight, "uncap_weight is 0 to 255");
}

// "21010003/none/1": DRC index, I/O pool, required.
bool is_io_slot(const std::vector<std::string>& parts) {
  return parts.size() == 3 && !parts[0].empty() && parts[0].size() <= 8 &&
         parts[0].find_first_not_of("0123456789ABCDEFabcdef") == std::string::npos &&
         (parts[1] == "none" || parse_number<u16>(parts[1])) && (parts[2] == "0" || parts[2] == "1");
}

// One partition has one logical port on a physical port. (Redbook, appendix A)
void logical_ports(const Judged& j) {
  std::vector<LogicalPort> all;
  for (const std::string& text : j.is.lhea_logical_ports) {
    const auto wrong = [&](std::string rule) { j.wrong("lhea_logical_ports", text, std::move(rule)); };
    const auto port = logical_port_from(text);
    if (!port) {
      wrong(fmt::format(
          "a logical port is adapter ID/port group/physical port/logical port/VLANs, which are all, none, or up to {}",
          most_port_vlans));
      continue;
    }
    for (const LogicalPort& other : all)
      if (other.same_port(*port))
        wrong("each logical port stands once");
      else if (other.same_cable(*port))
        wrong("a partition has one logical port on each physical port");
    all.push_back(*port);
  }
}

void slots(const Judged& j) {
  const Configuration& c = j.is;
  if (c.max_virtual_slots < first_virtual_slot || c.max_virtual_slots > virtual_slot_limit)
    j.number("max_virtual_slots", c.max_virtual_slots,
             fmt::format("max_virtual_slots is {} to {}", first_virtual_slot, virtual_slot_limit));
  std::set<std::string> indices;
  for (const std::string& slot : c.io_slots) {
    const auto parts = split(slot, '/');
    if (!is_io_slot(parts))
      j.wrong("io_slots", slot, "a physical slot is DRC index/I/O pool or none/1 if it is required, else 0");
    else if (!indices.insert(parts[0]).second)
      j.wrong("io_slots", slot, "each physical slot stands once");
  }
  std::set<u32> taken;
  std::map<AdapterKind, u32> count;
  for (const VirtualAdapter& adapter : c.adapters) {
    const AdapterKindRow& kind = row_of(adapter.kind);
    const auto wrong = [&](std::string rule) { j.number(kind.attribute, adapter.slot, std::move(rule)); };
    if (adapter.slot >= c.max_virtual_slots)
      wrong(fmt::format("there is an adapter in slot {}, but only {} virtual slots", adapter.slot, c.max_virtual_slots));
    if (!taken.insert(adapter.slot).second) wrong(fmt::format("slot {} has two virtual adapters", adapter.slot));
    for (BrokenRule& broken : broken_rules(adapter, j.env)) wrong(std::move(broken.rule));
    if (const u32 so_far = ++count[adapter.kind]; kind.most && so_far == kind.most + 1)
      wrong(fmt::format("a partition has at most {} virtual {} adapter{}", kind.most, kind.name, kind.most == 1 ? "" : "s"));
  }
}

bool is_line(std::string_view text, size_t longest) { return text.size() <= longest && shown_name(text) == text; }

void others(const Judged& j) {
  const Configuration& c = j.is;
  j.word("hpt_ratio", c.hpt_ratio, all_of<HptRatio>());
  j.word("boot_mode", c.boot_mode, all_of<BootMode>());
  const Capabilities& can = j.limits.capabilities;
  j.word("lpar_proc_compat_mode", c.lpar_proc_compat_mode, j.limits.compat_modes);
  if (c.redundant_err_path_reporting && !can.redundant_err_path_reporting_capable)
    j.number("redundant_err_path_reporting", 1, "the system is not capable of redundant error path reporting");
  if (!is_work_group(c.work_group_id)) j.wrong("work_group_id", c.work_group_id, std::string(work_group_rule));
  if (c.bsr_arrays && !can.bsr_capable)
    j.number("bsr_arrays", c.bsr_arrays, "the system has no barrier synchronization registers");
  else if (c.bsr_arrays > bsr_array_limit)
    j.number("bsr_arrays", c.bsr_arrays, fmt::format("a partition has {} arrays at most", bsr_array_limit));
  const std::tuple<std::string_view, const std::string&, size_t> texts[] = {
      {"boot_image", c.boot_image, longest_path},
      {"boot_initrd", c.boot_initrd, longest_path},
      {"boot_arguments", c.boot_arguments, longest_arguments}};
  for (const auto& [attribute, text, longest] : texts)
    if (!is_line(text, longest))
      j.wrong(attribute, text.substr(0, 40), fmt::format("{} is one line of at most {} characters", attribute, longest));
}

}  // namespace

std::string units_text(u32 hundredths) {
  std::string text = fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
  if (text.ends_with('0')) text.pop_back();
  return text;
}

bool is_work_group(std::string_view id) {
  const auto number = parse_number<u32>(id);
  return id == "none" || (number && *number >= 1 && *number <= most_groups && id == std::to_string(*number));
}

bool is_description(std::string_view text) { return is_line(text, longest_description); }

u64 SystemLimits::huge_pages() const { return memory_mb / huge_page_mb; }
u32 SystemLimits::virtual_processors() const {
  return static_cast<u32>(std::min<u64>(most_processors, u64{processors} * most_units / least_units));
}
u32 SystemLimits::dedicated_processors() const { return std::min(most_processors, processors); }

namespace {

// Types and models of servers with POWER9 processors: S914, S922, S924 and L922; H922 and H924; E950; E980.
constexpr std::string_view power9_servers[] = {"9008-", "9009-", "9223-", "9040-MR9", "9080-M9S"};

bool has_power9(std::string_view type_model) {
  return std::ranges::any_of(power9_servers, [&](std::string_view each) { return type_model.starts_with(each); });
}

// SIMPLIFIED: every other server has POWER6 to POWER8, whatever its own processors were, if the lab file does not say `processor`.
std::vector<CompatMode> modes_of(CompatMode processor) {
  using enum CompatMode;
  switch (processor) {
    case power6:
      return {of_system, power6};
    case power7:
      return {of_system, power6, power7};
    case power9:
      return {of_system, power7, power8, power9, power9_base};
    default:
      return {of_system, power6, power7, power8};
  }
}

}  // namespace

SystemLimits limits_of(const FrameConfig& frame) {
  CompatMode processor = frame.processor;
  if (processor == CompatMode::of_system && has_power9(frame.type_model)) processor = CompatMode::power9;
  SystemLimits limits;
  limits.memory_mb = frame.memory_mb + frame.inactive_memory_mb;
  limits.lmb_mb = frame.lmb_mb;
  limits.processors = frame.processors + frame.inactive_processors;
  limits.capabilities = frame.capabilities;
  // A system that does not know modes has its own alone.
  limits.compat_modes = modes_of(processor);
  if (!frame.capabilities.lpar_proc_compat_mode_capable) limits.compat_modes = {CompatMode::of_system};
  limits.default_mode = processor == CompatMode::of_system ? CompatMode::power6 : processor;
  return limits;
}

std::vector<BrokenRule> broken_rules(const Configuration& configuration, LparEnv env, const SystemLimits& limits) {
  std::vector<BrokenRule> broken;
  const Judged judged{configuration, env, limits, broken};
  memory(judged);
  processors(judged);
  slots(judged);
  logical_ports(judged);
  others(judged);
  return broken;
}

std::vector<BrokenRule> broken_rules(const LparDefinition& lpar) {
  std::vector<BrokenRule> broken;
  const auto name = [&](std::string_view attribute, const std::string& value) {
    if (!is_partition_name(value)) broken.push_back({std::string(attribute), value, std::string(partition_name_rule)});
  };
  if (lpar.lpar_id == 0 || lpar.lpar_id > lpar_limit)
    broken.push_back({"lpar_id", std::to_string(lpar.lpar_id), fmt::format("a partition's ID is 1 to {}", lpar_limit)});
  name("name", lpar.name);
  std::set<std::string> names;
  for (const Profile& profile : lpar.profiles) {
    name("profile_name", profile.name);
    if (!names.insert(profile.name).second)
      broken.push_back({"profile_name", profile.name, "each profile has a name of its own"});
  }
  if (!lpar.default_profile.empty()) name("default_profile", lpar.default_profile);
  if (!lpar.uuid.empty() && !is_uuid(lpar.uuid)) broken.push_back({"uuid", lpar.uuid, "a UUID has 32 hex digits in five groups"});
  if (lpar.msp && lpar.env != LparEnv::vioserver)
    broken.push_back({"msp", "1", "only a Virtual I/O Server can be a mover service partition"});
  if (!lpar.ip_address.empty() && !parse_address(lpar.ip_address))
    broken.push_back({"rmc_ipaddr", lpar.ip_address, "an IP address has four numbers of 0 to 255"});
  if (lpar.priority() > highest_priority)
    broken.push_back({"lpar_avail_priority", std::to_string(lpar.priority()), std::string(priority_rule)});
  if (!is_description(lpar.description))
    broken.push_back({"description", lpar.description.substr(0, 40), std::string(description_rule)});
  return broken;
}

std::vector<BrokenRule> broken_rules(const SystemProfile& profile) {
  std::vector<BrokenRule> broken;
  if (!is_partition_name(profile.name)) broken.push_back({"name", profile.name, std::string(partition_name_rule)});
  if (profile.entries.empty()) broken.push_back({"lpar_names", "none", "a system profile has at least one partition"});
  std::set<u32> ids;
  for (const SystemProfileEntry& entry : profile.entries)
    if (!ids.insert(entry.lpar_id).second)
      broken.push_back({"lpar_ids", std::to_string(entry.lpar_id), "a partition is in a system profile once"});
  return broken;
}

}  // namespace emu

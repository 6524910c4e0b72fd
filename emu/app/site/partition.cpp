// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/site/partition.h"

#include <algorithm>

#include "emu/app/site/profile.h"
#include "emu/core/address.h"
#include "emu/core/identity.h"
#include "emu/core/names.h"
#include "emu/core/partner.h"
#include "emu/core/profile_rules.h"
#include "emu/core/text.h"
#include "emu/core/virtual_slots.h"

namespace emu::app::site {

namespace {

Error wrong(std::string text) { return {"import", std::move(text)}; }

Result<u64> number_of(const Record& record, std::string_view name) {
  const auto number = record.number(name);
  if (!number || *number > u64{1} << 40) return wrong(fmt::format("{}: {} is no number.", record.where, name));
  return *number;
}
Result<u32> units_of(const Record& record, std::string_view name) {
  const auto units = record.units(name);
  if (!units) return wrong(fmt::format("{}: {} is no number of processing units.", record.where, name));
  return *units;
}

Result<const Record*> one_line(const std::optional<std::vector<Record>>& listing, std::string_view what, const System& system) {
  if (!listing) return wrong(fmt::format("There is no output of {} of {}.", what, shown_name(system.name())));
  if (listing->size() != 1) return wrong(fmt::format("{}: {} has one line.", listing->back().where, what));
  return &listing->front();
}

Status describe(const System& system, Frame& frame, Notes& notes) {
  FrameConfig& config = frame.config;
  config.name = device_name(system.name());
  if (config.name != system.name()) notes.add("system names that are written otherwise", system.name());
  config.type_model = system.self.text("type_model");
  config.serial_num = system.self.text("serial_num");
  frame.machine = system.machine();
  const Record& memory = *TRY(one_line(system.memory, "lshwres -r mem --level sys", system));
  const Record& processors = *TRY(one_line(system.processors, "lshwres -r proc --level sys", system));
  config.memory_mb = TRY(number_of(memory, "configurable_sys_mem"));
  config.lmb_mb = static_cast<u32>(TRY(number_of(memory, "mem_region_size")));
  config.processors = TRY(units_of(processors, "configurable_sys_proc_units")) / 100;
  const u64 installed = memory.number("installed_sys_mem").value_or(config.memory_mb);
  if (installed > config.memory_mb) config.inactive_memory_mb = installed - config.memory_mb;
  const u32 installed_units = processors.units("installed_sys_proc_units").value_or(0);
  if (installed_units / 100 > config.processors) config.inactive_processors = installed_units / 100 - config.processors;
  config.huge_pages = static_cast<u32>(memory.number("configurable_num_sys_huge_pages").value_or(0));
  return success();
}

// What a partition does at the moment, or what its profiles say as well.
constexpr std::string_view of_the_moment[] = {"state",
                                              "resource_config",
                                              "os",
                                              "os_version",
                                              "logical_serial_num",
                                              "curr_profile",
                                              "work_group_id",
                                              "boot_mode",
                                              "redundant_err_path_reporting",
                                              "rmc_state",
                                              "rmc_osshutdown_capable",
                                              "dlpar_mem_capable",
                                              "dlpar_proc_capable",
                                              "dlpar_io_capable",
                                              "desired_lpar_proc_compat_mode",
                                              "curr_lpar_proc_compat_mode"};
constexpr std::string_view taken[] = {"name", "lpar_id", "lpar_env", "default_profile", "rmc_ipaddr", "msp", "time_ref", "uuid"};
constexpr Usual usual[] = {{"lpar_keylock", "norm"}, {"lpar_avail_priority", "127"}, {"lpar_avail_priority", "191"}};

Partition partition_of(const Record& record, Notes& notes, std::set<std::string>& addresses, const std::string& where) {
  Partition partition;
  LparDefinition& lpar = partition.lpar;
  lpar.lpar_id = static_cast<u32>(record.number("lpar_id").value_or(0));
  lpar.name = record.text("name");
  lpar.env = record.text("lpar_env") == "vioserver" ? LparEnv::vioserver : LparEnv::aixlinux;
  lpar.default_profile = record.text("default_profile");
  lpar.msp = record.text("msp") == "1";
  lpar.time_ref = record.text("time_ref") == "1";
  if (lpar.time_ref && lpar.env != LparEnv::vioserver) notes.add("time_ref of clients", where);
  if (is_uuid(record.text("uuid"))) lpar.uuid = record.text("uuid");
  partition.runs = record.text("state") == "Running";
  if (const std::string address = record.text("rmc_ipaddr"); !address.empty()) {
    if (parse_address(address) && addresses.insert(address).second)
      lpar.ip_address = address;
    else
      notes.add("addresses of RMC that are none, or another partition's too", where);
  }
  for (const auto& [name, value] : record.values)
    if (!std::ranges::count(of_the_moment, name) && !std::ranges::count(taken, name) && !is_usual(usual, name, value))
      notes.add(name + " of partitions, not taken over", where);
  return partition;
}

// One partition is in a listing as lpar_id; what has a profile of its own is taken from there.
std::vector<const Record*> records_about(const std::optional<std::vector<Record>>& listing, u32 lpar_id) {
  std::vector<const Record*> found;
  if (listing)
    for (const Record& record : *listing)
      if (record.number("lpar_id") == lpar_id) found.push_back(&record);
  return found;
}

// What the profile of a partition that runs says, and what is so now.
void compare(const System& system, const Partition& partition, const std::string& where, Notes& notes) {
  const Profile& profile = partition.lpar.profiles.front();
  for (const Record* now : records_about(system.lpar_memory, partition.lpar.lpar_id))
    if (partition.runs && now->number("curr_mem") != profile.desired_mem)
      notes.add("partitions that have other memory now than their profile wishes, which is taken", where);
  for (const Record* now : records_about(system.lpar_processors, partition.lpar.lpar_id))
    if (partition.runs && now->number("curr_procs") != profile.desired_procs)
      notes.add("partitions that have other processors now than their profile wishes, which are taken", where);
  const auto compare_slots = [&](const auto& listing) {
    for (const Record* now : records_about(listing, partition.lpar.lpar_id))
      if (!slot_taken(profile.adapters, static_cast<u32>(now->number("slot_num").value_or(0))))
        notes.add("virtual adapters that are plugged in now and in no profile, not taken over", where);
  };
  compare_slots(system.scsi);
  compare_slots(system.ethernet);
}

void take_mac_addresses(const System& system, Partition& partition, std::set<std::string>& addresses) {
  for (const Record* now : records_about(system.ethernet, partition.lpar.lpar_id)) {
    std::string mac = now->text("mac_addr");
    std::ranges::transform(mac, mac.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const auto slot = now->number("slot_num");
    VirtualAdapter adapter;
    adapter.kind = AdapterKind::ethernet;
    adapter.slot = first_virtual_slot;
    adapter.mac_addr = mac;
    const bool is_one = broken_rules(adapter, partition.lpar.env).empty() && !mac.empty();
    if (!is_one || !addresses.insert(mac).second) continue;
    for (Profile& profile : partition.lpar.profiles)
      for (VirtualAdapter& each : profile.adapters)
        if (each.kind == AdapterKind::ethernet && each.slot == slot) {
          each.mac_addr = mac;
          if (const std::string name = now->text("vswitch"); !name.empty()) each.vswitch = name;
        }
  }
}

// Partners that are not there, or that two claim.
void settle_partners(Frame& frame, Notes& notes) {
  for (Partition& partition : frame.partitions)
    for (Profile& profile : partition.lpar.profiles) {
      std::set<std::pair<u32, u32>> served;
      const std::string where = fmt::format("{} of {}", partition.lpar.name, frame.config.name);
      std::erase_if(profile.adapters, [&](const VirtualAdapter& adapter) {
        if (adapter.kind != AdapterKind::scsi_client) return false;
        const Partition* server = frame.find(adapter.remote_lpar_id);
        if (server && server->lpar.env == LparEnv::vioserver && !is_any_partner(adapter.remote_slot)) return false;
        notes.add("virtual SCSI client adapters without a server that is there, left out", where);
        return true;
      });
      for (VirtualAdapter& adapter : profile.adapters) {
        if (adapter.kind == AdapterKind::scsi_client) adapter.remote_lpar_name = frame.find(adapter.remote_lpar_id)->lpar.name;
        if (adapter.kind != AdapterKind::scsi_server || is_any_partner(adapter.remote_lpar_id)) continue;
        const Partition* client = frame.find(adapter.remote_lpar_id);
        const bool again =
            !is_any_partner(adapter.remote_slot) && !served.insert({adapter.remote_lpar_id, adapter.remote_slot}).second;
        if (client && client != &partition && !again) {
          adapter.remote_lpar_name = client->lpar.name;
          continue;
        }
        notes.add("virtual SCSI server adapters whose client is not there, or another one's: now any client's", where);
        adapter.remote_lpar_id = adapter.remote_slot = any_partner;
        adapter.remote_lpar_name.clear();
      }
    }
}

}  // namespace

Partition* Frame::find(u32 lpar_id) {
  const auto found = std::ranges::find(partitions, lpar_id, [](const Partition& each) { return each.lpar.lpar_id; });
  return found == partitions.end() ? nullptr : &*found;
}

std::string device_name(std::string_view name) {
  std::string made;
  for (const char c : name.substr(0, 31)) made += is_device_name(std::string("a") + c) ? c : '_';
  while (!made.empty() && !is_device_name(made)) made.erase(0, 1);
  return made.empty() ? "unnamed" : made;
}

Result<Frame> frame_of(const System& system, Notes& notes) {
  Frame frame;
  TRY(describe(system, frame, notes));
  if (!system.lpars && !system.has_nothing)
    return wrong(fmt::format("There is no output of lssyscfg -r lpar of {}.", shown_name(system.name())));
  if (system.lpars && !system.profiles && !system.has_nothing)
    return wrong(fmt::format("There is no output of lssyscfg -r prof of {}.", shown_name(system.name())));
  std::set<std::string> addresses, macs;
  for (const Record& record : system.lpars.value_or(std::vector<Record>())) {
    const std::string where = fmt::format("{} of {}", record.text("name"), system.name());
    const std::string env = record.text("lpar_env");
    if (env != "vioserver" && env != "aixlinux") {
      notes.add(fmt::format("partitions of {}, left out", env), where);
      continue;
    }
    Partition partition = partition_of(record, notes, addresses, where);
    if (frame.find(partition.lpar.lpar_id))
      return wrong(fmt::format("{}: partition {} is there twice.", record.where, partition.lpar.lpar_id));
    for (const Record* profile : records_about(system.profiles, partition.lpar.lpar_id)) {
      auto made = TRY(profile_of(*profile, partition, frame.config, notes));
      if (made) partition.lpar.profiles.push_back(std::move(*made));
    }
    if (partition.lpar.profiles.empty()) {
      notes.add("partitions without a profile that can be taken, left out", where);
      continue;
    }
    auto& profiles = partition.lpar.profiles;
    auto first = std::ranges::find(profiles, record.text("default_profile"), &Profile::name);
    if (first == profiles.end()) first = std::ranges::find(profiles, record.text("curr_profile"), &Profile::name);
    if (first != profiles.end()) std::rotate(profiles.begin(), first, first + 1);
    if (profiles.front().name != record.text("default_profile"))
      notes.add("partitions whose default profile is not there: another one's is it now", where);
    compare(system, partition, where, notes);
    take_mac_addresses(system, partition, macs);
    frame.partitions.push_back(std::move(partition));
  }
  std::ranges::sort(frame.partitions, {}, [](const Partition& each) { return each.lpar.lpar_id; });
  settle_partners(frame, notes);
  return frame;
}

}  // namespace emu::app::site

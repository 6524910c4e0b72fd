// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/sheets/mending.h"

#include <algorithm>
#include <iterator>

#include "hmc/messages.h"

namespace emu::app::console {

namespace {

enum class Of {
  partition,
  profile,
  profiles,
  dynamic,
  named,          // the partition that the sentence names
  named_profile,  // its profile
  server,         // a Virtual I/O Server of the system that the sentence names, first one that is no mover
  source,         // that system
  destination,    // that one
  named_system,   // the one that the sentence names
  pools,          // of the destination
  slot,           // a physical one, of a partition that runs or of its profile
};

struct Row {
  std::string_view code;
  Of of;
  const char* tab;
  const char* attribute;
};

// THE table.
constexpr Row rows[] = {
    {"HSCLA246", Of::named, "General", "rmc_state"},
    {"HSCLF032", Of::partition, "General", "migration_disabled"},
    {"HSCLF0C0", Of::pools, "Pools", ""},
    {"HSCLF0C1", Of::pools, "Pools", ""},
    {"HSCLF201", Of::named_system, "Capabilities", ""},
    {"HSCLF202", Of::named_system, "Migration", ""},
    {"HSCLF203", Of::server, "General", "msp"},
    {"HSCLF205", Of::partition, "General", "state"},
    {"HSCLF206", Of::profiles, "Profiles", ""},
    {"HSCLF207", Of::partition, "General", "name"},
    {"HSCLF209", Of::destination, "Memory", "mem_region_size"},
    {"HSCLF20A", Of::destination, "Memory", "curr_avail_sys_mem"},
    {"HSCLF20B", Of::destination, "Memory", "mem_region_size"},
    {"HSCLF20C", Of::destination, "Processors", "curr_avail_sys_proc_units"},
    {"HSCLF20D", Of::destination, "Processors", "curr_avail_sys_proc_units"},
    {"HSCLF20E", Of::profile, "Virtual Adapters", "max_virtual_slots"},
    {"HSCLF20F", Of::named_profile, "Virtual Adapters", "max_virtual_slots"},
    {"HSCLF210", Of::destination, "General", "max_lpars"},
    {"HSCLF216", Of::slot, "I/O", ""},
    {"HSCLF217", Of::profile, "Memory", "bsr_arrays"},
    {"HSCLF218", Of::profile, "Memory", "desired_num_huge_pages"},
    {"HSCLF21A", Of::profile, "Settings", "redundant_err_path_reporting"},
    {"HSCLF21B", Of::partition, "Other", "work_group_id"},
    {"HSCLF21C", Of::profile, "Virtual Adapters", ""},
    {"HSCLF21D", Of::dynamic, "Virtual Adapters", ""},
    {"HSCLF21F", Of::profile, "Processors", "lpar_proc_compat_mode"},
    {"HSCLF224", Of::named_profile, "Virtual Adapters", ""},
    {"HSCLF228", Of::named_profile, "Virtual Adapters", ""},
    {"HSCLF229", Of::profile, "Virtual Adapters", ""},
    {"HSCLF22B", Of::pools, "Pools", ""},
    {"HSCLF22C", Of::pools, "Pools", ""},
    {"HSCLF22D", Of::source, "General", "service_lpar_id"},
    {"HSCLF22E", Of::destination, "Advanced", "curr_avail_num_sys_huge_pages"},
    {"HSCLF230", Of::profile, "Virtual Adapters", "max_virtual_slots"},
    {"HSCLF236", Of::partition, "LHEA", ""},
};
static_assert(std::ranges::all_of(rows, [](const Row& row) { return hmc::find_message(row.code) != nullptr; }));

bool in_name(char c) { return std::string_view(" .,:;()'\"").find(c) == std::string_view::npos; }

// As a word of its own: mobile is not named where mobile2 is.
bool names(const std::string& sentence, const std::string& name) {
  if (name.empty()) return false;
  for (size_t at = sentence.find(name); at != sentence.npos; at = sentence.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at == 0 || !in_name(sentence[at - 1])) && (end == sentence.size() || !in_name(sentence[end]))) return true;
  }
  return false;
}

const KnownPartition* itself(const Mended& about) {
  const auto found = std::ranges::find_if(
      about.known, [&](const KnownPartition& each) { return each.system == about.source && each.name == about.partition; });
  return found == about.known.end() ? nullptr : &*found;
}

// Another partition is what the sentence is about, if it names one beside the mobile partition.
const KnownPartition* named(const std::string& sentence, const Mended& about) {
  const KnownPartition* best = nullptr;
  for (const KnownPartition& each : about.known)
    if (each.name != about.partition && names(sentence, each.name) &&
        (!best || (each.server && !best->server) || (each.server == best->server && each.name.size() > best->name.size())))
      best = &each;
  return best ? best : itself(about);
}

const KnownPartition* server(const std::string& system, const Mended& about) {
  const KnownPartition* best = nullptr;
  for (const KnownPartition& each : about.known)
    if (each.system == system && each.server && (!best || (best->mover && !each.mover))) best = &each;
  return best;
}

Definition profile_of(const KnownPartition* partition) {
  if (!partition) return nullptr;
  if (partition->profile.empty()) return partition_profiles(partition->system, partition->name);
  return profile_properties(partition->system, partition->name, partition->profile);
}

Definition properties_of(const KnownPartition* partition) {
  return partition ? partition_properties(partition->system, partition->name) : nullptr;
}

}  // namespace

Definition mending(const std::string& finding, const Mended& about) {
  const auto row = std::ranges::find(rows, std::string_view(finding).substr(0, finding.find(' ')), &Row::code);
  if (row == std::end(rows)) return nullptr;
  const std::string& system = names(finding, about.destination) ? about.destination : about.source;
  Definition sheet;
  std::string tab = row->tab;
  switch (row->of) {
    case Of::partition:
      sheet = partition_properties(about.source, about.partition);
      break;
    case Of::profile:
      sheet = profile_of(itself(about));
      break;
    case Of::profiles:
      sheet = partition_profiles(about.source, about.partition);
      break;
    case Of::dynamic:
      sheet = dynamic_operations(about.source, about.partition);
      break;
    case Of::named:
      sheet = properties_of(named(finding, about));
      break;
    case Of::named_profile:
      sheet = profile_of(named(finding, about));
      break;
    case Of::server:
      sheet = properties_of(server(system, about));
      break;
    case Of::source:
      sheet = system_properties(about.source);
      break;
    case Of::destination:
      sheet = system_properties(about.destination);
      break;
    case Of::named_system:
      sheet = system_properties(system);
      break;
    case Of::pools:
      sheet = processor_pools(about.destination);
      break;
    case Of::slot:
      // What is required cannot be taken from a partition that runs.
      if (about.running && finding.find("requires it") == finding.npos) {
        sheet = dynamic_operations(about.source, about.partition);
        tab = "Physical Adapters";
      } else {
        sheet = profile_of(itself(about));
      }
      break;
  }
  if (!sheet) return nullptr;
  sheet->tab = tab;
  sheet->attribute = row->attribute;
  return sheet;
}

}  // namespace emu::app::console

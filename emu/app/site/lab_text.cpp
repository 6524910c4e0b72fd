// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/site/lab_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/app/site/devices.h"
#include "emu/core/adapter_kinds.h"
#include "emu/core/address.h"
#include "emu/core/partner.h"
#include "emu/core/virtual_slots.h"

namespace emu::app::site {

namespace {

std::string in_quotes(std::string_view text) {
  std::string toml = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      toml += fmt::format("\\{}", c);
    else if (byte < 0x20 || byte == 0x7F)
      toml += fmt::format("\\u{:04X}", byte);
    else
      toml += c;
  }
  return toml + "\"";
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) all.push_back(in_quotes(text));
  return fmt::format("[{}]", fmt::join(all, ", "));
}

class Writer {
 public:
  Writer(const LabWishes& wishes, const Devices& devices, Notes& notes) : wishes_(wishes), devices_(devices), notes_(notes) {}

  std::string text() && { return std::move(text_); }

  void luns_and_segments() {
    for (const std::string& lun : devices_.luns) line("", "\n[[lun]]\nname = {}", in_quotes(lun));
    for (const SegmentConfig& segment : devices_.segments)
      line("", "\n[[segment]]\nname = {}\nnetwork = {}", in_quotes(segment.name), in_quotes(segment.network));
  }

  void frame(const Frame& frame) {
    const FrameConfig& config = frame.config;
    line("", "\n[[frame]]\nname = {}\ntype_model = {}\nserial_num = {}", in_quotes(config.name), in_quotes(config.type_model),
         in_quotes(config.serial_num));
    line("", "memory_mb = {}\nlmb_mb = {}\nprocessors = {}", config.memory_mb, config.lmb_mb, config.processors);
    if (config.inactive_memory_mb) line("", "inactive_memory_mb = {}", config.inactive_memory_mb);
    if (config.inactive_processors) line("", "inactive_processors = {}", config.inactive_processors);
    if (config.huge_pages) line("", "huge_pages = {}", config.huge_pages);
    for (const Partition& each : frame.partitions) partition(frame, each);
  }

 private:
  template <class... T>
  void line(std::string_view indent, fmt::format_string<T...> format, T&&... values) {
    text_ += fmt::format("{}{}\n", indent, fmt::format(format, std::forward<T>(values)...));
  }

  void partition(const Frame& frame, const Partition& partition) {
    const LparDefinition& lpar = partition.lpar;
    const bool vios = lpar.env == LparEnv::vioserver;
    const std::string table = vios ? "frame.vios" : "frame.partition";
    const ViosConfig* config = nullptr;
    if (const auto found = devices_.vioses.find({frame.machine, lpar.lpar_id}); found != devices_.vioses.end())
      config = &found->second;
    line("\n  ", "[[{}]]", table);
    line("  ", "name = {}", in_quotes(lpar.name));
    line("  ", "id = {}", lpar.lpar_id);
    if (!lpar.uuid.empty()) line("  ", "uuid = {}", in_quotes(lpar.uuid));
    address_ = may_have_address(frame, partition) ? lpar.ip_address : "";
    if (!address_.empty()) line("  ", "ip_address = {}", in_quotes(address_));
    if (vios) {
      line("  ", "msp = {}", lpar.msp);
      line("  ", "time_ref = {}", lpar.time_ref);
      line("  ", "vasi = {}", partition.vasi);
      if (config && !config->luns.empty()) line("  ", "luns = {}", quoted_list(config->luns));
      if (config && !config->ports.empty()) line("  ", "ports = {}", quoted_list(config->ports));
      if (config && config->address_slot) line("  ", "address_slot = {}", config->address_slot);
    } else if (!wishes_.guest.empty() && partition.runs) {
      line("  ", "auto_start = true");
    }
    line("  ", "profile_name = {}", in_quotes(lpar.profiles.front().name));
    profile(lpar, lpar.profiles.front(), "  ", table);
    if (config) {
      for (const ViosConfig::Bridge& bridge : config->bridges) {
        line("    ", "[[frame.vios.bridge]]\n    trunk_slot = {}\n    segment = {}", bridge.trunk_slot,
             in_quotes(bridge.segment));
        if (bridge.ha_mode != "disabled") line("    ", "ha_mode = {}", in_quotes(bridge.ha_mode));
        if (bridge.ctl_chan) line("    ", "ctl_chan = {}", bridge.ctl_chan);
      }
      for (const ViosConfig::Mapping& mapping : config->mappings) {
        line("    ", "[[frame.vios.mapping]]\n    server_slot = {}\n    lun = {}", mapping.server_slot, in_quotes(mapping.lun));
        if (!mapping.vtd.empty()) line("    ", "vtd = {}", in_quotes(mapping.vtd));
      }
    }
    for (const Profile& each : std::span(lpar.profiles).subspan(1)) {
      line("    ", "[[{}.profile]]", table);
      line("    ", "name = {}", in_quotes(each.name));
      if (each.adapters.size() == default_adapters().size()) line("    ", "adapter = []");
      profile(lpar, each, "    ", table + ".profile");
    }
  }

  // The addresses of the gateway, of the name server and of the console are nobody else's.
  bool may_have_address(const Frame& frame, const Partition& partition) {
    const auto address = parse_address(partition.lpar.ip_address);
    const bool its = address && std::ranges::none_of(devices_.segments, [&](const SegmentConfig& segment) {
                       const auto network = parse_network(segment.network);
                       return network && reserved_for(*network, *address);
                     });
    if (address && (!its || !addresses_.insert(*address).second)) {
      notes_.add("addresses of RMC that are somebody else's here",
                 fmt::format("{} of {}", partition.lpar.name, frame.config.name));
      return false;
    }
    return address.has_value();
  }

  void profile(const LparDefinition& lpar, const Profile& profile, const std::string& indent, const std::string& table) {
    line(indent, "min_mem = {}\n{}desired_mem = {}\n{}max_mem = {}", profile.min_mem, indent, profile.desired_mem, indent,
         profile.max_mem);
    if (lpar.profiles.front().max_num_huge_pages || profile.max_num_huge_pages)
      line(indent, "min_num_huge_pages = {}\n{}desired_num_huge_pages = {}\n{}max_num_huge_pages = {}",
           profile.min_num_huge_pages, indent, profile.desired_num_huge_pages, indent, profile.max_num_huge_pages);
    line(indent, "proc_mode = {}", in_quotes(word_of(profile.proc_mode)));
    line(indent, "min_procs = {}\n{}desired_procs = {}\n{}max_procs = {}", profile.min_procs, indent, profile.desired_procs,
         indent, profile.max_procs);
    if (profile.proc_mode == ProcMode::shared)
      line(indent, "min_proc_units = {}\n{}desired_proc_units = {}\n{}max_proc_units = {}", profile.min_proc_units, indent,
           profile.desired_proc_units, indent, profile.max_proc_units);
    line(indent, "sharing_mode = {}", in_quotes(word_of(profile.sharing_mode)));
    line(indent, "uncap_weight = {}", profile.uncap_weight);
    line(indent, "max_virtual_slots = {}", profile.max_virtual_slots);
    line(indent, "bsr_arrays = {}", profile.bsr_arrays);
    line(indent, "io_slots = {}", quoted_list(profile.io_slots));
    line(indent, "boot_mode = {}", in_quotes(word_of(profile.boot_mode)));
    line(indent, "work_group_id = {}", in_quotes(profile.work_group_id));
    line(indent, "redundant_err_path_reporting = {}", profile.redundant_err_path_reporting);
    line(indent, "lpar_proc_compat_mode = {}", in_quotes(word_of(profile.lpar_proc_compat_mode)));
    if (!wishes_.guest.empty() && lpar.env != LparEnv::vioserver) {
      line(indent, "boot_image = {}", in_quotes(wishes_.guest));
      if (!address_.empty()) line(indent, "boot_arguments = {}", in_quotes("ip=" + address_));
    }
    for (const VirtualAdapter& each : profile.adapters)
      if (each.slot >= first_virtual_slot) adapter(each, indent + "  ", table);
  }

  void adapter(const VirtualAdapter& adapter, const std::string& indent, const std::string& table) {
    const AdapterKindRow& kind = row_of(adapter.kind);
    line(indent, "[[{}.adapter]]\n{}kind = {}\n{}slot = {}", table, indent, in_quotes(kind.word), indent, adapter.slot);
    if (adapter.required) line(indent, "required = true");
    if (kind.end != End::none) {
      line(indent, "remote_lpar = {}", in_quotes(is_any_partner(adapter.remote_lpar_id) ? "any" : adapter.remote_lpar_name));
      line(indent, "remote_slot = {}", in_quotes(partner_text(adapter.remote_slot)));
    }
    if (adapter.kind != AdapterKind::ethernet) return;
    line(indent, "port_vlan_id = {}", adapter.port_vlan_id);
    if (!adapter.addl_vlan_ids.empty()) line(indent, "addl_vlan_ids = [{}]", fmt::join(adapter.addl_vlan_ids, ", "));
    if (adapter.is_trunk) line(indent, "is_trunk = true\n{}trunk_priority = {}", indent, adapter.trunk_priority);
    line(indent, "vswitch = {}", in_quotes(adapter.vswitch));
    if (!adapter.mac_addr.empty()) line(indent, "mac_addr = {}", in_quotes(adapter.mac_addr));
  }

  const LabWishes& wishes_;
  const Devices& devices_;
  Notes& notes_;
  std::set<u32> addresses_;
  std::string address_;  // of the partition that is written
  std::string text_;
};

}  // namespace

Result<LabText> lab_of(const Site& site, const LabWishes& wishes) {
  Notes notes;
  std::vector<Frame> frames;
  for (const System& system : site.systems) frames.push_back(TRY(frame_of(system, notes)));
  if (site.fibre_channel) notes.add("virtual Fibre Channel adapters in lsmap, not taken over", "lsmap -npiv", site.fibre_channel);
  for (const std::string& file : site.not_of_use) notes.add("files that an import does not look at", file);
  const Devices devices = devices_of(site, frames, notes);
  Writer writer(wishes, devices, notes);
  writer.luns_and_segments();
  for (const Frame& frame : frames) writer.frame(frame);
  LabText made;
  made.notes = notes.lines();
  made.text = fmt::format("# Made by `twinframe import` of the saved outputs of a console: {} system{}.\n", frames.size(),
                          frames.size() == 1 ? "" : "s");
  if (!made.notes.empty()) made.text += "# What is not as it is there:\n";
  for (const std::string& note : made.notes) made.text += "#   " + note + "\n";
  made.text += fmt::format("\nname = {}\n", in_quotes(wishes.name));
  made.text += std::move(writer).text();
  return made;
}

}  // namespace emu::app::site

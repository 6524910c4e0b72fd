// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/lab/frame.h"

#include "emu/core/address.h"
#include "emu/core/block_size.h"
#include "emu/core/disk_image.h"
#include "emu/core/drifting_clock.h"
#include "emu/core/firmware_level.h"
#include "emu/core/identity.h"
#include "emu/core/ios_level.h"
#include "emu/core/lab/keys.h"
#include "emu/core/location_code.h"
#include "emu/core/names.h"
#include "emu/core/profile_rules.h"
#include "emu/core/virtual_slots.h"

#include <functional>

namespace emu::lab_file {

namespace {

// 9117-MMA
bool is_type_model(std::string_view text) {
  const auto part = [](std::string_view of) { return std::ranges::all_of(of, [](unsigned char c) { return std::isalnum(c); }); };
  return text.size() == 8 && text[4] == '-' && part(text.substr(0, 4)) && part(text.substr(5));
}

template <class T, class U>
const T* find_named(const std::vector<T>& list, const U& name) {
  const auto found = std::ranges::find(list, name, &T::name);
  return found == list.end() ? nullptr : &*found;
}

// ---- profiles ----

constexpr u32 first_server_slot = 11;

// Whether the partition has so many, the rules say when all its adapters are there.
u32 free_slot(const std::vector<VirtualAdapter>& adapters, u32 from = first_virtual_slot) {
  const auto taken = [&](u32 slot) { return slot_taken(adapters, slot); };
  return next_free_slot(virtual_slot_limit, taken, from).value_or(virtual_slot_limit);
}

// Memory and processors that the file does not say follow from those it does.
void complete_profile(Profile& profile, LparEnv env, u32 lmb_mb) {
  const bool vios = env == LparEnv::vioserver;
  const auto fallback = [](u32& value, u32 otherwise) { value = value ? value : otherwise; };
  fallback(profile.desired_mem, std::max<u32>(vios ? 128 : 256, lmb_mb));
  fallback(profile.min_mem, std::max(profile.desired_mem / 2 / lmb_mb * lmb_mb, lmb_mb));
  fallback(profile.max_mem, profile.desired_mem);
  fallback(profile.max_num_huge_pages, profile.desired_num_huge_pages);
  fallback(profile.desired_procs, 1);
  fallback(profile.min_procs, 1);
  fallback(profile.max_procs, profile.desired_procs);
  fallback(profile.max_virtual_slots, vios ? 64 : 20);
  if (profile.proc_mode == ProcMode::ded) {
    profile.min_proc_units = profile.desired_proc_units = profile.max_proc_units = 0;
    if (profile.sharing_mode == Profile().sharing_mode) profile.sharing_mode = SharingMode::keep_idle;
    return;
  }
  fallback(profile.min_proc_units, 10 * profile.min_procs);
  fallback(profile.desired_proc_units, 20 * profile.desired_procs);
  fallback(profile.max_proc_units, 100 * profile.max_procs);
}

// Everything that `complete_profile` fills in, as "not said".
Profile empty_profile() {
  Profile profile;
  profile.min_procs = profile.desired_procs = profile.max_procs = 0;
  profile.min_proc_units = profile.desired_proc_units = profile.max_proc_units = 0;
  profile.max_virtual_slots = 0;
  return profile;
}

void check_profile(Reading& reading, const toml::table& table, const Profile& profile, LparEnv env, const FrameConfig& frame) {
  for (const BrokenRule& broken : broken_rules(profile, env, limits_of(frame)))
    reading.wrong(at(table, broken.attribute), broken.rule);
  if (units_of(profile) > 100 * frame.processors)
    reading.wrong(at(table, "desired_procs"), fmt::format("frame {} has {} processors", frame.name, frame.processors));
  for (const auto& [key, path] : {std::pair{"boot_image", profile.boot_image}, std::pair{"boot_initrd", profile.boot_initrd}})
    if (!path.empty() && path != "nomad" && !is_there(path))
      reading.wrong(at(table, key), fmt::format("there is no file {}", path));
}

// A lab file says "nomad", or a path beside itself.
void resolve_paths(const Reading& reading, Profile& profile) {
  if (profile.boot_image != "nomad") profile.boot_image = reading.beside_file(profile.boot_image);
  profile.boot_initrd = reading.beside_file(profile.boot_initrd);
}

constexpr s64 most_clock_offset_ms = s64{3652} * 24 * 3600 * 1000;

// ---- one frame ----

class FrameReader {
 public:
  FrameReader(Reading& reading, Once& in_lab, const Lab& lab, const toml::table& table)
      : reading_(reading), in_lab_(in_lab), lab_(lab), table_(table), in_frame_(reading) {}

  FrameConfig read() {
    FrameDraft draft;
    read_keys(reading_, table_, "a frame", frame_table, draft);
    frame_ = std::move(draft.frame);
    if (reading_.failed()) return {};
    check_frame();
    for_each_table(draft.slots, [&](const toml::table& t) { frame_.slots.push_back(read_slot(t)); });
    for_each_table(draft.heas, [&](const toml::table& t) { frame_.heas.push_back(read_hea(t)); });
    for_each_table(draft.vioses, [&](const toml::table& t) { drafts_.push_back(read_partition(t, LparEnv::vioserver)); });
    for_each_table(draft.partitions, [&](const toml::table& t) { drafts_.push_back(read_partition(t, LparEnv::aixlinux)); });
    if (reading_.failed()) return {};
    for (Draft& partition : drafts_) read_adapters(partition);
    for (Draft& partition : drafts_) spell_out(partition);
    for (Draft& partition : drafts_) read_bridges_and_mappings(partition);
    for (Draft& partition : drafts_) read_profiles(partition);
    for (const Draft& partition : drafts_) add_empty_slots(partition);
    for (Draft& partition : drafts_) finish(partition);
    std::ranges::sort(frame_.slots, {}, [](const PhysicalSlot& slot) { return std::pair(slot.bus(), slot.drc_index); });
    return std::move(frame_);
  }

 private:
  void check_frame() {
    if (!is_name(frame_.name)) reading_.wrong(at(table_, "name"), fmt::format("{} is no name for a frame", frame_.name));
    for (const std::string_view process : {"hmc", "ssh"})
      if (frame_.name == process || frame_.name.starts_with(std::string(process) + "-"))
        reading_.wrong(at(table_, "name"), fmt::format("{} is the name of a console's process", frame_.name));
    in_lab_.claim(at(table_, "name"), "frame", frame_.name);
    if (!is_type_model(frame_.type_model))
      reading_.wrong(at(table_, "type_model"), "a machine type and model has 4 letters or digits, a -, and 3 more: 9117-MMA");
    if (frame_.serial_num.empty()) frame_.serial_num = derived_serial(lab_.name + "/" + frame_.name);
    if (frame_.serial_num.size() != 7 || !is_name(frame_.serial_num))
      reading_.wrong(at(table_, "serial_num"), "a serial number has 7 characters");
    in_lab_.claim(at(table_, "serial_num"), "serial number", frame_.type_model + "*" + frame_.serial_num);
    if (!frame_.firmware.empty() && !firmware_level_from(frame_.firmware))
      reading_.wrong(at(table_, "firmware"), fmt::format("{} is no level of firmware: 01EM320_031", frame_.firmware));
    if (frame_.lmb_mb == 0) frame_.lmb_mb = automatic_block_mb(frame_.memory_mb);
    if (frame_.processor != CompatMode::of_system && !is_generation(frame_.processor))
      reading_.wrong(at(table_, "processor"), "a processor is POWER6, POWER7, POWER8 or POWER9");
    if (!is_block_size(frame_.lmb_mb)) {
      reading_.wrong(at(table_, "lmb_mb"), "an LMB is of 16, 32, 64, 128 or 256 MiB, or 0 for that of its memory");
    } else if (frame_.memory_mb == 0 || frame_.memory_mb % frame_.lmb_mb) {
      reading_.wrong(at(table_, "memory_mb"), fmt::format("memory_mb is no multiple of the LMB of {} MiB", frame_.lmb_mb));
    }
    if (frame_.huge_pages && !frame_.capabilities.huge_page_mem_capable)
      reading_.wrong(at(table_, "huge_pages"), "a frame that is not huge_page_mem_capable has no huge pages");
    if (frame_.huge_pages * huge_page_mb >= frame_.memory_mb && frame_.huge_pages)
      reading_.wrong(at(table_, "huge_pages"),
                     fmt::format("{} pages of 16 GiB leave nothing of {} MiB", frame_.huge_pages, frame_.memory_mb));
    if (frame_.inactive_memory_mb % frame_.lmb_mb)
      reading_.wrong(at(table_, "inactive_memory_mb"),
                     fmt::format("inactive_memory_mb is no multiple of the LMB of {} MiB", frame_.lmb_mb));
    for (const auto& [key, most] : {std::pair{"num_active_migrations_supported", frame_.active_migrations},
                                    std::pair{"num_inactive_migrations_supported", frame_.inactive_migrations}})
      if (most > 40) reading_.wrong(at(table_, key), "a frame supports 0 to 40 migrations at a time");
    if (frame_.clock_offset_ms < -most_clock_offset_ms || frame_.clock_offset_ms > most_clock_offset_ms)
      reading_.wrong(at(table_, "clock_offset_ms"), "a clock is at most ten years ahead or behind");
    if (frame_.clock_drift_ppm < -most_drift_ppm || frame_.clock_drift_ppm > most_drift_ppm)
      reading_.wrong(at(table_, "clock_drift_ppm"), fmt::format("a clock drifts by at most {} ppm", most_drift_ppm));
    if (frame_.processors == 0 || frame_.processors > 256 || frame_.inactive_processors > 256 - frame_.processors)
      reading_.wrong(at(table_, "processors"), "a frame has 1 to 256 processors");
  }

  // In the machine's own enclosure, if nothing else is said.
  std::string location_of(u32 drc_index) const {
    return fmt::format("{}-P1-C{}", machine_location(frame_.type_model, frame_.serial_num), drc_index & 0xFFFF);
  }

  PhysicalSlot read_slot(const toml::table& table) {
    SlotDraft draft;
    read_keys(reading_, table, "a slot", slot_table, draft);
    PhysicalSlot& slot = draft.slot;
    const auto claim = slot_claim(draft.drc_index);
    if (!claim || draft.drc_index.size() != 8 || draft.drc_index.find('/') != std::string::npos ||
        claim->drc_index >> 24 != 0x21 || (claim->drc_index & 0xFFFF) == 0)
      reading_.wrong(at(table, "drc_index"), "the connector of a slot has 8 hex digits, 21 first, and last its bus: 21010003");
    slot.drc_index = claim ? claim->drc_index : 0;
    in_frame_.claim(at(table, "drc_index"), "slot on bus", std::to_string(slot.bus()));
    if (slot.location.empty()) slot.location = location_of(slot.drc_index);
    constexpr size_t longest = 79;
    for (const auto& [key, text] : {std::pair{"location", &slot.location}, std::pair{"description", &slot.description}})
      if (shown_name(*text) != *text || text->size() > longest || text->find_first_of(",\"") != std::string::npos)
        reading_.wrong(at(table, key), fmt::format("{} has up to {} characters, and no commas or quotes", key, longest));
    if (slot.location.find("-P") == std::string::npos || slot.location.find(' ') != std::string::npos)
      reading_.wrong(at(table, "location"), "a location code names unit, planar and connector: U789D.001.DQDYKGK-P1-C3");
    in_frame_.claim(at(table, "location"), "slot", slot.location);
    if (slot.adapter == SlotAdapter::unknown)
      reading_.wrong(at(table, "adapter"), word_rule<SlotAdapter>("adapter", all_of<SlotAdapter>()));
    for (const auto& [key, of] : {std::pair{"size_mb", SlotAdapter::disk}, std::pair{"path", SlotAdapter::disk},
                                  std::pair{"is_disk", SlotAdapter::disk}, std::pair{"image", SlotAdapter::disk},
                                  std::pair{"segment", SlotAdapter::network}, std::pair{"mac_addr", SlotAdapter::network}})
      if (slot.adapter != of && table.contains(key))
        reading_.wrong(at(table, key), fmt::format("{} belongs to an adapter of kind {}", key, word_of(of)));
    if (slot.adapter == SlotAdapter::disk) read_disk(table, slot, draft.is_disk);
    if (slot.adapter == SlotAdapter::network) read_network(table, slot);
    if (slot.adapter == SlotAdapter::empty && slot.description.empty()) slot.description = "Empty slot";
    return std::move(slot);
  }

  void read_disk(const toml::table& table, PhysicalSlot& slot, bool is_disk) {
    if (slot.description.empty()) slot.description = "SCSI bus controller";
    slot.path = reading_.beside_file(slot.path);
    if (slot.path.empty() && table.contains("is_disk")) reading_.wrong(at(table, "is_disk"), "is_disk belongs to a path");
    slot.image = reading_.beside_file(slot.image);
    if (!slot.image.empty() && !is_file(slot.image))
      reading_.wrong(at(table, "image"), fmt::format("there is no file {}", slot.image));
    if (!slot.image.empty() && !slot.path.empty()) reading_.wrong(at(table, "image"), "a disk has a path or an image, not both");
    if (!slot.path.empty()) {
      std::error_code failed;
      const auto bytes = std::filesystem::file_size(slot.path, failed);
      if (failed || !is_file(slot.path))
        reading_.wrong(at(table, "path"), fmt::format("there is no file {}", slot.path));
      else if (!is_disk && !says_it_is_a_disk(slot.path))
        reading_.wrong(
            at(table, "path"),
            fmt::format("{} does not look like a disk, and a guest would write over it: is_disk = true says that it is one",
                        slot.path));
      else if (table.contains("size_mb") && bytes / MiB < slot.size_mb)
        reading_.wrong(at(table, "size_mb"), fmt::format("{} has {} bytes, which is less", slot.path, bytes));
      else if (!table.contains("size_mb"))
        slot.size_mb = std::max<u64>(bytes / MiB, 1);
      if (const auto file = std::filesystem::canonical(slot.path, failed); !failed)
        in_lab_.claim(at(table, "path"), "file", file);
    }
    if (slot.size_mb == 0 || slot.size_mb > 1024 * 1024) reading_.wrong(at(table, "size_mb"), "a disk is of 1 MiB to 1 TiB");
  }

  void read_network(const toml::table& table, PhysicalSlot& slot) {
    if (slot.description.empty()) slot.description = "Ethernet controller";
    if (slot.segment.empty())
      reading_.wrong(table, "a slot with a network adapter lacks its key segment");
    else if (!find_named(lab_.segments, slot.segment))
      reading_.wrong(at(table, "segment"), fmt::format("there is no segment {}", slot.segment));
    slot.mac_addr = upper_case(slot.mac_addr);
    if (slot.mac_addr.empty()) slot.mac_addr = derived_mac(fmt::format("{}/{}/slot {}", lab_.name, frame_.name, slot.drc_index));
    VirtualAdapter alike;
    alike.kind = AdapterKind::ethernet;
    alike.mac_addr = slot.mac_addr;
    for (const BrokenRule& broken : broken_rules(alike, LparEnv::aixlinux))
      if (broken.attribute == "mac_addr") reading_.wrong(at(table, "mac_addr"), broken.rule);
    in_frame_.claim(at(table, "mac_addr"), "MAC address", slot.mac_addr);
  }

  HostEthernet read_hea(const toml::table& table) {
    HeaDraft draft;
    draft.adapter_id = "23000000";
    read_keys(reading_, table, "a host Ethernet adapter", hea_table, draft);
    HostEthernet& adapter = draft.adapter;
    const auto id = hea_from(draft.adapter_id);
    if (!id || *id >> 24 != 0x23) reading_.wrong(at(table, "adapter_id"), "an adapter ID has 8 hex digits, 23 first: 23000000");
    adapter.adapter_id = id.value_or(0);
    in_frame_.claim(at(table, "adapter_id"), "host Ethernet adapter", draft.adapter_id);
    if (adapter.location.empty()) adapter.location = fmt::format("{}-P1", machine_location(frame_.type_model, frame_.serial_num));
    if (!is_word(adapter.location, 79))
      reading_.wrong(at(table, "location"), "a location code is one word of up to 79 characters");
    if (!is_scaling(draft.mcs)) reading_.wrong(at(table, "mcs"), "a Multi-Core Scaling value is 1, 2, 4, 8 or 16");
    const std::vector<u32> groups = port_groups(draft.segments.size(), adapter.speed);
    if (groups.empty())
      reading_.wrong(at(table, "ports"), "a host Ethernet adapter has two or four ports with a speed of 1000, or two with 10000");
    for (size_t i = 0; i < groups.size(); ++i) {
      if (!find_named(lab_.segments, draft.segments[i]))
        reading_.wrong(at(table, "ports"), fmt::format("there is no segment {}", draft.segments[i]));
      if (!adapter.group(groups[i])) adapter.groups.push_back({groups[i], draft.mcs, draft.mcs});
      HeaPort& port = adapter.ports.emplace_back();
      port.group = groups[i];
      port.id = static_cast<u32>(std::ranges::count(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(i), groups[i]));
      port.location = fmt::format("{}-T{}", adapter.location, i + 1);
      port.segment = draft.segments[i];
    }
    return std::move(adapter);
  }

  // What a profile names and no [[frame.slot]] describes.
  void add_empty_slots(const Draft& draft) {
    for (const Profile& profile : draft.lpar.profiles)
      for (const std::string& text : profile.io_slots) {
        const auto claim = slot_claim(text);
        if (!claim || std::ranges::count(frame_.slots, claim->drc_index, &PhysicalSlot::drc_index)) continue;
        PhysicalSlot& slot = frame_.slots.emplace_back();
        slot.drc_index = claim->drc_index;
        slot.location = location_of(claim->drc_index);
        slot.description = "Empty slot";
      }
  }

  Draft read_partition(const toml::table& table, LparEnv env) {
    Draft draft;
    draft.table = &table;
    draft.profile = empty_profile();
    draft.lpar.env = env;
    const bool vios = env == LparEnv::vioserver;
    draft.lpar.msp = draft.lpar.time_ref = vios;
    read_keys(reading_, table, vios ? "a VIOS" : "a partition", [&](std::string_view name, const toml::node& node) {
      return offer(reading_, name, node, partition_table, draft) || offer(reading_, name, node, profile_table, draft.profile) ||
             (vios ? offer(reading_, name, node, vios_table, draft) : offer(reading_, name, node, client_table, draft));
    });
    if (!ios_level_from(draft.vios.level))
      reading_.wrong(at(table, "level"), fmt::format("{} is no level of a VIOS: 2.1.3.0", draft.vios.level));
    LparDefinition& lpar = draft.lpar;
    if (!is_partition_name(lpar.name))
      reading_.wrong(at(table, "name"), fmt::format("no name for a partition: {}", partition_name_rule));
    if (lpar.lpar_id == 0 || lpar.lpar_id > lpar_limit) reading_.wrong(at(table, "id"), "a partition needs an id of 1 to 254");
    in_frame_.claim(at(table, "id"), "partition id", std::to_string(lpar.lpar_id));
    in_frame_.claim(at(table, "name"), "partition", lpar.name);
    if (lpar.uuid.empty()) lpar.uuid = derived_uuid(lab_.name + "/" + frame_.name + "/" + lpar.name);
    lpar.uuid = upper_case(lpar.uuid);
    if (!is_uuid(lpar.uuid)) reading_.wrong(at(table, "uuid"), fmt::format("{} is no UUID", lpar.uuid));
    in_lab_.claim(at(table, "uuid"), "uuid", lpar.uuid);
    if (!lpar.ip_address.empty()) {
      const auto address = parse_address(lpar.ip_address);
      if (!address) reading_.wrong(at(table, "ip_address"), fmt::format("{} is no IP address", lpar.ip_address));
      for (const SegmentConfig& segment : lab_.segments) {
        const auto network = parse_network(segment.network);
        const auto whose =
            network && address ? reserved_for(*network, *address, static_cast<u32>(lab_.consoles.size())) : std::nullopt;
        if (whose)
          reading_.wrong(at(table, "ip_address"),
                         fmt::format("{} is for {} on segment {}", lpar.ip_address, *whose, segment.name));
      }
      in_lab_.claim(at(table, "ip_address"), "IP address", lpar.ip_address);
    }
    resolve_paths(reading_, draft.profile);
    if (!is_partition_name(draft.profile_name)) reading_.wrong(at(table, "profile_name"), std::string(partition_name_rule));
    lpar.default_profile = draft.profile.name = draft.profile_name;
    return draft;
  }

  Draft* partition_named(std::string_view name) {
    const auto found = std::ranges::find(drafts_, name, [](const Draft& draft) { return draft.lpar.name; });
    return found == drafts_.end() ? nullptr : &*found;
  }

  // The adapters of one list in the file. Identities and partners are checked here, slots in check_slots().
  std::vector<VirtualAdapter> read_adapter_list(const Draft& owner, const toml::array* tables) {
    std::vector<VirtualAdapter> adapters = default_adapters();
    for_each_table(tables, [&](const toml::table& table) {
      AdapterDraft draft;
      read_keys(reading_, table, "an adapter", adapter_table, draft);
      VirtualAdapter& adapter = draft.adapter;
      const AdapterKindRow& kind = row_of(adapter.kind);
      for (const auto& [key, node] : table)
        if (!has_key(kind, key.str()))
          reading_.wrong(key.source(), fmt::format("a virtual {} adapter has no key {}", kind.name, key.str()));
      if (partner_from(draft.remote) != any_partner) {
        const Draft* partner = partition_named(draft.remote);
        for (const Draft& other : drafts_)
          if (!partner && parse_number<u32>(draft.remote) == other.lpar.lpar_id) partner = &other;
        if (!partner) {
          reading_.wrong(at(table, "remote_lpar"), fmt::format("frame {} has no partition {}", frame_.name, draft.remote));
          return;
        }
        adapter.remote_lpar_id = partner->lpar.lpar_id;
        adapter.remote_lpar_name = partner->lpar.name;
        if (kind.end == End::client && partner->lpar.env != LparEnv::vioserver)
          reading_.wrong(at(table, "remote_lpar"), fmt::format("{} is no VIOS", draft.remote));
      }
      adapter.mac_addr = upper_case(adapter.mac_addr);
      if (adapter.is_trunk && adapter.trunk_priority == 0) adapter.trunk_priority = 1;
      if (slot_taken(adapters, adapter.slot))
        reading_.wrong(at(table, "slot"), fmt::format("slot {} of {} is taken already", adapter.slot, owner.lpar.name));
      check_adapter(adapter, owner, table);
      const std::vector<VirtualAdapter> before = adapters;
      adapters.push_back(std::move(adapter));
      for (const BrokenRule& broken : broken_partners(adapters, before, owner.lpar.lpar_id))
        if (row_of(adapters.back().kind).end != End::none) reading_.wrong(at(table, "remote_lpar"), broken.rule);
    });
    return adapters;
  }

  // `where`: the adapter's table, or the key that it is made of.
  void check_adapter(const VirtualAdapter& adapter, const Draft& owner, const toml::node& where) {
    for (const BrokenRule& broken : broken_rules(adapter, owner.lpar.env))
      reading_.wrong(where.is_table() ? at(*where.as_table(), broken.attribute) : where, broken.rule);
  }

  void read_adapters(Draft& draft) { draft.profile.adapters = read_adapter_list(draft, draft.adapter_tables); }

  // `disks`, `vlans`, `segments` and `vasi` become adapters, bridges and mappings, in this order of slots.
  void spell_out(Draft& draft) {
    auto& adapters = draft.profile.adapters;
    if (!draft.disks.empty()) {
      if (draft.served_by.empty())
        for (const Draft& other : drafts_)
          if (other.lpar.env == LparEnv::vioserver && draft.served_by.empty()) draft.served_by.push_back(other.lpar.name);
      if (draft.served_by.empty()) return reading_.wrong(at(*draft.table, "disks"), "there is no VIOS that could serve disks");
      claim_each(draft, "disks", "LUN", draft.disks);
      claim_each(draft, "served_by", "VIOS", draft.served_by);
      for (const std::string& name : draft.served_by) {
        Draft* vios = partition_named(name);
        if (!vios || vios->lpar.env != LparEnv::vioserver)
          return reading_.wrong(at(*draft.table, "served_by"), fmt::format("frame {} has no VIOS {}", frame_.name, name));
        auto& server_adapters = vios->profile.adapters;
        VirtualAdapter server, client;
        server.kind = AdapterKind::scsi_server;
        server.slot = free_slot(server_adapters, first_server_slot);
        client.kind = AdapterKind::scsi_client;
        client.slot = free_slot(adapters);
        client.required = true;
        std::tie(server.remote_lpar_id, server.remote_lpar_name, server.remote_slot) =
            std::tie(draft.lpar.lpar_id, draft.lpar.name, client.slot);
        std::tie(client.remote_lpar_id, client.remote_lpar_name, client.remote_slot) =
            std::tie(vios->lpar.lpar_id, vios->lpar.name, server.slot);
        for (const std::string& lun : draft.disks) {
          check_lun(at(*draft.table, "disks"), *vios, lun);
          map(at(*draft.table, "disks"), *vios, {server.slot, lun, ""});
        }
        server_adapters.push_back(server);
        adapters.push_back(client);
      }
    }
    for (const u16 vlan : draft.vlans) {
      VirtualAdapter ethernet;
      ethernet.kind = AdapterKind::ethernet;
      ethernet.slot = free_slot(adapters);
      ethernet.port_vlan_id = vlan;
      check_adapter(ethernet, draft, at(*draft.table, "vlans"));
      adapters.push_back(ethernet);
    }
    claim_each(draft, "segments", "segment", draft.segments);
    for (const std::string& segment : draft.segments) {
      VirtualAdapter trunk;
      trunk.kind = AdapterKind::ethernet;
      trunk.slot = free_slot(adapters);
      trunk.is_trunk = true;
      trunk.trunk_priority = next_priority(trunk);
      adapters.push_back(trunk);
      add_bridge(at(*draft.table, "segments"), draft, {trunk.slot, segment});
    }
    if (draft.lpar.env == LparEnv::vioserver && draft.vasi) {
      VirtualAdapter vasi;
      vasi.kind = AdapterKind::vasi;
      vasi.slot = free_slot(adapters);
      adapters.push_back(vasi);
    }
  }

  // The servers of a frame bridge a VLAN in the order of the file: the first, and if it does not run, the next.
  u32 next_priority(const VirtualAdapter& trunk) const {
    u32 priority = 1;
    for (const Draft& each : drafts_)
      for (const VirtualAdapter& other : each.profile.adapters)
        if (shared_vlan(trunk, other)) priority = std::max(priority, other.trunk_priority + 1);
    return priority;
  }

  void claim_each(const Draft& draft, std::string_view key, std::string_view what, const std::vector<std::string>& names) {
    Once once(reading_);
    for (const std::string& name : names) once.claim(at(*draft.table, key), what, name);
  }

  void check_lun(const toml::node& where, const Draft& vios, const std::string& lun) {
    if (!find_named(lab_.luns, lun)) return reading_.wrong(where, fmt::format("there is no LUN {}", lun));
    if (std::ranges::find(vios.vios.luns, lun) == vios.vios.luns.end())
      reading_.wrong(where, fmt::format("LUN {} is not among the luns of VIOS {}", lun, vios.lpar.name));
  }

  // A disk backs one virtual target device of a server, as mkvdev has it.
  void map(const toml::node& where, Draft& vios, ViosConfig::Mapping mapping) {
    if (std::ranges::count(vios.vios.mappings, mapping.lun, &ViosConfig::Mapping::lun))
      reading_.wrong(where, fmt::format("LUN {} is mapped already on VIOS {}", mapping.lun, vios.lpar.name));
    vios.vios.mappings.push_back(std::move(mapping));
  }

  void add_bridge(const toml::node& where, Draft& draft, ViosConfig::Bridge bridge) {
    if (!find_named(lab_.segments, bridge.segment)) reading_.wrong(where, fmt::format("there is no segment {}", bridge.segment));
    const auto& adapters = draft.profile.adapters;
    const auto trunk = std::ranges::find(adapters, bridge.trunk_slot, &VirtualAdapter::slot);
    if (trunk == adapters.end() || !trunk->is_trunk)
      reading_.wrong(where, fmt::format("{} has no trunk Ethernet adapter in slot {}", draft.lpar.name, bridge.trunk_slot));
    if (std::ranges::find(draft.vios.bridges, bridge.trunk_slot, &ViosConfig::Bridge::trunk_slot) != draft.vios.bridges.end())
      reading_.wrong(where, fmt::format("the trunk adapter in slot {} is bridged already", bridge.trunk_slot));
    if (bridge.ha_mode != "auto" && bridge.ha_mode != "standby" && bridge.ha_mode != "disabled")
      reading_.wrong(where, "ha_mode is auto, standby or disabled");
    if (bridge.ha_mode != "disabled" || bridge.ctl_chan) check_plain_ethernet(where, draft, "ctl_chan", bridge.ctl_chan);
    draft.vios.bridges.push_back(std::move(bridge));
  }

  void check_plain_ethernet(const toml::node& where, const Draft& draft, std::string_view key, u32 slot) {
    const auto& adapters = draft.profile.adapters;
    const auto adapter = std::ranges::find(adapters, slot, &VirtualAdapter::slot);
    if (adapter == adapters.end() || adapter->kind != AdapterKind::ethernet || adapter->is_trunk)
      reading_.wrong(
          where, fmt::format("{}: {} has no virtual Ethernet adapter in slot {} that is no trunk", key, draft.lpar.name, slot));
  }

  void read_bridges_and_mappings(Draft& draft) {
    if (draft.lpar.env != LparEnv::vioserver) return;
    Once once(reading_);
    for (const std::string& segment : draft.vios.ports)
      if (!find_named(lab_.segments, segment))
        reading_.wrong(at(*draft.table, "ports"), fmt::format("there is no segment {}", segment));
    if (draft.vios.address_slot)
      check_plain_ethernet(at(*draft.table, "address_slot"), draft, "address_slot", draft.vios.address_slot);
    claim_each(draft, "luns", "LUN", draft.vios.luns);
    for (const std::string& lun : draft.vios.luns)
      if (!find_named(lab_.luns, lun)) reading_.wrong(at(*draft.table, "luns"), fmt::format("there is no LUN {}", lun));
    for_each_table(draft.bridge_tables, [&](const toml::table& table) {
      ViosConfig::Bridge bridge;
      read_keys(reading_, table, "a bridge", bridge_table, bridge);
      add_bridge(table, draft, std::move(bridge));
    });
    for_each_table(draft.mapping_tables, [&](const toml::table& table) {
      ViosConfig::Mapping mapping;
      read_keys(reading_, table, "a mapping", mapping_table, mapping);
      check_lun(at(table, "lun"), draft, mapping.lun);
      const auto& adapters = draft.profile.adapters;
      const auto server = std::ranges::find(adapters, mapping.server_slot, &VirtualAdapter::slot);
      if (server == adapters.end() || server->kind != AdapterKind::scsi_server)
        reading_.wrong(table,
                       fmt::format("{} has no virtual SCSI server adapter in slot {}", draft.lpar.name, mapping.server_slot));
      if (!mapping.vtd.empty() && !is_device_name(mapping.vtd))
        reading_.wrong(at(table, "vtd"), "a virtual target device's name has up to 31 letters, digits, -, _ and dots");
      map(at(table, "lun"), draft, std::move(mapping));
    });
    // What the file names first, then vtscsi0, vtscsi1 ... for the rest.
    for (const auto& mapping : draft.vios.mappings)
      if (!mapping.vtd.empty()) once.claim(at(*draft.table, "mapping"), "virtual target device", mapping.vtd);
    u32 number = 0;
    for (auto& mapping : draft.vios.mappings) {
      const auto taken = [&](const std::string& name) {
        return std::ranges::find(draft.vios.mappings, name, &ViosConfig::Mapping::vtd) != draft.vios.mappings.end();
      };
      while (mapping.vtd.empty()) {
        if (const auto name = fmt::format("vtscsi{}", number++); !taken(name)) mapping.vtd = name;
      }
    }
  }

  void complete_and_check(Draft& draft, Profile& profile, const toml::table& table) {
    complete_profile(profile, draft.lpar.env, frame_.lmb_mb);
    check_profile(reading_, table, profile, draft.lpar.env, frame_);
    std::ranges::sort(profile.adapters, {}, &VirtualAdapter::slot);
    for (VirtualAdapter& adapter : profile.adapters) {
      if (adapter.kind == AdapterKind::ethernet && adapter.mac_addr.empty())
        adapter.mac_addr = derived_mac(fmt::format("{}/{}/{}/{}", lab_.name, frame_.name, draft.lpar.name, adapter.slot));
    }
  }

  void read_profiles(Draft& draft) {
    draft.profile.auto_start = draft.auto_start || draft.lpar.env == LparEnv::vioserver;
    const Profile as_written = draft.profile;
    complete_and_check(draft, draft.profile, *draft.table);
    for (const VirtualAdapter& adapter : draft.profile.adapters)
      if (!adapter.mac_addr.empty()) in_frame_.claim(*draft.table, "MAC address", adapter.mac_addr);
    for (const VirtualAdapter& adapter : draft.profile.adapters)
      if (row_of(adapter.kind).end == End::server && !is_any_partner(adapter.remote_lpar_id) &&
          !is_any_partner(adapter.remote_slot))
        in_frame_.claim(*draft.table, fmt::format("a virtual {} adapter for", row_of(adapter.kind).name),
                        fmt::format("slot {} of {}", adapter.remote_slot, adapter.remote_lpar_name));
    check_trunks(draft);
    draft.lpar.profiles.push_back(draft.profile);
    for_each_table(draft.profile_tables, [&](const toml::table& table) {
      Profile profile = as_written;
      profile.name.clear();
      const toml::array* adapter_tables = nullptr;
      read_keys(reading_, table, "a profile", [&](std::string_view name, const toml::node& node) {
        if (name == "name") return take(reading_, node, profile.name), true;
        if (name == "adapter") return take_tables(reading_, node, adapter_tables), true;
        return offer(reading_, name, node, profile_table, profile);
      });
      if (!is_partition_name(profile.name))
        reading_.wrong(at(table, "name"), fmt::format("no name for a profile: {}", partition_name_rule));
      if (draft.lpar.profile(profile.name))
        reading_.wrong(at(table, "name"), fmt::format("profile {} is there twice", profile.name));
      // Paths of the first profile are resolved already, and stay as they are.
      resolve_paths(reading_, profile);
      if (adapter_tables) profile.adapters = read_adapter_list(draft, adapter_tables);
      complete_and_check(draft, profile, table);
      draft.lpar.profiles.push_back(std::move(profile));
    });
  }

  // Of what is activated with the system; other profiles may be meant for another day.
  void check_trunks(const Draft& draft) {
    const auto& adapters = draft.profile.adapters;
    for (size_t i = 0; i < adapters.size(); ++i)
      for (size_t k = 0; k < i; ++k)
        if (const auto vlan = shared_vlan(adapters[k], adapters[i]))
          reading_.wrong(*draft.table, fmt::format("slots {} and {} have trunk adapters of VLAN {} on switch {}",
                                                   adapters[k].slot, adapters[i].slot, *vlan, adapters[i].vswitch));
    for (const Draft& other : drafts_) {
      if (&other == &draft) break;  // each pair once
      if (const auto clash = equal_trunks(adapters, other.profile.adapters))
        reading_.wrong(
            *draft.table,
            fmt::format("slot {} has a trunk adapter of VLAN {} with trunk_priority {}, as slot {} of {} has",
                        clash->adapter->slot, clash->vlan, clash->adapter->trunk_priority, clash->other->slot, other.lpar.name));
    }
  }

  void finish(Draft& draft) {
    if (draft.lpar.env == LparEnv::vioserver) {
      draft.vios.lpar_id = draft.lpar.lpar_id;
      frame_.vioses.push_back(draft.vios);
    }
    draft.lpar.auto_start = draft.profile.auto_start;
    frame_.partitions.push_back(std::move(draft.lpar));
  }

  Reading& reading_;
  Once& in_lab_;
  const Lab& lab_;
  const toml::table& table_;
  Once in_frame_;
  FrameConfig frame_;
  std::vector<Draft> drafts_;
};

}  // namespace

FrameConfig read_frame(Reading& reading, Once& in_lab, const Lab& lab, const toml::table& table) {
  return FrameReader(reading, in_lab, lab, table).read();
}

}  // namespace emu::lab_file

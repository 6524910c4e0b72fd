// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Of the reader of lab files alone: the keys of a lab file, one list for the reader and for docs/labs.md, and what they are read into.

#include "emu/core/adapter_kinds.h"
#include "emu/core/lab/generate.h"
#include "emu/core/lab/reading.h"
#include "emu/core/partner.h"

namespace emu::lab_file {

// A partition as it stands in the file, before its shorthand keys are spelled out.
struct Draft {
  LparDefinition lpar;
  Profile profile;  // the first one; memory and processors that are 0 follow from the desired ones
  std::string profile_name = "default";
  bool auto_start = false;
  std::vector<std::string> disks;
  std::vector<std::string> served_by;
  std::vector<u16> vlans;
  const toml::table* table = nullptr;
  const toml::array* adapter_tables = nullptr;
  const toml::array* profile_tables = nullptr;
  // A VIOS's.
  ViosConfig vios;
  std::vector<std::string> segments;
  bool vasi = true;
  const toml::array* bridge_tables = nullptr;
  const toml::array* mapping_tables = nullptr;
};

struct AdapterDraft {
  VirtualAdapter adapter;
  std::string remote;
};

// A partner, or its slot: a number too, and then as its digits.
inline void take_partner(Reading& reading, const toml::node& node, std::string& to) {
  u32 number = 0;
  if (!node.is_integer()) return take(reading, node, to);
  take(reading, node, number);
  to = std::to_string(number);
}

inline void take_partner_slot(Reading& reading, const toml::node& node, AdapterDraft& to) {
  std::string text;
  take_partner(reading, node, text);
  const auto slot = partner_from(text);
  if (!slot) return reading.wrong(node, "a slot, or \"any\", is expected here");
  to.adapter.remote_slot = *slot;
}

// A [[table]] of the file, which can stand several times.
inline void take_tables(Reading& reading, const toml::node& node, const toml::array*& to) {
  to = node.as_array();
  if (!to || !std::ranges::all_of(*to, [](const toml::node& element) { return element.is_table(); }))
    reading.wrong(node, "a table in double brackets is expected here, such as [[frame]]");
}

constexpr std::string_view kind_words = "serial, scsi_client, scsi_server, ethernet, vasi";
static_assert(std::ranges::all_of(adapter_kinds, [](const auto& row) { return kind_words.find(row.word) != kind_words.npos; }));

inline void take_adapter_kind(Reading& reading, const toml::node& node, AdapterDraft& to) {
  std::string word;
  take(reading, node, word);
  const auto* row = std::ranges::find(adapter_kinds, word, &AdapterKindRow::word);
  if (row == std::end(adapter_kinds)) return reading.wrong(node, fmt::format("{} is no kind of adapter: {}", word, kind_words));
  to.adapter.kind = row->kind;
}

// ---- the keys: one list for the reader and for docs/labs.md ----

template <class T>
struct Key {
  std::string_view name;
  std::string_view kind;
  std::string_view fallback;
  std::string_view meaning;
  void (*set)(Reading&, const toml::node&, T&);
};

template <class T>
T& member_owner(T&);
template <class Owner, class Field>
Owner owner_of(Field Owner::*);

template <auto member, class T>  // T: who has the member, or inherits it
void into(Reading& reading, const toml::node& node, T& object) {
  using Field = std::remove_reference_t<decltype(object.*member)>;
  if constexpr (std::is_same_v<Field, const toml::array*>) {
    take_tables(reading, node, object.*member);
  } else {
    take(reading, node, object.*member);
  }
}
template <auto inner, auto member>
void into(Reading& reading, const toml::node& node, decltype(owner_of(inner))& object) {
  into<member>(reading, node, object.*inner);
}

struct LabDraft {
  std::string name;
  const toml::array* luns = nullptr;
  const toml::array* segments = nullptr;
  const toml::array* frames = nullptr;
  const toml::array* consoles = nullptr;
  const toml::array* generated = nullptr;
  const toml::array* faults = nullptr;
  const toml::array* packages = nullptr;
};
struct FaultDraft {
  std::string where;
  std::string what;
};
struct SegmentDraft {
  SegmentConfig segment;
  const toml::array* forwards = nullptr;
  const toml::array* boot_servers = nullptr;
};
struct BootServerDraft {
  SegmentConfig::BootServer server;
  const toml::array* clients = nullptr;
};
struct SlotDraft {
  PhysicalSlot slot;
  std::string drc_index;
  bool is_disk = false;
};
struct HeaDraft {
  HostEthernet adapter;
  std::string adapter_id;
  std::vector<std::string> segments;
  u32 mcs = 4;
};
struct FrameDraft {
  FrameConfig frame;
  const toml::array* slots = nullptr;
  const toml::array* heas = nullptr;
  const toml::array* vioses = nullptr;
  const toml::array* partitions = nullptr;
};

inline constexpr Key<LabDraft> lab_table[] = {
    {"name", "name", "the file's name", "under which state and links are kept; letters, digits, - and _", into<&LabDraft::name>},
    {"lun", "tables", "none", "disks of the SAN", into<&LabDraft::luns>},
    {"segment", "tables", "none", "Ethernet segments", into<&LabDraft::segments>},
    {"frame", "tables", "none, if there is `generate`", "the servers", into<&LabDraft::frames>},
    {"generate", "tables", "none", "many servers with many partitions, for inventories", into<&LabDraft::generated>},
    {"hmc", "tables", "one with a default of each key", "the consoles, up to 4", into<&LabDraft::consoles>},
    {"fault", "tables", "none", "what goes wrong from the start, and again when the process that it is of starts again",
     into<&LabDraft::faults>},
    {"package", "tables", "none", "partitions that are kept running ([operations.md](operations.md))", into<&LabDraft::packages>},
};
inline constexpr Key<FaultDraft> fault_table[] = {
    {"where", "server, hmc, hmc-NAME", "-", "who has it: a server, the first console, another console by its name",
     into<&FaultDraft::where>},
    {"what", "text", "-", "its kind ([faults.md](faults.md)), with its value behind a colon if it has one",
     into<&FaultDraft::what>},
};
inline constexpr Key<Generate> generate_table[] = {
    {"prefix", "name", "\"frame\"", "what the servers' names begin with; a number follows: frame001", into<&Generate::prefix>},
    {"frames", "1 to 1000", "-", "how many", into<&Generate::frames>},
    {"partitions", "number", "0",
     "of all of them together, up to 250 each, all off; each server has a Virtual I/O Server besides",
     into<&Generate::partitions>},
    {"memory_mb", "MiB", "65536", "of each server", into<&Generate::memory_mb>},
    {"processors", "number", "64", "of each server", into<&Generate::processors>},
    {"desired_mem", "MiB", "256", "of each partition", into<&Generate::desired_mem>},
};
inline constexpr Key<ConsoleConfig> console_table[] = {
    {"name", "name", "\"hmc\"", "its host name", into<&ConsoleConfig::name>},
    {"frames", "list of servers", "all", "which it manages; several consoles may manage the same", into<&ConsoleConfig::frames>},
    {"ip", "127.x.y.z", "one that no other lab has", "where its ssh server listens", into<&ConsoleConfig::ip>},
    {"port", "port", "22", "and on which port; 0: any free one. Where it may not be bound, it is a free one, too",
     into<&ConsoleConfig::port>},
    {"idle_minutes", "1 to 100000", "720", "a log-in that does nothing for so long ends", into<&ConsoleConfig::idle_minutes>},
    {"version", "V7R3.1, V7R3.2, V7R7.9, V10R3 1060, V11R2 1120", "\"V10R3 1060\"",
     "its release: what `lshmc -V` says, and which names its listings have", into<&ConsoleConfig::version>},
};
inline constexpr Key<LunConfig> lun_table[] = {
    {"name", "name", "-", "how VIOSes list it", into<&LunConfig::name>},
    {"size_mb", "MiB", "64; that of `path`", "its size", into<&LunConfig::size_mb>},
    {"path", "path", "an own file in the state folder", "an existing image, used as it is, relative to the lab file",
     into<&LunConfig::path>},
    {"is_disk", "true, false", "false", "the file at `path` is a disk, although no partition table or file system in it says so",
     into<&LunConfig::is_disk>},
    {"image", "path", "empty", "an image that its own file begins as a copy of, relative to the lab file",
     into<&LunConfig::image>},
    {"udid", "text, or \"none\"", "made of lab and name",
     "unique device identifier, equal wherever the LUN is seen; none: of a kind of disk that has none", into<&LunConfig::udid>},
    {"pvid", "16 hex digits, or \"none\"", "made of lab and name",
     "physical volume identifier; none: until `chdev -attr pv=yes` puts one on it", into<&LunConfig::pvid>},
    {"reserve_policy", "\"no_reserve\" or \"single_path\"", "\"no_reserve\"",
     "what its hdisks begin with, until chdev says otherwise; a real one begins with single_path, and cannot move so",
     into<&LunConfig::reserve_policy>},
    {"subsystem", "name", "none", "the storage subsystem that it is in, which a fault takes offline ([faults.md](faults.md))",
     into<&LunConfig::subsystem>},
};
inline constexpr Key<SegmentDraft> segment_table[] = {
    {"name", "name", "-", "how VIOSes name it", into<&SegmentDraft::segment, &SegmentConfig::name>},
    {"network", "address/prefix", "\"10.0.2.0/24\"",
     "the IP network on it: .2 is the gateway to the host, .3 its name server, .4 the HMC",
     into<&SegmentDraft::segment, &SegmentConfig::network>},
    {"forward", "tables", "none", "ports of this machine (loopback only) that lead to a guest", into<&SegmentDraft::forwards>},
    {"boot_server", "tables", "none", "hosts that boot partitions over the network ([netboot.md](netboot.md)), up to 4",
     into<&SegmentDraft::boot_servers>},
};
inline constexpr Key<SegmentConfig::Forward> forward_table[] = {
    {"protocol", "\"tcp\" or \"udp\"", "\"tcp\"", "", into<&SegmentConfig::Forward::protocol>},
    {"host_port", "port", "0", "on 127.0.0.1; 0: any free one", into<&SegmentConfig::Forward::host_port>},
    {"guest_address", "address", "-", "whom it reaches", into<&SegmentConfig::Forward::guest_address>},
    {"guest_port", "port", "-", "and on which port", into<&SegmentConfig::Forward::guest_port>},
};
inline constexpr Key<BootServerDraft> boot_server_table[] = {
    {"address", "address", "-", "its own, in the segment's network",
     into<&BootServerDraft::server, &SegmentConfig::BootServer::address>},
    {"folder", "path", "that of the toy guest's image", "the folder that it hands files out of, relative to the lab file",
     into<&BootServerDraft::server, &SegmentConfig::BootServer::folder>},
    {"client", "tables", "none", "whom it answers", into<&BootServerDraft::clients>},
};
inline constexpr Key<SegmentConfig::BootServer::Client> boot_client_table[] = {
    {"ip_address", "address", "-", "the client's", into<&SegmentConfig::BootServer::Client::ip_address>},
    {"mac_addr", "12 hex digits", "any", "of its adapter; without it a client is answered that says its address",
     into<&SegmentConfig::BootServer::Client::mac_addr>},
    {"file", "path", "-", "what it boots, relative to the server's folder", into<&SegmentConfig::BootServer::Client::file>},
    {"gateway", "address", "none", "what it is told to use as router", into<&SegmentConfig::BootServer::Client::gateway>},
};
template <auto member>
void into_capability(Reading& reading, const toml::node& node, FrameDraft& to) {
  take(reading, node, to.frame.capabilities.*member);
}

inline constexpr Key<FrameDraft> frame_table[] = {
    {"name", "name", "-", "the managed system's name", into<&FrameDraft::frame, &FrameConfig::name>},
    {"type_model", "text", "\"9117-MMA\"", "machine type and model", into<&FrameDraft::frame, &FrameConfig::type_model>},
    {"serial_num", "7 characters", "made of lab and name", "serial number", into<&FrameDraft::frame, &FrameConfig::serial_num>},
    {"firmware", "release_level", "\"01EM320_031\"; of an 8247 \"01SV840_056\"",
     "its level of firmware, until updlic installs another; moves need release 320 or later",
     into<&FrameDraft::frame, &FrameConfig::firmware>},
    {"memory_mb", "MiB", "4096", "active memory", into<&FrameDraft::frame, &FrameConfig::memory_mb>},
    {"inactive_memory_mb", "MiB", "0", "memory that chcod can activate for a time",
     into<&FrameDraft::frame, &FrameConfig::inactive_memory_mb>},
    {"lmb_mb", "16, 32, 64, 128, 256, 0", "16",
     "size of a logical memory block, until `twinframe asmi` sets another; 0: by its memory",
     into<&FrameDraft::frame, &FrameConfig::lmb_mb>},
    {"processors", "number", "8", "active processors", into<&FrameDraft::frame, &FrameConfig::processors>},
    {"processor", "POWER6, POWER7, POWER8, POWER9", "by `type_model`, POWER9 or all older ones",
     "generation of its processors: their mode is the default, and those before it are offered, too",
     into<&FrameDraft::frame, &FrameConfig::processor>},
    {"inactive_processors", "number", "0", "processors that chcod can activate for a time",
     into<&FrameDraft::frame, &FrameConfig::inactive_processors>},
    {"huge_pages", "number", "0", "pages of 16 GiB that are set aside of the memory, until chhwres asks for others",
     into<&FrameDraft::frame, &FrameConfig::huge_pages>},
    {"clock_offset_ms", "number", "0", "how far its clock is ahead of this machine's; negative: behind",
     into<&FrameDraft::frame, &FrameConfig::clock_offset_ms>},
    {"clock_drift_ppm", "-100000 to 100000", "0", "millionths that its clock runs too fast since the lab's first start",
     into<&FrameDraft::frame, &FrameConfig::clock_drift_ppm>},
    {"on_battery", "true, false", "false", "whether mains power is lost", into<&FrameDraft::frame, &FrameConfig::on_battery>},
    {"active_lpar_mobility_capable", "true, false", "true", "licensed for moves of running partitions",
     into_capability<&Capabilities::active_lpar_mobility_capable>},
    {"inactive_lpar_mobility_capable", "true, false", "true", "licensed for moves of partitions that are off",
     into_capability<&Capabilities::inactive_lpar_mobility_capable>},
    {"num_active_migrations_supported", "0 to 40", "40", "moves of running partitions at a time",
     into<&FrameDraft::frame, &FrameConfig::active_migrations>},
    {"num_inactive_migrations_supported", "0 to 40", "40", "moves of partitions that are off at a time",
     into<&FrameDraft::frame, &FrameConfig::inactive_migrations>},
    {"bsr_capable", "true, false", "true", "it has barrier synchronization registers",
     into_capability<&Capabilities::bsr_capable>},
    {"huge_page_mem_capable", "true, false", "true", "it has pages of 16 GiB",
     into_capability<&Capabilities::huge_page_mem_capable>},
    {"lpar_proc_compat_mode_capable", "true, false", "true", "partitions can have modes of other processors than its own",
     into_capability<&Capabilities::lpar_proc_compat_mode_capable>},
    {"micro_lpar_capable", "true, false", "true", "partitions can share processors",
     into_capability<&Capabilities::micro_lpar_capable>},
    {"redundant_err_path_reporting_capable", "true, false", "true", "partitions can report errors of shared hardware",
     into_capability<&Capabilities::redundant_err_path_reporting_capable>},
    {"slot", "tables", "none", "its physical I/O slots; one that only a profile names is there, too, and empty",
     into<&FrameDraft::slots>},
    {"hea", "tables", "none", "its host Ethernet adapters", into<&FrameDraft::heas>},
    {"vios", "tables", "none", "its Virtual I/O Servers", into<&FrameDraft::vioses>},
    {"partition", "tables", "none", "its other partitions", into<&FrameDraft::partitions>},
};
inline constexpr Key<SlotDraft> slot_table[] = {
    {"drc_index", "8 hex digits", "-", "of its connector, such as \"21010003\": 21, a slot, and its bus, unique in its frame",
     into<&SlotDraft::drc_index>},
    {"location", "text", "made of the server's", "location code, such as U789D.001.DQDYKGK-P1-C3",
     into<&SlotDraft::slot, &PhysicalSlot::location>},
    {"adapter", "\"empty\", \"disk\", \"network\"", "\"empty\"",
     "what is in it, as a device of virtio 1.0 on a PCI bus: a disk of its own, or a network adapter",
     into<&SlotDraft::slot, &PhysicalSlot::adapter>},
    {"description", "text", "by its adapter", "as the HMC lists it", into<&SlotDraft::slot, &PhysicalSlot::description>},
    {"size_mb", "MiB", "64; that of `path`", "size of the disk", into<&SlotDraft::slot, &PhysicalSlot::size_mb>},
    {"path", "path", "an own file in the state folder", "an existing image of the disk, used as it is, relative to the lab file",
     into<&SlotDraft::slot, &PhysicalSlot::path>},
    {"is_disk", "true, false", "false", "the file at `path` is a disk, although no partition table or file system in it says so",
     into<&SlotDraft::is_disk>},
    {"image", "path", "empty", "an image that the disk's own file begins as a copy of, relative to the lab file",
     into<&SlotDraft::slot, &PhysicalSlot::image>},
    {"segment", "segment", "none", "what the network adapter's cable leads to; it must have one",
     into<&SlotDraft::slot, &PhysicalSlot::segment>},
    {"mac_addr", "12 hex digits", "made of lab, frame and slot", "the network adapter's address",
     into<&SlotDraft::slot, &PhysicalSlot::mac_addr>},
};
inline constexpr Key<HeaDraft> hea_table[] = {
    {"adapter_id", "8 hex digits", "\"23000000\"", "by which commands name it, unique in its frame", into<&HeaDraft::adapter_id>},
    {"location", "text", "made of the server's", "location code, such as U789D.001.DQDYKGK-P1",
     into<&HeaDraft::adapter, &HostEthernet::location>},
    {"ports", "list of segments", "-", "what the cables of its physical ports lead to: two of them, or four",
     into<&HeaDraft::segments>},
    {"speed", "1000 or 10000", "1000", "of its ports, Mbps: two ports of 1000 are one port group, all others have two groups",
     into<&HeaDraft::adapter, &HostEthernet::speed>},
    {"mcs", "1, 2, 4, 8, 16", "4",
     "Multi-Core Scaling of its port groups, until chhwres asks for another: a group has 16 logical ports by it",
     into<&HeaDraft::mcs>},
};
inline constexpr Key<Draft> partition_table[] = {
    {"id", "number", "-", "partition id, unique in its frame", into<&Draft::lpar, &LparDefinition::lpar_id>},
    {"name", "name", "-", "unique in its frame", into<&Draft::lpar, &LparDefinition::name>},
    {"uuid", "UUID", "made of lab, frame and name", "stays the same across a move", into<&Draft::lpar, &LparDefinition::uuid>},
    {"ip_address", "address", "none", "how RMC reaches it", into<&Draft::lpar, &LparDefinition::ip_address>},
    {"profile_name", "name", "\"default\"", "the first profile, which the profile keys below describe",
     into<&Draft::profile_name>},
    {"adapter", "tables", "none", "virtual adapters, beyond those of `disks`, `vlans`, `segments` and `vasi`",
     into<&Draft::adapter_tables>},
    {"profile", "tables", "none", "further profiles: as the first one, with what they say of their own",
     into<&Draft::profile_tables>},
};
inline constexpr Key<Draft> client_table[] = {
    {"auto_start", "true, false", "false",
     "activated with its system, until chsyscfg says otherwise; `twinframe up` fails if it cannot be, and the rest of the lab "
     "runs",
     into<&Draft::auto_start>},
    {"disks", "list of LUNs", "[]", "a virtual SCSI client adapter, and on the VIOS its server adapter and target devices",
     into<&Draft::disks>},
    {"served_by", "list of VIOSes", "the frame's first", "who serves the disks; several: a path through each",
     into<&Draft::served_by>},
    {"vlans", "list of VLANs", "[]", "a virtual Ethernet adapter for each", into<&Draft::vlans>},
    {"simplified_remote_restart_capable", "true, false", "false",
     "rrstartlpar may start it on another system when its own is dead",
     into<&Draft::lpar, &LparDefinition::simplified_remote_restart_capable>},
};
inline constexpr Key<Draft> vios_table[] = {
    {"msp", "true, false", "true", "mover service partition", into<&Draft::lpar, &LparDefinition::msp>},
    {"time_ref", "true, false", "true", "time reference partition", into<&Draft::lpar, &LparDefinition::time_ref>},
    {"vasi", "true, false", "true", "a VASI adapter in the first free slot", into<&Draft::vasi>},
    {"internal_disks", "0 to 8", "0",
     "disks of its own, hdisk1, hdisk2 ..., beside hdisk0 with rootvg: no partition on one can move",
     into<&Draft::vios, &ViosConfig::internal_disks>},
    {"luns", "list of LUNs", "[]", "what it sees of the SAN: the hdisks that follow, in this order",
     into<&Draft::vios, &ViosConfig::luns>},
    {"level", "four numbers", "\"2.1.3.0\"", "what `ioslevel` says, until updateios installs another; moves need 1.5",
     into<&Draft::vios, &ViosConfig::level>},
    {"updates", "path", "none", "a folder that it has as /mnt, relative to the lab file: updates for updateios",
     into<&Draft::vios, &ViosConfig::updates>},
    {"segments", "list of segments", "[]", "a trunk Ethernet adapter for each, bridged to it by a shared Ethernet adapter",
     into<&Draft::segments>},
    {"bridge", "tables", "none", "shared Ethernet adapters on trunk adapters of one's own", into<&Draft::bridge_tables>},
    {"ports", "list of segments", "[]", "physical Ethernet ports beside those of its bridges, for a link aggregation",
     into<&Draft::vios, &ViosConfig::ports>},
    {"address_slot", "slot", "its first bridge", "of the virtual Ethernet adapter, no trunk, that has ip_address",
     into<&Draft::vios, &ViosConfig::address_slot>},
    {"mapping", "tables", "none", "virtual target devices on server adapters of one's own", into<&Draft::mapping_tables>},
};
inline constexpr Key<ViosConfig::Bridge> bridge_table[] = {
    {"trunk_slot", "slot", "-", "of the trunk adapter", into<&ViosConfig::Bridge::trunk_slot>},
    {"segment", "segment", "-", "what it leads to", into<&ViosConfig::Bridge::segment>},
    {"ha_mode", "\"auto\", \"standby\", \"disabled\"", "\"disabled\"",
     "one of two Virtual I/O Servers bridges, the one whose trunk adapter has the lower trunk_priority",
     into<&ViosConfig::Bridge::ha_mode>},
    {"ctl_chan", "slot", "none", "of the virtual Ethernet adapter, no trunk, over which the two hear of each other",
     into<&ViosConfig::Bridge::ctl_chan>},
};
inline constexpr Key<ViosConfig::Mapping> mapping_table[] = {
    {"server_slot", "slot", "-", "of the virtual SCSI server adapter", into<&ViosConfig::Mapping::server_slot>},
    {"lun", "LUN", "-", "what the client sees behind it", into<&ViosConfig::Mapping::lun>},
    {"vtd", "name", "vtscsi0 ...", "the virtual target device", into<&ViosConfig::Mapping::vtd>},
};
inline constexpr Key<AdapterDraft> adapter_table[] = {
    {"kind", kind_words, "-", "on which the other keys depend", take_adapter_kind},
    {"slot", "slot", "-", "2 or more; 0 and 1 are the partition's serial adapters",
     into<&AdapterDraft::adapter, &VirtualAdapter::slot>},
    {"required", "true, false", "false", "the partition does not start without it",
     into<&AdapterDraft::adapter, &VirtualAdapter::required>},
    {"remote_lpar", "partition, or \"any\"", "\"any\"",
     "the partner; a client adapter has one, a server adapter's can be any, but then no client of it moves",
     [](Reading& reading, const toml::node& node, AdapterDraft& to) { take_partner(reading, node, to.remote); }},
    {"remote_slot", "slot, or \"any\"", "\"any\"", "the partner's slot; likewise", take_partner_slot},
    {"port_vlan_id", "VLAN", "1", "of untagged packets", into<&AdapterDraft::adapter, &VirtualAdapter::port_vlan_id>},
    {"addl_vlan_ids", "list of VLANs", "[]", "tagged ones (IEEE 802.1Q)",
     into<&AdapterDraft::adapter, &VirtualAdapter::addl_vlan_ids>},
    {"is_trunk", "true, false", "false", "under a shared Ethernet adapter",
     into<&AdapterDraft::adapter, &VirtualAdapter::is_trunk>},
    {"trunk_priority", "number", "0; 1 of a trunk adapter", "up to 15",
     into<&AdapterDraft::adapter, &VirtualAdapter::trunk_priority>},
    {"vswitch", "name", "\"ETHERNET0\"", "the switch that it is plugged into",
     into<&AdapterDraft::adapter, &VirtualAdapter::vswitch>},
    {"mac_addr", "12 hex digits", "made of lab, frame, partition and slot", "its address",
     into<&AdapterDraft::adapter, &VirtualAdapter::mac_addr>},
};
// The keys of the kinds are keys of the file.
static_assert(std::ranges::all_of(adapter_kinds, [](const AdapterKindRow& row) {
  return std::ranges::all_of(
      row.keys, [](std::string_view key) { return std::ranges::count(adapter_table, key, &Key<AdapterDraft>::name) == 1; });
}));
inline constexpr Key<Profile> profile_table[] = {
    {"min_mem", "MiB", "half of desired_mem", "", into<&Profile::min_mem>},
    {"desired_mem", "MiB", "256 (VIOS: 128)", "multiples of the LMB, as the other two", into<&Profile::desired_mem>},
    {"max_mem", "MiB", "desired_mem", "what it can grow to while it runs; its page table is made for it",
     into<&Profile::max_mem>},
    {"min_num_huge_pages", "number", "0", "of 16 GiB, as the other two", into<&Profile::min_num_huge_pages>},
    {"desired_num_huge_pages", "number", "0", "", into<&Profile::desired_num_huge_pages>},
    {"max_num_huge_pages", "number", "desired_num_huge_pages", "", into<&Profile::max_num_huge_pages>},
    {"proc_mode", "\"shared\" or \"ded\"", "\"shared\"", "", into<&Profile::proc_mode>},
    {"min_procs", "number", "1", "virtual processors, or dedicated ones", into<&Profile::min_procs>},
    {"desired_procs", "number", "1", "", into<&Profile::desired_procs>},
    {"max_procs", "number", "desired_procs", "as max_mem", into<&Profile::max_procs>},
    {"min_proc_units", "hundredths", "10 for each of min_procs", "shared only, as the other two", into<&Profile::min_proc_units>},
    {"desired_proc_units", "hundredths", "20 for each of desired_procs", "", into<&Profile::desired_proc_units>},
    {"max_proc_units", "hundredths", "100 for each of max_procs", "", into<&Profile::max_proc_units>},
    {"sharing_mode", "word", "\"uncap\"", "as the HMC's attribute", into<&Profile::sharing_mode>},
    {"uncap_weight", "0 to 255", "128", "", into<&Profile::uncap_weight>},
    {"max_virtual_slots", "number", "20 (VIOS: 64)", "", into<&Profile::max_virtual_slots>},
    {"bsr_arrays", "number", "0", "barrier synchronization register arrays, up to 256", into<&Profile::bsr_arrays>},
    {"io_slots", "list of texts", "[]",
     "physical slots: `drc_index/none/1` if it is required, else 0; a partition that has one cannot move",
     into<&Profile::io_slots>},
    {"lhea_logical_ports", "list of texts", "[]",
     "logical ports of host Ethernet adapters: `adapter_id/port group/physical port/logical port/VLANs`; a partition that has "
     "one cannot move",
     into<&Profile::lhea_logical_ports>},
    {"hpt_ratio", "1:32 to 1:512", "\"1:128\"", "size of its page table, to max_mem", into<&Profile::hpt_ratio>},
    {"boot_mode", "norm, dd, ds, of, sms", "\"norm\"", "", into<&Profile::boot_mode>},
    {"work_group_id", "\"none\", \"1\" to \"32\"", "\"none\"", "", into<&Profile::work_group_id>},
    {"redundant_err_path_reporting", "true, false", "false", "", into<&Profile::redundant_err_path_reporting>},
    {"lpar_proc_compat_mode", "default, POWER6, POWER7, POWER8, POWER9, POWER9_base", "\"default\"",
     "one that its server has, which `type_model` says", into<&Profile::lpar_proc_compat_mode>},
    {"boot_image", "\"nomad\" or path", "none", "an ELF file that is loaded and entered, relative to the lab file",
     into<&Profile::boot_image>},
    {"boot_initrd", "path", "none", "loaded beside it", into<&Profile::boot_initrd>},
    {"boot_arguments", "text", "none", "/chosen/bootargs of the device tree", into<&Profile::boot_arguments>},
};

// Gives `node` to the row of `keys` that has its name; false if there is none.
template <class T, size_t N>
bool offer(Reading& reading, std::string_view name, const toml::node& node, const Key<T> (&keys)[N], T& object) {
  const auto* row = std::ranges::find(keys, name, &Key<T>::name);
  if (row == std::end(keys)) return false;
  row->set(reading, node, object);
  return true;
}

template <class Offer>
void read_keys(Reading& reading, const toml::table& table, std::string_view what, Offer offered) {
  for (const auto& [key, node] : table)
    if (!offered(key.str(), node)) reading.wrong(key.source(), fmt::format("{} has no key {}", what, key.str()));
}

template <class T, size_t N>
void read_keys(Reading& reading, const toml::table& table, std::string_view what, const Key<T> (&keys)[N], T& object) {
  read_keys(reading, table, what,
            [&](std::string_view name, const toml::node& node) { return offer(reading, name, node, keys, object); });
  for (const Key<T>& key : keys)
    if (key.fallback == "-" && !table.contains(key.name))
      reading.wrong(table, fmt::format("{} lacks its key {}", what, key.name));
}

inline bool has_key(const AdapterKindRow& kind, std::string_view key) {
  const bool of_some = std::ranges::any_of(adapter_kinds, [&](const auto& row) { return std::ranges::count(row.keys, key) > 0; });
  return !of_some || std::ranges::count(kind.keys, key) > 0;
}

}  // namespace emu::lab_file

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/lab.h"

#include "emu/core/adapter_kinds.h"
#include "emu/core/address.h"
#include "emu/core/identity.h"
#include "emu/core/lab_keys.h"
#include "emu/core/names.h"
#include "emu/core/partner.h"
#include "emu/core/paths.h"
#include "emu/core/profile_rules.h"
#include "emu/core/virtual_slots.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace emu {

namespace {

// ---- what is read, and what was found wrong with it ----

class Reading {
 public:
  explicit Reading(std::string file) : file_(std::move(file)), folder_(std::filesystem::path(file_).parent_path()) {}

  void wrong(const toml::source_region& where, std::string_view reason) {
    if (!error_) error_ = Error{"lab", fmt::format("{}:{}: {}", file_, std::max<u32>(where.begin.line, 1), reason)};
  }
  void wrong(const toml::node& node, std::string_view reason) { wrong(node.source(), reason); }
  bool failed() const { return error_.has_value(); }
  const Error& error() const { return *error_; }
  std::string beside_file(const std::string& path) const { return path.empty() ? path : resolved(folder_ / path); }

 private:
  std::string file_;
  std::filesystem::path folder_;
  std::optional<Error> error_;
};

// The line of one key of a table, or of the table if the key is not there: where a cross-check points.
const toml::node& at(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  return node ? *node : static_cast<const toml::node&>(table);
}

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

// ---- values ----

template <class T>
void take(Reading& reading, const toml::node& node, T& to) {
  if constexpr (std::is_same_v<T, std::string>) {
    if (const auto* text = node.as_string()) {
      to = text->get();
    } else {
      reading.wrong(node, "a text in quotes is expected here");
    }
  } else if constexpr (std::is_same_v<T, bool>) {
    if (const auto* flag = node.as_boolean()) {
      to = flag->get();
    } else {
      reading.wrong(node, "true or false is expected here");
    }
  } else if constexpr (HasWords<T>) {
    std::string word;
    take(reading, node, word);
    if (const auto known = from_word<T>(word))
      to = *known;
    else if (node.is_string())
      reading.wrong(node, word_rule<T>("this"));
  } else if constexpr (std::is_unsigned_v<T>) {
    const auto* number = node.as_integer();
    const s64 largest = static_cast<s64>(std::min<u64>(std::numeric_limits<T>::max(), u64{1} << 40));
    if (!number) return reading.wrong(node, "a whole number is expected here");
    if (number->get() < 0 || number->get() > largest)
      return reading.wrong(node, fmt::format("{} is out of range: 0 to {} is possible", number->get(), largest));
    to = static_cast<T>(number->get());
  } else {
    const auto* list = node.as_array();
    if (!list) return reading.wrong(node, "a list in brackets is expected here");
    to.clear();
    for (const toml::node& element : *list) take(reading, element, to.emplace_back());
  }
}

// A partner, or its slot: a number too, and then as its digits.
void take_partner(Reading& reading, const toml::node& node, std::string& to) {
  u32 number = 0;
  if (!node.is_integer()) return take(reading, node, to);
  take(reading, node, number);
  to = std::to_string(number);
}

void take_partner_slot(Reading& reading, const toml::node& node, AdapterDraft& to) {
  std::string text;
  take_partner(reading, node, text);
  const auto slot = partner_from(text);
  if (!slot) return reading.wrong(node, "a slot, or \"any\", is expected here");
  to.adapter.remote_slot = *slot;
}

// A [[table]] of the file, which can stand several times.
void take_tables(Reading& reading, const toml::node& node, const toml::array*& to) {
  to = node.as_array();
  if (!to || !std::ranges::all_of(*to, [](const toml::node& element) { return element.is_table(); }))
    reading.wrong(node, "a table in double brackets is expected here, such as [[frame]]");
}

constexpr std::string_view kind_words = "serial, scsi_client, scsi_server, ethernet, vasi";
static_assert(std::ranges::all_of(adapter_kinds, [](const auto& row) { return kind_words.find(row.word) != kind_words.npos; }));

void take_adapter_kind(Reading& reading, const toml::node& node, AdapterDraft& to) {
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
};
struct SegmentDraft {
  SegmentConfig segment;
  const toml::array* forwards = nullptr;
};
struct FrameDraft {
  FrameConfig frame;
  const toml::array* vioses = nullptr;
  const toml::array* partitions = nullptr;
};

constexpr Key<LabDraft> lab_table[] = {
    {"name", "name", "the file's name", "under which state and links are kept; letters, digits, - and _", into<&LabDraft::name>},
    {"lun", "tables", "none", "disks of the SAN", into<&LabDraft::luns>},
    {"segment", "tables", "none", "Ethernet segments", into<&LabDraft::segments>},
    {"frame", "tables", "-", "the servers", into<&LabDraft::frames>},
};
constexpr Key<LunConfig> lun_table[] = {
    {"name", "name", "-", "how VIOSes list it", into<&LunConfig::name>},
    {"size_mb", "MiB", "64; that of `path`", "its size", into<&LunConfig::size_mb>},
    {"path", "path", "an own file in the state folder", "an existing image, used as it is, relative to the lab file",
     into<&LunConfig::path>},
    {"is_disk", "true, false", "false", "the file at `path` is a disk, although no partition table or file system in it says so",
     into<&LunConfig::is_disk>},
    {"image", "path", "empty", "an image that its own file begins as a copy of, relative to the lab file",
     into<&LunConfig::image>},
    {"udid", "text", "made of lab and name", "unique device identifier, equal wherever the LUN is seen", into<&LunConfig::udid>},
    {"pvid", "16 hex digits", "made of lab and name", "physical volume identifier", into<&LunConfig::pvid>},
};
constexpr Key<SegmentDraft> segment_table[] = {
    {"name", "name", "-", "how VIOSes name it", into<&SegmentDraft::segment, &SegmentConfig::name>},
    {"network", "address/prefix", "\"10.0.2.0/24\"",
     "the IP network on it: .2 is the gateway to the host, .3 its name server, .4 the HMC",
     into<&SegmentDraft::segment, &SegmentConfig::network>},
    {"forward", "tables", "none", "ports of this machine (loopback only) that lead to a guest", into<&SegmentDraft::forwards>},
};
constexpr Key<SegmentConfig::Forward> forward_table[] = {
    {"protocol", "\"tcp\" or \"udp\"", "\"tcp\"", "", into<&SegmentConfig::Forward::protocol>},
    {"host_port", "port", "0", "on 127.0.0.1; 0: any free one", into<&SegmentConfig::Forward::host_port>},
    {"guest_address", "address", "-", "whom it reaches", into<&SegmentConfig::Forward::guest_address>},
    {"guest_port", "port", "-", "and on which port", into<&SegmentConfig::Forward::guest_port>},
};
constexpr Key<FrameDraft> frame_table[] = {
    {"name", "name", "-", "the managed system's name", into<&FrameDraft::frame, &FrameConfig::name>},
    {"type_model", "text", "\"9117-MMA\"", "machine type and model", into<&FrameDraft::frame, &FrameConfig::type_model>},
    {"serial_num", "7 characters", "made of lab and name", "serial number", into<&FrameDraft::frame, &FrameConfig::serial_num>},
    {"memory_mb", "MiB", "4096", "installed memory", into<&FrameDraft::frame, &FrameConfig::memory_mb>},
    {"lmb_mb", "16, 32, 64, 128, 256", "16", "size of a logical memory block", into<&FrameDraft::frame, &FrameConfig::lmb_mb>},
    {"processors", "number", "8", "installed processors", into<&FrameDraft::frame, &FrameConfig::processors>},
    {"huge_pages", "number", "0", "pages of 16 GiB that are set aside of the memory, until chhwres asks for others",
     into<&FrameDraft::frame, &FrameConfig::huge_pages>},
    {"on_battery", "true, false", "false", "whether mains power is lost", into<&FrameDraft::frame, &FrameConfig::on_battery>},
    {"vios", "tables", "none", "its Virtual I/O Servers", into<&FrameDraft::vioses>},
    {"partition", "tables", "none", "its other partitions", into<&FrameDraft::partitions>},
};
constexpr Key<Draft> partition_table[] = {
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
constexpr Key<Draft> client_table[] = {
    {"auto_start", "true, false", "false", "activated by `twinframe up`, which fails if it cannot be; the rest of the lab runs",
     into<&Draft::auto_start>},
    {"disks", "list of LUNs", "[]", "a virtual SCSI client adapter, and on the VIOS its server adapter and target devices",
     into<&Draft::disks>},
    {"served_by", "list of VIOSes", "the frame's first", "who serves the disks; several: a path through each",
     into<&Draft::served_by>},
    {"vlans", "list of VLANs", "[]", "a virtual Ethernet adapter for each", into<&Draft::vlans>},
};
constexpr Key<Draft> vios_table[] = {
    {"msp", "true, false", "true", "mover service partition", into<&Draft::lpar, &LparDefinition::msp>},
    {"time_ref", "true, false", "true", "time reference partition", into<&Draft::lpar, &LparDefinition::time_ref>},
    {"vasi", "true, false", "true", "a VASI adapter in the first free slot", into<&Draft::vasi>},
    {"luns", "list of LUNs", "[]", "what it sees of the SAN: hdisk1, hdisk2 ... in this order",
     into<&Draft::vios, &ViosConfig::luns>},
    {"segments", "list of segments", "[]", "a trunk Ethernet adapter for each, bridged to it by a shared Ethernet adapter",
     into<&Draft::segments>},
    {"bridge", "tables", "none", "shared Ethernet adapters on trunk adapters of one's own", into<&Draft::bridge_tables>},
    {"mapping", "tables", "none", "virtual target devices on server adapters of one's own", into<&Draft::mapping_tables>},
};
constexpr Key<ViosConfig::Bridge> bridge_table[] = {
    {"trunk_slot", "slot", "-", "of the trunk adapter", into<&ViosConfig::Bridge::trunk_slot>},
    {"segment", "segment", "-", "what it leads to", into<&ViosConfig::Bridge::segment>},
};
constexpr Key<ViosConfig::Mapping> mapping_table[] = {
    {"server_slot", "slot", "-", "of the virtual SCSI server adapter", into<&ViosConfig::Mapping::server_slot>},
    {"lun", "LUN", "-", "what the client sees behind it", into<&ViosConfig::Mapping::lun>},
    {"vtd", "name", "vtscsi0 ...", "the virtual target device", into<&ViosConfig::Mapping::vtd>},
};
constexpr Key<AdapterDraft> adapter_table[] = {
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
constexpr Key<Profile> profile_table[] = {
    {"min_mem", "MiB", "half of desired_mem", "", into<&Profile::min_mem>},
    {"desired_mem", "MiB", "256 (VIOS: 128)", "multiples of the LMB, as the other two", into<&Profile::desired_mem>},
    {"max_mem", "MiB", "desired_mem", "", into<&Profile::max_mem>},
    {"min_num_huge_pages", "number", "0", "of 16 GiB, as the other two", into<&Profile::min_num_huge_pages>},
    {"desired_num_huge_pages", "number", "0", "", into<&Profile::desired_num_huge_pages>},
    {"max_num_huge_pages", "number", "desired_num_huge_pages", "", into<&Profile::max_num_huge_pages>},
    {"proc_mode", "\"shared\" or \"ded\"", "\"shared\"", "", into<&Profile::proc_mode>},
    {"min_procs", "number", "1", "virtual processors, or dedicated ones", into<&Profile::min_procs>},
    {"desired_procs", "number", "1", "", into<&Profile::desired_procs>},
    {"max_procs", "number", "desired_procs", "", into<&Profile::max_procs>},
    {"min_proc_units", "hundredths", "10 for each of min_procs", "shared only, as the other two", into<&Profile::min_proc_units>},
    {"desired_proc_units", "hundredths", "20 for each of desired_procs", "", into<&Profile::desired_proc_units>},
    {"max_proc_units", "hundredths", "100 for each of max_procs", "", into<&Profile::max_proc_units>},
    {"sharing_mode", "word", "\"uncap\"", "as the HMC's attribute", into<&Profile::sharing_mode>},
    {"uncap_weight", "0 to 255", "128", "", into<&Profile::uncap_weight>},
    {"max_virtual_slots", "number", "20 (VIOS: 64)", "", into<&Profile::max_virtual_slots>},
    {"bsr_arrays", "number", "0", "barrier synchronization register arrays, up to 256", into<&Profile::bsr_arrays>},
    {"io_slots", "list of texts", "[]", "physical slots: there are none, but a partition that claims one cannot move",
     into<&Profile::io_slots>},
    {"boot_mode", "norm, dd, ds, of, sms", "\"norm\"", "", into<&Profile::boot_mode>},
    {"work_group_id", "\"none\", \"1\" to \"32\"", "\"none\"", "", into<&Profile::work_group_id>},
    {"redundant_err_path_reporting", "true, false", "false", "", into<&Profile::redundant_err_path_reporting>},
    {"lpar_proc_compat_mode", "default, POWER6, POWER7, POWER8", "\"default\"", "", into<&Profile::lpar_proc_compat_mode>},
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

template <class Use>
void for_each_table(const toml::array* tables, Use use) {
  if (!tables) return;
  for (const toml::node& node : *tables)
    if (const auto* table = node.as_table()) use(*table);
}

// ---- checks ----

// Of labs, frames, LUNs and segments.
bool is_name(std::string_view text) { return is_device_name(text); }
bool is_hex(std::string_view text, size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}
std::string upper_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// What the texts of listings and of disks can hold: no blanks, no commas, nothing that ends a line.
bool is_word(std::string_view text, size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isgraph(c) && c != ',' && c != '"' && c != '\''; });
}
// 9117-MMA
bool is_type_model(std::string_view text) {
  const auto part = [](std::string_view of) { return std::ranges::all_of(of, [](unsigned char c) { return std::isalnum(c); }); };
  return text.size() == 8 && text[4] == '-' && part(text.substr(0, 4)) && part(text.substr(5));
}
bool has_key(const AdapterKindRow& kind, std::string_view key) {
  const bool of_some = std::ranges::any_of(adapter_kinds, [&](const auto& row) { return std::ranges::count(row.keys, key) > 0; });
  return !of_some || std::ranges::count(kind.keys, key) > 0;
}

// Names and identities that may stand once only.
class Once {
 public:
  explicit Once(Reading& reading) : reading_(reading) {}
  void claim(const toml::node& where, std::string_view what, const std::string& value) {
    if (!seen_.insert(fmt::format("{} {}", what, value)).second)
      reading_.wrong(where, fmt::format("{} {} is there twice", what, value));
  }

 private:
  Reading& reading_;
  std::set<std::string> seen_;
};

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
    for_each_table(draft.vioses, [&](const toml::table& t) { drafts_.push_back(read_partition(t, LparEnv::vioserver)); });
    for_each_table(draft.partitions, [&](const toml::table& t) { drafts_.push_back(read_partition(t, LparEnv::aixlinux)); });
    if (reading_.failed()) return {};
    for (Draft& partition : drafts_) read_adapters(partition);
    for (Draft& partition : drafts_) spell_out(partition);
    for (Draft& partition : drafts_) read_bridges_and_mappings(partition);
    for (Draft& partition : drafts_) read_profiles(partition);
    for (Draft& partition : drafts_) finish(partition);
    return std::move(frame_);
  }

 private:
  void check_frame() {
    if (!is_name(frame_.name)) reading_.wrong(at(table_, "name"), fmt::format("{} is no name for a frame", frame_.name));
    in_lab_.claim(at(table_, "name"), "frame", frame_.name);
    if (!is_type_model(frame_.type_model))
      reading_.wrong(at(table_, "type_model"), "a machine type and model has 4 letters or digits, a -, and 3 more: 9117-MMA");
    if (frame_.serial_num.empty()) frame_.serial_num = derived_serial(lab_.name + "/" + frame_.name);
    if (frame_.serial_num.size() != 7 || !is_name(frame_.serial_num))
      reading_.wrong(at(table_, "serial_num"), "a serial number has 7 characters");
    in_lab_.claim(at(table_, "serial_num"), "serial number", frame_.type_model + "*" + frame_.serial_num);
    if (frame_.lmb_mb < 16 || frame_.lmb_mb > 256 || !std::has_single_bit(frame_.lmb_mb)) {
      reading_.wrong(at(table_, "lmb_mb"), "an LMB is of 16, 32, 64, 128 or 256 MiB");
    } else if (frame_.memory_mb == 0 || frame_.memory_mb % frame_.lmb_mb) {
      reading_.wrong(at(table_, "memory_mb"), fmt::format("memory_mb is no multiple of the LMB of {} MiB", frame_.lmb_mb));
    }
    if (frame_.huge_pages * huge_page_mb >= frame_.memory_mb && frame_.huge_pages)
      reading_.wrong(at(table_, "huge_pages"),
                     fmt::format("{} pages of 16 GiB leave nothing of {} MiB", frame_.huge_pages, frame_.memory_mb));
    if (frame_.processors == 0 || frame_.processors > 256)
      reading_.wrong(at(table_, "processors"), "a frame has 1 to 256 processors");
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
        const auto whose = network && address ? reserved_for(*network, *address) : std::nullopt;
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
        reading_.wrong(at(table, "remote_lpar"), broken.rule);
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
      trunk.trunk_priority = 1;
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
    draft.vios.bridges.push_back(std::move(bridge));
  }

  void read_bridges_and_mappings(Draft& draft) {
    if (draft.lpar.env != LparEnv::vioserver) return;
    Once once(reading_);
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
    const Profile as_written = draft.profile;
    complete_and_check(draft, draft.profile, *draft.table);
    for (const VirtualAdapter& adapter : draft.profile.adapters)
      if (!adapter.mac_addr.empty()) in_frame_.claim(*draft.table, "MAC address", adapter.mac_addr);
    for (const VirtualAdapter& adapter : draft.profile.adapters)
      if (row_of(adapter.kind).end == End::server && !is_any_partner(adapter.remote_lpar_id) &&
          !is_any_partner(adapter.remote_slot))
        in_frame_.claim(*draft.table, fmt::format("a virtual {} adapter for", row_of(adapter.kind).name),
                        fmt::format("slot {} of {}", adapter.remote_slot, adapter.remote_lpar_name));
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

  void finish(Draft& draft) {
    if (draft.lpar.env == LparEnv::vioserver) {
      draft.vios.lpar_id = draft.lpar.lpar_id;
      frame_.vioses.push_back(draft.vios);
    } else if (draft.auto_start) {
      frame_.auto_start.push_back(draft.lpar.lpar_id);
    }
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

// ---- the SAN, the LAN ----

constexpr size_t longest_udid = 255;

LunConfig read_lun(Reading& reading, Once& in_lab, const Lab& lab, const toml::table& table) {
  LunConfig lun;
  read_keys(reading, table, "a LUN", lun_table, lun);
  if (!is_name(lun.name)) reading.wrong(at(table, "name"), fmt::format("\"{}\" is no name for a LUN", lun.name));
  in_lab.claim(at(table, "name"), "LUN", lun.name);
  if (lun.size_mb == 0 || lun.size_mb > 1024 * 1024) reading.wrong(at(table, "size_mb"), "a LUN is of 1 MiB to 1 TiB");
  lun.line = table.source().begin.line;
  lun.path = reading.beside_file(lun.path);
  if (!lun.path.empty() && !is_file(lun.path)) reading.wrong(at(table, "path"), fmt::format("there is no file {}", lun.path));
  if (lun.path.empty() && table.contains("is_disk")) reading.wrong(at(table, "is_disk"), "is_disk belongs to a path");
  if (std::error_code failed; !lun.path.empty() && !table.contains("size_mb"))
    if (const auto bytes = std::filesystem::file_size(lun.path, failed); !failed) lun.size_mb = std::max<u64>(bytes / MiB, 1);
  lun.image = reading.beside_file(lun.image);
  if (!lun.image.empty() && !is_file(lun.image)) reading.wrong(at(table, "image"), fmt::format("there is no file {}", lun.image));
  if (!lun.image.empty() && !lun.path.empty()) reading.wrong(at(table, "image"), "a LUN has a path or an image, not both");
  if (lun.udid.empty()) lun.udid = derived_udid(lab.name + "/" + lun.name);
  if (lun.pvid.empty()) lun.pvid = derived_pvid(lab.name + "/" + lun.name);
  if (!is_hex(lun.pvid, 16)) reading.wrong(at(table, "pvid"), "a physical volume identifier has 16 hex digits");
  if (!is_word(lun.udid, longest_udid))
    reading.wrong(
        at(table, "udid"),
        fmt::format("a unique device identifier has up to {} characters, and no blanks, commas or quotes", longest_udid));
  in_lab.claim(at(table, "udid"), "udid", lun.udid);
  in_lab.claim(at(table, "pvid"), "pvid", lun.pvid);
  return lun;
}

SegmentConfig read_segment(Reading& reading, Once& in_lab, const toml::table& table) {
  SegmentDraft draft;
  read_keys(reading, table, "a segment", segment_table, draft);
  SegmentConfig& segment = draft.segment;
  if (!is_name(segment.name)) reading.wrong(at(table, "name"), fmt::format("\"{}\" is no name for a segment", segment.name));
  in_lab.claim(at(table, "name"), "segment", segment.name);
  if (!parse_network(segment.network))
    reading.wrong(at(table, "network"), fmt::format("{} is no network such as 10.0.2.0/24", segment.network));
  for_each_table(draft.forwards, [&](const toml::table& forward_toml) {
    SegmentConfig::Forward forward;
    read_keys(reading, forward_toml, "a forward", forward_table, forward);
    if (forward.protocol != "tcp" && forward.protocol != "udp")
      reading.wrong(at(forward_toml, "protocol"), "protocol is tcp or udp");
    if (!parse_address(forward.guest_address))
      reading.wrong(at(forward_toml, "guest_address"), fmt::format("{} is no IP address", forward.guest_address));
    if (forward.guest_port == 0) reading.wrong(at(forward_toml, "guest_port"), "0 is no port");
    if (forward.host_port)
      in_lab.claim(at(forward_toml, "host_port"), forward.protocol + " port", std::to_string(forward.host_port));
    segment.forwards.push_back(std::move(forward));
  });
  return segment;
}

}  // namespace

Result<Lab> read_lab(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  if (!stream) return Error{"lab", fmt::format("{}:1: the file cannot be read", file)};

  Reading reading(file);
  const toml::parse_result parsed = toml::parse(content.str(), std::string_view(file));
  if (!parsed) {
    reading.wrong(parsed.error().source(), parsed.error().description());
    return reading.error();
  }
  const toml::table& root = parsed.table();
  LabDraft draft;
  read_keys(reading, root, "a lab", lab_table, draft);
  if (reading.failed()) return reading.error();

  Lab lab;
  lab.file = made_absolute(file).lexically_normal().string();
  lab.name = draft.name.empty() ? std::filesystem::path(file).stem().string() : draft.name;
  if (!is_name(lab.name)) reading.wrong(at(root, "name"), fmt::format("\"{}\" is no name for a lab", lab.name));
  Once in_lab(reading);
  for_each_table(draft.luns, [&](const toml::table& table) { lab.luns.push_back(read_lun(reading, in_lab, lab, table)); });
  for_each_table(draft.segments, [&](const toml::table& table) { lab.segments.push_back(read_segment(reading, in_lab, table)); });
  for_each_table(draft.frames, [&](const toml::table& table) {
    if (!reading.failed()) lab.frames.push_back(FrameReader(reading, in_lab, lab, table).read());
  });
  if (reading.failed()) return reading.error();
  return lab;
}

LabFolders lab_folder_names(std::string_view lab_name) {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value ? value : "";
  };
  namespace fs = std::filesystem;
  fs::path state = variable("XDG_STATE_HOME");
  if (state.empty()) state = fs::path(variable("HOME").empty() ? "/tmp" : variable("HOME")) / ".local" / "state";
  fs::path runtime = variable("XDG_RUNTIME_DIR");
  runtime = runtime.empty() ? fs::path("/dev/shm") / fmt::format("twinframe-{}", getuid()) : runtime / "twinframe";
  return {(state / "twinframe" / lab_name).string(), (runtime / lab_name).string()};
}

Result<LabFolders> lab_folders(std::string_view lab_name) {
  namespace fs = std::filesystem;
  LabFolders folders = lab_folder_names(lab_name);
  for (const std::string& folder : {folders.state, folders.runtime}) {
    const fs::path of_all_labs = fs::path(folder).parent_path();
    std::error_code ignored;  // own_folder finds out, and says so
    fs::create_directories(of_all_labs.parent_path(), ignored);
    TRY(own_folder(of_all_labs.string()));
    TRY(own_folder(folder));
  }
  return folders;
}

// ---- the keys, for the documentation ----

namespace {
template <class T, size_t N>
void add_keys(std::vector<LabKey>& to, std::string_view table, const Key<T> (&keys)[N]) {
  for (const Key<T>& key : keys) to.push_back({table, key.name, key.kind, key.fallback, std::string(key.meaning)});
}
// "scsi_client, scsi_server: " before what a key means that not all kinds have.
void say_whose(LabKey& key) {
  std::vector<std::string_view> kinds;
  for (const AdapterKindRow& row : adapter_kinds)
    if (has_key(row, key.name)) kinds.push_back(row.word);
  if (kinds.size() < std::size(adapter_kinds)) key.meaning = fmt::format("{}: {}", fmt::join(kinds, ", "), key.meaning);
}
}  // namespace

std::vector<LabKey> lab_keys() {
  std::vector<LabKey> keys;
  add_keys(keys, "the file", lab_table);
  add_keys(keys, "lun", lun_table);
  add_keys(keys, "segment", segment_table);
  add_keys(keys, "segment.forward", forward_table);
  add_keys(keys, "frame", frame_table);
  add_keys(keys, "frame.vios and frame.partition", partition_table);
  add_keys(keys, "frame.vios and frame.partition, profile keys", profile_table);
  add_keys(keys, "frame.partition", client_table);
  add_keys(keys, "frame.vios", vios_table);
  add_keys(keys, "frame.vios.bridge", bridge_table);
  add_keys(keys, "frame.vios.mapping", mapping_table);
  const size_t adapters = keys.size();
  add_keys(keys, "frame.*.adapter and frame.*.profile.adapter", adapter_table);
  std::ranges::for_each(keys.begin() + static_cast<std::ptrdiff_t>(adapters), keys.end(), say_whose);
  return keys;
}

std::string lab_keys_as_markdown() {
  std::string text;
  std::string_view table;
  for (const LabKey& key : lab_keys()) {
    if (key.table != table) {
      table = key.table;
      text += fmt::format("\n### {}\n\n| key | value | if not given | meaning |\n|---|---|---|---|\n", table);
    }
    text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.kind, key.fallback == "-" ? "must be given" : key.fallback,
                        key.meaning);
  }
  return text;
}

}  // namespace emu

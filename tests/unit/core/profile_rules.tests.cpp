// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/profile_rules.h"

#include <set>

#include "emu/core/adapter_kinds.h"
#include "emu/core/virtual_slots.h"

#include "tests/support/catch.h"

namespace {

using namespace emu;

Profile good() {
  Profile profile;
  profile.name = "normal";
  profile.min_mem = 64;
  profile.desired_mem = 128;
  profile.max_mem = 256;
  return profile;
}

VirtualAdapter adapter(AdapterKind kind, u32 slot) {
  VirtualAdapter made;
  made.kind = kind;
  made.slot = slot;
  return made;
}

const SystemLimits limits{8192, 16, 8, {CompatMode::of_system, CompatMode::power6}};

std::vector<std::string> broken(const Profile& profile, LparEnv env = LparEnv::aixlinux) {
  std::vector<std::string> attributes;
  for (const BrokenRule& rule : broken_rules(profile, env, limits)) attributes.push_back(rule.attribute);
  return attributes;
}

}  // namespace

TEST_CASE("each rule names the attribute that breaks it, and nothing else is found", "[rules]") {
  struct Case {
    const char* attribute;
    void (*change)(Profile&);
  };
  const Case cases[] = {
      {"min_mem", [](Profile& p) { p.min_mem = 0; }},
      {"min_mem", [](Profile& p) { p.min_mem = 7; }},
      {"desired_mem", [](Profile& p) { p.desired_mem = 130; }},
      {"desired_mem", [](Profile& p) { p.desired_mem = 512; }},
      {"desired_mem", [](Profile& p) { p.min_mem = 256; }},
      {"max_mem", [](Profile& p) { p.max_mem = 257; }},
      {"desired_num_huge_pages", [](Profile& p) { p.desired_num_huge_pages = 1; }},
      {"desired_num_huge_pages", [](Profile& p) { p.min_num_huge_pages = 1; }},
      {"max_num_huge_pages", [](Profile& p) { p.max_num_huge_pages = 1; }},
      {"max_num_huge_pages", [](Profile& p) { p.min_num_huge_pages = p.desired_num_huge_pages = p.max_num_huge_pages = 1; }},
      {"proc_mode", [](Profile& p) { p.proc_mode = emu::ProcMode::unknown; }},
      {"min_mem", [](Profile& p) { p.min_mem = p.desired_mem = p.max_mem = 16384; }},
      {"max_mem", [](Profile& p) { p.max_mem = 8208; }},
      {"min_procs", [](Profile& p) { p.min_procs = p.desired_procs = 0, p.min_proc_units = p.desired_proc_units = 0; }},
      {"max_procs", [](Profile& p) { p.max_procs = 65; }},
      {"max_procs",
       [](Profile& p) {
         p.proc_mode = emu::ProcMode::ded;
         p.sharing_mode = emu::SharingMode::share_idle;
         p.max_procs = 9;
       }},
      {"shared_proc_pool_id", [](Profile& p) { p.shared_proc_pool = 64; }},
      {"shared_proc_pool_id",
       [](Profile& p) {
         p.proc_mode = emu::ProcMode::ded;
         p.sharing_mode = emu::SharingMode::share_idle;
         p.shared_proc_pool = 1;
       }},
      {"max_proc_units", [](Profile& p) { p.max_proc_units = 101; }},
      {"desired_procs", [](Profile& p) { p.desired_procs = 2, p.desired_proc_units = 20; }},
      {"desired_proc_units", [](Profile& p) { p.max_proc_units = 9; }},
      {"desired_proc_units", [](Profile& p) { p.max_procs = p.desired_procs = 8; }},
      {"min_proc_units", [](Profile& p) { p.min_proc_units = 9; }},
      {"sharing_mode", [](Profile& p) { p.sharing_mode = emu::SharingMode::unknown; }},
      {"sharing_mode", [](Profile& p) { p.sharing_mode = emu::SharingMode::share_idle; }},
      {"sharing_mode", [](Profile& p) { p.proc_mode = emu::ProcMode::ded; }},
      {"uncap_weight", [](Profile& p) { p.uncap_weight = 256; }},
      {"max_virtual_slots", [](Profile& p) { p.max_virtual_slots = 1; }},
      {"max_virtual_slots", [](Profile& p) { p.max_virtual_slots = 4097; }},
      {"io_slots",
       [](Profile& p) {
         p.io_slots = {"21010003/none/0", "21010003/none/1"};
       }},
      {"io_slots", [](Profile& p) { p.io_slots = {"hello"}; }},
      {"virtual_eth_adapters", [](Profile& p) { p.adapters = {adapter(AdapterKind::ethernet, 20)}; }},
      {"virtual_eth_adapters", [](Profile& p) { p.adapters = {adapter(AdapterKind::ethernet, 1)}; }},
      {"virtual_scsi_adapters",
       [](Profile& p) {
         p.adapters = {adapter(AdapterKind::ethernet, 2), adapter(AdapterKind::scsi_client, 2)};
       }},
      {"virtual_scsi_adapters", [](Profile& p) { p.adapters = {adapter(AdapterKind::scsi_server, 2)}; }},
      {"virtual_vasi_adapters", [](Profile& p) { p.adapters = {adapter(AdapterKind::vasi, 2)}; }},
      {"boot_mode", [](Profile& p) { p.boot_mode = emu::BootMode::unknown; }},
      {"lpar_proc_compat_mode", [](Profile& p) { p.lpar_proc_compat_mode = emu::CompatMode::unknown; }},
      {"work_group_id", [](Profile& p) { p.work_group_id = "blue"; }},
      {"work_group_id", [](Profile& p) { p.work_group_id = "0"; }},
      {"work_group_id", [](Profile& p) { p.work_group_id = "33"; }},
      {"boot_arguments", [](Profile& p) { p.boot_arguments = "a\nb"; }},
      {"boot_arguments", [](Profile& p) { p.boot_arguments = std::string(2048, 'x'); }},
      {"boot_image", [](Profile& p) { p.boot_image = std::string(1024, 'x'); }},
      {"bsr_arrays", [](Profile& p) { p.bsr_arrays = 257; }},
  };
  CHECK(broken(good()).empty());
  Profile largest = good();
  largest.max_mem = 8192;
  CHECK(broken(largest).empty());
  for (const Case& c : cases) {
    INFO(c.attribute << ", case " << &c - cases);
    Profile profile = good();
    c.change(profile);
    CHECK(broken(profile) == std::vector<std::string>{c.attribute});
  }
}

TEST_CASE("a Virtual I/O Server has one VASI adapter, and server adapters", "[rules]") {
  Profile profile = good();
  profile.adapters = {adapter(AdapterKind::scsi_server, 2), adapter(AdapterKind::vasi, 3)};
  CHECK(broken(profile, LparEnv::vioserver).empty());
  profile.adapters.push_back(adapter(AdapterKind::vasi, 4));
  CHECK(broken(profile, LparEnv::vioserver) == std::vector<std::string>{"virtual_vasi_adapters"});
  profile.adapters = {adapter(AdapterKind::scsi_client, 2)};
  CHECK(broken(profile, LparEnv::vioserver) == std::vector<std::string>{"virtual_scsi_adapters"});
}

TEST_CASE("what partners an adapter cannot have is found once, and only of those that have changed", "[rules]") {
  const auto with = [](AdapterKind kind, u32 slot, u32 lpar, u32 remote_slot) {
    VirtualAdapter made = adapter(kind, slot);
    made.remote_lpar_id = lpar;
    made.remote_slot = remote_slot;
    return made;
  };
  const auto client = AdapterKind::scsi_client;
  const auto server = AdapterKind::scsi_server;
  struct Case {
    const char* what;
    std::vector<VirtualAdapter> adapters;
    size_t found;
  };
  const Case cases[] = {
      {"a partner of a client", {with(client, 2, 1, 11)}, 0},
      {"any for a client", {with(client, 2, 0, 0)}, 1},
      {"any slot for a client", {with(client, 2, 1, 65535)}, 1},
      {"any for a server",
       {with(server, 2, 0, 0), with(server, 3, 65535, 65535), with(server, 4, 3, 0), with(server, 5, 3, 0)},
       0},
      {"itself", {with(client, 2, 7, 11)}, 1},
      {"itself, for a server", {with(server, 2, 7, 0)}, 1},
      {"two servers for one slot", {with(server, 2, 3, 2), with(server, 3, 3, 2)}, 1},
      {"two clients of one slot", {with(client, 2, 1, 11), with(client, 3, 1, 11)}, 1},
      {"two clients of two slots", {with(client, 2, 1, 11), with(client, 3, 2, 11)}, 0},
      {"two servers for two slots", {with(server, 2, 3, 2), with(server, 3, 3, 4)}, 0},
      {"kinds without a partner", {adapter(AdapterKind::ethernet, 2), adapter(AdapterKind::serial, 0)}, 0},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    const auto found = broken_partners(c.adapters, {}, 7);
    CHECK(found.size() == c.found);
    for (const BrokenRule& broken : found) CHECK(broken.attribute == "virtual_scsi_adapters");
    CHECK(broken_partners(c.adapters, c.adapters, 7).empty());
  }
}

TEST_CASE("free slots are counted as they are given away", "[rules]") {
  std::set<u32> given{4, 7};
  const auto taken = [&](u32 slot) { return given.contains(slot); };
  for (u32 count = free_slot_count(12, taken); count > 0; --count) {
    CHECK(free_slot_count(12, taken) == count);
    const auto next = next_free_slot(12, taken);
    REQUIRE(next);
    CHECK(*next >= first_virtual_slot);
    CHECK(given.insert(*next).second);
  }
  CHECK(given == std::set<u32>{2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  CHECK_FALSE(next_free_slot(12, taken));
  CHECK_FALSE(next_free_slot(1, taken));
  CHECK(next_free_slot(~u32{0}, [](u32 slot) { return slot + 1 < virtual_slot_limit; }) == virtual_slot_limit - 1);
}

TEST_CASE("a kind of adapter that nobody knows is not read", "[rules]") {
  CHECK(is_adapter_kind(AdapterKind::serial));
  CHECK_FALSE(is_adapter_kind(static_cast<AdapterKind>(0)));
  CHECK_FALSE(is_adapter_kind(static_cast<AdapterKind>(std::size(adapter_kinds) + 1)));
}

TEST_CASE("each rule of an adapter names what breaks it", "[rules]") {
  struct Case {
    const char* attribute;
    AdapterKind kind;
    void (*change)(VirtualAdapter&);
  };
  const auto ethernet = AdapterKind::ethernet;
  const auto client = AdapterKind::scsi_client;
  const Case cases[] = {
      {"slot", ethernet, [](VirtualAdapter& a) { a.slot = 1; }},
      {"port_vlan_id", ethernet, [](VirtualAdapter& a) { a.port_vlan_id = 0; }},
      {"port_vlan_id", ethernet, [](VirtualAdapter& a) { a.port_vlan_id = 4095; }},
      {"addl_vlan_ids", ethernet,
       [](VirtualAdapter& a) {
         a.addl_vlan_ids = {20, 4095};
       }},
      {"addl_vlan_ids", ethernet, [](VirtualAdapter& a) { a.addl_vlan_ids = {1}; }},
      {"addl_vlan_ids", ethernet,
       [](VirtualAdapter& a) {
         for (u16 vlan = 2; vlan < 23; ++vlan) a.addl_vlan_ids.push_back(vlan);
       }},
      {"trunk_priority", ethernet, [](VirtualAdapter& a) { a.trunk_priority = 1; }},
      {"slot", ethernet, [](VirtualAdapter& a) { a.is_trunk = true, a.trunk_priority = 1; }},
      {"vswitch", ethernet, [](VirtualAdapter& a) { a.vswitch = "a/b"; }},
      {"mac_addr", ethernet, [](VirtualAdapter& a) { a.mac_addr = "0A00000000"; }},
      {"mac_addr", ethernet, [](VirtualAdapter& a) { a.mac_addr = "010000000000"; }},
      {"remote_lpar", client, [](VirtualAdapter& a) { a.remote_lpar_id = 255; }},
      {"remote_lpar", client, [](VirtualAdapter& a) { a.remote_lpar_name = "a\tb"; }},
      {"remote_slot", client, [](VirtualAdapter& a) { a.remote_slot = 4096; }},
      {"remote_slot", client, [](VirtualAdapter& a) { a.remote_slot = 1; }},
  };
  for (const Case& c : cases) {
    INFO(c.attribute << ", case " << &c - cases);
    VirtualAdapter changed = adapter(c.kind, 5);
    CHECK(broken_rules(changed, LparEnv::aixlinux).empty());
    c.change(changed);
    const auto found = broken_rules(changed, LparEnv::aixlinux);
    REQUIRE(found.size() == 1);
    CHECK(found[0].attribute == c.attribute);
  }
}

TEST_CASE("each rule of a partition names what breaks it", "[rules]") {
  struct Case {
    const char* attribute;
    void (*change)(LparDefinition&);
  };
  const Case cases[] = {
      {"lpar_id", [](LparDefinition& l) { l.lpar_id = 0; }},
      {"lpar_id", [](LparDefinition& l) { l.lpar_id = 255; }},
      {"name", [](LparDefinition& l) { l.name = "a\nb"; }},
      {"name", [](LparDefinition& l) { l.name = "any"; }},  // what a list of adapters says of nobody in particular
      {"profile_name", [](LparDefinition& l) { l.profiles[0].name = std::string(32, 'x'); }},
      {"profile_name", [](LparDefinition& l) { l.profiles.push_back(l.profiles[0]); }},
      {"default_profile", [](LparDefinition& l) { l.default_profile = " x"; }},
      {"uuid", [](LparDefinition& l) { l.uuid = "x"; }},
      {"msp", [](LparDefinition& l) { l.msp = true; }},
      {"rmc_ipaddr", [](LparDefinition& l) { l.ip_address = "hello"; }},
  };
  for (const Case& c : cases) {
    INFO(c.attribute);
    LparDefinition lpar;
    lpar.lpar_id = 3;
    lpar.name = "mobile";
    lpar.profiles = {good()};
    CHECK(broken_rules(lpar).empty());
    c.change(lpar);
    const auto found = broken_rules(lpar);
    REQUIRE(found.size() == 1);
    CHECK(found[0].attribute == c.attribute);
  }
}

TEST_CASE("what a system is not capable of no profile has", "[rules]") {
  FrameConfig frame;
  frame.memory_mb = 65536;
  frame.processors = 8;
  const auto broken_of = [&](const Profile& profile) { return broken_rules(profile, LparEnv::aixlinux, limits_of(frame)); };
  Profile profile = good();
  profile.bsr_arrays = 1;
  profile.max_num_huge_pages = 1;
  profile.redundant_err_path_reporting = true;
  CHECK(broken_of(profile).empty());
  frame.capabilities.bsr_capable = frame.capabilities.huge_page_mem_capable = frame.capabilities.micro_lpar_capable = false;
  frame.capabilities.redundant_err_path_reporting_capable = false;
  std::vector<std::string> attributes;
  for (const BrokenRule& broken : broken_of(profile)) attributes.push_back(broken.attribute);
  CHECK(attributes == std::vector<std::string>{"max_num_huge_pages", "proc_mode", "redundant_err_path_reporting", "bsr_arrays"});
}

TEST_CASE("huge pages lie where there are real addresses for them", "[rules][hugepages]") {
  SystemLimits large = SystemLimits{};
  large.memory_mb = 4 * 1024 * 1024;
  large.processors = 8;
  large.compat_modes = {CompatMode::of_system};
  Profile profile = good();
  profile.max_num_huge_pages = 63;
  CHECK(broken_rules(profile, LparEnv::aixlinux, large).empty());
  profile.max_num_huge_pages = 64;
  const auto found = broken_rules(profile, LparEnv::aixlinux, large);
  REQUIRE(found.size() == 1);
  CHECK(found[0].attribute == "max_num_huge_pages");
}

TEST_CASE("values far out of range are found, not computed with", "[rules]") {
  Profile profile = good();
  profile.min_procs = profile.desired_procs = profile.max_procs = ~u32{0};
  profile.min_proc_units = profile.desired_proc_units = profile.max_proc_units = ~u32{0};
  profile.desired_num_huge_pages = ~u32{0};
  CHECK(broken(profile).size() >= 3);
}

TEST_CASE("which modes a server has, and what its default is, follows from its type and model", "[rules]") {
  using enum CompatMode;
  FrameConfig frame;
  for (const char* type_model : {"9008-22L", "9009-22A", "9223-42H", "9040-MR9", "9080-M9S"}) {
    INFO(type_model);
    frame.type_model = type_model;
    CHECK(limits_of(frame).compat_modes == std::vector{of_system, power7, power8, power9, power9_base});
    CHECK(limits_of(frame).default_mode == power9);
  }
  for (const char* type_model : {"9117-MMA", "8247-22L", "9040-AAA"}) {
    INFO(type_model);
    frame.type_model = type_model;
    CHECK(limits_of(frame).compat_modes == std::vector{of_system, power6, power7, power8});
    CHECK(limits_of(frame).default_mode == power6);
  }
  frame.processor = power7;
  CHECK(limits_of(frame).compat_modes == std::vector{of_system, power6, power7});
  CHECK(limits_of(frame).default_mode == power7);
  frame.capabilities.lpar_proc_compat_mode_capable = false;
  CHECK(limits_of(frame).compat_modes == std::vector{of_system});
  CHECK(limits_of(frame).default_mode == power7);
  frame = {};
  Profile profile = good();
  profile.lpar_proc_compat_mode = power9;
  const auto rules = broken_rules(profile, LparEnv::aixlinux, limits_of(frame));
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].attribute == "lpar_proc_compat_mode");
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/profile_rules.h"

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

const SystemLimits limits{8192, 16, 8, {"default", "POWER6"}};

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
      {"proc_mode", [](Profile& p) { p.proc_mode = "both"; }},
      {"desired_procs", [](Profile& p) { p.min_procs = p.desired_procs = 0, p.min_proc_units = p.desired_proc_units = 0; }},
      {"desired_procs", [](Profile& p) { p.max_procs = 65; }},
      {"desired_procs", [](Profile& p) { p.desired_procs = 2, p.desired_proc_units = 20; }},
      {"desired_proc_units", [](Profile& p) { p.max_proc_units = 9; }},
      {"desired_proc_units", [](Profile& p) { p.max_procs = p.desired_procs = 8; }},
      {"min_proc_units", [](Profile& p) { p.min_proc_units = 9; }},
      {"sharing_mode", [](Profile& p) { p.sharing_mode = "banana"; }},
      {"sharing_mode", [](Profile& p) { p.sharing_mode = "share_idle_procs"; }},
      {"sharing_mode", [](Profile& p) { p.proc_mode = "ded"; }},
      {"uncap_weight", [](Profile& p) { p.uncap_weight = 256; }},
      {"max_virtual_slots", [](Profile& p) { p.max_virtual_slots = 1; }},
      {"max_virtual_slots", [](Profile& p) { p.max_virtual_slots = 65536; }},
      {"io_slots", [](Profile& p) { p.io_slots = {"hello"}; }},
      {"virtual_eth_adapters", [](Profile& p) { p.adapters = {adapter(AdapterKind::ethernet, 20)}; }},
      {"virtual_eth_adapters", [](Profile& p) { p.adapters = {adapter(AdapterKind::ethernet, 1)}; }},
      {"virtual_scsi_adapters",
       [](Profile& p) {
         p.adapters = {adapter(AdapterKind::ethernet, 2), adapter(AdapterKind::scsi_client, 2)};
       }},
      {"virtual_scsi_adapters", [](Profile& p) { p.adapters = {adapter(AdapterKind::scsi_server, 2)}; }},
      {"virtual_vasi_adapters", [](Profile& p) { p.adapters = {adapter(AdapterKind::vasi, 2)}; }},
      {"boot_mode", [](Profile& p) { p.boot_mode = "xyz"; }},
      {"lpar_proc_compat_mode", [](Profile& p) { p.lpar_proc_compat_mode = "POWER99"; }},
      {"work_group_id", [](Profile& p) { p.work_group_id = "blue"; }},
      {"bsr_arrays", [](Profile& p) { p.bsr_arrays = 257; }},
  };
  CHECK(broken(good()).empty());
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
}

TEST_CASE("values far out of range are found, not computed with", "[rules]") {
  Profile profile = good();
  profile.min_procs = profile.desired_procs = profile.max_procs = ~u32{0};
  profile.min_proc_units = profile.desired_proc_units = profile.max_proc_units = ~u32{0};
  profile.desired_num_huge_pages = ~u32{0};
  CHECK(broken(profile).size() >= 3);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/profile_rules.h"
#include "emu/core/text.h"
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/world.h"

#include <fmt/format.h>

using namespace world;

namespace {

const std::string sizes = ",min_mem=64,desired_mem=64,max_mem=64";

struct Bad {
  const char* given;
  const char* attribute;
};

void refused(World& world, const std::vector<std::string>& argv, const std::string& attribute) {
  const Answer answer = world.hmc(argv);
  INFO(argv.back() << ": " << answer.text);
  CHECK(answer.code == 1);
  CHECK(answer.text.find(attribute) != std::string::npos);
  CHECK(answer.text.size() < 500);
  CHECK(world.requests.empty());
}

}  // namespace

TEST_CASE("a profile takes no value that breaks a rule, and the refusal names the attribute", "[cli][rules]") {
  const Bad cases[] = {
      {"min_mem=1024,desired_mem=256,max_mem=64", "desired_mem=256"},
      {"desired_mem=7", "desired_mem=7"},
      {"desired_mem=-16", "desired_mem=-16"},
      {"desired_mem=064", "desired_mem=064"},
      {"desired_mem=+64", "desired_mem=+64"},
      {"max_proc_units=01.0", "max_proc_units=01.0"},
      {"virtual_scsi_adapters+=07/client/1/S1_VIOS1/21/0", "virtual_scsi_adapters+=07"},
      {"max_mem=4294967296", "max_mem=4294967296"},
      {"min_mem=8192,desired_mem=8192,max_mem=8192", "min_mem=8192"},
      {"max_mem=4194304", "max_mem=4194304"},
      {"sharing_mode=banana", "sharing_mode=banana"},
      {"boot_mode=xyz", "boot_mode=xyz"},
      {"lpar_proc_compat_mode=POWER99", "lpar_proc_compat_mode=POWER99"},
      {"desired_procs=0", "desired_procs=0"},
      {"desired_procs=200,max_procs=200,desired_proc_units=20,max_proc_units=200", "max_procs=200"},
      {"max_procs=2,desired_procs=2", "desired_proc_units=0.1"},
      {"max_proc_units=1.5", "max_proc_units=1.5"},
      {"desired_proc_units=", "desired_proc_units="},
      {"desired_proc_units=0.123", "desired_proc_units=0.123"},
      {"proc_mode=ded,max_procs=9", "max_procs=9"},
      {"proc_mode=ded,min_proc_units=0.5", "min_proc_units=0.5"},
      {"proc_mode=ded,sharing_mode=cap", "sharing_mode=cap"},
      {"sharing_mode=cap,proc_mode=ded", "sharing_mode=cap"},
      {"uncap_weight=256", "uncap_weight=256"},
      {"io_slots=hello", "io_slots=hello"},
      {"io_slots-=21010003/none/1", "io_slots-=21010003"},
      {"\"io_slots=21010003/none/1,21010003/none/0\"", "io_slots=21010003/none/0"},
      {"virtual_vasi_adapters=9", "virtual_vasi_adapters=9"},
      {"virtual_scsi_adapters+=4/client/1/S1_VIOS1/21/0", "virtual_scsi_adapters=4"},
      {"virtual_scsi_adapters+=7/server/1/S1_VIOS1/21/0", "virtual_scsi_adapters=7"},
      {"virtual_scsi_adapters+=7/client/x/S1_VIOS1/21/0", "virtual_scsi_adapters+=7"},
      {"virtual_scsi_adapters+=77/client/1/S1_VIOS1/21/0", "virtual_scsi_adapters=77"},
      {"virtual_scsi_adapters-=9", "virtual_scsi_adapters-=9"},
      {"virtual_scsi_adapters+=7/client/any//any/0", "virtual_scsi_adapters=7"},
      {"virtual_scsi_adapters+=7/client/1//any/0", "virtual_scsi_adapters=7"},
      {"virtual_scsi_adapters+=7/client/3//21/0", "virtual_scsi_adapters=7"},
      {"virtual_scsi_adapters+=7/client//mobile/21/0", "virtual_scsi_adapters=7"},
      {"virtual_scsi_adapters+=7/client/1/S1_VIOS2/21/0", "virtual_scsi_adapters=7"},
      {"virtual_scsi_adapters+=7/client/77/S1_VIOS1/21/0", "virtual_scsi_adapters=7"},
      {"virtual_scsi_adapters+=7/client/1/nobody/21/0", "virtual_scsi_adapters=7"},
      {"virtual_serial_adapters-=7", "virtual_serial_adapters-=7"},
      {"virtual_serial_adapters-=0", "virtual_serial_adapters-=0"},
      {"virtual_eth_adapters-=7", "virtual_eth_adapters-=7"},
      {"virtual_fc_adapters-=7", "virtual_fc_adapters-=7"},
      {"virtual_fc_adapters-=none", "virtual_fc_adapters-=none"},
      {"power_ctrl_lpar_ids+=none", "power_ctrl_lpar_ids+=none"},
      {"\"virtual_scsi_adapters=none,4/client/1/S1_VIOS1/20/1\"", "virtual_scsi_adapters=none"},
      {"virtual_eth_adapters=2/0/4095//0/0", "virtual_eth_adapters=2"},
      {"virtual_eth_adapters=2/0/1/20/0/0", "virtual_eth_adapters=2"},
      {"virtual_eth_adapters=2/0/1//1/0", "virtual_eth_adapters=2"},
      {"virtual_eth_adapters=2/0/65537//0/0", "virtual_eth_adapters=2"},
      {"virtual_serial_adapters=5/client/1/any//any/0", "virtual_serial_adapters=5"},
      {"max_virtual_slots=5000", "max_virtual_slots=5000"},
      {"work_group_id=33", "work_group_id=33"},
      {"work_group_id=01", "work_group_id=01"},
      {"desired_num_huge_pages=1", "desired_num_huge_pages=1"},
      {"bsr_arrays=257", "bsr_arrays=257"},
      {"redundant_err_path_reporting=2", "redundant_err_path_reporting=2"},
      {"mem_mode=shared", "mem_mode=shared"},
      {"min_mem+=16", "min_mem+=16"},
      {"boot_mode-=norm", "boot_mode-=norm"},
      {"lpar_id=4", "lpar_id=4"},
      {"lpar_id=x", "(lpar_id)"},
      {"min_mem=64,min_mem=64", "format of the configuration data"},
  };
  for (const Bad& bad : cases) {
    World world;
    refused(world, {"chsyscfg", "-r", "prof", "-m", "cec1", "-i", std::string("name=small,lpar_name=mobile,") + bad.given},
            bad.attribute);
  }
  World world;
  refused(world,
          {"chsyscfg", "-r", "prof", "-m", "cec1", "-i", "name=small,lpar_name=mobile,boot_arguments=" + std::string(9999, 'x')},
          "boot_arguments=xxx");
  refused(world,
          {"chsyscfg", "-r", "prof", "-m", "cec1", "-i", "name=small,lpar_name=mobile,boot_mode=" + std::string(9999, 'x')},
          "boot_mode=xxx");
  refused(world,
          {"chsyscfg", "-r", "prof", "-m", "cec1", "-i", "name=default,lpar_name=S1_VIOS1,\"virtual_vasi_adapters=12,13\""},
          "virtual_vasi_adapters=13");
  refused(world, {"chsyscfg", "-r", "prof", "-m", "cec1", "-i", "name=small,lpar_name=mobile,new_name=normal"}, "HSCLF022");
}

TEST_CASE("a partner cannot be what it never can be, and need not be there yet", "[cli][rules]") {
  World world;
  const auto change = [&](const std::string& lpar, const std::string& profile, const std::string& given) {
    return std::vector<std::string>{
        "chsyscfg", "-r", "prof", "-m", "cec1", "-i", fmt::format("name={},lpar_name={},{}", profile, lpar, given)};
  };
  refused(world, change("S1_VIOS1", "default", "virtual_scsi_adapters=12/client/2/S1_VIOS2/20/0"), "virtual_scsi_adapters=12");
  refused(world, change("S1_VIOS1", "default", "\"virtual_scsi_adapters=12/server/3/mobile/4/0,13/server/3/mobile/4/0\""),
          "virtual_scsi_adapters=13");
  const std::string list = "lssyscfg -r prof -m cec1 --filter lpar_names=mobile,profile_names=small -F virtual_scsi_adapters";
  for (const char* partner : {"77//21", "77/later/21"}) {
    CHECK(world.hmc(change("mobile", "small", fmt::format("virtual_scsi_adapters=7/client/{}/0", partner))).text == "");
    CHECK(world.hmc(list).text == fmt::format("7/client/{}/0\n", partner));
  }
  // What stays as it is need not be right: after a move the partners of an old profile are of another system.
  auto& profile = world.lpar(world.one).definition.profiles[1];
  REQUIRE(profile.name == "small");
  for (auto& adapter : profile.adapters)
    if (adapter.slot == 7) adapter.remote_lpar_id = 3;
  CHECK(world.hmc(change("mobile", "small", "uncap_weight=7")).text == "");
}

TEST_CASE("every profile has the two default serial adapters", "[cli][rules]") {
  World world;
  const std::string both = "\"0/server/1/any//any/1,1/server/1/any//any/1\"\n";
  const auto listed = [&](const std::string& lpar, const std::string& profile) {
    return world
        .hmc(fmt::format("lssyscfg -r prof -m cec1 --filter lpar_names={},profile_names={} -F virtual_serial_adapters", lpar,
                         profile))
        .text;
  };
  const std::string made = "mksyscfg -r lpar -m cec1 -i lpar_env=aixlinux,profile_name=default,";
  CHECK(world.hmc(made + "name=fresh" + sizes).text == "");
  CHECK(listed("fresh", "default") == both);
  CHECK(world.hmc(made + "name=other,virtual_serial_adapters=none" + sizes).text == "");
  CHECK(listed("other", "default") == both);
  CHECK(world.hmc("mksyscfg -r prof -m cec1 -i name=more,lpar_name=fresh" + sizes).text == "");
  CHECK(listed("fresh", "more") == both);
  CHECK(world.hmc("chsyscfg -r prof -m cec1 -i name=more,lpar_name=fresh,virtual_serial_adapters=none").text == "");
  CHECK(listed("fresh", "more") == both);
  CHECK(world.hmc("chsyscfg -r prof -m cec1 -i name=more,lpar_name=fresh,virtual_serial_adapters+=7/server/1/any//any/0").text ==
        "");
  CHECK(world.hmc("chsyscfg -r prof -m cec1 -i name=more,lpar_name=fresh,virtual_serial_adapters-=7").text == "");
  CHECK(listed("fresh", "more") == both);
}

TEST_CASE("a new partition, and a new profile, take no value that breaks a rule either", "[cli][rules]") {
  const Bad cases[] = {
      {"desired_mem=7", "min_mem"},
      {"min_mem=64,desired_mem=64,max_mem=64,desired_procs=1000,min_procs=2000", "desired_procs=1000"},
      {"min_mem=64,desired_mem=64,max_mem=64,msp=banana", "msp=banana"},
      {"min_mem=64,desired_mem=64,max_mem=64,msp=1", "HSCLF015"},
      {"min_mem=64,desired_mem=64,max_mem=64,time_ref=2", "time_ref=2"},
      {"min_mem=64,desired_mem=64,max_mem=64,rmc_ipaddr=hello", "rmc_ipaddr=hello"},
      {"min_mem=64,desired_mem=64,max_mem=64,lpar_id=0", "lpar_id=0"},
      {"min_mem=64,desired_mem=64,max_mem=64,lpar_id=300", "lpar_id=300"},
      {"min_mem=64,desired_mem=64,max_mem=64,lpar_id=-4", "(lpar_id)"},
      {"min_mem=64,desired_mem=64,max_mem=64,all_resources=1", "all_resources=1"},
  };
  for (const Bad& bad : cases) {
    World world;
    refused(world,
            {"mksyscfg", "-r", "lpar", "-m", "cec1", "-i",
             std::string("name=fresh,lpar_env=aixlinux,profile_name=default,") + bad.given},
            bad.attribute);
  }
  World world;
  refused(world, {"mksyscfg", "-r", "prof", "-m", "cec1", "-i", "name=more,lpar_name=mobile"}, "min_mem");
  refused(world, {"mksyscfg", "-r", "prof", "-m", "cec1", "-i", "name=more,lpar_name=mobile,boot_mode=xyz" + sizes},
          "boot_mode=xyz");
  world.lpar(world.one).definition.current->boot_mode = emu::BootMode::unknown;
  refused(world, {"mksyscfg", "-r", "prof", "-m", "cec1", "-o", "save", "-p", "mobile", "-n", "saved"}, "boot_mode=unknown");
}

TEST_CASE("a system that is full of partitions gets no other one", "[cli]") {
  World world;
  for (u32 id = 1; id <= emu::lpar_limit; ++id) {
    if (world.one.lpars.contains(id)) continue;
    emu::LparDefinition& other = world.one.lpars[id].definition;
    other.lpar_id = id;
    other.name = "other" + std::to_string(id);
    other.uuid = other.name;
  }
  const Answer full = world.hmc("mksyscfg -r lpar -m cec1 -i name=one,lpar_env=aixlinux,profile_name=default" + sizes);
  CHECK(full.code == 1);
  CHECK(full.text.starts_with("HSCLF01F "));
}

TEST_CASE("the sharing mode follows the kind of processors", "[cli][rules]") {
  World world;
  const auto small = [&]() -> const emu::Profile& { return *world.lpar(world.one).definition.profile("small"); };
  const std::string change = "chsyscfg -r prof -m cec1 -i name=small,lpar_name=mobile,";
  CHECK(world.hmc(change + "proc_mode=ded").text == "");
  CHECK(small().sharing_mode == emu::SharingMode::keep_idle);
  CHECK(small().max_proc_units == 0);
  CHECK(world.hmc(change + "sharing_mode=share_idle_procs").text == "");
  CHECK(world.hmc(change + "proc_mode=ded").text == "");
  CHECK(small().sharing_mode == emu::SharingMode::share_idle);
  // Units of which nobody said anything are what its virtual processors need.
  CHECK(world.hmc(change + "proc_mode=shared").text == "");
  CHECK(small().min_proc_units == small().min_procs * emu::least_units);
  CHECK(small().max_proc_units == small().max_procs * emu::most_units);
  CHECK(world.hmc(change + "proc_mode=ded,sharing_mode=share_idle_procs").text == "");
  CHECK(world.hmc(change + "proc_mode=shared,min_proc_units=0.1,desired_proc_units=0.5,max_proc_units=1.0").text == "");
  CHECK(small().sharing_mode == emu::SharingMode::uncap);
  CHECK(world.hmc(change + "sharing_mode=keep_idle_procs,proc_mode=ded").text == "");
  CHECK(small().sharing_mode == emu::SharingMode::keep_idle);
}

TEST_CASE("what lssyscfg lists of a profile, chsyscfg and mksyscfg take, and nothing changes", "[cli][rules]") {
  World world;
  auto& mobile = world.lpar(world.one).definition;
  mobile.name = mobile.profiles[0].name = "a, b/c";
  mobile.profiles[0].adapters[3].remote_lpar_name = "x/y, z";
  mobile.profiles[0].adapters[2].addl_vlan_ids = {20, 30};
  mobile.profiles[0].boot_arguments = "run=\"ticker, bank\"";
  const emu::Profile before = mobile.profiles[0];
  for (const std::string& line : emu::words(world.hmc("lssyscfg -r prof -m cec1").text, '\n')) {
    CHECK(world.hmc({"chsyscfg", "-r", "prof", "-m", "cec1", "-i", line}).text == "");
    CHECK(world.requests.empty());
    CHECK(world.hmc({"mksyscfg", "-r", "prof", "-m", "cec1", "-i", line}).text.find("HSCLF022") == 0);
  }
  for (const std::string& line : emu::words(world.hmc("lssyscfg -r prof -m cec1 --filter lpar_ids=3").text, '\n'))
    CHECK(world.hmc({"mksyscfg", "-r", "prof", "-m", "cec1", "--force", "-i", line}).text == "");
  CHECK(mobile.profiles[0] == before);
}

TEST_CASE("a profile that is there already is told as one, with its partition", "[cli]") {
  World world;
  const std::string sentence = "HSCLF022 The partition mobile has a profile named small already.";
  refused(world, {"mksyscfg", "-r", "prof", "-m", "cec1", "-i", "name=small,lpar_name=mobile" + sizes}, sentence);
  refused(world, {"mksyscfg", "-r", "prof", "-m", "cec1", "-o", "save", "-p", "mobile", "-n", "small"}, sentence);
  refused(world, {"chsyscfg", "-r", "prof", "-m", "cec1", "-i", "name=normal,lpar_name=mobile,new_name=small"}, sentence);
}

TEST_CASE("a partition's own workload group is apart from those of its profiles", "[cli][group]") {
  World world;
  const std::string list = "lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F work_group_id";
  const std::string validate = "migrlpar -o v -m cec1 -t cec2 -p mobile";
  CHECK(world.hmc("chsyscfg -r lpar -m cec1 -i name=mobile,work_group_id=7").text == "");
  CHECK(world.hmc(list).text == "7\n");
  CHECK(world.lpar(world.one).definition.profiles[0].work_group_id == "none");
  CHECK(world.hmc(validate).text.find("HSCLF21B") != std::string::npos);
  CHECK(world.hmc("chsyscfg -r lpar -m cec1 -i name=mobile,work_group_id=none").text == "");
  CHECK(world.hmc(list).text == "none\n");
  CHECK(world.hmc("chsyscfg -r prof -m cec1 -i name=small,lpar_name=mobile,work_group_id=7").text == "");
  CHECK(world.hmc(list).text == "none\n");
  CHECK(world.hmc(validate).text.find("HSCLF21B") == std::string::npos);
  world.requests.clear();
  for (const std::string wrong : {"0", "33", "-1", "blue", "", "1,2", "4294967297"})
    refused(world, {"chsyscfg", "-r", "lpar", "-m", "cec1", "-i", "name=mobile,work_group_id=" + wrong},
            "work_group_id=" + wrong);
  for (const std::string wrong : {"boot_mode=xyz", "auto_start=2", "sync_curr_profile=yes", "time_ref=x"})
    refused(world, {"chsyscfg", "-r", "lpar", "-m", "cec1", "-i", "name=mobile," + wrong}, wrong);
  world.lpar(world.one).definition.current.reset();
  refused(world, {"chsyscfg", "-r", "lpar", "-m", "cec1", "-i", "name=mobile,work_group_id=7"}, "HSCLF01C");
  CHECK(world.hmc("chsyscfg -r lpar -m cec1 -i name=mobile,work_group_id=none").text == "");
}

TEST_CASE("what chsyscfg answers to with success was stored", "[cli][rules]") {
  World world;
  const auto change = [&](const std::string& data) {
    return world.hmc({"chsyscfg", "-r", "lpar", "-m", "cec1", "-i", "name=mobile," + data}).text;
  };
  const auto listed = [&](const std::string& name) {
    return world.hmc({"lssyscfg", "-r", "lpar", "-m", "cec1", "--filter", "lpar_names=mobile", "-F", name}).text;
  };
  const std::pair<std::string, std::vector<std::string>> values[] = {{"auto_start", {"1", "0"}},
                                                                     {"boot_mode", {"sms", "of", "dd", "norm"}},
                                                                     {"lpar_avail_priority", {"0", "255", "127"}},
                                                                     {"work_group_id", {"32", "none"}},
                                                                     {"description", {"of the test", ""}},
                                                                     {"sync_curr_profile", {"1", "0"}},
                                                                     {"allow_perf_collection", {"1", "0"}},
                                                                     {"migration_disabled", {"1", "0"}},
                                                                     {"time_ref", {"1", "0"}}};
  for (const auto& [name, each] : values)
    for (const std::string& value : each) {
      INFO(name << "=" << value);
      CHECK(change(name + "=" + value) == "");
      CHECK(listed(name) == value + "\n");
      world.start_console();  // nothing of it is the console's
      CHECK(listed(name) == value + "\n");
    }
  // What no partition here has stays as it is, or is refused.
  for (const std::string name : {"secure_boot", "vtpm_enabled", "kvm_capable", "keystore_kbytes"}) {
    CHECK(change(name + "=0") == "");
    CHECK(change(name + "=1").find("HSCLF060") == 0);
  }
  CHECK(change("vtpm_version=2.0").find("HSCLF060") == 0);
  CHECK(change("lpar_avail_priority=256").find("lpar_avail_priority is 0 to 255") != std::string::npos);
  CHECK(change("lpar_env=vioserver").find("cannot be changed") != std::string::npos);
  world.lpar(world.one).definition.current.reset();
  CHECK(change("boot_mode=sms").find("HSCLF061") == 0);
  CHECK(change("boot_mode=norm") == "");
}

TEST_CASE("what a profile says beyond its sizes is stored, or refused", "[cli][rules]") {
  World world;
  const auto change = [&](const std::string& data) {
    return world.hmc({"chsyscfg", "-r", "prof", "-m", "cec1", "-i", "name=normal,lpar_name=mobile," + data}).text;
  };
  const auto& profile = world.lpar(world.one).definition.profiles[0];
  CHECK(change("hpt_ratio=1:64,auto_start=1") == "");
  CHECK(profile.hpt_ratio == emu::HptRatio::of_64);
  CHECK(profile.auto_start);
  for (const std::string same :
       {"mem_expansion=0", "mem_expansion=0.0", "shared_proc_pool_id=0", "shared_proc_pool_name=DefaultPool",
        "lpar_io_pool_ids=none", "vnic_adapters=none", "virtual_fc_adapters=none", "affinity_group_id=none", "ppt_ratio=1:4096"})
    CHECK(change(same) == "");
  world.requests.clear();
  for (const std::string wrong : {"hpt_ratio=1:100", "hpt_ratio=64", "auto_start=2", "mem_expansion=1.5", "mem_expansion=x",
                                  "shared_proc_pool_id=64", "lpar_io_pool_ids=1", "vnic_adapters=5:ded:1"})
    refused(world, {"chsyscfg", "-r", "prof", "-m", "cec1", "-i", "name=normal,lpar_name=mobile," + wrong}, wrong);
  // An address that is chosen, and what else V10R3 lists of an Ethernet adapter.
  CHECK(change("virtual_eth_adapters=2/0/1//0/0/ETHERNET0/0A1B2C3D4E5F/all/none") == "");
  CHECK(std::ranges::count(profile.adapters, "0A1B2C3D4E5F", &emu::VirtualAdapter::mac_addr) == 1);
  CHECK(change("virtual_eth_adapters=2/0/1//0/0") == "");
  CHECK(std::ranges::count(profile.adapters, "0A1B2C3D4E5F", &emu::VirtualAdapter::mac_addr) == 1);
  for (const std::string wrong : {"2/0/1//0/0/ETHERNET0/0A1B/all/none", "2/0/1//0/0/ETHERNET0//none/none",
                                  "2/0/1//0/0/ETHERNET0//all/7", "2/0/1//0/0/ETHERNET0//all/none/x"})
    CHECK(change("virtual_eth_adapters=" + wrong).find("virtual_eth_adapters") != std::string::npos);
}

TEST_CASE("a description is one line", "[cli][rules]") {
  World world;
  for (const std::string wrong : {"two\nlines", "a\x1B[2Jb", "a\tb"})
    refused(world, {"chsyscfg", "-r", "lpar", "-m", "cec1", "-i", "name=mobile,description=" + wrong},
            "a description is one line");
  CHECK(world.hmc({"chsyscfg", "-r", "lpar", "-m", "cec1", "-i", "name=mobile,description=für alle"}).text == "");
  CHECK(world.hmc("lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F description").text == "für alle\n");
}

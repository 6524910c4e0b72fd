// SPDX-License-Identifier: GPL-2.0-or-later
// What commands print, held against approved text files. TWINFRAME_APPROVE=1 in the environment writes them anew.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "emu/core/text.h"

#include "hmc/attributes/list.h"
#include "hmc/cli/table.h"
#include "tests/support/catch.h"
#include "tests/unit/hmc/support/transcript.h"

using namespace world;

TEST_CASE("lssyscfg", "[cli]") {
  World world;
  approved("lssyscfg",
           transcript(world,
                      {
                          "lssyscfg -r sys",
                          "lssyscfg -r sys -F name,state",
                          "lssyscfg -r sys -F type_model*serial_num",
                          "lssyscfg -m 9117-MMA*10FFE0B -r sys -Fname",
                          "lssyscfg -r sys -m cec1 -F active_lpar_mobility_capable,inactive_lpar_mobility_capable",
                          "lssyscfg -r sys -m cec1 -F lpar_proc_compat_modes,name --header",
                          "lssyscfg -r lpar -m cec1",
                          "lssyscfg -r lpar -m cec1 -F name:state",
                          "lssyscfg -r lpar -m cec1 -F name,lpar_env,state,os_version",
                          "lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F name rmc_state --header",
                          "lssyscfg -r lpar -m cec1 --filter \"\\\"lpar_names=mobile,S1_VIOS1\\\"\" -F lpar_id",
                          "lssyscfg -m cec1 -r lpar --filter=lpar_ids=1 -F msp",
                          "lssyscfg -r lpar -m cec1 --filter lpar_names=nobody",
                          "lssyscfg -r lpar -m cec1 -F UUID",
                          "lssyscfg -r lpar",
                          "lssyscfg -r prof -m cec1 --filter lpar_names=mobile,profile_names=normal",
                          "lssyscfg -r prof -m cec1 --filter profile_names='small',lpar_names='mobile' -F virtual_scsi_adapters",
                          "lssyscfg -r prof -m cec1 --filter lpar_names=S1_VIOS1 -F virtual_vasi_adapters",
                      }));
  world.kill(world.two);
  CHECK(world.hmc("lssyscfg -r sys -m cec2 -F name,state").text == "cec2,No Connection\n");
  CHECK(world.hmc("lssyscfg -r lpar -m cec2").text.find("HSCLF014") == 0);
}

TEST_CASE("default listings are those of the console's release", "[cli][release]") {
  for (const emu::ConsoleRelease release : emu::all_of<emu::ConsoleRelease>()) {
    World world;
    world.release = release;
    world.start_console();
    world.lpar(world.one).definition.profiles[0].hpt_ratio = emu::HptRatio::of_64;
    const std::string word(emu::word_of(release));
    approved(
        "release_" + word.substr(0, word.find(' ')),
        transcript(world, {"lshmc -V", "lshmc -v", "lssyscfg -r sys -m cec1", "lssyscfg -r lpar -m cec1 --filter lpar_ids=1",
                           "lssyscfg -r lpar -m cec1 --filter lpar_names=mobile", "lssyscfg -r prof -m cec1 --filter lpar_ids=1",
                           "lssyscfg -r prof -m cec1 --filter lpar_names=mobile,profile_names=normal",
                           "lshwres -r mem -m cec1 --level sys", "lshwres -r mem -m cec1 --level lpar",
                           "lshwres -r proc -m cec1 --level lpar", "lshwres -r virtualio --rsubtype eth -m cec1 --level lpar",
                           // What a later release has more can be asked for.
                           "lssyscfg -r lpar -m cec1 -F name,uuid,os,kvm_capable"}));
  }
}

TEST_CASE("lshwres", "[cli]") {
  World world;
  approved(
      "lshwres",
      transcript(
          world,
          {
              "lshwres -r mem -m cec1 --level sys",
              "lshwres -r mem -m cec1 --level lpar --filter lpar_names=mobile",
              "lshwres -r proc -m cec1 --level sys",
              "lshwres -r proc -m cec1 --level lpar --filter lpar_names=mobile",
              "lshwres -r virtualio --rsubtype scsi --level lpar -m cec1",
              "lshwres -r virtualio --rsubtype eth --level lpar -m cec1 -F lpar_name,port_vlan_id,vswitch,state,trunk_priority",
              "lshwres -r virtualio --rsubtype eth -m cec1 --level lpar --filter lpar_names=mobile",
              "lshwres -r virtualio --rsubtype serial -m cec1 --level lpar --filter lpar_names=mobile",
              "lshwres -r virtualio --rsubtype slot --level lpar -m cec1 --filter lpar_names=mobile",
              "lshwres -r virtualio --rsubtype slot --level slot -m cec1 -F slot_num,lpar_name,drc_name --filter "
              "lpar_names=mobile",
              "lshwres -r virtualio --rsubtype vasi -m cec1",
              "lshwres -r virtualio --rsubtype fc --level lpar -m cec1",
              "lshwres -r virtualio --rsubtype vswitch -m cec1 -F",
              "lshwres -r io -m cec1 --rsubtype slot",
          }));
}

TEST_CASE("lslparmigr, migrlpar", "[cli]") {
  World world;
  approved("migration",
           transcript(world,
                      {
                          "lslparmigr -r sys -m cec1",
                          "lslparmigr -r sys -m cec1 -F",
                          "lslparmigr -r sys -m cec1 -F --header",
                          "lslparmigr -r sys -m cec1 -F num_active_migrations_in_progress,num_inactive_migrations_in_progress",
                          "lslparmigr -r lpar -m cec1",
                          "lslparmigr -r lpar -m cec1 --filter lpar_ids=3 -F --header",
                          "lslparmigr -r lpar -m cec1 -F name",
                          "lslparmigr -r msp -m cec1 -t cec2 --filter lpar_names=mobile",
                          "lslparmigr -r virtualio -m cec1 -t cec2 --filter lpar_names=mobile",
                          "lslparmigr -r virtualio -m cec1 -t cec2 --filter lpar_names=mobile -F suggested_virtual_scsi_mappings",
                          "lslparmigr -r virtualio -m cec1 -t cec2",
                          "lslparmigr -r manager",
                          "migrlpar -o v -m cec1 -t cec2 -p mobile",
                          "migrlpar -o v -m cec1 -t cec2 --id 3 -n new -w 5 -d 2",
                          "migrlpar -o v -m cec1 -t cec2 -p nobody",
                          "migrlpar -o v -m cec1 -t cec9 -p mobile",
                          "migrlpar -o v -m cec1 -p mobile",
                          "migrlpar -o x -m cec1 -p mobile",
                          "migrlpar -m cec1 -t cec2 -o v -p mobile,nobody -n new",
                          "migrlpar -o v -m cec1 -t cec2 -p mobile -i nonsense=1",
                          "migrlpar -o v -m cec1 -t cec2 -p mobile -i virtual_scsi_mappings=4/S2_VIOS2/1",
                          "migrlpar -o m srcSystem -t destSystem -p myLPAR",
                          "migrlpar -o m -m cec1 -t cec2 -p mobile --ip 10.0.0.2",
                          "migrlpar -o m -m cec1 -t cec2 -p mobile --vlanbridge 1 --uuid 1 -i "
                          "\"\\\"virtual_scsi_mappings=4//2/30,5//1/30\\\",dest_lpar_id=9,source_msp_id=2\"",
                          "lssyscfg -r lpar -m cec2 -F name,lpar_id,state",
                          "lsrefcode -r lpar -m cec2 --filter lpar_names=mobile -n 3 -F lpar_name,refcode --header",
                      }));
}

TEST_CASE("other commands", "[cli]") {
  World world;
  approved(
      "others",
      transcript(world,
                 {
                     "lshmc -V",
                     "lshmc -v",
                     "lshmc -r -F ssh",
                     "lshmc -n",
                     "lssysconn -r all",
                     "lssysconn -r all -F type_model_serial_num",
                     "lspartition -dlpar",
                     "diagrmc -m cec1 --ip 10.0.2.15 -p mobile --autocorrect",
                     "diagrmc -m cec1 --ip 10.0.2.99 -p mobile",
                     "mkauthkeys --ip localhost --test",
                     "mkauthkeys --ip 10.0.0.2 -u hscroot --test",
                     "viosvrcmd -m cec1 -p S1_VIOS1 -c \" ioslevel\"",
                     "viosvrcmd -m cec1 --id 1 -c nonsense",
                     "viosvrcmd -m cec1 -p mobile -c ioslevel",
                     "rmvterm -m cec1 -p mobile",
                     "chsysstate -r lpar -m cec1 -o on -n mobile -f normal",
                     "chsysstate -o shutdown -r lpar --immed -m cec1 -n mobile",
                     "chsysstate -o shutdown -r lpar --immed -m cec1 -n mobile",
                     "chsysstate -r lpar -m cec1 -o on --id 3 -b nonsense",
                     "chsysstate -r lpar -m cec1 -o on -b norm --id 3 -f nothing",
                     "chsysstate -r lpar -m cec1 -o on -b norm --id 3 -f normal",
                     "chsysstate -r lpar -m cec1 -o osshutdown -n mobile --restart",
                     "chsysstate -r sys -m cec1 -o on",
                     "chsysstate -r sys -m cec1 -o off",
                     "chsyscfg -r lpar -m cec1 -i \"name=S1_VIOS2, msp=0\"",
                     "lssyscfg -r lpar -m cec1 --filter lpar_names=S1_VIOS2 -F msp",
                     "chsyscfg -r lpar -m cec1 -i lpar_id=3,msp=1",
                     "chsyscfg -r lpar -m cec1 -i name=mobile,new_name=S1_VIOS1",
                     "chsyscfg -r prof -m cec1 -i "
                     "\"name=small,lpar_name=mobile,desired_mem=96,max_procs=2,max_proc_units=1.5,virtual_scsi_adapters+=6/"
                     "client/1/S1_VIOS1/"
                     "21/0\" --force",
                     "lssyscfg -r prof -m cec1 --filter profile_names=small -F desired_mem,max_proc_units,virtual_scsi_adapters",
                     "chsyscfg -r prof -m cec1 -i name=small,lpar_name=mobile,desired_mem=much",
                     "mksyscfg -r prof -m cec1 -o save -p mobile -n saved --force",
                     "mksyscfg -r lpar -m cec1 -i "
                     "\"name=fresh,profile_name=default,lpar_env=aixlinux,min_mem=64,desired_mem=64,max_mem=64\"",
                     "lssyscfg -r lpar -m cec1 -F name,lpar_id,state,curr_profile",
                     "rmsyscfg -r lpar -m cec1 -n mobile",
                     "rmsyscfg -r lpar -m cec1 -n fresh",
                     "lsrefcode -r lpar -m cec1 --filter lpar_ids=3 -F refcode",
                     "nonsense",
                     "man lssyscfg",
                 }));
}

TEST_CASE("system profiles: lssyscfg, mksyscfg, chsyscfg, rmsyscfg, chsysstate", "[cli][sysprof]") {
  World world;
  world.one.lpars[3].state = emu::LparState::not_activated;
  approved("system_profiles",
           transcript(world,
                      {
                          "lssyscfg -r sysprof -m cec1",
                          "mksyscfg -r sysprof -m cec1 -i \"name=night,lpar_names=mobile,profile_names=small\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=day,\\\"lpar_ids=1,3\\\",\\\"profile_names=default,normal\\\"\"",
                          "lssyscfg -r sysprof -m cec1",
                          "lssyscfg -r sysprof -m cec1 --filter profile_names=day -F name:lpar_ids:profile_names --header",
                          "lssyscfg -r sysprof -m cec1 --filter lpar_names=mobile",
                          "lssyscfg -r sysprof -m cec1 --filter profile_names=none",
                          "lssyscfg -r sysprof",
                          "mksyscfg -r sysprof -m cec1 -i \"name=day,lpar_names=mobile,profile_names=small\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new,lpar_names=nobody,profile_names=small\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new,lpar_ids=99,profile_names=small\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new,lpar_names=mobile,profile_names=nothing\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new,lpar_names=mobile\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new,profile_names=small\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new\"",
                          "mksyscfg -r sysprof -m cec1 -i \"lpar_names=mobile,profile_names=small\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=a*b,lpar_names=mobile,profile_names=small\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new,lpar_names=mobile,S1_VIOS1,profile_names=small\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new,lpar_names=mobile,mobile,profile_names=small,normal\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new,lpar_names=mobile,lpar_ids=1,profile_names=small\"",
                          "mksyscfg -r sysprof -m cec1 -i \"name=new,lpar_names=none,profile_names=none\"",
                          "chsyscfg -r sysprof -m cec1 -i \"name=night,lpar_names+=S1_VIOS2,profile_names+=default\"",
                          "chsyscfg -r sysprof -m cec1 -i \"name=day,lpar_names-=S1_VIOS1,new_name=noon\"",
                          "lssyscfg -r sysprof -m cec1",
                          "chsyscfg -r sysprof -m cec1 -i \"name=noon,lpar_names-=mobile\"",
                          "chsyscfg -r sysprof -m cec1 -i \"name=noon,lpar_names-=S1_VIOS1\"",
                          "chsyscfg -r sysprof -m cec1 -i \"name=noon,new_name=night\"",
                          "chsyscfg -r sysprof -m cec1 -i \"name=noon,lpar_names+=mobile,profile_names+=small\"",
                          "chsyscfg -r sysprof -m cec1 -i \"name=day,new_name=night\"",
                          "chsysstate -r sysprof -m cec1 -n noon --test",
                          "chsysstate -r sysprof -m cec1 -n night --test",
                          "chsysstate -r sysprof -m cec1 -n night -o on --test",
                          "chsysstate -r sysprof -m cec1 -n night",
                          "chsysstate -r sysprof -m cec1 -n night -o off",
                          "chsysstate -r sysprof -m cec1 -n nothing -o on",
                          "chsysstate -r lpar -m cec1 -n mobile -o on --test",
                          "chsysstate -r lpar -m cec1 -n mobile -o on --continue",
                          "chsysstate -r sysprof -m cec1 -n noon -o on",
                          "chsysstate -r sysprof -m cec1 -n night -o on --continue",
                          "rmsyscfg -r sysprof -m cec1 -n noon",
                          "rmsyscfg -r sysprof -m cec1 -n noon",
                          "rmsyscfg -r sysprof -m cec1",
                          "lssyscfg -r sysprof -m cec1 -F",
                      }));
}

TEST_CASE("a system profile activates its partitions in its order, and stops at the first failure unless it is told to continue",
          "[cli][sysprof]") {
  World world;
  for (const u32 id : {1u, 2u, 3u}) world.one.lpars[id].state = emu::LparState::not_activated;
  world.one.system_profiles.profiles.push_back({"all", {{3, "small"}, {2, "default"}, {1, "default"}}});
  std::vector<u32> activated;
  world.on_request = [&](Frame&, const service::Request& request) {
    if (const auto* up = std::get_if<service::ActivateLpar>(&request)) activated.push_back(up->lpar_id);
  };
  CHECK(world.hmc("chsysstate -r sysprof -m cec1 -n all -o on").code == 0);
  CHECK(activated == std::vector<u32>{3, 2, 1});
  CHECK(world.lpar(world.one).definition.curr_profile() == "small");
  activated.clear();
  world.one.lpars[1].state = emu::LparState::not_activated;
  const Answer stopped = world.hmc("chsysstate -r sysprof -m cec1 -n all -o on");
  CHECK(stopped.code == 1);
  CHECK(stopped.text == "HSCL3681 The partition named mobile is already powered on.\n");
  CHECK(activated.empty());
  const Answer went_on = world.hmc("chsysstate -r sysprof -m cec1 -n all -o on --continue");
  CHECK(went_on.code == 1);
  CHECK(activated == std::vector<u32>{1});
}

TEST_CASE("the validation of a system profile finds what its partitions cannot all have, and activates nothing",
          "[cli][sysprof]") {
  World world;
  for (const u32 id : {1u, 2u, 3u}) world.one.lpars[id].state = emu::LparState::not_activated;
  world.one.system_profiles.profiles.push_back({"all", {{1, "default"}, {2, "default"}, {3, "small"}}});
  auto& first = world.one.lpars[1].definition.profiles[0];
  world.one.info.available_mem_mb = first.desired_mem + world.one.lpars[2].definition.profiles[0].desired_mem;
  const Answer said = world.hmc("chsysstate -r sysprof -m cec1 -n all -o on --test");
  CHECK(said.code == 1);
  CHECK(said.text.starts_with("HSCL03EC There is not enough memory for partition mobile:"));
  CHECK(world.requests.empty());
  world.one.info.available_mem_mb += 128;
  CHECK(world.hmc("chsysstate -r sysprof -m cec1 -n all --test").code == 0);
  CHECK(world.requests.empty());
}

TEST_CASE("chhwres, and huge pages in the lists", "[cli][hugepages]") {
  World world;
  world.one.info.installed_mem_mb = 65536;
  world.one.info.huge_pages = world.one.info.requested_huge_pages = 2;
  world.one.info.available_huge_pages = 1;
  auto& current = *world.one.lpars[3].definition.current;
  current.desired_num_huge_pages = 1;
  current.max_num_huge_pages = 2;
  const std::string pool =
      "lshwres -r mem -m cec1 --level sys -F requested_num_sys_huge_pages,configurable_num_sys_huge_pages,"
      "curr_avail_num_sys_huge_pages,pend_avail_num_sys_huge_pages,huge_page_size --header";
  approved("huge_pages",
           transcript(world, {
                                 pool,
                                 "lshwres -r mem -m cec1 --level lpar --filter lpar_names=mobile -F "
                                 "curr_min_num_huge_pages,curr_num_huge_pages,curr_max_num_huge_pages",
                                 "chhwres -r mem -m cec1 -o s -a requested_num_sys_huge_pages=3",
                                 pool,
                                 "chhwres -r mem -m cec1 -o s -a requested_num_sys_huge_pages=4",
                                 "chhwres -r mem -m cec1 -o s -a requested_num_sys_huge_pages=-1",
                                 "chhwres -r mem -m cec1 -o s -a requested_num_sys_huge_pages=many",
                                 "chhwres -r mem -m cec1 -o s -a configurable_num_sys_huge_pages=3",
                                 "chhwres -r mem -m cec1 -o s -a nonsense=3",
                                 "chhwres -r mem -m cec1 -o s",
                                 "chhwres -r mem -m cec1 -o x -a requested_num_sys_huge_pages=1",
                                 "chhwres -r proc -m cec1 -o s -a requested_num_sys_huge_pages=1",
                                 "chhwres -r mem -m cec9 -o s -a requested_num_sys_huge_pages=1",
                                 "chsyscfg -r prof -m cec1 -i "
                                 "name=small,lpar_name=mobile,min_num_huge_pages=1,desired_num_huge_pages=2,max_num_huge_pages=3",
                                 "lssyscfg -r prof -m cec1 --filter profile_names=small -F "
                                 "min_num_huge_pages,desired_num_huge_pages,max_num_huge_pages",
                                 "chsyscfg -r prof -m cec1 -i name=small,lpar_name=mobile,min_num_huge_pages=3",
                                 "chsyscfg -r prof -m cec1 -i name=small,lpar_name=mobile,max_num_huge_pages=5",
                                 "chsyscfg -r prof -m cec1 -i name=default,lpar_name=S1_VIOS1,max_num_huge_pages=1",
                             }));
}

TEST_CASE("chhwres and the virtual adapters of a partition that runs", "[cli][dynamic]") {
  World world;
  const std::string vios = "chhwres -r virtualio -m cec1 -p S1_VIOS1 ";
  const std::string scsi = "lshwres -r virtualio -m cec1 --rsubtype scsi --level lpar --filter lpar_names=S1_VIOS1";
  const std::string eth = "lshwres -r virtualio -m cec1 --rsubtype eth --level lpar --filter lpar_names=S1_VIOS1";
  approved(
      "dynamic_adapters",
      transcript(world, {
                            scsi,
                            vios + "-o a --rsubtype scsi -s 14 -a \"adapter_type=server,remote_lpar_id=4,remote_slot_num=9\"",
                            vios + "-o a --rsubtype scsi -a \"adapter_type=server,remote_lpar_name=mobile,remote_slot_num=any\"",
                            scsi,
                            vios + "-o r --rsubtype scsi -s 14 -w 5 -d 1",
                            vios + "-o r --rsubtype scsi -s 14",
                            vios + "-o r --rsubtype scsi",
                            vios + "-o r --rsubtype scsi -s 14 -a adapter_type=server",
                            vios + "-o a --rsubtype scsi -s 14 -a \"adapter_type=both,remote_lpar_id=4,remote_slot_num=9\"",
                            vios + "-o a --rsubtype scsi -s 14 -a \"adapter_type=server,is_required=1\"",
                            vios + "-o a --rsubtype scsi -s 4000 -a \"adapter_type=server\"",
                            vios + "-o a --rsubtype eth -s 15 -a \"port_vlan_id=7,\\\"addl_vlan_ids=8,9\\\",ieee_virtual_eth=1\"",
                            vios + "-o a --rsubtype eth -s 16 -a \"port_vlan_id=7,ieee_virtual_eth=1\"",
                            vios + "-o a --rsubtype eth -s 16 -a \"port_vlan_id=5000\"",
                            eth,
                            vios + "-o s --rsubtype eth -s 15",
                            vios + "-o s --rsubtype eth -s 15 -a addl_vlan_ids+=10",
                            vios + "-o s --rsubtype eth -s 15 -a \"\\\"addl_vlan_ids-=8,9\\\"\"",
                            eth + ",slots=15 -F addl_vlan_ids,ieee_virtual_eth,state",
                            vios + "-o s --rsubtype eth -s 15 -a addl_vlan_ids-=9",
                            vios + "-o s --rsubtype eth -s 15 -a \"\\\"addl_vlan_ids=7,10\\\"\"",
                            vios + "-o s --rsubtype eth -s 15 -a port_vlan_id=8",
                            vios + "-o s --rsubtype eth -s 15 -a \"addl_vlan_ids=none,ieee_virtual_eth=0\"",
                            vios + "-o s --rsubtype scsi -s 14 -a remote_slot_num=3",
                            vios + "-o s --rsubtype eth -a addl_vlan_ids+=10",
                            vios + "-o d --rsubtype eth -s 15",
                            vios + "-o d --rsubtype eth -s 15",
                            eth + ",slots=15 -F addl_vlan_ids,ieee_virtual_eth,state",
                            vios + "-o e --rsubtype eth -s 15",
                            eth + ",slots=15 -F addl_vlan_ids,ieee_virtual_eth,state",
                            vios + "-o d --rsubtype scsi -s 14",
                            vios + "-o d --rsubtype eth -s 14",
                            vios + "-o d --rsubtype eth -s 15 -a addl_vlan_ids=7",
                            vios + "-o a --rsubtype hsl",
                            vios + "-o a --rsubtype eth -w soon",
                            "chhwres -r virtualio -m cec1 -o a --rsubtype eth",
                            "chhwres -r virtualio -m cec1 -p nobody -o a --rsubtype eth",
                            "chhwres -r virtualio -m cec1 -p mobile -o a --rsubtype eth",
                            vios + "-o r --rsubtype serial -s 0",
                            vios + "-o a --rsubtype eth -s 1",
                            vios + "-o a --rsubtype scsi -s 0 -a \"adapter_type=server\"",
                            vios + "-o a --rsubtype eth -s 15",
                        }));
}

TEST_CASE("chhwres, memory and processors of a partition that runs", "[cli][dynamic]") {
  World world;
  const std::string mem = "chhwres -r mem -m cec1 -p mobile ", proc = "chhwres -r proc -m cec1 -p mobile ";
  const std::string has = "lshwres -r mem -m cec1 --level lpar --filter lpar_names=mobile -F curr_mem,pend_mem";
  const std::string runs =
      "lshwres -r proc -m cec1 --level lpar --filter lpar_names=mobile -F curr_procs,pend_procs,curr_proc_units";
  for (emu::Capacity* each :
       {static_cast<emu::Capacity*>(&*world.one.lpars[3].definition.current), &world.one.lpars[3].definition.current->pending}) {
    each->max_procs = 4;
    each->max_proc_units = 400;
    each->desired_proc_units = 40;
  }
  std::string said = transcript(world, {mem + "-o a -q 64",
                                        has,
                                        mem + "-o r -q 32",
                                        has,
                                        mem + "-o a -q 60",
                                        mem + "-o a -q 128",
                                        mem + "-o r -q 128",
                                        mem + "-o a",
                                        mem + "-o a -q 0",
                                        mem + "-o a -q 16 --procs 1",
                                        proc + "-o a --procs 1",
                                        runs,
                                        proc + "-o a --procunits 0.5",
                                        runs,
                                        proc + "-o r --procs 1 --procunits 0.2",
                                        runs,
                                        proc + "-o a --procs 4",
                                        proc + "-o a --procunits 9",
                                        proc + "-o a --procunits much",
                                        proc + "-o a",
                                        proc + "-o s -a uncap_weight=7",
                                        proc + "-o s -a sharing_mode=share_idle_procs",
                                        proc + "-o s -a curr_procs=2",
                                        mem + "-o m -q 16",
                                        mem + "-o m -q 16 -t mobile",
                                        mem + "-o m -q 16 -t S1_VIOS1",
                                        has,
                                        "lshwres -r mem -m cec1 --level lpar --filter lpar_names=S1_VIOS1 -F curr_mem,pend_mem"});
  world.guest.yields = 1;
  said += transcript(world, {mem + "-o r -q 32", has, mem + "-o a -q 48", has});
  world.guest.yields = 0;
  // Processors that do not come leave no units behind.
  said += transcript(world, {proc + "-o r --procs 1", proc + "-o a --procs 1", proc + "-o a --procs 1 --procunits 1.0", runs});
  world.guest.yields = 1;
  // As many units as the processors that are left can have go first.
  said += transcript(world, {proc + "-o a --procs 1 --procunits 1.1", runs, proc + "-o r --procs 1 --procunits 0.8", runs});
  world.guest.yields = 0;
  // What it does the other way is none of it.
  world.guest.yields = 1;
  world.guest.contrary = true;
  said += transcript(world, {mem + "-o a -q 16", has});
  world.guest.contrary = false;
  world.guest.refuse = "drmgr";
  said += transcript(world, {mem + "-o a -q 16", has});
  world.guest.network = false;
  world.console->heartbeat();
  world.console->heartbeat();
  world.console->heartbeat();
  said += transcript(world, {mem + "-o a -q 16", has, mem + "-o a -q 16 --force", has, "rsthwres -r io -m cec1 -p mobile",
                             "rsthwres -r proc -m cec1 -p mobile", has, "rsthwres -r mem -m cec1 -a -p mobile",
                             "rsthwres -r mem -m cec1", "rsthwres -r mem -m cec1 -a", has});
  approved("dynamic_capacity", said);
}

TEST_CASE("lscod and chcod", "[cli][cod]") {
  World world;
  world.one.info.on_demand_processors.inactive = 4;
  world.one.info.on_demand_memory.inactive = 2048;
  const std::string processors = "lscod -t cap -m cec1 -c onoff -r proc", memory = "lscod -t cap -m cec1 -c onoff -r mem";
  approved("capacity_on_demand",
           transcript(world, {
                                 processors,
                                 "chcod -o a -m cec1 -c onoff -r proc -q 3 -d 2",
                                 processors,
                                 "lshwres -r proc -m cec1 --level sys -F configurable_sys_proc_units,installed_sys_proc_units",
                                 "chcod -o a -m cec1 -c onoff -r proc -q 5 -d 2",
                                 "chcod -o a -m cec1 -c onoff -r proc -q 0 -d 2",
                                 "chcod -o a -m cec1 -c onoff -r proc -q 1",
                                 "chcod -o a -m cec1 -c onoff -r proc -q 1 -d 1000",
                                 "chcod -o d -m cec1 -c onoff -r proc -q 1",
                                 "chcod -o d -m cec1 -c onoff -r proc",
                                 "chcod -o d -m cec1 -c onoff -r proc",
                                 processors + " -F proc_onoff_state,avail_procs_for_onoff --header",
                                 "chcod -o a -m cec1 -c onoff -r mem -q 100 -d 1",
                                 "chcod -o a -m cec1 -c onoff -r mem -q 1024 -d 1",
                                 memory,
                                 "lshwres -r mem -m cec1 --level sys -F configurable_sys_mem,installed_sys_mem",
                                 "lscod -t cap -m cec2 -c onoff -r mem",
                                 "chcod -o a -m cec2 -c onoff -r mem -q 1024 -d 1",
                                 "lscod -t bill -m cec1 -c onoff -r mem",
                                 "lscod -t cap -m cec1 -c trial -r mem",
                                 "chcod -o e -m cec1",
                             }));
}

TEST_CASE("clients that nobody here wrote find what they look for", "[cli]") {
  World world;
  // fence_lpar: state is neither first nor last in the line.
  const std::string lpar = world.hmc("lssyscfg -r lpar -m cec1 --filter 'lpar_names=mobile'").text;
  CHECK(lpar.find(",state=Running,") != lpar.npos);
  // op-test: running counts only with an empty reference code.
  CHECK(world.hmc("lsrefcode -m cec1 -r lpar --filter lpar_names=mobile -F refcode").text == "\n");
  // A blank as delimiter quotes what holds one.
  world.one.lpars[3].state = emu::LparState::not_activated;
  CHECK(world.hmc("lssyscfg -r lpar -m cec1 --filter lpar_names=mobile -F name state").text == "mobile \"Not Activated\"\n");
}

TEST_CASE("an option is followed, or refused", "[cli]") {
  World world;
  const auto refused = [&](const std::string& line, const std::string& option) {
    const auto said = world.hmc(line);
    INFO(line);
    CHECK(said.code == 1);
    const bool has_no_such = said.text.find("The parameters " + option + " are not valid.") != said.text.npos;
    CHECK((has_no_such || said.text.find("have an invalid value are " + option + ".") != said.text.npos));
  };
  refused("migrlpar -o v -m cec1 -t cec2 -p mobile --mpio 2", "--mpio");
  refused("migrlpar -o v -m cec1 -t cec2 -p mobile --uuid 2", "--uuid");
  refused("migrlpar -o v -m cec1 -t cec2 -p mobile -u hscroot", "-u");
  refused("lslparmigr -r manager -u hscroot", "-u");
  refused("lsrefcode -r lpar -m cec1 -s p", "-s");
  refused("lsrefcode -r sys -m cec1 -s x", "-s");
  refused("chsyscfg -r lpar -m cec1 -f file -i name=mobile", "-i, -f");
  refused("rmsyscfg -r lpar -m cec1 -n mobile --vioscfg", "--vioscfg");
  refused("lssyscfg -r lpar -m cec1 -m cec2", "-m");
  refused("chsyscfg -r lpar -m cec1 -i name=mobile -i name=other", "-i");
  refused("lssyscfg -r lpar -m cec1 --filter lpar_names+=mobile", "--filter");
  refused("lssyscfg -r prof -m cec1 --filter lpar_names=mobile,profile_names-=small", "--filter");
  refused("lssyscfg -r lpar -m cec1 --filter lpar_ids=03", "--filter");
  refused("lssyscfg -r lpar -m cec1 --filter lpar_ids=4294967299", "--filter");
  refused("rmsyscfg -r lpar -m cec1 --id 03", "--id");
  CHECK(world.hmc("lslparmigr -r manager --ip 10.0.0.2").text.starts_with("HSCLF312 "));
  // There is a primary service processor, and no secondary one.
  world.one.refcodes[0].push_back({0, "D1201FFF", ""});
  CHECK(world.hmc("lsrefcode -r sys -m cec1 -s s -F refcode").text == "No results were found.\n");
  CHECK(world.hmc("lsrefcode -r sys -m cec1 -s p -F refcode").text == "D1201FFF\n");
}

TEST_CASE("what a partition does not have of a migration is null", "[cli]") {
  World world;
  CHECK(world.hmc("lslparmigr -r lpar -m cec1 --filter lpar_names=mobile -F").text ==
        "mobile,3,Not Migrating,null,null,null,null,null,null,null,null,null\n");
  CHECK(world.hmc("lslparmigr -r lpar -m cec1 --filter lpar_names=mobile -F bytes_transmitted").text == "null\n");
}

TEST_CASE("input data of migrlpar is used, or refused before anything is asked", "[cli]") {
  World world;
  u32 asked = 0;
  world.on_request = [&](Frame&, const service::Request& request) { asked += changes(request); };
  const auto refused = [&](const std::string& data, const std::string& sentence) {
    for (const char* operation : {"m", "v"}) {
      const auto said = world.hmc({"migrlpar", "-o", operation, "-m", "cec1", "-t", "cec2", "-p", "mobile", "-i", data});
      INFO(data);
      CHECK(said.code == 1);
      CHECK(said.text.find(sentence) != said.text.npos);
      CHECK(asked == 0);
    }
  };
  for (const char* name : {"nonsense", "virtual_fc_mappings", "vnic_mappings", "redundant_msps", "name"})
    refused(std::string(name) + "=1", "The attributes that are not valid are " + std::string(name) + ".");
  refused("a=1,dest_lpar_id=7,b=2", "The attributes that are not valid are a, b.");
  for (const char* attribute : {"virtual_scsi_mappings", "vlan_mappings", "source_msp_name", "source_msp_id", "dest_msp_name",
                                "dest_msp_id", "source_msp_ipaddr", "dest_msp_ipaddr", "source_msps", "dest_msps", "dest_lpar_id",
                                "shared_proc_pool_id", "shared_proc_pool_name"}) {
    const std::string name = attribute;
    const std::string sentence = "have an invalid value are -i (" + name + ").";
    refused(name + "=", sentence);
    refused(name + "+=1", sentence);
    refused(name + "=1," + name + "=1", "The format of the configuration data is invalid.");
  }
  for (const char* value : {"x", "-1", "0", "255", "1,2", "99999999999"}) {
    refused("dest_lpar_id=" + std::string(value), "are -i (dest_lpar_id).");
    refused("source_msp_id=" + std::string(value), "are -i (source_msp_id).");
  }
  for (const char* value : {"1", "10.0.2", "10.0.2.256", "viosA", "10.0.2.11,10.0.2.12"})
    refused("source_msp_ipaddr=" + std::string(value), "are -i (source_msp_ipaddr).");
  refused("shared_proc_pool_id=many", "are -i (shared_proc_pool_id).");
  refused("dest_msps=S2_VIOS1/one", "are -i (dest_msps).");
  refused("dest_msps=/", "are -i (dest_msps).");
  refused("\"dest_msps=S2_VIOS1/1,S2_VIOS2/2\"", "are -i (dest_msps).");
  refused("dest_msps=S2_VIOS1/1,dest_msp_id=2", "are -i (dest_msp_id).");
  refused("dest_msp_name=S2_VIOS1,dest_msps=S2_VIOS2/2", "are -i (dest_msps).");
  refused(",", "The format of the configuration data is invalid.");
  // One ID is not for two; and what is stopped or recovered goes where it goes.
  CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile,S1_VIOS1 -i dest_lpar_id=9").text.find("-i (dest_lpar_id)") !=
        std::string::npos);
  for (const char* operation : {"s", "r"})
    CHECK(world.hmc(std::string("migrlpar -m cec1 -p mobile -i dest_lpar_id=9 -o ") + operation).text.find("are -i.") !=
          std::string::npos);
  CHECK(asked == 0);
}

TEST_CASE("input data comes out of a file of the user as out of the command line", "[cli]") {
  World world;
  const auto& mobile = world.lpar(world.one).definition;
  const auto refused = [&](const std::string& line, const std::string& sentence) {
    world.requests.clear();
    const auto said = world.hmc(line);
    INFO(line << ": " << said.text);
    CHECK(said.code == 1);
    CHECK(said.text.find(sentence) != said.text.npos);
    CHECK(world.requests.empty());
  };
  for (const std::string command :
       {"chsyscfg -r lpar -m cec1", "mksyscfg -r prof -m cec1", "migrlpar -o v -m cec1 -t cec2 -p mobile"}) {
    refused(command + " -f in.txt", "HSCLF023 The file in.txt cannot be used: No such file or directory.");
    refused(command + " -f in.txt -i name=mobile", "are -i, -f.");
    world.files["in.txt"] = "\n \n";
    refused(command + " -f in.txt", "HSCLF023 The file in.txt cannot be used: It is empty.");
    world.files["in.txt"] = "name=mobile\nnonsense\n";
    refused(command + " -f in.txt", "The format of the configuration data is invalid.");
    world.files.clear();
  }
  world.files["in.txt"] = "name=mobile,description=moves\r\n\nname=S1_VIOS2,msp=0\n";
  CHECK(world.hmc("chsyscfg -r lpar -m cec1 -f in.txt").text == "");
  CHECK(mobile.description == "moves");
  CHECK_FALSE(world.one.lpars.at(2).definition.msp);
  world.files["in.txt"] =
      "name=a,lpar_name=mobile,min_mem=64,desired_mem=64,max_mem=64\nname=b,lpar_name=mobile,min_mem=64,"
      "desired_mem=64,max_mem=64";
  CHECK(world.hmc("mksyscfg -r prof -m cec1 -f in.txt").text == "");
  CHECK(mobile.profile("a"));
  CHECK(mobile.profile("b"));
  world.files["in.txt"] = "dest_lpar_id=1\n";
  CHECK(world.hmc("migrlpar -o v -m cec1 -t cec2 -p mobile -f in.txt").text.find("HSCLF22A") != std::string::npos);
  world.files["in.txt"] = "dest_lpar_id=7\ndest_lpar_id=8\n";
  refused("migrlpar -o v -m cec1 -t cec2 -p mobile -f in.txt", "HSCLF023");
  // Another -f is no file.
  CHECK(hmc::Hmc::files_of(world::words("chsysstate -r lpar -m cec1 -o on -n mobile -f normal")).empty());
}

TEST_CASE("every list has the same attributes with -F and without", "[cli]") {
  World world;
  world.lpar(world.one).definition.simplified_remote_restart_capable = true;
  const std::vector<std::string> lists = {
      "lshmc -n",
      "lshmc -r",
      "lshmc -b",
      "lssysconn -r all",
      "lssyscfg -r sys -m cec1",
      "lssyscfg -r lpar -m cec1",
      "lssyscfg -r prof -m cec1",
      "lshwres -r mem -m cec1 --level sys",
      "lshwres -r mem -m cec1 --level lpar",
      "lshwres -r proc -m cec1 --level sys",
      "lshwres -r proc -m cec1 --level lpar",
      "lshwres -r virtualio -m cec1 --rsubtype scsi",
      "lshwres -r virtualio -m cec1 --rsubtype eth",
      "lshwres -r virtualio -m cec1 --rsubtype serial",
      "lshwres -r virtualio -m cec1 --rsubtype vasi",
      "lshwres -r virtualio -m cec1 --rsubtype vswitch",
      "lshwres -r virtualio -m cec1 --rsubtype slot --level slot",
      "lshwres -r virtualio -m cec1 --rsubtype slot --level lpar",
      "lslparmigr -r lpar -m cec1",
      "lslparmigr -r sys -m cec1",
      "lslparmigr -r manager",
      "lslparmigr -r msp -m cec1 -t cec2 --filter lpar_names=mobile",
      "lslparmigr -r virtualio -m cec1 -t cec2 --filter lpar_names=mobile",
      "lsrefcode -r lpar -m cec1",
      "lsrefcode -r sys -m cec1",
      "lssyscfg -r sysprof -m cec1",
      "lscod -t cap -m cec1 -c onoff -r proc",
      "lscod -t cap -m cec1 -c onoff -r mem",
      "lshmcusr -t user",
      "lshmcusr -t default",
      "lsaccfg -t taskrole",
      "lspwdpolicy -t p",
      "lspwdpolicy -t s",
      "lssvcevents -t console",
      "lslock -m cec1",
      "lsled -m cec1 -r sa -t phys",
      "lsled -m cec1 -r sa -t virtuallpar",
      "lslic -m cec1",
      "lscomgmt -m cec1",
      "lsmemopt -m cec1 -r lpar -o calcscore",
      "lsmemopt -m cec1 -r sys -o calcscore",
      "lsviosbk --filter vios_ids=1",
      "lslparutil -r config",
  };
  CHECK(world.hmc("mkviosbk -t viosioconfig -m cec1 -p S1_VIOS1 -f monday").code == 0);
  CHECK(world.hmc("chpwdpolicy -o a -n \"HMC Medium Security Password Policy\"").code == 0);  // is in a list, and is an event
  // Which a line leaves out is the line's matter: so partitions of every kind are listed, one of them while it moves.
  world.one.lpars[7] = world.one.lpars[3];
  world.one.lpars[7].definition.lpar_id = 7;
  world.one.lpars[7].definition.name = "dedicated";
  world.one.lpars[7].definition.current->proc_mode = emu::ProcMode::ded;
  world.one.refcodes[0].push_back({0, "D1201FFF", ""});
  world.one.info.lock_holder = "hmc";
  world.one.system_profiles.profiles.push_back({"all", {{3, "normal"}}});
  std::map<std::string, std::set<std::string>> listed;
  std::map<std::string, std::string> with_f;
  const auto look = [&](const std::string& line, const std::string& with_f_line) {
    const Answer plain = world.hmc(line);
    CHECK(plain.code == 0);
    for (const std::string& text : emu::words(plain.text, '\n'))
      for (const std::string& piece : hmc::attributes::split_list(text))
        if (const size_t equals = piece.find('='); equals != piece.npos) listed[line].insert(piece.substr(0, equals));
    const std::string text = world.hmc(with_f_line + " -F --header").text;
    with_f[line] = text.substr(0, text.find('\n'));
  };
  for (const std::string& line : lists) look(line, line);
  bool looked = false;
  world.on_request = [&](Frame& frame, const service::Request& request) {
    if (std::exchange(looked, looked || name_of(request) == "BeginPasses") || !looked) return;
    (void)frame;
    look(lists[18], lists[18]);
    look(lists[18], "lslparmigr -r lpar -m cec2");
    for (const char* system : {"cec1", "cec2"}) {
      const Answer plain = world.hmc(std::string("lslparmigr -r lpar -m ") + system);
      for (const std::string& piece : emu::words(plain.text, ','))
        if (const size_t equals = piece.find('='); equals != piece.npos && piece.find('\n') == piece.npos)
          listed[lists[18]].insert(piece.substr(0, equals));
    }
  };
  CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").code == 0);
  CHECK(looked);
  for (const std::string& line : lists) {
    INFO(line);
    std::set<std::string> header;
    for (const std::string& name : emu::words(with_f[line], ',')) CHECK(header.insert(name).second);
    CHECK(header == listed[line]);
  }
  // All commands that take -F are among them.
  for (const auto& command : hmc::cli::commands())
    if (std::ranges::count(command.options, "-F", &hmc::cli::Option::name) && command.name != "lshmcldap")  // never lists
      CHECK(
          std::ranges::any_of(lists, [&](const std::string& line) { return line.starts_with(std::string(command.name) + " "); }));
}

TEST_CASE("a server adapter for any client is entered in every way, and listed in one", "[cli]") {
  World world;
  const auto listed = [&] {
    return world.hmc("lssyscfg -r prof -m cec1 --filter lpar_names=S1_VIOS1 -F virtual_scsi_adapters").text;
  };
  for (const char* any : {"any//any", "0//0", "65535//65535", "any/any/any", "//"}) {
    INFO(any);
    const auto made = world.hmc(
        std::string("chsyscfg -r prof -m cec1 -i name=default,lpar_name=S1_VIOS1,virtual_scsi_adapters=19/server/") + any + "/0");
    CHECK(made.text.empty());
    CHECK(listed() == "19/server/any//any/0\n");
    const auto& adapters = world.one.lpars[1].definition.profile("default")->adapters;
    CHECK(std::ranges::count(adapters, 0u, &emu::VirtualAdapter::remote_lpar_id) == static_cast<long>(adapters.size()));
  }
  // What an older journal has.
  for (auto& adapter : world.one.lpars[1].definition.profiles[0].adapters)
    if (adapter.slot == 19) adapter.remote_lpar_id = adapter.remote_slot = 65535;
  CHECK(listed() == "19/server/any//any/0\n");
  world.one.lpars[1].adapters = world.one.lpars[1].definition.profiles[0].adapters;
  CHECK(world.hmc("lshwres -r virtualio -m cec1 --rsubtype scsi --filter lpar_names=S1_VIOS1").text ==
        "lpar_name=S1_VIOS1,lpar_id=1,slot_num=19,state=1,is_required=0,adapter_type=server,remote_lpar_id=any,remote_lpar_name=,"
        "remote_slot_num=any\n");
  // By name or by ID, and both are kept.
  for (const char* client : {"3//4", "/mobile/4", "any/mobile/4", "3/mobile/4"}) {
    CHECK(world
              .hmc(std::string("chsyscfg -r prof -m cec1 -i name=default,lpar_name=S1_VIOS1,virtual_scsi_adapters=19/server/") +
                   client + "/0")
              .code == 0);
    CHECK(listed() == "19/server/3/mobile/4/0\n");
  }
  for (const char* wrong : {"some//any", "any//some", "-1//4", "70000//4", "/nobody/4"}) {
    CHECK(world
              .hmc(std::string("chsyscfg -r prof -m cec1 -i name=default,lpar_name=S1_VIOS1,virtual_scsi_adapters=19/server/") +
                   wrong + "/0")
              .code == 1);
    CHECK(listed() == "19/server/3/mobile/4/0\n");
  }
  CHECK(world
            .hmc("mksyscfg -r lpar -m cec1 -i name=vios3,profile_name=p,lpar_env=vioserver,min_mem=64,desired_mem=64,max_mem=64,"
                 "virtual_scsi_adapters=10/server/65535//any/0")
            .code == 0);
  CHECK(world.hmc("lssyscfg -r prof -m cec1 --filter lpar_names=vios3 -F virtual_scsi_adapters").text ==
        "10/server/any//any/0\n");
}

TEST_CASE("a system has one service partition at most, and none of i5/OS", "[cli]") {
  World world;
  const auto shown = [&] { return world.hmc("lssyscfg -r sys -m cec1 -F service_lpar_id,service_lpar_name").text; };
  const auto set = [&](const std::string& data) { return world.hmc("chsyscfg -r sys -m cec1 -i " + data); };
  CHECK(shown() == "none,\n");
  CHECK(set("service_lpar_id=3").code == 0);
  CHECK(shown() == "3,mobile\n");
  CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").text.find("HSCLF22D") != std::string::npos);
  CHECK(world.hosts(world.one));
  CHECK(set("service_lpar_name=S1_VIOS1").code == 0);
  CHECK(shown() == "1,S1_VIOS1\n");
  CHECK_FALSE(world.lpar(world.one).definition.service);
  const size_t before = world.requests.size();
  for (const char* wrong : {"service_lpar_id=9", "service_lpar_name=nobody", "service_lpar_id=x", "service_lpar_id=",
                            "service_lpar_id=3,service_lpar_id=1", "service_lpar_id+=3", "nonsense=1", "service_lpar_id=-1"})
    CHECK(set(wrong).code == 1);
  CHECK(set("service_lpar_id=1").code == 0);
  CHECK(world.requests.size() == before);
  CHECK(set("service_lpar_id=none").code == 0);
  CHECK(shown() == "none,\n");
  CHECK(world.hmc("migrlpar -o m -m cec1 -t cec2 -p mobile").code == 0);

  CHECK(world.hmc("lssyscfg -r sys -m cec1 -F os400_capable").text == "0\n");
  const Answer made =
      world.hmc("mksyscfg -r lpar -m cec1 -i name=i5,profile_name=default,lpar_env=os400,min_mem=64,desired_mem=64,max_mem=64");
  CHECK(made.code == 1);
  CHECK(made.text.starts_with("HSCLF01D "));
  CHECK_FALSE(world.hosts(world.one, "i5"));
}

TEST_CASE("a virtual terminal speaks the recorded words", "[cli]") {
  World world;
  Output output;
  SECTION("input and output, and the end of input") {
    output.input = "date\r";
    world.one.vterm_output = "login: ";
    CHECK(world.console->run_command(words("mkvterm -m cec1 -p mobile"), output) == 0);
    CHECK(output.text ==
          "\r\n Open in progress  \r\n \r\n Open Completed. \r\n  login: date\r The write socket has closed. Exiting.\n");
    CHECK(world.one.vterms.empty());
  }
  SECTION("~. closes") {
    output.input_open = true;
    output.input = "ls\r~.";
    CHECK(world.console->run_command(words("mkvterm -m cec1 --id 3"), output) == 0);
    CHECK(output.text.ends_with("ls\r"));
    CHECK(world.one.vterms.empty());
  }
  SECTION("one at a time") {
    world.one.vterms[3] = 1;
    CHECK(world.console->run_command(words("mkvterm -m cec1 -p mobile"), output) == 0);
    CHECK(output.text ==
          " A terminal session is already open for this partition. \n Only one open session is allowed for a partition. \n "
          "Exiting....\n");
  }
}

TEST_CASE("every command has a page, and every word of ours that has a code is in the table", "[cli]") {
  World world;
  for (const auto& command : hmc::cli::commands()) {
    const Answer page = world.hmc(std::vector<std::string>{"help", std::string(command.name)});
    CHECK(page.code == 0);
    CHECK(page.text.starts_with("Usage: " + std::string(command.name)));
    // The page goes on with the attributes, if the command has some.
    CHECK(page.text.starts_with(world.hmc(std::vector<std::string>{std::string(command.name), "--help"}).text));
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later
// Volume groups, logical volumes and storage pools.
#include "tests/support/catch.h"
#include "tests/unit/vios/support/padmin.h"

#include <filesystem>
#include <fstream>

using namespace test;

TEST_CASE("rootvg and its volumes are shown as they are", "[vios][cli]") {
  Padmin padmin;
  for (const char* line : {"lsvg", "lsvg -lv rootvg", "lssp", "lssp -bd", "mklv -lv paging rootvg 100M",
                           "mklv -lv data rootvg 1G", "mkvdev -vdev paging -vadapter vhost0"})
    padmin.run(line);
  padmin.restart();
  for (const char* line : {"lsvg rootvg",
                           "lsvg -lv rootvg",
                           "lsvg -pv rootvg",
                           "lsvg -lv rootvg -field lvname",
                           "lsvg -pv rootvg -field PV_NAME -fmt :",
                           "lsvg rootvg -field TOTALPPS USEDPPs PPSIZE -fmt ,",
                           "lsvg rootvg -field freepps -fmt :",
                           "lsvg nosuchvg",
                           "lsvg -lv",
                           "lsvg rootvg -field colour",
                           "lslv paging",
                           "lslv data -field ppsize pps -fmt :",
                           "lslv paging -field lvid",
                           "lslv paging -field vgname",
                           "lslv nosuchlv",
                           "lslv",
                           "lspv hdisk0",
                           "lspv -lv hdisk0",
                           "lspv hdisk1",
                           "lspv -size hdisk0",
                           "lssp",
                           "lssp -type FBPOOL",
                           "lssp -type swimming",
                           "lssp -field name type -fmt , -all",
                           "lssp -bd -sp rootvg",
                           "lssp -detail -sp rootvg -field size",
                           "lssp -detail -sp rootvg -field name",
                           "lssp -detail -sp other",
                           "lssp -default",
                           "lssp -clustername blue",
                           "lssp -detail -bd"})
    padmin.run(line);
  approve("storage", padmin.transcript);
}

TEST_CASE("rootvg holds no more than its disk has", "[vios][cli]") {
  Padmin padmin;
  CHECK(padmin.run("mklv -lv large rootvg 31G").exit_code == 0);
  const auto more = padmin.run("mklv -lv more rootvg 1G");
  CHECK(more.exit_code == 1);
  CHECK(more.output.starts_with("0516-404 allocp: "));
  CHECK(padmin.run("lsvg rootvg -field numlvs freepps -fmt :").output == "1:15 (960 megabytes)\n");
  CHECK(padmin.run("mklv -lv more rootvg 960M").exit_code == 0);
  CHECK(padmin.run("lsvg rootvg -field freepps -fmt :").output == "0 (0 megabytes)\n");
}

TEST_CASE("a logical volume can be removed, and what was on it does not come back", "[vios][cli]") {
  Padmin padmin;
  padmin.run("mklv -lv paging rootvg 64M");
  padmin.run("mklv -lv data rootvg 64M");
  const std::string data = padmin.run("lslv data -field lvid -fmt :").output;
  padmin.run("mkvdev -vdev paging -vadapter vhost0");
  for (const char* line :
       {"rmlv -f paging", "rmvdev -vdev paging", "rmlv paging", "rmlv -f paging", "rmlv -f paging", "rmlv -f hdisk0", "rmlv"})
    padmin.run(line);
  CHECK(padmin.run("lslv data -field lvid -fmt :").output == data);
  const auto image = std::filesystem::path(padmin.folder.path()) / "luns" / "cec1.vios1.paging.img";
  std::error_code ignored;
  CHECK_FALSE(std::filesystem::exists(image, ignored));
  // As if the server had died between the database and the file.
  { std::ofstream(image) << "old"; }
  CHECK(padmin.run("mklv -lv paging rootvg 128M").exit_code == 0);
  CHECK(std::filesystem::file_size(image, ignored) == 128 * MiB);
  padmin.restart();
  for (const char* line : {"lsvg -lv rootvg", "lsdev -type lv"}) padmin.run(line);
  approve("rmlv", padmin.transcript);
}

TEST_CASE("which disks could be virtual ones, and what there is not", "[vios][cli]") {
  Padmin padmin;
  for (const char* line : {"chkdev",
                           "chkdev -dev hdisk1 -verbose",
                           "chkdev -fmt : -field name identifier",
                           "chkdev -dev hdisk1 -field name IDENTIFIER -fmt :",
                           "chkdev -dev nobody",
                           "chkdev -dev vtscsi0",
                           "chkdev -field colour",
                           "cluster -list",
                           "cluster -list -field cluster_name -fmt ,",
                           "cluster -status -clustername blue",
                           "cluster",
                           "cluster -create",
                           "lsnports",
                           "lsnports -fmt :",
                           "fcstat fcs0",
                           "fcstat -e fcs1",
                           "fcstat",
                           "vfcmap -vadapter vfchost0 -fcp fcs0",
                           "vfcmap -vadapter vfchost0 -fcp",
                           "vfcmap"})
    padmin.run(line);
  approve("chkdev", padmin.transcript);
}

TEST_CASE("volume groups and storage pools on disks of one's own", "[vios][cli]") {
  Padmin padmin;
  const auto start = [&] {
    padmin.devices.reset();
    vios::Setup setup = setup_of(padmin.folder, "cec1");
    setup.config.internal_disks = 2;
    padmin.devices = std::move(*vios::Devices::create(padmin.partition, std::move(setup), padmin.clock));
  };
  start();
  for (const char* line : {"mkvg -vg datavg hdisk1",
                           "mkvg -vg datavg hdisk2",
                           "mkvg hdisk1",
                           "mkvg -vg small hdisk4",
                           "mkvg -vg more hdisk9",
                           "lspv",
                           "lsvg",
                           "mkvdev -vdev hdisk1 -vadapter vhost0",
                           "rmdev -dev hdisk1",
                           "mklv -lv big datavg 40G",
                           "mklv -lv big datavg 31G",
                           "extendvg datavg hdisk2",
                           "extendvg rootvg hdisk2",
                           "mklv -lv wide datavg 2G",
                           "lsvg -lv datavg",
                           "lsvg -pv datavg",
                           "lspv -lv hdisk2",
                           "lslv wide",
                           "reducevg datavg hdisk2",
                           "reducevg datavg hdisk1",
                           "rmlv -f wide",
                           "reducevg datavg hdisk2",
                           "mksp -f clients hdisk2",
                           "lssp",
                           "mkbdsp -sp clients 1G -bd root1 -vadapter vhost0",
                           "mkbdsp -sp clients 1G -bd root1",
                           "mkbdsp -sp clients 64G -bd root2",
                           "mkbdsp -sp clients 1G -bd root2",
                           "mkbdsp -sp clients -bd root2 -vadapter vhost0 -tn second",
                           "mksp -fb files -sp clients -size 500M",
                           "mkbdsp -sp files 100M -bd boot -vadapter vhost0",
                           "mkbdsp -sp files 500M -bd more",
                           "mkbdsp -sp nopool 1G -bd more",
                           "lssp",
                           "lssp -bd -sp clients",
                           "lssp -bd -sp files",
                           "lssp -detail -sp files",
                           "lsmap -all",
                           "lsdev -type vtd"})
    padmin.run(line);
  start();
  for (const char* line :
       {"lssp -type FBPOOL", "lsmap -all -field vtd backing -fmt :", "rmsp -f files", "rmlv -f files",
        "rmbdsp -sp files -bd boot", "rmbdsp -sp files -bd boot -f", "rmsp files", "rmsp -f files", "chsp -rm -sp clients hdisk2",
        "rmbdsp -sp clients -bd root1 -f", "rmbdsp -sp clients -bd root2 -f", "chsp -rm -sp clients hdisk2",
        "chsp -rm -f -sp clients hdisk2", "rmlv -f big", "reducevg datavg hdisk1", "lssp", "lsvg", "lspv"})
    padmin.run(line);
  approve("pools", padmin.transcript);
}

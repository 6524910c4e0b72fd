// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/state_file.h"
#include "tests/support/catch.h"
#include "tests/unit/vios/support/world.h"
#include "vios/configuration.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

using namespace test;

namespace {

constexpr const char* udid1 = "200B75AMYW1100107210790003IBMfcp";  // hdisk1, which a client has
constexpr const char* udid2 = "200B75AMYW1100207210790003IBMfcp";

emu::service::AddViosMapping mapping(u32 client, u32 slot, const char* udid = udid2) {
  emu::service::AddViosMapping wanted;
  wanted.lpar_id = 1;
  wanted.client_id = client;
  wanted.client_name = "mobile";
  wanted.client_slot = slot;
  wanted.targets.push_back({"vtscsi7", lun1, "", udid});
  return wanted;
}

// All that commands and the HMC see.
std::string seen(RunningVios& vios) {
  std::string all;
  for (const char* line : {"lsdev", "lsmap -all", "lsmap -all -net", "lsdev -dev hdisk2 -attr", "lspv -size"})
    all += vios->command(line).output;
  return all + std::to_string(vios->describe()->hosts.size());
}

// As version 0.2 stored them.
struct OldTarget {};
struct OldHost {};
struct OldVolume {
  std::string name;
};
void archive(emu::Archive& ar, OldVolume& volume) {
  u64 size_mb = 64;
  ar("name", volume.name);
  ar("size_mb", size_mb);
}
void archive(emu::Archive& ar, OldTarget&) {
  std::string vtd = "vtscsi0", backing = udid2;
  u64 lun = lun1;
  bool available = true;
  ar("vtd", vtd);
  ar("lun", lun);
  ar("backing", backing);
  ar("available", available);
}
void archive(emu::Archive& ar, OldHost&) {
  u32 slot = 10, client_id = 3, client_slot = 2;
  bool added = false;
  std::string client_name = "mobile";
  std::vector<OldTarget> targets(1);
  ar("slot", slot);
  ar("added", added);
  ar("client_id", client_id);
  ar("client_name", client_name);
  ar("client_slot", client_slot);
  ar("targets", targets);
}

std::string odm_of(const Folder& folder) { return folder.path() + "/cec1.vios1.odm"; }

}  // namespace

TEST_CASE("what cannot be stored is refused with its reason, and everything stays as it was", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  std::string before;
  {
    RunningVios vios(partition, setup_of(folder, "cec1"));
    before = seen(vios);
    for (const char* line :
         {"mkvdev -vdev hdisk2 -vadapter vhost0", "rmvdev -vtd vtscsi0", "rmvdev -vdev hdisk1", "rmdev -dev vtscsi0",
          "rmdev -dev vtscsi0 -ucfg", "rmdev -dev vhost0 -recursive", "rmdev -dev ent2",
          "chdev -dev hdisk2 -attr reserve_policy=single_path", "chdev -dev hdisk2 -attr queue_depth=8 hcheck_interval=30"}) {
      vios::cli::Output output;
      {
        const FullDisk full;
        output = vios->command(line);
      }
      INFO(line << ": " << output.output);
      CHECK(output.exit_code == 1);
      CHECK(output.output.find("0514-001 System error:\n                 The file " + odm_of(folder) +
                               " cannot be written: File too large.") != std::string::npos);
      CHECK(seen(vios) == before);
    }
    emu::Status added = emu::success(), removed = emu::success();
    vios::cli::Output volume;
    {
      const FullDisk full;
      if (const auto slot = vios->add_mapping(mapping(5, 2)); !slot) added = slot.error();
      removed = vios->remove_mapping({1, 3, 2});
      volume = vios->command("mklv -lv paging rootvg 64M");
    }
    CHECK_FALSE(added);
    CHECK_FALSE(removed);
    CHECK(volume.exit_code == 1);
    CHECK(seen(vios) == before);
    CHECK(partition.adapters().size() == 3);
  }
  RunningVios again(partition, setup_of(folder, "cec1"));
  CHECK(seen(again) == before);
  CHECK(again->command("mklv -lv paging rootvg 128M").exit_code == 0);  // nothing of a smaller one was left
  CHECK(again->command("chdev -dev hdisk2 -attr queue_depth=8 hcheck_interval=30").exit_code == 0);
  CHECK(again->command("rmdev -dev vhost0 -recursive").exit_code == 0);
}

TEST_CASE("a target that a full disk keeps from becoming available stays defined", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  RunningVios vios(add_vios(frame), setup_of(folder, "cec1"));
  REQUIRE(vios->command("rmdev -dev vtscsi0 -ucfg").exit_code == 0);
  const std::string before = seen(vios);
  vios::cli::Output output;
  {
    const FullDisk full;
    output = vios->command("cfgdev");
  }
  CHECK(output.exit_code == 1);
  CHECK(output.output.starts_with("cfgdev: 0514-001 System error:"));
  CHECK(seen(vios) == before);
  CHECK(vios->command("cfgdev").exit_code == 0);
  CHECK(vios->command("lsdev -dev vtscsi0").output.find("Available") != std::string::npos);
}

TEST_CASE("a mapping whose adapter stays in the profile is not forgotten: asked again, it goes", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  {
    RunningVios vios(partition, setup_of(folder, "cec1"));
    partition.profiles_stored = false;
    CHECK_FALSE(vios->remove_mapping({1, 3, 2}));
    REQUIRE(vios->describe()->hosts.size() == 1);  // the HMC sees that there is something left
    CHECK(vios->describe()->hosts[0].targets.empty());
    CHECK_FALSE(vios->remove_mapping({1, 3, 2}));
  }
  RunningVios vios(partition, setup_of(folder, "cec1"));
  REQUIRE(vios->describe()->hosts.size() == 1);
  CHECK(vios->describe()->hosts[0].targets.empty());
  partition.profiles_stored = true;
  CHECK(vios->remove_mapping({1, 3, 2}));
  CHECK(vios->describe()->hosts.empty());
  CHECK(partition.adapters().size() == 2);
}

TEST_CASE("a device database that is damaged or gone is an error that names it, and nothing is made of it", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  const std::string odm = odm_of(folder);
  std::string before;
  {
    RunningVios vios(partition, setup_of(folder, "cec1"));
    REQUIRE(vios->command("mkvdev -vdev hdisk2 -vadapter vhost0").exit_code == 0);
    before = seen(vios);
  }
  const Bytes whole = **emu::read_file(odm);
  emu::HostClock clock;
  const auto refused = [&](const std::string& how) {
    const auto server = vios::VirtualIoServer::create(partition, setup_of(folder, "cec1"), clock);
    INFO(how);
    REQUIRE_FALSE(server);
    CHECK(server.error().code == "odm");
    CHECK(server.error().text.starts_with("The device database " + odm + " of the Virtual I/O Server vios1 cannot be used: "));
  };
  for (size_t at = 0; at < whole.size(); at += 7) {
    Bytes flipped = whole;
    flipped[at] ^= 0x04;
    REQUIRE(emu::replace_file(odm, flipped));
    refused("a bit is another at " + std::to_string(at));
    CHECK(**emu::read_file(odm) == flipped);
  }
  REQUIRE(emu::replace_file(odm, std::span(whole).first(whole.size() / 2)));
  refused("the half of it");
  REQUIRE(emu::replace_file(odm, {}));
  refused("nothing in it");
  std::filesystem::remove(odm);
  refused("not there");
  CHECK_FALSE(std::filesystem::exists(odm));
  std::filesystem::create_directory(odm);
  refused("a folder");
  std::filesystem::remove(odm);
  REQUIRE(emu::replace_file(odm, whole));  // a copy is put back
  RunningVios vios(partition, setup_of(folder, "cec1"));
  CHECK(seen(vios) == before);
}

TEST_CASE("a disk that was cut short keeps a server from starting, and is not made longer", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  const std::string image = folder.path() + "/luns/data1.img";
  emu::HostClock clock;
  {
    auto server = std::move(*vios::VirtualIoServer::create(partition, setup_of(folder, "cec1"), clock));
    vios::Lun& lun = *server->devices().disk("hdisk1")->lun;
    const Bytes block(512, 0x5A);
    REQUIRE(lun.write(1 * MiB, block));
    std::filesystem::resize_file(image, 4096);
    CHECK_FALSE(lun.write(1 * MiB, block));
    Bytes read(512);
    CHECK_FALSE(lun.read(1 * MiB, read));
    CHECK(lun.write(0, block));
    CHECK(std::filesystem::file_size(image) == 4096);
  }
  const auto server = vios::VirtualIoServer::create(partition, setup_of(folder, "cec1"), clock);
  REQUIRE_FALSE(server);
  CHECK(server.error().code == "san");
  CHECK(server.error().text ==
        "The file " + image + " of LUN data1 has 4096 bytes, which is less than 8 MiB: bring the whole disk back.");
  CHECK(std::filesystem::file_size(image) == 4096);
}

TEST_CASE("a server describes its disks, adapters and bridges", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  RunningVios vios(add_vios(frame), setup_of(folder, "cec1"));
  const auto info = vios->describe();
  REQUIRE(info);
  CHECK(info->ioslevel == "2.1.3.0");
  REQUIRE(info->disks.size() == 3);
  CHECK_FALSE(info->disks[0].on_san);
  CHECK(info->disks[1].udid == udid1);
  CHECK(info->disks[1].reserve_policy == "no_reserve");
  CHECK(info->disks[1].size_mb == 8);
  REQUIRE(info->hosts.size() == 1);
  CHECK(info->hosts[0].client_id == 3);
  CHECK(info->hosts[0].client_slot == 2);
  CHECK(info->hosts[0].targets.at(0).udid == udid1);
  CHECK(info->hosts[0].targets.at(0).lun == lun1);
  REQUIRE(info->bridges.size() == 1);
  CHECK(info->bridges[0].segment == "lan0");
  CHECK(info->bridges[0].vlans == std::vector<u16>{1});
  CHECK(info->bridges[0].link_up);
  CHECK(info->vasi_slot == 2);
}

TEST_CASE("a mapping for a partition that comes: made once, kept over a restart, removed", "[vios][server]") {
  Folder folder;
  u32 slot = 0;
  emu::VirtualAdapter made;
  {
    FakeFrame frame;
    FakePartition& partition = add_vios(frame);
    RunningVios vios(partition, setup_of(folder, "cec1"));
    const auto added = vios->add_mapping(mapping(5, 2));
    REQUIRE(added);
    slot = added->slot;
    CHECK(vios->add_mapping(mapping(5, 2))->slot == slot);
    const auto info = vios->describe();
    REQUIRE(info->hosts.size() == 2);
    CHECK(info->hosts[1].targets.at(0).vtd == "vtscsi7");
    CHECK(info->hosts[1].targets.size() == 1);
    CHECK(partition.queue_registered(slot));
    const auto unknown = vios->add_mapping(mapping(6, 2, "nobody's"));
    CHECK(unknown.error().code == "HSCLA24E");
    CHECK(partition.adapters().size() == 4);
    for (const auto& adapter : partition.adapters())
      if (adapter.config.slot == slot) made = adapter.config;
    CHECK(made.remote_lpar_id == 5);
  }
  {
    FakeFrame frame;
    FakePartition& partition = add_vios(frame);
    REQUIRE(partition.add_adapter(made));  // the hypervisor has put it into the profile
    RunningVios vios(partition, setup_of(folder, "cec1"));
    const auto info = vios->describe();
    REQUIRE(info->hosts.size() == 2);
    CHECK(info->hosts[1].slot == slot);
    CHECK(info->hosts[1].targets.at(0).vtd == "vtscsi7");
    partition.profiles_stored = false;
    CHECK_FALSE(vios->remove_mapping({1, 5, 2}));
    CHECK_FALSE(vios->remove_mapping({1, 5, 2}));  // it is not forgotten before its adapter is
    partition.profiles_stored = true;
    CHECK(vios->remove_mapping({1, 5, 2}));
    CHECK(vios->remove_mapping({1, 5, 2}));  // asked again
    CHECK(vios->describe()->hosts.size() == 1);
    CHECK(partition.adapters().size() == 3);
    CHECK(vios->remove_mapping({1, 3, 2}));  // the source after a move: the profile's adapter goes as well
    CHECK(vios->describe()->hosts.empty());
  }
}

TEST_CASE("an adapter that rmdev has deleted and the HMC has pulled is forgotten: the next one for that client is another",
          "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  RunningVios vios(partition, setup_of(folder, "cec1"));
  const u32 first = vios->add_mapping(mapping(5, 2))->slot;
  REQUIRE(vios->command("rmdev -dev vhost1 -recursive").exit_code == 0);
  REQUIRE(vios->unplug(first));

  emu::VirtualAdapter again;
  again.kind = emu::AdapterKind::scsi_server;
  again.slot = first + 1;
  again.remote_lpar_id = 5;
  again.remote_slot = 2;
  REQUIRE(vios->plug(again));
  REQUIRE(vios->command("cfgdev").exit_code == 0);
  CHECK(vios->describe()->hosts.size() == 2);
  CHECK(vios->remove_mapping({1, 5, 2}));
  CHECK(vios->describe()->hosts.size() == 1);
  CHECK(partition.adapters().size() == 3);
}

TEST_CASE("a disk is its partition's: another one that has got the partition's id does not see it", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  const auto status = [](RunningVios& vios) { return vios->command("lsdev -dev vtscsi0 -fmt : -field status").output; };
  const auto mismatches = [](RunningVios& vios) {
    const std::string log = vios->command("errlog").output;
    return log.find("5D1C0A37") != std::string::npos;
  };
  partition.uuids[3] = "ONE";
  {
    RunningVios vios(partition, setup_of(folder, "cec1"));
    CHECK(status(vios) == "Available\n");
  }
  partition.uuids.erase(3);  // it has been removed, and nobody has its id
  {
    RunningVios vios(partition, setup_of(folder, "cec1"));
    CHECK(status(vios) == "Available\n");
    CHECK_FALSE(mismatches(vios));
  }
  partition.uuids[3] = "ANOTHER";
  {
    RunningVios vios(partition, setup_of(folder, "cec1"));
    CHECK(status(vios) == "Defined\n");
    CHECK(mismatches(vios));
    CHECK(vios->command("cfgdev").exit_code == 0);
    CHECK(status(vios) == "Defined\n");
    const auto asked = vios->add_mapping(mapping(3, 2, udid1));  // a move brings the other one here
    REQUIRE_FALSE(asked);
    CHECK(asked.error().code == "HSCLF225");
    CHECK(vios->add_mapping(mapping(3, 2, udid2)));
  }
  partition.uuids[3] = "ONE";
  RunningVios vios(partition, setup_of(folder, "cec1"));
  CHECK(vios->command("cfgdev").exit_code == 0);
  CHECK(status(vios) == "Available\n");
}

TEST_CASE("whose disk it is, is asked again when the client comes", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  FakePartition& guest = frame.add(lpar(3, "mobile"));
  const auto adapter = *guest.add_adapter(scsi_client(2, 1, 10));
  RunningVios vios(partition, setup_of(folder, "cec1"));  // nobody has the id 3 yet
  partition.uuids[3] = "ONE";
  const auto comes = [&] {
    ScsiClient client(guest, adapter, [] { std::this_thread::sleep_for(std::chrono::microseconds(200)); });
    REQUIRE(client.connect());
    REQUIRE(client.login());
    const bool served = client.command(lun1, Bytes(6)).status == 0 || client.command(lun1, Bytes(6)).status == 0;
    client.disconnect();
    return served;  // the first command may tell of a reset
  };
  CHECK(comes());
  CHECK(comes());
  partition.uuids[3] = "ANOTHER";
  CHECK_FALSE(comes());
  CHECK(vios->command("lsdev -dev vtscsi0 -fmt : -field status").output == "Defined\n");
}

TEST_CASE("a device database of version 0.2 is completed with the clients that there are", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  partition.uuids[3] = "ONE";
  emu::Archive ar = emu::Archive::saving();
  std::map<std::string, std::string> none;
  std::vector<OldVolume> volumes{{"paging"}, {"data"}};
  std::vector<std::string> imported{"10:data1", "sea:5:lan0"};
  std::vector<vios::StoredBridge> bridges;
  ar.section("odm", 2);
  ar("reserve_policies", none);
  std::vector<OldHost> hosts(1);
  ar("hosts", hosts);
  ar("volumes", volumes);
  ar("imported", imported);
  ar("attributes", none);
  ar("bridges", bridges);
  REQUIRE(emu::replace_file(odm_of(folder), ar.take()));
  {
    RunningVios vios(partition, setup_of(folder, "cec1"));
    REQUIRE(vios->describe()->hosts.size() == 1);
    CHECK(vios->describe()->hosts[0].targets.at(0).udid == udid2);
  }
  const auto now = vios::from_file(**emu::read_file(odm_of(folder)));
  REQUIRE(now);
  CHECK(now->hosts.at(0).targets.at(0).client_uuid == "ONE");
  CHECK(now->hosts.at(0).targets.at(0).client_slot == 2);
  CHECK(now->volumes.at(1).name == "data");
  CHECK(now->volumes.at(1).number == 2);
  CHECK(now->license_accepted == 0);
}

TEST_CASE("what version 0.1 added for a client is the client's, whomever the profile has in that slot", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);  // its profile: slot 10 is for slot 2 of partition 3
  vios::Configuration kept;
  kept.hosts.push_back({10, true, 5, "mobile", 2, {{"vtscsi7", lun1, udid1, true, "", 0}}});
  kept.imported = {"10:data1"};
  REQUIRE(emu::replace_file(folder.path() + "/cec1." + partition.definition().name + ".odm", emu::to_bytes(kept)));
  RunningVios vios(partition, setup_of(folder, "cec1"));
  const auto info = vios->describe();
  REQUIRE(info->hosts.size() == 1);
  CHECK(info->hosts[0].client_id == 5);
  CHECK(info->hosts[0].targets.at(0).udid == udid1);
  for (const auto& adapter : partition.adapters())
    if (adapter.config.slot == 10) CHECK(adapter.config.remote_lpar_id == 5);
}

TEST_CASE("what commands have made and removed is so after a restart", "[vios][server]") {
  Folder folder;
  const auto restarted = [&](auto&& look) {
    FakeFrame frame;
    FakePartition& partition = add_vios(frame);
    auto second = ethernet(6, true, "0AF1C0DE0106");
    second.port_vlan_id = 7;
    (void)partition.add_adapter(second);
    RunningVios vios(partition, setup_of(folder, "cec1"));
    look(vios);
  };
  const auto run = [](RunningVios& vios, const std::string& line) {
    const auto output = vios->command(line);
    INFO(line << ": " << output.output);
    CHECK(output.exit_code == 0);
  };
  restarted([&](RunningVios& vios) {
    run(vios, "mkvdev -vdev hdisk2 -vadapter vhost0 -dev mobile_data");
    run(vios, "rmvdev -vtd vtscsi0");
    run(vios, "rmdev -dev ent3");
    run(vios, "mkvdev -sea ent0 -vadapter ent2,ent1 -default ent2 -defaultid 7");
  });
  for (int again = 0; again < 2; ++again)
    restarted([&](RunningVios& vios) {
      const auto info = vios->describe();
      REQUIRE(info->hosts.size() == 1);
      REQUIRE(info->hosts[0].targets.size() == 1);
      CHECK(info->hosts[0].targets[0].vtd == "mobile_data");
      CHECK(info->hosts[0].targets[0].backing == "hdisk2");
      REQUIRE(info->bridges.size() == 1);
      CHECK(info->bridges[0].name == "ent3");
      CHECK(info->bridges[0].segment == "lan0");
      CHECK(info->bridges[0].vlans == std::vector<u16>{7, 1});
      CHECK(vios->command("lsdev -dev ent3 -attr pvid_adapter").output.find("ent2") != std::string::npos);
    });
  restarted([&](RunningVios& vios) { run(vios, "rmdev -dev ent3"); });
  restarted([&](RunningVios& vios) { CHECK(vios->describe()->bridges.empty()); });
}

TEST_CASE("a shared adapter bridges the VLANs that its trunk has now", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  FakePartition& partition = add_vios(frame);
  RunningVios vios(partition, setup_of(folder, "cec1"));
  const auto vlans = [&] { return vios->describe()->bridges.at(0).vlans; };
  REQUIRE(vlans() == std::vector<u16>{1});
  const auto plugged = partition.adapters();
  auto trunk = std::ranges::find(plugged, true, [](const auto& each) { return each.config.is_trunk; })->config;
  trunk.addl_vlan_ids = {20, 30};
  partition.set_adapter(trunk);
  CHECK(vios->adapters_changed());
  CHECK(vlans() == std::vector<u16>{1, 20, 30});
  trunk.disabled = true;
  partition.set_adapter(trunk);
  CHECK(vios->adapters_changed());
  CHECK(vlans().empty());
}

TEST_CASE("a disk without an identifier gets one by chdev, which another server sees after cfgdev", "[vios][server]") {
  Folder folder;
  FakeFrame one, two;
  const auto setup = [&](const std::string& frame) {
    vios::Setup made = setup_of(folder, frame);
    made.san.luns[1].pvid = "none";
    made.san.luns[1].reserve_policy = "single_path";
    made.config.internal_disks = 1;
    return made;
  };
  const std::string lun = "hdisk3";  // hdisk1 is its own, hdisk2 the first of the SAN
  const auto line = [&](RunningVios& vios, const std::string& name) {
    const std::string text = vios->command("lspv").output;
    const size_t at = text.find(name);
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
  };
  FakePartition& partition = add_vios(one);
  {
    RunningVios first(partition, setup("cec1"));
    RunningVios second(add_vios(two), setup("cec2"));
    CHECK(line(first, lun).find(" none ") != std::string::npos);
    CHECK(first->command("lsdev -dev hdisk3 -attr pvid").output == "value\n\nnone\n");
    CHECK(first->command("lsdev -dev hdisk3 -attr reserve_policy").output == "value\n\nsingle_path\n");
    CHECK(first->command("lsdev -dev hdisk1 -attr reserve_policy").output == "value\n\nno_reserve\n");
    CHECK(line(first, "hdisk1").find("None") != std::string::npos);  // of no volume group
    CHECK_FALSE(first->describe()->disks[1].on_san);
    CHECK(first->command("chdev -dev hdisk3 -attr pv=perhaps").exit_code == 1);
    CHECK(first->command("chdev -dev hdisk3 -attr pv=yes").output == "hdisk3 changed\n");
    const std::string given = line(first, lun);
    CHECK(given.find(" none ") == std::string::npos);
    CHECK(line(second, lun).find(" none ") != std::string::npos);
    CHECK(second->command("cfgdev").exit_code == 0);
    CHECK(line(second, lun) == given);
    CHECK(second->command("chdev -dev hdisk3 -attr pv=yes").exit_code == 0);
    CHECK(line(second, lun) == given);
  }
  RunningVios first(partition, setup("cec1"));
  CHECK(line(first, lun).find(" none ") == std::string::npos);  // kept
  CHECK(first->command("chdev -dev hdisk3 -attr pv=clear").exit_code == 0);
  CHECK(line(first, lun).find(" none ") != std::string::npos);
}

TEST_CASE("a frame that has reserved a disk keeps the other's mapping from being made", "[vios][server]") {
  Folder folder;
  FakeFrame one, two;
  RunningVios first(add_vios(one), setup_of(folder, "cec1"));
  RunningVios second(add_vios(two), setup_of(folder, "cec2"));
  CHECK(first->command("chdev -dev hdisk1 -attr reserve_policy=single_path").exit_code == 1);  // busy
  CHECK(first->command("rmdev -dev vtscsi0 -ucfg").output == "vtscsi0 Defined\n");
  CHECK(first->command("chdev -dev hdisk1 -attr reserve_policy=single_path").output == "hdisk1 changed\n");
  CHECK(first->command("cfgdev").exit_code == 0);
  CHECK(second->describe()->disks[1].reserved_by == "cec1/vios1");
  CHECK(second->command("rmvdev -vtd vtscsi0").exit_code == 0);
  CHECK(second->command("chdev -dev hdisk1 -attr reserve_policy=single_path").exit_code == 0);
  const auto refused = second->add_mapping(mapping(5, 2, udid1));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text.find("reserved by another server") != std::string::npos);
  CHECK(second->describe()->hosts.size() == 1);  // nothing was left behind
  CHECK(first->command("rmvdev -vtd vtscsi0").output == "vtscsi0 deleted\n");
  CHECK(second->add_mapping(mapping(5, 2, udid1)));
  CHECK(first->describe()->disks[1].reserved_by == "cec2/vios1");
}

TEST_CASE("a disk that a client of the server has already is not mapped for one that comes", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  RunningVios vios(add_vios(frame), setup_of(folder, "cec1"));
  REQUIRE(vios->describe()->disks[1].exported);
  REQUIRE_FALSE(vios->describe()->disks[2].exported);
  const auto refused = vios->add_mapping(mapping(5, 2, udid1));
  CHECK_FALSE(refused);
  CHECK(refused.error().code == "HSCLF225");
  CHECK(vios->describe()->hosts.size() == 1);
  CHECK(vios->add_mapping(mapping(3, 2, udid1)));  // its own client asks again
}

TEST_CASE("what somebody has reserved of a client's disks is known at once", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  RunningVios vios(add_vios(frame), setup_of(folder, "cec1"));
  CHECK(vios->unreserved(3));
  CHECK(vios->on_thread([&] {
    CHECK(vios->devices().disk("hdisk1")->lun->reservations().register_key("cec1/vios1/vhost0", 0, 7, false) ==
          vios::Answer::good);
  }));
  CHECK(vios->unreserved(3).error().code == "HSCLF211");
  CHECK(vios->unreserved(4));
  CHECK(vios->describe()->disks[1].reserved_by == "cec1/vios1");
}

TEST_CASE("a server that has ended says so", "[vios][server]") {
  Folder folder;
  FakeFrame frame;
  emu::HostClock clock;
  auto server = std::move(*vios::VirtualIoServer::create(add_vios(frame), setup_of(folder, "cec1"), clock));
  server->stop();
  server->run();
  CHECK(server->describe().error().code == "closed");
  CHECK(server->command("ioslevel").exit_code == 1);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/catch.h"
#include "tests/unit/vios/support/world.h"
#include "vios/scsi/commands.h"

#include <algorithm>
#include <chrono>
#include <random>

using namespace test;
using emu::load_be;
using emu::store_be;
using Form = ScsiClient::Descriptors;

namespace {

constexpr u8 good = 0, check = 2, conflict = 0x18;

void a_moment() { std::this_thread::sleep_for(std::chrono::microseconds(200)); }

struct Frame {
  explicit Frame(const Folder& folder, const std::string& name = "cec1")
      : server(add_vios(hypervisor)), client(hypervisor.add(lpar(3, "mobile"))), vios(server, setup_of(folder, name)) {
    adapter = *client.add_adapter(scsi_client(2, 1, 10));
  }
  FakeFrame hypervisor;
  FakePartition& server;
  FakePartition& client;
  RunningVios vios;
  firmware::NativeAdapter adapter;
};

struct Connected {
  Folder folder;
  Frame frame{folder};
  ScsiClient client{frame.client, frame.adapter, a_moment};
  Connected() {
    REQUIRE(client.connect());
    REQUIRE(client.login());
  }
};

Bytes pattern(size_t bytes, u32 seed) {
  std::minstd_rand random(seed + 1);
  Bytes data(bytes);
  for (u8& byte : data) byte = static_cast<u8>(random() >> 8);
  return data;
}

Bytes cdb10(u8 code, u32 block, u16 count) {
  Bytes cdb(10);
  cdb[0] = code;
  store_be(&cdb[2], block);
  store_be(&cdb[7], count);
  return cdb;
}

Bytes cdb16(u8 code, u64 block, u32 count) {
  Bytes cdb(16);
  cdb[0] = code;
  store_be(&cdb[2], block);
  store_be(&cdb[10], count);
  return cdb;
}

std::string text(const Bytes& data, size_t at, size_t length) { return {reinterpret_cast<const char*>(&data[at]), length}; }

}  // namespace

TEST_CASE("a client shakes hands, asks what the server is, and logs in", "[vios][scsi]") {
  Folder folder;
  Frame frame(folder);
  ScsiClient client(frame.client, frame.adapter, a_moment);
  REQUIRE(client.connect());
  const Bytes info = client.management(vios::srp::mad::adapter_info, Bytes(148));
  CHECK(client.management_status() == 0);
  CHECK(text(info, 0, 5) == std::string("16.a\0", 5));
  CHECK(text(info, 8, 5) == "vios1");
  CHECK(load_be<u32>(&info[104]) == 1);
  CHECK(load_be<u32>(&info[112]) == 3);
  CHECK(load_be<u32>(&info[116]) >= 128 * KiB);

  Bytes wanted(92);
  store_be(&wanted[68], u32{1});
  store_be(&wanted[72], u16{12});
  store_be(&wanted[80], u32{2});
  store_be(&wanted[84], u16{12});
  const Bytes capabilities = client.management(vios::srp::mad::capabilities, wanted);
  CHECK(client.management_status() == 0);
  CHECK(load_be<u16>(&capabilities[74]) == 1);
  CHECK(load_be<u16>(&capabilities[86]) == 0);

  client.management(vios::srp::mad::enable_fast_fail, {});
  CHECK(client.management_status() == 0);
  client.management(0x77, {});
  CHECK(client.management_status() == vios::srp::mad::not_supported);
  CHECK(client.login());
}

TEST_CASE("the disk says who it is, on every server the same", "[vios][scsi]") {
  Connected world;
  Frame other(world.folder, "cec2");
  ScsiClient second(other.client, other.adapter, a_moment);
  REQUIRE(second.connect());
  REQUIRE(second.login());
  const auto inquiry = world.client.command(lun1, {0x12, 0, 0, 0, 96, 0}, 96);
  CHECK(inquiry.status == good);
  CHECK(inquiry.data[0] == 0);
  CHECK(text(inquiry.data, 8, 24) == "AIX     VDASD           ");
  CHECK(inquiry.residual == vios::srp::in_under);
  CHECK(inquiry.in_residual == 60);
  const auto serial = world.client.command(lun1, {0x12, 1, 0x80, 0, 255, 0}, 255);
  CHECK(text(serial.data, 4, 32) == "200B75AMYW1100107210790003IBMfcp");
  const auto id = world.client.command(lun1, {0x12, 1, 0x83, 0, 255, 0}, 255);
  CHECK(id.status == good);
  CHECK(id.data == second.command(lun1, {0x12, 1, 0x83, 0, 255, 0}, 255).data);
  CHECK(world.client.command(lun1, {0x12, 1, 0xB0, 0, 255, 0}, 255).status == check);
}

TEST_CASE("nobody is at an address without a device", "[vios][scsi]") {
  Connected world;
  for (const u64 lun : {u64{0x8200'0000'0000'0000}, u64{0}, u64{0x8101'0000'0000'0000}, ~u64{0}}) {
    CHECK(world.client.command(lun, {0x12, 0, 0, 0, 36, 0}, 36).data[0] == 0x7F);
    const auto ready = world.client.command(lun, {0, 0, 0, 0, 0, 0});
    CHECK(ready.status == check);
    CHECK(ready.sense[2] == 5);
    CHECK(ready.sense[12] == 0x25);
  }
  const auto luns = world.client.command(0, {0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0}, 64);
  CHECK(load_be<u32>(&luns.data[0]) == 8);
  CHECK(load_be<u64>(&luns.data[8]) == lun1);
  const auto own = world.client.command(lun1, {0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0}, 64);
  CHECK(load_be<u64>(&own.data[8]) == 0);
  // Linux asks every address that it can think of: it would complain of each unit that it hears of there.
  const auto nobody = world.client.command(u64{0x8132} << 48, {0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0}, 64);
  CHECK(nobody.status == good);
  CHECK(load_be<u32>(&nobody.data[0]) == 0);
}

TEST_CASE("a command that is not in the table is an illegal request", "[vios][scsi]") {
  Connected world;
  const auto rows = vios::scsi::commands();
  for (unsigned code = 0; code < 256; ++code) {
    if (std::ranges::find(rows, code, &vios::scsi::Command::code) != rows.end()) continue;
    const auto reply = world.client.command(lun1, {static_cast<u8>(code)});
    REQUIRE(reply.status == check);
    REQUIRE(reply.sense[2] == 5);
    REQUIRE(reply.sense[12] == 0x20);
  }
}

TEST_CASE("what is written is read again, in every form", "[vios][scsi]") {
  Connected world;
  for (const Form form : {Form::direct, Form::indirect, Form::indirect_table}) {
    const Bytes data = pattern(1 * MiB, static_cast<u32>(form));
    REQUIRE(world.client.command(lun1, cdb10(0x2A, 16, 2048), 0, data, form).status == good);
    REQUIRE(world.client.command(lun1, cdb10(0x28, 16, 2048), 1 * MiB, {}, form).data == data);
    REQUIRE(world.client.command(lun1, cdb16(0x88, 16, 2048), 1 * MiB, {}, Form::direct).data == data);
  }
  const Bytes small = pattern(512, 9);
  CHECK(world.client.command(lun1, {0x0A, 0, 0, 3, 1, 0}, 0, small).status == good);
  CHECK(world.client.command(lun1, {0x08, 0, 0, 3, 1, 0}, 512).data == small);
  CHECK(world.client.command(lun1, cdb16(0x8A, 3, 1), 0, small).status == good);
  CHECK(world.client.command(lun1, cdb10(0x35, 0, 0)).status == good);
  CHECK(world.client.command(lun1, cdb16(0x91, 0, 0)).status == good);
  CHECK(world.client.command(lun1, cdb10(0x2F, 0, 8)).status == good);
}

TEST_CASE("a disk whose storage subsystem is offline answers no command but who it is", "[vios][scsi][faults]") {
  Connected world;
  const Bytes data = pattern(512, 5);
  REQUIRE(world.client.command(lun1, cdb10(0x2A, 3, 1), 0, data).status == good);
  REQUIRE(world.frame.vios->set_offline({"ds1"}));
  for (const Bytes& cdb : {cdb10(0x28, 3, 1), cdb10(0x2A, 3, 1), cdb10(0x35, 0, 0), Bytes{0, 0, 0, 0, 0, 0}}) {
    const auto failed = world.client.command(lun1, cdb, cdb[0] == 0x28 ? 512 : 0, cdb[0] == 0x2A ? pattern(512, 6) : Bytes{});
    CHECK(failed.status == check);
    CHECK(failed.sense[2] == 4);  // hardware error
    CHECK(failed.sense[12] == 0x44);
  }
  CHECK(world.client.command(lun1, {0x12, 0, 0, 0, 36, 0}, 36).status == good);
  CHECK(world.frame.vios->describe()->disks[1].online == false);
  CHECK(world.frame.vios->describe()->disks[2].online);
  const std::string failed = world.frame.vios->command("errlog").output;
  CHECK(failed.find("DE3B8540") != std::string::npos);
  CHECK(failed.find("hdisk1") != std::string::npos);
  CHECK(failed.find("hdisk2") == std::string::npos);
  CHECK(world.frame.vios->command("mkvdev -f -vdev hdisk1 -vadapter vhost0").exit_code == 1);
  REQUIRE(world.frame.vios->set_offline({}));
  CHECK(world.client.command(lun1, cdb10(0x28, 3, 1), 512).data == data);
  CHECK(world.frame.vios->command("errlog").output.find("A6F5AE7C") != std::string::npos);
}

TEST_CASE("sizes, mode pages and residuals", "[vios][scsi]") {
  Connected world;
  const auto ten = world.client.command(lun1, {0x25}, 8);
  CHECK(load_be<u32>(&ten.data[0]) == 8 * MiB / 512 - 1);
  CHECK(load_be<u32>(&ten.data[4]) == 512);
  Bytes capacity = cdb16(0x9E, 0, 32);
  capacity[1] = 0x10;
  CHECK(load_be<u64>(world.client.command(lun1, capacity, 32).data.data()) == 8 * MiB / 512 - 1);
  const auto caching = world.client.command(lun1, {0x1A, 8, 0x08, 0, 64, 0}, 64);
  CHECK(caching.status == good);
  CHECK(caching.data[4] == 0x08);
  CHECK((caching.data[6] & 4) != 0);
  CHECK(world.client.command(lun1, {0x5A, 0, 0x3F, 0, 0, 0, 0, 0, 255, 0}, 255).status == good);
  CHECK(world.client.command(lun1, {0x1A, 0, 0x22, 0, 64, 0}, 64).status == check);
  const auto beyond = world.client.command(lun1, cdb10(0x28, 8 * MiB / 512 - 1, 2), 1024);
  CHECK(beyond.status == check);
  CHECK(beyond.sense[12] == 0x21);
  CHECK(world.client.command(lun1, cdb16(0x88, ~u64{0}, 2), 1024).status == check);
  const auto more = world.client.command(lun1, cdb10(0x28, 0, 4), 1024);
  CHECK(more.status == good);
  CHECK(more.residual == vios::srp::in_over);
  CHECK(more.in_residual == 1024);
  CHECK(world.client.command(lun1, cdb10(0x2A, 0, 4), 0, Bytes(1024)).status == check);  // less data than announced
}

TEST_CASE("two frames compete for a disk", "[vios][scsi]") {
  Connected world;
  Frame other(world.folder, "cec2");
  ScsiClient second(other.client, other.adapter, a_moment);
  REQUIRE(second.connect());
  REQUIRE(second.login());
  CHECK(world.client.command(lun1, {0x16}).status == good);
  CHECK(second.command(lun1, {0x16}).status == conflict);
  CHECK(second.command(lun1, cdb10(0x28, 0, 1), 512).status == conflict);
  CHECK(second.command(lun1, {0x12, 0, 0, 0, 36, 0}, 36).status == good);
  CHECK((*other.vios).describe()->disks[1].reserved_by == "cec1/vios1");
  CHECK(world.client.command(lun1, {0x17}).status == good);
  CHECK(second.command(lun1, cdb10(0x28, 0, 1), 512).status == good);

  Bytes list(24);
  store_be(&list[8], u64{0xABCD});
  CHECK(world.client.command(lun1, {0x5F, 0, 0, 0, 0, 0, 0, 0, 24, 0}, 0, list).status == good);
  store_be(&list[0], u64{0xABCD});
  CHECK(world.client.command(lun1, {0x5F, 1, 3, 0, 0, 0, 0, 0, 24, 0}, 0, list).status == good);
  CHECK(second.command(lun1, cdb10(0x28, 0, 1), 512).status == conflict);
  const auto keys = second.command(lun1, {0x5E, 0, 0, 0, 0, 0, 0, 0, 64, 0}, 64);
  CHECK(load_be<u32>(&keys.data[4]) == 8);
  CHECK(load_be<u64>(&keys.data[8]) == 0xABCD);
  CHECK(world.client.command(lun1, {0x5F, 3, 0, 0, 0, 0, 0, 0, 24, 0}, 0, list).status == good);
  CHECK(second.command(lun1, cdb10(0x28, 0, 1), 512).status == good);
}

TEST_CASE("a suspended client keeps its reservation until it is gone", "[vios][scsi]") {
  Connected world;
  REQUIRE(world.client.command(lun1, {0x16}).status == good);
  world.frame.server.disable_queue(10);
  CHECK_FALSE(world.frame.server.queue_registered(10));
  // As a hypervisor does: the event is there although the queue takes nothing else.
  world.frame.server.hcall(firmware::hcall::H_ENABLE_CRQ, {0x3000'000A});
  world.frame.server.event(10, 0xFF06'0000'0000'0000);
  const auto reserved = [&] { return !(*world.frame.vios).describe()->disks[1].reserved_by.empty(); };
  const auto released = [&] {
    for (int i = 0; i < 1000 && reserved(); ++i) a_moment();
    return !reserved();
  };
  CHECK(world.client.command(lun1, {0}).status == 0xFF);  // what it still sends is dropped
  CHECK(reserved());
  SECTION("it goes on, and has it as before") {
    REQUIRE(world.client.send(vios::crq::initialize, 0) == 0);
    REQUIRE(world.client.next()->high == vios::crq::initialized);
    REQUIRE(world.client.login());
    CHECK(world.client.command(lun1, {0}).status == good);
    CHECK(reserved());
    SECTION("and begins anew") {
      REQUIRE(world.client.send(vios::crq::initialize, 0) == 0);
      CHECK(released());
    }
  }
  SECTION("it ends") {
    world.client.disconnect();
    CHECK(released());
  }
  SECTION("its adapter goes") {
    REQUIRE((*world.frame.vios).remove_mapping({1, 3, 2}));
    CHECK(released());
  }
}

TEST_CASE("before a suspension the server finishes, says so, and holds what comes", "[vios][scsi]") {
  Connected world;
  world.frame.server.event(10, 0xFF09'0000'0000'0000);
  for (int i = 0; i < 1000 && world.frame.server.vioctls(firmware::hcall::READY_FOR_SUSPEND) == 0; ++i) a_moment();
  CHECK(world.frame.server.vioctls(firmware::hcall::READY_FOR_SUSPEND) == 1);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    world.frame.server.event(10, 0xFF0A'0000'0000'0000);
  });
  const auto begun = std::chrono::steady_clock::now();
  CHECK(world.client.command(lun1, {0}).status == good);
  CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(40));
  later.join();
}

TEST_CASE("a client that goes and comes again is served again", "[vios][scsi]") {
  Connected world;
  for (int i = 0; i < 5; ++i) {
    world.client.disconnect();
    REQUIRE(world.client.connect());
    CHECK(world.client.command(lun1, {0}).status == 0xFF);  // not logged in
    REQUIRE(world.client.login());
    CHECK(world.client.command(lun1, {0}).status == good);
  }
}

TEST_CASE("task management", "[vios][scsi]") {
  Connected world;
  for (const u8 function : {u8{1}, u8{2}, u8{4}, u8{8}}) CHECK(world.client.task_management(lun1, function) == 0);
  CHECK(world.client.task_management(lun1, 0x40) == 4);
  REQUIRE(world.client.command(lun1, {0x16}).status == good);
  CHECK(world.client.task_management(lun1, 8) == 0);
  CHECK((*world.frame.vios).describe()->disks[1].reserved_by.empty());
}

TEST_CASE("RDMA outside the client's window is an error of that command only", "[vios][scsi]") {
  Connected world;
  Bytes iu(64);
  iu[0] = vios::srp::opcode::command;
  store_be(&iu[8], u64{0x55});
  store_be(&iu[20], lun1);
  iu[5] = 1;
  iu[32] = 0x28;
  iu[40] = 8;
  for (const u64 address : {u64{0x3F00'0000}, ~u64{0} - 100, u64{1} << 40}) {
    store_be(&iu[48], address);
    store_be(&iu[60], u32{4096});
    const auto place = world.client.window(ScsiClient::iu_at, iu.size());
    std::copy(iu.begin(), iu.end(), place.begin());
    REQUIRE(world.client.send(u64{0x8001} << 48 | iu.size(), ScsiClient::iu_at) == 0);
    const auto element = world.client.next();
    REQUIRE(element);
    CHECK(element->low == 0x55);
    CHECK(world.client.window(ScsiClient::iu_at, 64)[19] == check);
  }
  CHECK(world.client.command(lun1, {0}).status == good);
}

TEST_CASE("a server survives whatever a client sends", "[vios][scsi][fuzz]") {
  Connected world;
  std::mt19937_64 random(20070329);
  for (int i = 0; i < 3000; ++i) {
    const auto iu = world.client.window(ScsiClient::iu_at, 1024);
    for (u8& byte : iu) byte = static_cast<u8>(random() % 5 == 0 ? random() : 0);
    iu[0] = static_cast<u8>(random() % 4);
    iu[5] = static_cast<u8>(random() % 8 == 0 ? random() : (random() % 3) << (4 * (random() % 2)));
    if (random() % 2) store_be(&iu[20], lun1);
    if (random() % 2) iu[32] = vios::scsi::commands()[random() % vios::scsi::commands().size()].code;
    if (random() % 2) store_be(&iu[48], u64{ScsiClient::data_at});
    if (random() % 2) store_be(&iu[56], u64{random() % 70000});
    u64 high = random() % 4 ? u64{0x80} << 56 | (random() % 4) << 48 | random() % 1200 : random() | u64{1} << 63;
    if (high >> 56 == 0xFF) high ^= u64{1} << 60;
    if (high >> 56 == 0xC0) high = vios::crq::initialize;
    world.client.send(high, random() % 4 ? u64{ScsiClient::iu_at} : random());
    while (world.client.queue().next()) {
    }
    if (i % 64 == 0) a_moment();
  }
  // It may have been sent a hello in between: begin anew.
  while (world.client.next() && world.client.send(vios::crq::initialize, 0) != 0) {
  }
  world.client.disconnect();
  for (int i = 0; i < 200; ++i) a_moment();
  REQUIRE(world.client.connect());
  REQUIRE(world.client.login());
  CHECK(world.client.command(lun1, {0}).status == good);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/netboot/load.h"

#include "emu/link/boot_service.h"
#include "emu/link/bootp.h"
#include "tests/support/catch.h"

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>

using namespace emu;
using namespace emu::frame;

namespace {

// A boot server at the other end of the cable.
struct Cable final : Wire, LoadWatcher {
  Cable() {
    std::string name = (std::filesystem::temp_directory_path() / "twinframe-load-XXXXXX").string();
    folder = mkdtemp(name.data());
    put("kernel", Bytes(100'000, 0x11));
    SegmentConfig::BootServer config{"10.0.2.5", folder, {}};
    config.clients.push_back({"10.0.2.15", "0a0000000003", "kernel", ""});
    config.clients.push_back({"10.0.2.16", "", "kernel", ""});
    service = std::make_unique<BootService>(config, *parse_network("10.0.2.0/24"));
  }
  ~Cable() override { std::filesystem::remove_all(folder); }
  void put(const std::string& name, const Bytes& content) {
    std::ofstream(folder + "/" + name, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }

  packet::Mac mac() const override { return *packet::parse_mac("0a0000000003"); }
  void send(std::span<const u8> packet) override {
    ++sent;
    if (loses(sent)) return;
    Bytes untagged(packet.begin(), packet.end());
    if (vlan) {
      if (load_be<u16>(&untagged[12]) != 0x8100 || load_be<u16>(&untagged[14]) != vlan) return;
      untagged.erase(untagged.begin() + 12, untagged.begin() + 16);
    }
    take(service->take(untagged, clock.monotonic()));
  }
  std::optional<Bytes> receive(u64 timeout) override {
    if (!coming.empty()) {
      Bytes packet = std::move(coming.front());
      coming.pop_front();
      return packet;
    }
    clock.advance(timeout);
    take(service->later(clock.monotonic()));
    return std::nullopt;
  }
  void take(const std::vector<Bytes>& packets) {
    for (Bytes packet : packets) {
      if (const auto nonsense = between(packet)) coming.push_back(*nonsense);
      if (vlan) {
        const u8 tag[] = {0x81, 0, static_cast<u8>(vlan >> 8), static_cast<u8>(vlan)};
        packet.insert(packet.begin() + 12, std::begin(tag), std::end(tag));
      }
      coming.push_back(packet);
    }
  }

  void comes_to(LoadPhase) override {}
  void show(const std::string& refcode) override { codes.push_back(refcode); }
  void say(const std::string& text) override { said += text; }

  Addresses addresses(const std::string& client, const std::string& server) const {
    Addresses all;
    all.client = parse_address(client).value_or(0);
    all.server = parse_address(server).value_or(0);
    all.vlan = vlan;
    return all;
  }
  Result<LoadedFile> load(const Addresses& given, LoadWishes wishes = {}) {
    if (!wishes.largest) wishes.largest = MiB;
    FirmwareIp ip(*this, clock, given, [this] { return goes_on; });
    return load_from_network(ip, clock, wishes, *this);
  }
  std::string failure(const Addresses& given, const LoadWishes& wishes = {}) {
    const auto loaded = load(given, wishes);
    return loaded ? "" : loaded.error().code;
  }

  std::string folder;
  std::unique_ptr<BootService> service;
  ManualClock clock;  // time passes while somebody waits
  std::deque<Bytes> coming;
  std::vector<std::string> codes;
  std::string said;
  u64 sent = 0;
  u16 vlan = 0;
  bool goes_on = true;
  std::function<bool(u64)> loses = [](u64) { return false; };
  std::function<std::optional<Bytes>(const Bytes&)> between = [](const Bytes&) { return std::nullopt; };
};

const std::string client = "10.0.2.15", server = "10.0.2.5";

}  // namespace

TEST_CASE("an image is loaded with addresses that are given", "[netboot]") {
  Cable cable;
  const auto loaded = cable.load(cable.addresses(client, server));
  REQUIRE(loaded);
  CHECK(loaded->name == "kernel");
  CHECK(loaded->content == Bytes(100'000, 0x11));
  CHECK(bootp::parse(loaded->bootp_reply)->file == "kernel");
  CHECK(cable.codes == std::vector<std::string>{"CA00E174", "CA00E175", "CA00E179", "CA00E178", "CA00E176"});
  CHECK_THAT(cable.said, Catch::Contains("BOOTP R = 1 BOOTP S = 1\r\nFILE: kernel\r\n"));
  CHECK_THAT(cable.said, Catch::Contains("FINAL File Size = 100000 bytes."));
}

TEST_CASE("an adapter that knows nothing but itself asks everybody", "[netboot]") {
  Cable cable;
  const auto loaded = cable.load({});
  REQUIRE(loaded);
  CHECK(loaded->content.size() == 100'000);
}

TEST_CASE("a tagged network is booted from with its tag only", "[netboot]") {
  Cable cable;
  cable.vlan = 7;
  CHECK(cable.load(cable.addresses(client, server)));
  CHECK(cable.failure({}) == "BA010004");
}

TEST_CASE("packets that are lost on the way are sent again", "[netboot]") {
  for (const u64 every : {3, 4, 7}) {
    Cable cable;
    cable.loses = [every](u64 number) { return number % every == 0; };
    const auto loaded = cable.load(cable.addresses(client, server));
    REQUIRE(loaded);
    CHECK(loaded->content == Bytes(100'000, 0x11));
  }
}

TEST_CASE("nonsense between the packets changes nothing", "[netboot]") {
  Cable cable;
  cable.between = [&](const Bytes& packet) {
    Bytes other = packet;
    other[other.size() / 2] ^= 0xFF;
    other.resize(other.size() - other.size() / 3);
    return std::optional(other);
  };
  const auto loaded = cable.load(cable.addresses(client, server));
  REQUIRE(loaded);
  CHECK(loaded->content == Bytes(100'000, 0x11));
}

TEST_CASE("each failure has its reference code", "[netboot]") {
  Cable cable;
  CHECK(cable.failure(cable.addresses(client, "10.0.2.99")) == "BA010003");
  auto far = cable.addresses(client, "10.9.9.9");
  far.mask = 0xFFFFFF00;
  far.gateway = *parse_address("10.0.2.98");
  CHECK(cable.failure(far) == "BA010002");
  CHECK(cable.failure(cable.addresses("10.0.2.17", server)).empty());  // known by its adapter
  LoadWishes wishes;
  wishes.file = "nothing";
  CHECK(cable.failure(cable.addresses(client, server), wishes) == "BA010005");
  wishes = {};
  wishes.largest = 50'000;
  CHECK(cable.failure(cable.addresses(client, server), wishes) == "BA010006");
  wishes = {};
  wishes.tftp_only = true;
  wishes.file = "kernel";
  CHECK(cable.failure({}, wishes) == "BA010000");
  CHECK(cable.failure(cable.addresses("10.0.2.17", server), wishes).empty());
}

TEST_CASE("a server that does not know the client is asked as often as wanted", "[netboot]") {
  Cable cable;
  cable.service =
      std::make_unique<BootService>(SegmentConfig::BootServer{"10.0.2.5", cable.folder, {}}, *parse_network("10.0.2.0/24"));
  LoadWishes wishes;
  wishes.bootp_retries = 2;
  CHECK(cable.failure(cable.addresses(client, server), wishes) == "BA010004");
  CHECK_THAT(cable.said, Catch::Contains("BOOTP S = 3\r\n") && !Catch::Contains("BOOTP S = 4"));
}

TEST_CASE("a server that falls silent is given up", "[netboot]") {
  Cable cable;
  cable.loses = [](u64 number) { return number > 20; };
  CHECK(cable.failure(cable.addresses(client, server)) == "BA010005");
}

TEST_CASE("an address that somebody else has is not used", "[netboot]") {
  Cable cable;
  const packet::Mac other = packet::mac_of("other");
  cable.coming.push_back(packet::make_arp(packet::broadcast, {1, other, *parse_address(client), {}, 1}));
  CHECK(cable.failure(cable.addresses(client, server)) == "BA010001");
}

TEST_CASE("a partition that loses its power ends all waiting", "[netboot]") {
  Cable cable;
  cable.goes_on = false;
  const u64 before = cable.clock.monotonic();
  CHECK_FALSE(cable.load(cable.addresses(client, "10.0.2.99")));
  CHECK(cable.clock.monotonic() == before);
}

TEST_CASE("firmware pings the server, and answers who asks for its own address", "[netboot]") {
  Cable cable;
  FirmwareIp ip(cable, cable.clock, cable.addresses(client, server), [] { return true; });
  CHECK(ip.ping(5 * nanoseconds_per_second));
  FirmwareIp nobody(cable, cable.clock, cable.addresses(client, "10.0.2.99"), [] { return true; });
  CHECK_FALSE(nobody.ping(5 * nanoseconds_per_second));
}

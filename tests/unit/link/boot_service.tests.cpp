// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/boot_service.h"

#include "emu/link/bootp.h"
#include "tests/support/catch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include <sys/stat.h>

using namespace emu;

namespace {

constexpr u64 second = 1'000'000'000;
const packet::Mac client_mac = *packet::parse_mac("0a0000000003");
const packet::Mac stranger_mac = *packet::parse_mac("0a0000000099");
const u32 client = *parse_address("10.0.2.15");
const u32 server = *parse_address("10.0.2.5");

struct Host {
  Host() {
    std::string name = (std::filesystem::temp_directory_path() / "twinframe-boot-XXXXXX").string();
    folder = mkdtemp(name.data());
    std::filesystem::create_directory(folder + "/images");
    put("images/kernel", Bytes(3000, 0x5A));
    put("exact", Bytes(1024, 1));
    put("empty", {});
    SegmentConfig::BootServer config{"10.0.2.5", folder, {}};
    config.clients.push_back({"10.0.2.15", "0a0000000003", "images/kernel", "10.0.2.2"});
    config.clients.push_back({"10.0.2.16", "", "exact", ""});
    service = std::make_unique<BootService>(config, *parse_network("10.0.2.0/24"));
  }
  ~Host() { std::filesystem::remove_all(folder); }
  void put(const std::string& name, const Bytes& content) {
    std::ofstream(folder + "/" + name, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }

  std::optional<packet::Datagram> send(u16 to_port, const Bytes& data, u16 from_port = 2000, const packet::Mac& mac = client_mac,
                                       u32 from = client) {
    const auto sent = service->take(packet::make_datagram({service->mac(), mac, server, from}, {to_port, from_port, data}), now);
    if (sent.empty()) return std::nullopt;
    const auto packet = packet::parse_packet(sent.front());
    REQUIRE(packet);
    REQUIRE(packet->datagram);
    return packet->datagram;
  }
  std::optional<bootp::Packet> ask(bootp::Packet asked) {
    const auto answer = send(bootp::server_port, bootp::make(asked), bootp::client_port);
    return answer ? bootp::parse(answer->data) : std::nullopt;
  }
  std::optional<tftp::Message> tftp(const tftp::Message& message) {
    const auto answer = send(port, tftp::make(message));
    if (!answer) return std::nullopt;
    port = answer->from_port;
    return tftp::parse(answer->data);
  }
  tftp::ErrorCode refused(const std::string& file) {
    const auto answer = send(tftp::server_port, tftp::make(tftp::Request{false, file, "octet", {}}));
    REQUIRE(answer);
    const auto message = tftp::parse(answer->data);
    REQUIRE(message);
    REQUIRE(std::holds_alternative<tftp::Error>(*message));
    return std::get<tftp::Error>(*message).code;
  }
  // The whole file, block by block.
  Bytes fetch(const std::string& file, tftp::Options options) {
    port = tftp::server_port;
    Bytes content;
    auto message = tftp(tftp::Request{false, file, "octet", options});
    if (message && std::holds_alternative<tftp::OptionAcknowledgement>(*message)) {
      agreed = std::get<tftp::OptionAcknowledgement>(*message).options;
      message = tftp(tftp::Acknowledgement{0});
    }
    while (message) {
      REQUIRE(std::holds_alternative<tftp::Data>(*message));
      const auto& data = std::get<tftp::Data>(*message);
      content.insert(content.end(), data.bytes.begin(), data.bytes.end());
      message = tftp(tftp::Acknowledgement{data.block});
    }
    return content;
  }

  std::string folder;
  std::unique_ptr<BootService> service;
  u64 now = 1000 * second;
  u16 port = tftp::server_port;
  tftp::Options agreed;
};

bootp::Packet question() {
  bootp::Packet asked;
  asked.transaction = 77;
  asked.hardware = client_mac;
  return asked;
}

}  // namespace

TEST_CASE("a packet of BOOTP is read as it was made", "[bootp]") {
  bootp::Packet packet = question();
  packet.reply = true;
  packet.your = client;
  packet.server = server;
  packet.mask = 0xFFFFFF00;
  packet.gateway = *parse_address("10.0.2.2");
  packet.file = "images/kernel";
  CHECK(bootp::parse(bootp::make(packet)) == packet);
  CHECK(bootp::make(packet).size() == 300);
  const Bytes whole = bootp::make(packet);
  for (size_t length = 0; length < whole.size(); ++length) (void)bootp::parse(std::span(whole).first(length));
  Bytes endless = bootp::make(packet);
  std::fill(endless.begin() + 108, endless.begin() + 236, u8{'a'});
  CHECK_FALSE(bootp::parse(endless));
}

TEST_CASE("messages of TFTP are read as they were made", "[tftp]") {
  const tftp::Message messages[] = {tftp::Request{false, "a/b", "octet", {1428, 3, 0}},
                                    tftp::Request{true, "x", "netascii", {}},
                                    tftp::Data{65535, {1, 2, 3}},
                                    tftp::Acknowledgement{9},
                                    tftp::Error{tftp::ErrorCode::access, "no"},
                                    tftp::OptionAcknowledgement{{512, {}, 100}}};
  for (const tftp::Message& message : messages) {
    const Bytes bytes = tftp::make(message);
    CHECK(tftp::parse(bytes) == message);
    for (size_t length = 0; length < bytes.size(); ++length) (void)tftp::parse(std::span(bytes).first(length));
  }
}

TEST_CASE("a client of the table hears who it is and what it boots, others hear nothing", "[bootp][netboot]") {
  Host host;
  const auto reply = host.ask(question());
  REQUIRE(reply);
  CHECK(reply->reply);
  CHECK(reply->transaction == 77);
  CHECK(reply->your == client);
  CHECK(reply->server == server);
  CHECK(reply->file == "images/kernel");
  CHECK(reply->mask == 0xFFFFFF00);
  CHECK(reply->gateway == *parse_address("10.0.2.2"));

  bootp::Packet other = question();
  other.hardware = stranger_mac;
  CHECK_FALSE(host.ask(other));
  other.client = *parse_address("10.0.2.16");  // known by its address
  REQUIRE(host.ask(other));
  CHECK(host.ask(other)->file == "exact");
  other = question();
  other.server = *parse_address("10.0.2.6");
  CHECK_FALSE(host.ask(other));
  other = question();
  other.file = "exact";
  CHECK(host.ask(other)->file == "exact");
  other.reply = true;
  CHECK_FALSE(host.ask(other));
}

TEST_CASE("a file is handed out block by block, with or without options", "[tftp][netboot]") {
  Host host;
  CHECK(host.fetch("images/kernel", {}) == Bytes(3000, 0x5A));
  CHECK(host.fetch("/images/kernel", {1428, {}, 0}) == Bytes(3000, 0x5A));
  CHECK(host.agreed == tftp::Options{1428, {}, 3000});
  CHECK(host.fetch("exact", {}) == Bytes(1024, 1));  // an empty block ends it
  CHECK(host.fetch("exact", {60000, 7, {}}) == Bytes(1024, 1));
  CHECK(host.agreed == tftp::Options{1428, 7, {}});
  CHECK(host.fetch("empty", {}).empty());
  CHECK(host.service->transfers() == 0);
}

TEST_CASE("nothing leads out of the folder, and nothing is taken", "[tftp][netboot]") {
  Host host;
  std::filesystem::create_symlink("/etc/passwd", host.folder + "/link");
  std::filesystem::create_symlink("/etc", host.folder + "/etc");
  REQUIRE(mkfifo((host.folder + "/pipe").c_str(), 0600) == 0);
  CHECK(host.refused("../secret") == tftp::ErrorCode::access);
  CHECK(host.refused("images/../../etc/passwd") == tftp::ErrorCode::access);
  CHECK(host.refused("./images/kernel") == tftp::ErrorCode::access);
  CHECK(host.refused("link") == tftp::ErrorCode::access);
  CHECK(host.refused("etc/passwd") != tftp::ErrorCode::undefined);
  CHECK(host.refused("pipe") == tftp::ErrorCode::access);
  CHECK(host.refused("images") == tftp::ErrorCode::access);
  CHECK(host.refused("") == tftp::ErrorCode::access);
  CHECK(host.refused("/etc/hostname") != tftp::ErrorCode::undefined);
  CHECK(host.refused("images/none") == tftp::ErrorCode::not_found);
  const auto write = host.tftp(tftp::Request{true, "new", "octet", {}});
  REQUIRE(write);
  CHECK(std::get<tftp::Error>(*write).code == tftp::ErrorCode::access);
  CHECK_FALSE(std::filesystem::exists(host.folder + "/new"));
  CHECK(host.service->transfers() == 0);
}

TEST_CASE("what is not acknowledged is sent again, and not for ever", "[tftp][netboot]") {
  Host host;
  REQUIRE(host.tftp(tftp::Request{false, "images/kernel", "octet", {}}));
  CHECK(host.service->later(host.now).empty());
  CHECK(host.service->next(host.now) == second);
  for (u32 again = 0; again < BootService::most_repeats; ++again) {
    host.now += second;
    CHECK(host.service->later(host.now).size() == 1);
  }
  host.now += second;
  CHECK(host.service->later(host.now).empty());
  CHECK(host.service->transfers() == 0);
}

TEST_CASE("an old acknowledgement and one of somebody else are no reason to send a block", "[tftp][netboot]") {
  Host host;
  REQUIRE(host.tftp(tftp::Request{false, "images/kernel", "octet", {}}));
  CHECK_FALSE(host.tftp(tftp::Acknowledgement{0}));
  CHECK_FALSE(host.send(host.port, tftp::make(tftp::Acknowledgement{1}), 2001));
  CHECK_FALSE(host.send(host.port, tftp::make(tftp::Acknowledgement{1}), 2000, stranger_mac, client + 1));
  CHECK(host.tftp(tftp::Acknowledgement{1}));
  CHECK_FALSE(host.tftp(tftp::Acknowledgement{1}));
}

TEST_CASE("only so many transfers go on at once", "[tftp][netboot]") {
  Host host;
  for (u16 i = 0; i < 40; ++i)
    (void)host.send(tftp::server_port, tftp::make(tftp::Request{false, "images/kernel", "octet", {}}),
                    static_cast<u16>(3000 + i));
  CHECK(host.service->transfers() == BootService::most_transfers);
  host.now += 7 * second;
  for (int i = 0; i < 10; ++i) (void)host.service->later(host.now += second);
  CHECK(host.service->transfers() == 0);
}

TEST_CASE("a file that is cut while it is handed out ends the transfer", "[tftp][netboot]") {
  Host host;
  REQUIRE(host.tftp(tftp::Request{false, "images/kernel", "octet", {}}));
  host.put("images/kernel", Bytes(600, 2));
  const auto message = host.tftp(tftp::Acknowledgement{1});
  REQUIRE(message);
  CHECK(std::holds_alternative<tftp::Error>(*message));
  CHECK(host.service->transfers() == 0);
}

TEST_CASE("a boot server answers ARP and ping at its address", "[netboot]") {
  Host host;
  const auto arp = host.service->take(packet::make_arp(packet::broadcast, {1, client_mac, client, {}, server}), 0);
  REQUIRE(arp.size() == 1);
  CHECK(packet::parse_arp(arp[0])->sender_mac == host.service->mac());
  CHECK(host.service->take(packet::make_arp(packet::broadcast, {1, client_mac, client, {}, server + 1}), 0).empty());
  const packet::Route route{host.service->mac(), client_mac, server, client};
  const auto echo = host.service->take(packet::make_echo(route, {false, 1, 2, Bytes(56)}), 0);
  REQUIRE(echo.size() == 1);
  CHECK(packet::parse_packet(echo[0])->echo->reply);
}

TEST_CASE("packets of nonsense are answered with nothing or a refusal", "[netboot]") {
  Host host;
  std::mt19937 random(7);
  const u16 ports[] = {bootp::server_port, tftp::server_port, 49'152, 49'153};
  for (int i = 0; i < 20'000; ++i) {
    Bytes data(random() % 600);
    for (u8& byte : data) byte = static_cast<u8>(random() % 3 ? random() % 8 : random());
    if (i % 3 == 0) {  // one that was right before
      data = i % 2 ? bootp::make(question()) : tftp::make(tftp::Request{false, "images/kernel", "octet", {1428, 1, 0}});
      for (int changes = 0; changes < 3; ++changes) data[random() % data.size()] = static_cast<u8>(random());
    }
    Bytes packet = packet::make_datagram({host.service->mac(), client_mac, server, client},
                                         {ports[random() % std::size(ports)], static_cast<u16>(random()), data});
    if (i % 5 == 0) packet.resize(random() % packet.size());
    (void)host.service->take(packet, host.now += 1000);
    CHECK(host.service->transfers() <= BootService::most_transfers);
  }
}

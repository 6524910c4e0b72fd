// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/netboot/load.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/address.h"
#include "emu/core/names.h"
#include "emu/link/bootp.h"
#include "emu/link/tftp.h"
#include "firmware/reference_codes.h"

namespace emu::frame {

namespace {

constexpr u64 try_again = nanoseconds_per_second;
constexpr u16 first_port = 2000;

std::string hardware_text(const packet::Mac& mac) {
  std::string text;
  for (const u8 byte : mac) text += fmt::format(" {:x}", byte);
  return text;
}

class Load {
 public:
  Load(FirmwareIp& ip, const Clock& clock, const LoadWishes& wishes, LoadWatcher& watcher)
      : ip_(ip), clock_(clock), wishes_(wishes), watcher_(watcher), number_(static_cast<u32>(clock.monotonic() >> 10)) {}

  Result<LoadedFile> run() {
    watcher_.show(firmware::src_host_connection);
    LoadedFile loaded{wishes_.file, {}, {}};
    if (!wishes_.tftp_only) {
      watcher_.comes_to(LoadPhase::bootp);
      TRY(bootp(loaded));
    }
    watcher_.comes_to(LoadPhase::tftp);
    watcher_.show(firmware::src_tftp_initiated);
    watcher_.say(fmt::format("FILE: {}\r\n", shown_name(loaded.name)));
    TRY(ip_.reach_server());
    TRY(tftp(loaded));
    watcher_.say(fmt::format("FINAL Packet Count = {}\r\nFINAL File Size = {} bytes.\r\n", packets_, loaded.content.size()));
    return loaded;
  }

 private:
  Status bootp(LoadedFile& loaded) {
    const Addresses given = ip_.addresses();
    watcher_.say(
        fmt::format("BOOTP: chosen-network-type = ethernet,auto,none,auto\r\nBOOTP: server   IP =        {}\r\n"
                    "BOOTP: requested filename = {}\r\nBOOTP: client   IP =        {}\r\n"
                    "BOOTP: client   HW addr =  {}\r\nBOOTP: gateway  IP =        {}\r\nBOOTP: device    {}\r\n"
                    "BOOTP: loc-code  {}\r\n\r\n",
                    address_text(given.server), shown_name(wishes_.file), address_text(given.client), hardware_text(ip_.mac()),
                    address_text(given.gateway), wishes_.device, wishes_.location));
    watcher_.show(firmware::src_bootp_request);
    const bool directed = given.server && given.client;
    if (directed) TRY(ip_.reach_server());
    bootp::Packet asked;
    asked.transaction = number_;
    asked.client = given.client;
    asked.server = given.server;
    asked.hardware = ip_.mac();
    asked.file = wishes_.file;
    const u32 tries = 1 + (wishes_.bootp_retries ? wishes_.bootp_retries : usual_retries);
    for (u32 sent = 1; sent <= tries && ip_.goes_on(); ++sent) {
      asked.seconds = static_cast<u16>(sent - 1);
      const packet::Datagram datagram{bootp::server_port, bootp::client_port, bootp::make(asked)};
      if (directed)
        ip_.send(datagram);
      else
        ip_.broadcast(datagram);
      const u64 until = clock_.monotonic() + try_again;
      while (const auto packet = ip_.receive(until)) {
        if (!packet->datagram || packet->datagram->to_port != bootp::client_port ||
            packet->datagram->from_port != bootp::server_port)
          continue;
        const auto reply = bootp::parse(packet->datagram->data);
        if (!reply || !reply->reply || reply->transaction != number_ || reply->hardware != ip_.mac()) continue;
        watcher_.say(fmt::format("BOOTP R = 1 BOOTP S = {}\r\n", sent));
        return accept(*reply, packet->datagram->data, loaded);
      }
      watcher_.say(fmt::format("BOOTP S = {}\r\n", sent));
    }
    return Error{firmware::src_bootp_failed, "No server has answered BOOTP."};
  }

  // What was given goes before what is told.
  Status accept(const bootp::Packet& reply, const Bytes& bytes, LoadedFile& loaded) {
    watcher_.show(firmware::src_bootp_closed);
    Addresses now = ip_.addresses();
    if (!now.client) now.client = reply.your;
    if (!now.server) now.server = reply.server;
    if (!now.gateway) now.gateway = reply.gateway;
    if (!now.mask) now.mask = reply.mask;
    ip_.set(now);
    loaded.bootp_reply = bytes;
    if (loaded.name.empty()) loaded.name = reply.file;
    if (loaded.name.empty()) return Error{firmware::src_bootp_failed, "The server has named no file."};
    return success();
  }

  Error tftp_error(const std::string& why) const { return {firmware::src_tftp_failed, why}; }

  Status tftp(LoadedFile& loaded) {
    const u16 port = static_cast<u16>(first_port + number_ % 30'000);
    tftp::Request request{false, loaded.name, "octet", {}};
    request.options.block_size = tftp::largest_block;
    request.options.size = 0;
    Bytes sent = tftp::make(request);
    u16 server_port = tftp::server_port;
    u64 block_size = tftp::block_bytes;
    u16 expected = 1;
    const u32 tries = 1 + (wishes_.tftp_retries ? wishes_.tftp_retries : usual_retries);
    for (u32 silent = 0; silent < tries && ip_.goes_on();) {
      ip_.send({server_port, port, sent});
      const u64 until = clock_.monotonic() + try_again;
      bool heard = false;
      while (!heard) {
        const auto packet = ip_.receive(until);
        if (!packet) break;
        if (!packet->datagram || packet->datagram->to_port != port || packet->route.from != ip_.addresses().server) continue;
        const auto message = tftp::parse(packet->datagram->data);
        if (!message) continue;
        const bool first = server_port == tftp::server_port;
        if (!first && packet->datagram->from_port != server_port) continue;
        if (const auto* error = std::get_if<tftp::Error>(&*message))
          return tftp_error(fmt::format("The server refuses the file {}: {}", shown_name(loaded.name), shown_name(error->text)));
        if (const auto* agreed = std::get_if<tftp::OptionAcknowledgement>(&*message)) {
          if (!first || expected != 1) continue;
          if (agreed->options.block_size) block_size = *agreed->options.block_size;
          if (block_size < tftp::smallest_block || block_size > tftp::largest_block)
            return tftp_error("The server insists on blocks of another size.");
          if (agreed->options.size.value_or(0) > wishes_.largest) return too_large();
          server_port = packet->datagram->from_port;
          sent = tftp::make(tftp::Acknowledgement{0});
          heard = true;
          continue;
        }
        const auto* data = std::get_if<tftp::Data>(&*message);
        // A block again: its acknowledgement was lost. It is sent again when the time is up.
        if (!data || data->block != expected) continue;
        if (data->bytes.size() > block_size) return tftp_error("A block is larger than it was agreed on.");
        if (loaded.content.size() + data->bytes.size() > wishes_.largest) return too_large();
        if (first) server_port = packet->datagram->from_port;
        if (packets_++ == 0) watcher_.show(firmware::src_tftp_transfer);
        loaded.content.insert(loaded.content.end(), data->bytes.begin(), data->bytes.end());
        sent = tftp::make(tftp::Acknowledgement{expected});
        ++expected;
        if (data->bytes.size() < block_size) {
          ip_.send({server_port, port, sent});
          return success();
        }
        heard = true;
      }
      silent = heard ? 0 : silent + 1;
    }
    return tftp_error(fmt::format("The server {} does not answer any more.", address_text(ip_.addresses().server)));
  }

  static Error too_large() { return {firmware::src_image_too_large, "The boot image is too large for the partition."}; }

  FirmwareIp& ip_;
  const Clock& clock_;
  const LoadWishes& wishes_;
  LoadWatcher& watcher_;
  const u32 number_;
  u64 packets_ = 0;
};

}  // namespace

Result<LoadedFile> load_from_network(FirmwareIp& ip, const Clock& clock, const LoadWishes& wishes, LoadWatcher& watcher) {
  return Load(ip, clock, wishes, watcher).run();
}

}  // namespace emu::frame

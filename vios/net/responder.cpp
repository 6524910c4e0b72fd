// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/net/responder.h"

#include <fmt/format.h>

#include "emu/core/address.h"
#include "emu/core/secret.h"

namespace vios {

namespace packet = emu::packet;

namespace {

// The first word, which is taken off.
std::string_view take_word(std::string_view& text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return text = {};
  const size_t end = std::min(text.find(' ', begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

}  // namespace

Responder::Responder(const std::string& address, const packet::Mac& mac, std::function<std::string()> level, std::string rmc_key)
    : address_(emu::parse_address(address)), mac_(mac), ioslevel_(std::move(level)), rmc_key_(std::move(rmc_key)) {}

std::optional<Bytes> Responder::announcement() const {
  if (!address_) return std::nullopt;
  return packet::make_arp(packet::broadcast, {1, mac_, *address_, {}, *address_});
}

std::optional<Bytes> Responder::answer(std::span<const u8> packet) const {
  if (!address_) return std::nullopt;
  if (const auto arp = packet::parse_arp(packet)) {
    if (arp->operation != 1 || arp->target != *address_) return std::nullopt;
    return packet::make_arp(arp->sender_mac, {2, mac_, *address_, arp->sender_mac, arp->sender});
  }
  const auto received = packet::parse_packet(packet);
  if (!received || received->route.to_mac != mac_ || received->route.to != *address_) return std::nullopt;
  const packet::Route home = packet::back(received->route);
  if (received->echo && !received->echo->reply) {
    packet::Echo echo = *received->echo;
    echo.reply = true;
    return packet::make_echo(home, echo);
  }
  if (received->datagram && received->datagram->to_port == rmc_port) {
    const Bytes& data = received->datagram->data;
    const std::string reply = rmc({reinterpret_cast<const char*>(data.data()), data.size()});
    if (!reply.empty())
      return packet::make_datagram(home, {received->datagram->from_port, rmc_port, Bytes(reply.begin(), reply.end())});
  }
  return std::nullopt;
}

std::string Responder::rmc(std::string_view request) const {
  request = request.substr(0, request.find('\n'));
  if (take_word(request) != "RMC2") return {};
  const std::string_view sequence = take_word(request);
  if (sequence.empty() || sequence.size() > 20 || sequence.find_first_not_of("0123456789") != std::string_view::npos) return {};
  if (rmc_key_.empty() || !emu::same_secret(take_word(request), rmc_key_)) return {};
  const std::string_view verb = take_word(request);
  if (verb == "hello") return fmt::format("RMC2 {} OK vios {}\n", sequence, ioslevel_());
  return fmt::format("RMC2 {} ERR 1 unknown verb\n", sequence);
}

}  // namespace vios

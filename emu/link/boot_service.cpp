// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/boot_service.h"

#include <algorithm>

#include "emu/core/log.h"
#include "emu/core/names.h"
#include "emu/link/bootp.h"

namespace emu {

namespace {

constexpr Log log_boot("boot-server");

constexpr u16 first_port = 49'152;

Bytes refusal(tftp::ErrorCode code, std::string text) { return tftp::make(tftp::Error{code, std::move(text)}); }

}  // namespace

BootService::BootService(const SegmentConfig::BootServer& config, const Network& network)
    : config_(config),
      network_(network),
      address_(parse_address(config.address).value_or(0)),
      mac_(packet::mac_of("boot server " + config.address)),
      folder_(config.folder) {}

std::vector<Bytes> BootService::take(std::span<const u8> bytes, u64 now) {
  const auto one = [](std::optional<Bytes> packet) {
    std::vector<Bytes> all;
    if (packet) all.push_back(std::move(*packet));
    return all;
  };
  if (const auto arp = packet::parse_arp(bytes)) {
    if (arp->operation != 1 || arp->target != address_) return {};
    return {packet::make_arp(arp->sender_mac, {2, mac_, address_, arp->sender_mac, arp->sender})};
  }
  const packet::Mac to = packet::destination(bytes);
  if (to != mac_ && to != packet::broadcast) return {};
  const auto packet = packet::parse_packet(bytes);
  if (!packet) return {};
  if (packet->datagram && packet->datagram->to_port == bootp::server_port) return one(bootp(*packet));
  if (to != mac_ || packet->route.to != address_) return {};
  if (packet->echo && !packet->echo->reply)
    return {packet::make_echo(back(packet->route), {true, packet->echo->identifier, packet->echo->sequence, packet->echo->data})};
  if (!packet->datagram) return {};
  return one(packet->datagram->to_port == tftp::server_port ? begin(*packet, now) : go_on(*packet, now));
}

// ---- BOOTP ----

std::optional<Bytes> BootService::bootp(const packet::Packet& packet) const {
  const auto asked = bootp::parse(packet.datagram->data);
  if (!asked || asked->reply) return std::nullopt;
  // Somebody else's file: that server answers.
  if (asked->server != 0 && asked->server != address_) return std::nullopt;
  const auto is_it = [&](const SegmentConfig::BootServer::Client& client) {
    if (!client.mac_addr.empty()) return packet::parse_mac(client.mac_addr) == asked->hardware;
    return asked->client != 0 && parse_address(client.ip_address) == asked->client;
  };
  const auto client = std::ranges::find_if(config_.clients, is_it);
  if (client == config_.clients.end()) {
    log_boot.info("BOOTP of {}: not in the table", address_text(asked->client));
    return std::nullopt;
  }
  bootp::Packet reply = *asked;
  reply.reply = true;
  reply.your = parse_address(client->ip_address).value_or(0);
  reply.server = address_;
  // A client that names a file gets that one. (RFC 951, 7.3)
  if (reply.file.empty()) reply.file = client->file;
  reply.mask = network_.mask;
  reply.gateway = client->gateway.empty() ? 0 : parse_address(client->gateway).value_or(0);
  log_boot.info("BOOTP of {}: {}", client->ip_address, shown_name(reply.file));
  // It has no address that ARP could ask for, but its adapter's.
  return packet::make_datagram({asked->hardware, mac_, reply.your, address_},
                               {bootp::client_port, bootp::server_port, bootp::make(reply)});
}

// ---- TFTP ----

std::optional<Bytes> BootService::begin(const packet::Packet& packet, u64 now) {
  const auto& from = *packet.datagram;
  const auto message = tftp::parse(from.data);
  const auto* request = message ? std::get_if<tftp::Request>(&*message) : nullptr;
  if (!request) return std::nullopt;
  const packet::Route route = back(packet.route);
  const auto refuse = [&](tftp::ErrorCode code, std::string text) {
    return packet::make_datagram(route, {from.from_port, tftp::server_port, refusal(code, std::move(text))});
  };
  if (request->write) return refuse(tftp::ErrorCode::access, "This server only hands out.");
  if (request->mode != "octet") return refuse(tftp::ErrorCode::illegal, "This server only knows the mode octet.");
  // The request again: the answer was lost.
  std::erase_if(transfers_, [&](const Transfer& each) {
    return each.route.to == route.to && each.route.to_mac == route.to_mac && each.client_port == from.from_port;
  });
  if (transfers_.size() >= most_transfers) return refuse(tftp::ErrorCode::undefined, "Too many transfers at once.");
  auto file = folder_.open(request->file);
  if (!file) {
    log_boot.warn("TFTP of {}: {}: {}", address_text(route.to), shown_name(request->file), file.error().text);
    return refuse(file.error().code == "not-found" ? tftp::ErrorCode::not_found : tftp::ErrorCode::access, file.error().text);
  }
  log_boot.info("TFTP of {}: {}, {} bytes", address_text(route.to), shown_name(request->file), file->size());
  last_port_ = last_port_ < first_port || last_port_ == 65'535 ? first_port : static_cast<u16>(last_port_ + 1);
  transfers_.push_back({route, from.from_port, last_port_, std::move(*file)});
  Transfer& transfer = transfers_.back();
  transfer.began = now;
  tftp::Options agreed;
  if (const auto& size = request->options.block_size; size && *size >= tftp::smallest_block)
    agreed.block_size = transfer.block_size = std::min(*size, tftp::largest_block);
  if (const auto& seconds = request->options.timeout; seconds && *seconds >= 1 && *seconds <= 255) {
    agreed.timeout = *seconds;
    transfer.timeout = *seconds * repeat_after;
  }
  if (request->options.size) agreed.size = transfer.file.size();
  if (agreed.any()) return send(transfer, tftp::make(tftp::OptionAcknowledgement{agreed}), now);
  transfer.block = 1;
  return send_block(transfer, now);
}

std::optional<Bytes> BootService::go_on(const packet::Packet& packet, u64 now) {
  const auto& from = *packet.datagram;
  const auto transfer = std::ranges::find(transfers_, from.to_port, &Transfer::port);
  if (transfer == transfers_.end() || transfer->route.to != packet.route.from || transfer->client_port != from.from_port)
    return std::nullopt;
  const auto message = tftp::parse(from.data);
  if (!message) return std::nullopt;
  if (std::holds_alternative<tftp::Error>(*message)) {
    transfers_.erase(transfer);
    return std::nullopt;
  }
  const auto* acknowledged = std::get_if<tftp::Acknowledgement>(&*message);
  // One of an earlier block is no reason to send anything: each would be answered twice from then on. (RFC 1123, 4.2.3.1)
  if (!acknowledged || acknowledged->block != transfer->block) return std::nullopt;
  if (transfer->last) {
    log_boot.info("TFTP of {}: all of it is there", address_text(transfer->route.to));
    transfers_.erase(transfer);
    return std::nullopt;
  }
  if (transfer->sent.size() >= 2 && transfer->sent[1] == 3) transfer->offset += transfer->block_size;
  ++transfer->block;  // after 65535 comes 0
  auto next = send_block(*transfer, now);
  if (transfer->sent.empty()) transfers_.erase(transfer);
  return next;
}

std::optional<Bytes> BootService::send(Transfer& transfer, Bytes message, u64 now) {
  transfer.sent = std::move(message);
  transfer.sent_at = now;
  transfer.repeats = 0;
  return packet::make_datagram(transfer.route, {transfer.client_port, transfer.port, transfer.sent});
}

std::optional<Bytes> BootService::send_block(Transfer& transfer, u64 now) {
  auto content = transfer.file.read(transfer.offset, transfer.block_size);
  if (!content) {
    transfer.sent.clear();
    return packet::make_datagram(
        transfer.route, {transfer.client_port, transfer.port, refusal(tftp::ErrorCode::undefined, content.error().text)});
  }
  transfer.last = content->size() < transfer.block_size;
  return send(transfer, tftp::make(tftp::Data{transfer.block, std::move(*content)}), now);
}

std::vector<Bytes> BootService::later(u64 now) {
  std::vector<Bytes> again;
  std::erase_if(transfers_, [&](Transfer& transfer) {
    if (transfer.sent.empty() || now - transfer.began > longest_transfer) return true;
    if (now - transfer.sent_at < transfer.timeout) return false;
    if (++transfer.repeats > most_repeats) {
      log_boot.warn("TFTP of {}: it does not answer any more", address_text(transfer.route.to));
      return true;
    }
    transfer.sent_at = now;
    again.push_back(packet::make_datagram(transfer.route, {transfer.client_port, transfer.port, transfer.sent}));
    return false;
  });
  return again;
}

u64 BootService::next(u64 now) const {
  u64 soonest = 3600 * repeat_after;
  for (const Transfer& transfer : transfers_) {
    const u64 due = transfer.sent_at + transfer.timeout;
    soonest = std::min(soonest, due > now ? due - now : 0);
  }
  return soonest;
}

}  // namespace emu

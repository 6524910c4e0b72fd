// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/service.h"

namespace emu::service {

namespace {

constexpr u16 wire_version = 3;
constexpr size_t header_bytes = 16;  // be16 message, be16 version, be32 length, be64 epoch
constexpr u16 reply_bit = 0x8000;
constexpr u16 error_number = 0xFFFF;
static_assert(std::variant_size_v<Requests> < reply_bit - 1);

struct Refusal {
  std::string code;
  std::string text;
  FIELDS(Refusal, code, text)
};

Bytes enclosed(u16 number, const Bytes& body, u64 epoch = 0) {
  Bytes message(header_bytes + body.size());
  store_be(message.data(), number);
  store_be(message.data() + 2, wire_version);
  store_be(message.data() + 4, static_cast<u32>(body.size()));
  store_be(message.data() + 8, epoch);
  std::copy(body.begin(), body.end(), message.begin() + header_bytes);
  return message;
}

struct Envelope {
  u16 number = 0;
  u64 epoch = 0;
  std::span<const u8> body;
};

Result<Envelope> opened(std::span<const u8> message) {
  if (message.size() < header_bytes) return Error{"service", "A message is shorter than its header."};
  const u16 version = load_be<u16>(message.data() + 2);
  if (version != wire_version)
    return Error{"service", "A message has version " + std::to_string(version) + ", this build speaks version " +
                                std::to_string(wire_version) + ": start both programs from the same build."};
  if (load_be<u32>(message.data() + 4) != message.size() - header_bytes)
    return Error{"service", "A message is not as long as its header says."};
  return Envelope{load_be<u16>(message.data()), load_be<u64>(message.data() + 8), message.subspan(header_bytes)};
}

using Reader = Result<Request> (*)(std::span<const u8>);

template <class R>
Result<Request> read_body(std::span<const u8> body) {
  Result<R> request = from_bytes<R>(body);
  if (!request) return request.error();
  return Request(*request);
}

template <class... R>
constexpr std::array<Reader, sizeof...(R)> readers_of(const std::variant<R...>*) {
  return {read_body<R>...};
}
constexpr auto readers = readers_of(static_cast<const Requests*>(nullptr));  // by number, from 1

using Maker = Requests (*)(const void*);

template <class... R>
constexpr std::array<Maker, sizeof...(R)> makers_of(const std::variant<R...>*) {
  return {[](const void* request) { return Requests(*static_cast<const R*>(request)); }...};
}
constexpr auto makers = makers_of(static_cast<const Requests*>(nullptr));  // by number, from 1

}  // namespace

Request::Request(u16 number, const void* request) : Requests(makers[number - 1](request)) {}
Request::Request(const Request&) = default;
Request::Request(Request&&) noexcept = default;
Request::~Request() = default;

Bytes encode(const Request& request, u64 epoch) {
  const auto body = std::visit([](const auto& r) { return to_bytes(r); }, request);
  return enclosed(static_cast<u16>(request.index() + 1), body, epoch);
}

Result<Asked> decode(std::span<const u8> message) {
  const Envelope envelope = TRY(opened(message));
  if (envelope.number == 0 || envelope.number > readers.size())
    return Error{"service", "Request number " + std::to_string(envelope.number) + " is not known to this build."};
  Request request = TRY(readers[envelope.number - 1](envelope.body));
  return Asked{std::move(request), envelope.epoch};
}

Bytes encode_reply(u16 number, const Bytes& body) { return enclosed(number | reply_bit, body); }

Bytes encode_error(const Error& error) { return enclosed(error_number, to_bytes(Refusal{error.code, error.text})); }

Result<Bytes> decode_reply(u16 number, std::span<const u8> message) {
  const Envelope envelope = TRY(opened(message));
  if (envelope.number == error_number) {
    const Refusal refusal = TRY(from_bytes<Refusal>(envelope.body));
    return Error{refusal.code, refusal.text};
  }
  if (envelope.number != (number | reply_bit)) return Error{"service", "A reply belongs to another request."};
  return Bytes(envelope.body.begin(), envelope.body.end());
}

Result<Bytes> exchange(Channel& channel, const Request& request, u16 number, u64 timeout, u64 epoch) {
  // Whoever was asked to end may have answered, and be gone, before we have finished sending.
  const Status sent = channel.send(encode(request, epoch));
  const Result<Bytes> message = channel.receive(sent ? timeout : 0);
  if (!message) return sent ? message.error() : sent.error();
  return decode_reply(number, *message);
}

}  // namespace emu::service

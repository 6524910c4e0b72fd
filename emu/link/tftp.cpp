// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/tftp.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace emu::tftp {

namespace {

constexpr u16 op_read = 1;
constexpr u16 op_write = 2;
constexpr u16 op_data = 3;
constexpr u16 op_acknowledgement = 4;
constexpr u16 op_error = 5;
constexpr u16 op_option_acknowledgement = 6;

constexpr size_t longest_text = 512;
constexpr int most_options = 16;

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

void put16(Bytes& to, u16 value) {
  to.push_back(static_cast<u8>(value >> 8));
  to.push_back(static_cast<u8>(value));
}
void put_text(Bytes& to, std::string_view text) {
  to.insert(to.end(), text.begin(), text.end());
  to.push_back(0);
}
void put_options(Bytes& to, const Options& options) {
  const auto put = [&](std::string_view name, const std::optional<u64>& value) {
    if (!value) return;
    put_text(to, name);
    put_text(to, std::to_string(*value));
  };
  put("blksize", options.block_size);
  put("timeout", options.timeout);
  put("tsize", options.size);
}

// The texts of a message, each with a zero behind it.
class Texts {
 public:
  explicit Texts(std::span<const u8> rest) : rest_(rest) {}
  std::optional<std::string> next() {
    const auto end = std::ranges::find(rest_, u8{0});
    const auto length = static_cast<size_t>(end - rest_.begin());
    if (end == rest_.end() || length > longest_text) return std::nullopt;
    std::string text(rest_.begin(), end);
    rest_ = rest_.subspan(length + 1);
    return text;
  }
  bool empty() const { return rest_.empty(); }

 private:
  std::span<const u8> rest_;
};

// Options that are not known here are left out, and so refused. (RFC 2347)
std::optional<Options> options_of(Texts& texts) {
  Options options;
  for (int i = 0; i < most_options && !texts.empty(); ++i) {
    const auto name = texts.next();
    const auto value = name ? texts.next() : std::nullopt;
    if (!value) return std::nullopt;
    u64 number = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
    if (error != std::errc() || end != value->data() + value->size()) continue;
    const std::string word = lower_case(*name);
    if (word == "blksize") options.block_size = number;
    if (word == "timeout") options.timeout = number;
    if (word == "tsize") options.size = number;
  }
  return options;
}

}  // namespace

Bytes make(const Message& message) {
  Bytes bytes;
  if (const auto* request = std::get_if<Request>(&message)) {
    put16(bytes, request->write ? op_write : op_read);
    put_text(bytes, request->file);
    put_text(bytes, request->mode);
    put_options(bytes, request->options);
  } else if (const auto* data = std::get_if<Data>(&message)) {
    put16(bytes, op_data);
    put16(bytes, data->block);
    bytes.insert(bytes.end(), data->bytes.begin(), data->bytes.end());
  } else if (const auto* acknowledged = std::get_if<Acknowledgement>(&message)) {
    put16(bytes, op_acknowledgement);
    put16(bytes, acknowledged->block);
  } else if (const auto* error = std::get_if<Error>(&message)) {
    put16(bytes, op_error);
    put16(bytes, static_cast<u16>(error->code));
    put_text(bytes, error->text);
  } else if (const auto* options = std::get_if<OptionAcknowledgement>(&message)) {
    put16(bytes, op_option_acknowledgement);
    put_options(bytes, options->options);
  }
  return bytes;
}

std::optional<Message> parse(std::span<const u8> bytes) {
  if (bytes.size() < 4) return std::nullopt;
  const u16 operation = load_be<u16>(bytes.data());
  const u16 number = load_be<u16>(&bytes[2]);
  switch (operation) {
    case op_read:
    case op_write: {
      Texts texts(bytes.subspan(2));
      const auto file = texts.next();
      const auto mode = file ? texts.next() : std::nullopt;
      if (!mode) return std::nullopt;
      const auto options = options_of(texts);
      if (!options) return std::nullopt;
      return Request{operation == op_write, *file, lower_case(*mode), *options};
    }
    case op_data:
      return Data{number, Bytes(bytes.begin() + 4, bytes.end())};
    case op_acknowledgement:
      return Acknowledgement{number};
    case op_error: {
      Texts texts(bytes.subspan(4));
      return Error{static_cast<ErrorCode>(std::min(number, static_cast<u16>(ErrorCode::options))), texts.next().value_or("")};
    }
    case op_option_acknowledgement: {
      Texts texts(bytes.subspan(2));
      const auto options = options_of(texts);
      if (!options) return std::nullopt;
      return OptionAcknowledgement{*options};
    }
    default:
      return std::nullopt;
  }
}

}  // namespace emu::tftp

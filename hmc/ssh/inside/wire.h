// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Between a command of the console that runs in a user's shell and the ssh server: records over a stream socket that the command has made
// and sent through the socket that its shell inherited. Who the user is, is known from that socket; a record never says it.
//
//   a record: its kind (1 byte), the length of its body (4 bytes, big-endian), the body
//   command: words                                            server: [file ...] [output | input | raw ...] exit
//   command: content or no_content, after each file;  typed and end, after input

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace hmc::ssh::wire {

// The inherited socket's number: above those that scripts use for redirections, and below the shell's own.
inline constexpr int door = 198;

enum class Kind : std::uint8_t {
  words = 1,   // argv, each word ends with a zero byte
  content,     // of the file that was asked for
  no_content,  // why there is none
  typed,       // standard input
  end,         // of standard input
  file,        // a name: its content is wanted
  output,      // for standard output
  input,       // standard input is wanted from now on
  raw,         // each key as it is typed, without echo
  exit,        // the exit status, 1 byte
};
inline constexpr std::uint32_t longest_body = 1 << 20;
inline constexpr std::size_t header_bytes = 5;

struct Record {
  Kind kind = Kind::exit;
  std::string body;
};

inline bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

inline bool send(int socket, Kind kind, std::string_view body) {
  if (body.size() > longest_body) return false;
  const auto length = static_cast<std::uint32_t>(body.size());
  std::string record{static_cast<char>(kind)};
  for (int shift = 24; shift >= 0; shift -= 8) record += static_cast<char>(length >> shift);
  record += body;
  return send_all(socket, record);
}

inline bool receive_all(int socket, char* to, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t got = ::recv(socket, to, bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

// Nothing: the other side has gone, or sends what is no record.
inline std::optional<Record> receive(int socket) {
  std::array<char, header_bytes> header{};
  if (!receive_all(socket, header.data(), header.size())) return std::nullopt;
  std::uint32_t length = 0;
  for (std::size_t i = 1; i < header_bytes; ++i) length = length << 8 | static_cast<std::uint8_t>(header[i]);
  const auto kind = static_cast<std::uint8_t>(header[0]);
  if (length > longest_body || kind < static_cast<std::uint8_t>(Kind::words) || kind > static_cast<std::uint8_t>(Kind::exit))
    return std::nullopt;
  Record record{static_cast<Kind>(kind), std::string(length, '\0')};
  if (!receive_all(socket, record.body.data(), length)) return std::nullopt;
  return record;
}

inline std::string pack(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += word + '\0';
  return all;
}
inline std::vector<std::string> unpack(std::string_view body) {
  std::vector<std::string> words;
  while (!body.empty()) {
    const std::size_t length = body.find('\0');
    if (length == body.npos) return {};
    words.emplace_back(body.substr(0, length));
    body.remove_prefix(length + 1);
  }
  return words;
}

}  // namespace hmc::ssh::wire

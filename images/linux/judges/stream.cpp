// SPDX-License-Identifier: GPL-2.0-or-later
// One TCP connection that carries numbered, checksummed blocks both ways; who is at the other end does the same. It must stay the
// same connection. Block: number, checksum (both 64 bits, big-endian), 1008 bytes of what next_random makes of the number.
//   stream port=7001 rate=200       blocks a second that are sent
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "judges/judge.h"

namespace {

constexpr size_t block_words = 128;
constexpr uint64_t checksum_seed = 0xCBF29CE484222325;

struct Block {
  uint64_t words[block_words];
};

void make(Block& block, uint64_t number) {
  uint64_t seed = number + 1, sum = checksum_seed;
  block.words[0] = __builtin_bswap64(number);
  for (size_t i = 2; i < block_words; i++) {
    block.words[i] = __builtin_bswap64(judge::next_random(seed));
    sum = (sum ^ block.words[i]) * 0x100000001B3;
  }
  block.words[1] = __builtin_bswap64(sum);
}

bool move_all(int to, char* data, size_t bytes, bool sending) {
  while (bytes) {
    const ssize_t done = sending ? send(to, data, bytes, 0) : recv(to, data, bytes, 0);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    data += done;
    bytes -= static_cast<size_t>(done);
  }
  return true;
}

}  // namespace

int main(int count, char** words) {
  judge::begin("stream");
  const int listening = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(static_cast<uint16_t>(judge::argument(count, words, "port", 7001)));
  if (bind(listening, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0 || listen(listening, 1) != 0) {
    std::perror("stream");
    return 1;
  }
  std::printf("stream: listening\n");
  std::fflush(stdout);
  const uint64_t rate = judge::argument(count, words, "rate", 200);
  uint64_t connections = 0, sent = 0, received = 0;
  for (;;) {
    const int peer = accept(listening, nullptr, nullptr);
    if (peer < 0) continue;
    if (++connections > 1)
      judge::found_wrong("the connection was lost after %llu blocks", static_cast<unsigned long long>(received));
    const uint64_t began = judge::nanoseconds(CLOCK_MONOTONIC);
    sent = received = 0;
    Block block, expected;
    for (;;) {
      pollfd waiting{peer, POLLIN, 0};
      poll(&waiting, 1, 5);
      judge::answer_if_asked("connections=%llu sent=%llu received=%llu", static_cast<unsigned long long>(connections),
                             static_cast<unsigned long long>(sent), static_cast<unsigned long long>(received));
      if (sent < (judge::nanoseconds(CLOCK_MONOTONIC) - began) / 1000 * rate / 1'000'000) {
        make(block, sent++);
        if (!move_all(peer, reinterpret_cast<char*>(&block), sizeof block, true)) break;
      }
      if (!(waiting.revents & (POLLIN | POLLHUP | POLLERR))) continue;
      if (!move_all(peer, reinterpret_cast<char*>(&block), sizeof block, false)) break;
      make(expected, received++);
      if (std::memcmp(&block, &expected, sizeof block) != 0)
        judge::found_wrong("block %llu is not what was sent", static_cast<unsigned long long>(received - 1));
    }
    close(peer);
  }
}

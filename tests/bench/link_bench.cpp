// SPDX-License-Identifier: GPL-2.0-or-later
// What the mover link can carry, with nothing else in the way: the yardstick for a move's rate. Prints `name value unit`.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emu/link/mover_link.h"

using namespace emu;

namespace {

using Time = std::chrono::steady_clock;
constexpr u64 block = 64 * KiB;
constexpr u64 total = 1 * GiB;
constexpr u64 ms = 1'000'000;

double seconds_since(Time::time_point start) { return std::chrono::duration<double>(Time::now() - start).count(); }

u8* memory(u64 bytes) {
  void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) _exit(1);
  madvise(mapped, bytes, MADV_HUGEPAGE);
  std::memset(mapped, 0x5A, bytes);
  return static_cast<u8*>(mapped);
}

u8* buffer(MoverLink& link, u32 index) { return link.buffers().data() + u64{index} * mover_buffer_bytes; }

// The receiving process: takes everything to its RAM; answers urgent requests (the first byte is a round trip's number).
int receiver(const std::string& path) {
  auto link = MoverLink::connect(path, 5'000 * ms);
  if (!link) return 1;
  u8* ram = memory(total);
  const auto ready = (*link)->take_free();
  if (!(*link)->send({*ready, 0, 1, false})) return 1;
  u64 at = 0;
  while ((*link)->peer_alive()) {
    const auto d = (*link)->receive();
    if (!d) {
      (*link)->wait(ms);
      continue;
    }
    if (d->urgent) {
      (*link)->give_back(d->index);
      auto reply = (*link)->take_free();
      while (!reply) reply = (*link)->take_free();
      std::memcpy(buffer(**link, *reply), ram, 4096);
      (*link)->send({*reply, 0, 4096, true});
      continue;
    }
    std::memcpy(ram + at, buffer(**link, d->index) + d->offset, d->length);
    at = (at + block) % total;
    (*link)->give_back(d->index);
  }
  return 0;
}

}  // namespace

int main() {
  const std::string path = "/dev/shm/twinframe-bench-" + std::to_string(getpid());
  const pid_t child = fork();
  if (child == 0) _exit(receiver(path));
  {
    // Listens, so its buffers are those "up"; the child's are the larger pool. The roles do not matter to the memory.
    auto listening = MoverLink::listen(path);
    if (!listening) return 1;
    MoverLink& link = **listening;
    u8* ram = memory(total);
    while (true) {
      if (const auto d = link.receive()) {
        link.give_back(d->index);
        break;
      }
      link.wait(10 * ms);
    }

    u8* copy = memory(block * 16);
    auto start = Time::now();
    for (u64 at = 0; at < total; at += block) std::memcpy(copy + at % (block * 16), ram + at % (block * 16), block);
    std::printf("memcpy_warm %.2f GiB/s\n", 1 / seconds_since(start));

    double best = 0;
    for (int run = 0; run < 5; ++run) {
      start = Time::now();
      for (u64 at = 0; at < total; at += block) {
        auto index = link.take_free();
        while (!index) {
          link.wait(ms);
          index = link.take_free();
        }
        std::memcpy(buffer(link, *index), ram + at, block);
        link.send({*index, 0, block, false});
      }
      best = std::max(best, 1 / seconds_since(start));
    }
    std::printf("two_copy_ring_warm %.2f GiB/s\n", best);

    std::vector<double> trips;
    for (int i = 0; i < 5000; ++i) {
      start = Time::now();
      auto index = link.take_free();
      while (!index) index = link.take_free();
      buffer(link, *index)[0] = static_cast<u8>(i);
      link.send({*index, 0, 64, true});
      for (;;) {
        if (const auto d = link.receive()) {
          std::memcpy(copy, buffer(link, d->index), 4096);
          link.give_back(d->index);
          break;
        }
        link.wait(ms);
      }
      trips.push_back(seconds_since(start) * 1e6);
    }
    std::sort(trips.begin(), trips.end());
    std::printf("page_round_trip_p50 %.2f us\npage_round_trip_p99 %.2f us\n", trips[trips.size() / 2],
                trips[trips.size() * 99 / 100]);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

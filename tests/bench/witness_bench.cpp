// SPDX-License-Identifier: GPL-2.0-or-later
// What the lab's witness costs a move: the two writes of a hand-over that fall into the suspend window, of two frames that have
// the file open. Prints `name value unit`.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <unistd.h>

#include "firmware/witness.h"

namespace {

using Time = std::chrono::steady_clock;
constexpr unsigned moves = 2000;
constexpr const char* systems[] = {"9117-MMA*1001234", "9117-MMA*1005678"};

double microseconds(Time::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

void print(const std::string& name, std::vector<double>& values) {
  std::ranges::sort(values);
  std::printf("%s_p50 %.1f us\n%s_p99 %.1f us\n", name.c_str(), values[values.size() / 2], name.c_str(),
              values[values.size() * 99 / 100]);
}

}  // namespace

int main() {
  const std::string file = "/tmp/twinframe-bench-" + std::to_string(getpid()) + ".witness";
  auto first = firmware::Witness::open(file);
  auto second = firmware::Witness::open(file);
  if (!first || !second || !(*first)->claim("partition", systems[0])) return 1;
  firmware::Witness* const frames[] = {first->get(), second->get()};
  std::vector<double> hand_over, start;
  for (unsigned move = 1; move <= moves; ++move) {
    const unsigned from = (move + 1) % 2, to = move % 2;
    if (!frames[from]->begin("partition", systems[from], move, systems[to])) return 1;
    const auto began = Time::now();
    const auto handed = frames[from]->hand_over("partition", systems[from], move);
    const auto between = Time::now();
    const auto started = frames[to]->start("partition", systems[to], move);
    const auto ended = Time::now();
    if (!handed || !started) return 1;
    hand_over.push_back(microseconds(between - began));
    start.push_back(microseconds(ended - between));
  }
  print("witness_handed_over", hand_over);
  print("witness_started", start);
  for (const char* suffix : {"", "-wal", "-shm"}) unlink((file + suffix).c_str());
  return 0;
}

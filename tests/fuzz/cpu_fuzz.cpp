// SPDX-License-Identifier: GPL-2.0-or-later
// Random instructions, as a guest's user program and as its kernel: whatever a guest executes, the process survives, and the
// processor comes back when it is kicked.
//
//   fuzz.cpu [instructions [seed]]
//
// Works in a child process, so that a crash can be narrowed down to the instruction that caused it.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cpu/disassembly.h"
#include "cpu/transactional.h"
#include "tests/support/random.h"
#include "tests/unit/cpu/support/machine.h"

namespace {

constexpr u64 code = 0x40000;
constexpr u64 data = 0x100000;
constexpr u64 data_bytes = 0x10000;
constexpr u64 kernel_ea = 0xC000000000000000;
constexpr u64 segment = 0x123000;
constexpr u64 words_per_round = 32;
constexpr int most_hypercalls = 300;

using support::Random;

enum class State { user, kernel, real };

struct Round {
  std::vector<u32> words;
  cpu::Registers registers;
};

// A few words are of transactions, half of the others come from the opcodes that have many instructions, the rest is anything.
u32 random_word(Random& random) {
  constexpr u32 of_transactions[] = {654, 654, 654, 686, 718, 750, 782, 814, 846, 878, 910, 942, 1006};
  constexpr u32 crowded[] = {31, 31, 31, 31, 19, 4, 59, 60, 63, 57, 58, 61, 62, 17};
  const u32 word = static_cast<u32>(random());
  if (random.below(8) == 0)
    return 31U << 26 | (word & 0x03FFF801) | of_transactions[random.below(std::size(of_transactions))] << 1;
  if (random.below(2)) return word;
  return (word & 0x03FFFFFF) | crowded[random.below(std::size(crowded))] << 26;
}

Round make_round(u64 seed, State state) {
  Random random{seed};
  Round round;
  for (u64 i = 0; i < words_per_round; ++i) round.words.push_back(random_word(random));
  cpu::Registers& r = round.registers;
  for (u64& x : r.gpr) {
    switch (random.below(4)) {
      case 0:
        x = random();
        break;
      case 1:
        x = random.below(256);
        break;
      default:
        x = (state == State::real ? 0 : kernel_ea) + data + random.below(data_bytes);
    }
  }
  for (auto& vsr : r.vsr)
    for (u8& x : vsr) x = static_cast<u8>(random());
  r.lr = kernel_ea + data + random.below(data_bytes);
  r.ctr = random();
  r.cr = static_cast<u32>(random());
  r.xer = random() & 0xE00C007F;
  r.fpscr = random() & 0xFF;
  r.slb[0] = {kernel_ea | 0x8000000, segment | 0x400};
  r.pc = (state == State::real ? 0 : kernel_ea) + code;
  r.msr = test::sf | test::me | (random.below(4) ? test::fp | test::vec | test::vsx : 0) | (random.below(2) ? 0x900 : 0);
  if (state != State::real) r.msr |= test::ir | test::dr;
  if (state == State::user) r.msr |= test::pr | test::ee;
  if (random.below(8) == 0) r.msr &= ~test::sf;
  if (random.below(4)) r.msr |= cpu::msr::tm | (random.below(4) ? 0 : random() & cpu::msr::transaction_state);
  r.spr[cpu::spr_texasr] = random();
  r.fscr = random.below(2) ? 0x384 : 0;
  return round;
}

struct Fuzzer {
  test::Machine machine;
  std::atomic<bool> done{false};
  std::thread kicker;
  u64 kicked = 0;

  static cpu::CpuOptions options() {
    cpu::CpuOptions o;
    o.pvr = 0x004D0200;
    o.transactional_memory = true;
    return o;
  }

  Fuzzer() : machine(options(), 4 * MiB) {
    machine.supervisor.on_hypercall = [this](cpu::Cpu& cpu) {
      const u64 next = cpu.gpr(31) & 0xFFFFFFFFFFF;
      if (machine.supervisor.hypercalls > most_hypercalls || next < code || next >= code + 4 * words_per_round) cpu.stop();
    };
    kicker = std::thread([this] {
      while (!done) {
        usleep(2000);
        machine.processor->kick();
      }
    });
  }
  ~Fuzzer() {
    done = true;
    kicker.join();
  }

  void map() {
    using namespace ppc;
    for (u64 slot = 0; slot < machine.table->slots(); ++slot)
      if (machine.table->read(slot).v) machine.table->write(slot, {});
    for (u64 page = 0; page < 4 * MiB >> 12; ++page) machine.enter(kernel_ea + page * 4096, segment, page * 4096, 2);
  }

  // False if the processor says that it cannot go on.
  bool run(const Round& round) {
    using namespace ppc;
    // Every interrupt goes on behind the instruction that caused it.
    for (u64 vector = 0x100; vector < 0x1000; vector += 0x20) {
      machine.put(vector, {mfspr(31, 26), addi(31, 31, 4), mtspr(26, 31), hypercall, rfid});
      machine.put(0x4000 + vector, {mfspr(31, 26), addi(31, 31, 4), mtspr(26, 31), hypercall, rfid});
    }
    machine.put(code, round.words);
    machine.put(code + 4 * words_per_round, {trap});
    machine.supervisor.hypercalls = 0;
    machine.processor->load(round.registers);
    cpu::Stop stop = cpu::Stop::kicked;
    // A kick may come early; twice is a loop that never ends.
    for (int i = 0; i < 2 && stop == cpu::Stop::kicked; ++i) stop = machine.processor->run();
    kicked += stop == cpu::Stop::kicked;
    if (stop != cpu::Stop::broken && machine.processor->trouble().empty()) return true;
    std::printf("the processor broke: %s\n", machine.processor->trouble().c_str());
    return false;
  }
};

struct Progress {
  std::atomic<u64> round;
  std::atomic<u64> kicked;
  std::atomic<u64> interrupts;
};

State state_of(u64 round) { return static_cast<State>(round % 3); }

// In a child process. True if it came to its end.
template <class Body>
bool survives(int patience, Body body) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    alarm(static_cast<unsigned>(patience));
    const bool good = body();
    std::fflush(stdout);
    _exit(good ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) std::printf("  signal %d\n", WTERMSIG(status));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void blame(u64 seed, u64 number) {
  const Round round = make_round(seed + number, state_of(number));
  std::printf("round %llu, state %llu:\n", static_cast<unsigned long long>(number), static_cast<unsigned long long>(number % 3));
  for (const u32 word : round.words) {
    Round one = round;
    one.words.assign(words_per_round, ppc::trap);
    one.words[0] = word;
    if (survives(10, [&] {
          Fuzzer fuzzer;
          fuzzer.map();
          return fuzzer.run(one);
        }))
      continue;
    std::printf("  guilty alone: %s\n", cpu::disassemble(0, cpu::Instruction{word}, 0).c_str());
  }
  for (const u32 word : round.words) std::printf("  %s\n", cpu::disassemble(0, cpu::Instruction{word}, 0).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const u64 instructions = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 1'000'000;
  const u64 seed = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 20070319;
  const u64 rounds = instructions / words_per_round;
  std::printf("fuzz.cpu: %llu instructions, seed %llu\n", static_cast<unsigned long long>(instructions),
              static_cast<unsigned long long>(seed));
  auto* progress =
      static_cast<Progress*>(mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  u64 failures = 0;
  for (u64 next = 0; next < rounds && failures < 20; next = progress->round + 1) {
    progress->round = next;
    const bool good = survives(120, [&] {
      Fuzzer fuzzer;
      for (u64 i = next; i < rounds; ++i) {
        progress->round = i;
        alarm(20);
        if (i % 64 == 0 || i == next) fuzzer.map();
        if (!fuzzer.run(make_round(seed + i, state_of(i)))) return false;
      }
      progress->kicked = fuzzer.kicked;
      progress->interrupts = fuzzer.machine.processor->counters().interrupts;
      return true;
    });
    if (good) break;
    ++failures;
    blame(seed, progress->round);
  }
  std::printf("%llu failures; %llu interrupts, %llu rounds ended by a kick\n", static_cast<unsigned long long>(failures),
              static_cast<unsigned long long>(progress->interrupts.load()),
              static_cast<unsigned long long>(progress->kicked.load()));
  return failures ? 1 : 0;
}

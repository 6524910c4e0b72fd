// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/judging/programs.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "cpu/disassembly.h"
#include "tests/unit/cpu/support/machine.h"

namespace judge {

namespace {

constexpr u64 xer_of_power9 = 0x000C0000;
constexpr u64 shown = 5;
constexpr size_t moves_in_a_program = 3;

std::string hex(u64 value) {
  char text[24];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}
u64 dword(const cpu::Registers& r, u32 vsr, u32 i) { return emu::load_be<u64>(&r.vsr[vsr][8 * i]); }

class Programs {
 public:
  Programs(const std::vector<Row>& rows, const ProgramsOf& of)
      : rows_(rows), of_(of), here_(test::processor_of(of.pvr), memory), there_(test::processor_of(of.pvr), memory) {
    blank_ = here_.processor->save();
    blank_.msr = test::real_mode | test::fp | test::vec | (of.processor >= 7 ? test::vsx : 0) | (of.little ? cpu::msr::le : 0);
  }

  void judge(u64 seed, ProgramsCount& count) {
    const ProgramKind kind{of_.processor, of_.little, seed, steps};
    Random random{seed ^ 0x5DEECE66D};
    std::vector<size_t> stops;
    for (size_t i = 0; i < moves_in_a_program; ++i) stops.push_back(random.below(steps));
    std::ranges::sort(stops);
    const Program program =
        make_program(rows_, kind, blank_, [&](size_t step) { return std::ranges::binary_search(stops, step); });
    ++count.programs;
    count.steps += program.steps;
    std::string what = whole(here_, program);
    std::string where = "before a move";
    if (what.empty()) {
      what = moved(program, count);
      where = "with moves";
    }
    if (what.empty()) {
      what = whole(*now_, program);
      where = "after a move";
    }
    if (what.empty()) return;
    if (++count.differences > shown) return;
    std::printf("%s %s, program %llu, %s: %s\n", of_.mode, of_.little ? "little-endian" : "big-endian",
                static_cast<unsigned long long>(seed), where.c_str(), what.c_str());
    narrow(kind);
  }

 private:
  static constexpr u64 memory = 2 * MiB;
  static constexpr u32 steps = 120;

  void put(test::Machine& machine, u64 address, u32 word) const {
    if (of_.little)
      machine.put_little(address, {word});
    else
      machine.put(address, {word});
  }
  void begin(test::Machine& machine, const Program& program) const {
    for (size_t i = 0; i < program.words.size(); ++i) put(machine, Program::code + 4 * i, program.words[i]);
    machine.memory->write(Program::data, program.start.memory);
    machine.processor->load(program.start.r);
  }
  // Runs to a place, which then holds what the program has there again.
  std::string run_to(test::Machine& machine, const Program& program, const Program::Place& place) const {
    const u64 address = Program::code + 4 * place.word;
    put(machine, address, ppc::hypercall);
    machine.processor->run();
    put(machine, address, program.words[place.word]);
    cpu::Registers r = machine.processor->save();
    if (r.pc != address + 4) return "it came to " + hex(r.pc) + " instead of " + hex(address);
    r.pc = address;
    machine.processor->load(r);
    return difference(r, machine, place);
  }
  std::string whole(test::Machine& machine, const Program& program) const {
    begin(machine, program);
    return run_to(machine, program, program.places.back());
  }
  std::string moved(const Program& program, ProgramsCount& count) {
    now_ = &here_;
    begin(here_, program);
    for (const Program::Place& place : program.places) {
      if (std::string what = run_to(*now_, program, place); !what.empty()) return what;
      if (&place == &program.places.back()) break;
      test::Machine& next = now_ == &here_ ? there_ : here_;
      std::vector<u8> bytes(memory);
      now_->memory->read(0, bytes);
      next.memory->write(0, bytes);
      next.processor->load(now_->processor->save());
      now_ = &next;
      ++count.moves;
    }
    return "";
  }

  static std::string difference(const cpu::Registers& r, test::Machine& machine, const Program::Place& want) {
    for (u32 i = 0; i < 32; ++i)
      if (r.gpr[i] != want.r.gpr[i]) return "r" + std::to_string(i) + " is " + hex(r.gpr[i]) + ", not " + hex(want.r.gpr[i]);
    for (u32 vsr = 0; vsr < 64; ++vsr)
      for (u32 i = 0; i < 2; ++i)
        if (dword(r, vsr, i) != dword(want.r, vsr, i) && !(i == 1 && want.unknown_halves[vsr]))
          return "vsr" + std::to_string(vsr) + "[" + std::to_string(i) + "] is " + hex(dword(r, vsr, i)) + ", not " +
                 hex(dword(want.r, vsr, i));
    if (r.cr != want.r.cr) return "cr is " + hex(r.cr) + ", not " + hex(want.r.cr);
    if ((r.xer ^ want.r.xer) & ~xer_of_power9) return "xer is " + hex(r.xer) + ", not " + hex(want.r.xer);
    if (r.lr != want.r.lr) return "lr is " + hex(r.lr) + ", not " + hex(want.r.lr);
    if (r.ctr != want.r.ctr) return "ctr is " + hex(r.ctr) + ", not " + hex(want.r.ctr);
    if ((r.fpscr ^ want.r.fpscr) & ~want.unknown_fpscr) return "fpscr is " + hex(r.fpscr) + ", not " + hex(want.r.fpscr);
    if (r.vscr != want.r.vscr) return "vscr is " + hex(r.vscr) + ", not " + hex(want.r.vscr);
    std::vector<u8> bytes(Program::data_bytes);
    machine.memory->read(Program::data, bytes);
    if (const auto at = std::ranges::mismatch(bytes, want.memory); at.in1 != bytes.end())
      return "byte " + std::to_string(at.in1 - bytes.begin()) + " of its memory differs";
    return "";
  }

  // The first step whose end is not what it must be.
  void narrow(const ProgramKind& kind) {
    const Program program = make_program(rows_, kind, blank_, [](size_t) { return true; });
    begin(here_, program);
    for (size_t i = 0; i < program.places.size(); ++i) {
      const std::string what = run_to(here_, program, program.places[i]);
      if (what.empty()) continue;
      for (size_t word = i ? program.places[i - 1].word : 0; word < program.places[i].word; ++word)
        std::printf("  %s\n",
                    cpu::disassemble(Program::code + 4 * word, cpu::Instruction{program.words[word]}, blank_.msr & ~cpu::msr::le)
                        .c_str());
      std::printf("  %s\n", what.c_str());
      return;
    }
    std::puts("  stopped before each of its steps, it is right");
  }

  const std::vector<Row>& rows_;
  ProgramsOf of_;
  test::Machine here_, there_;
  test::Machine* now_ = &here_;
  cpu::Registers blank_;
};

}  // namespace

ProgramsCount judge_programs(const std::vector<Row>& rows, const ProgramsOf& of) {
  Programs programs(rows, of);
  ProgramsCount count;
  for (u64 i = 0; i < of.programs; ++i) programs.judge(of.seed + i, count);
  return count;
}

}  // namespace judge

// SPDX-License-Identifier: GPL-2.0-or-later
// What the processor costs. One line per measurement: name, value, unit. The best of several runs: the host is shared.
#include <atomic>
#include <cstdio>
#include <ctime>

#include "cpu/performance_monitor.h"
#include "cpu/transactional.h"
#include "tests/unit/cpu/support/machine.h"

using namespace ppc;
using test::Machine;

namespace {

// Of this thread: others use the host at the same time.
double seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Runs a loop of `body` with `rounds` in CTR; returns nanoseconds per round.
double measure(Machine& m, std::vector<u32> before, const std::vector<u32>& body, u32 rounds, u64 msr = test::real_mode) {
  before.insert(before.end(), {lis(9, static_cast<s64>(rounds >> 16)), ori(9, 9, rounds & 0xFFFF), mtctr(9)});
  before.insert(before.end(), body.begin(), body.end());
  before.push_back(bdnz(-4 * static_cast<s64>(body.size())));
  before.push_back(hypercall);
  m.put(0x2000, before);
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    m.start_at(0x2000, msr);
    const double begin = seconds();
    const cpu::Stop stop = m.processor->run();
    const double took = seconds() - begin;
    if (stop != cpu::Stop::requested)
      std::printf("unexpected stop %d at %llx\n", static_cast<int>(stop), static_cast<unsigned long long>(m.processor->pc()));
    best = std::min(best, took);
  }
  return best / rounds * 1e9;
}

void line(const char* name, double value, const char* unit) { std::printf("%-40s %10.2f %s\n", name, value, unit); }

}  // namespace

int main() {
  {
    Machine m;
    const double loop =
        measure(m, {}, {addi(5, 5, 1), add(6, 6, 5), addi(7, 7, 3), add(8, 8, 7), mr(10, 8), addi(11, 10, 1), add(12, 11, 5)},
                20'000'000);
    line("integer_loop", 8 / loop * 1e3, "MIPS");
    line("load", measure(m, {li(4, 0x4000)}, std::vector<u32>(16, ld(5, 0, 4)), 2'000'000) / 16, "ns");
    line("store", measure(m, {li(4, 0x4000)}, std::vector<u32>(16, std_(5, 0, 4)), 2'000'000) / 16, "ns");
    line("lwarx_stwcx", measure(m, {li(4, 0x4000)}, {lwarx(5, 0, 4), stwcx(5, 0, 4)}, 2'000'000), "ns");
    line("trap_mfspr_sprg", measure(m, {}, std::vector<u32>(8, mfspr(5, 272)), 200'000) / 8, "ns");
    line("trap_mtmsrd_ee", measure(m, {li(3, 0)}, std::vector<u32>(8, mtmsrd(3, 1)), 200'000) / 8, "ns");
    line("trap_mftb", measure(m, {}, std::vector<u32>(8, mftb(5)), 200'000) / 8, "ns");
    m.put(0xC00, {rfid});
    line("system_call_and_rfid_same_state", measure(m, {}, {sc}, 200'000), "ns");
    m.supervisor.on_hypercall = [&](cpu::Cpu& cpu) {
      if (++m.supervisor.decrementer_changes % 200'001 == 0) cpu.stop();
    };
    line("hypercall", measure(m, {}, {hypercall}, 200'000), "ns");
  }
  {
    // Floating point: eight of each, on numbers whose result is not exact.
    Machine m(test::processor_of(test::power8));
    constexpr u64 facilities = test::real_mode | test::fp | test::vec | test::vsx;
    constexpr u32 lfd = 50u << 26, fr1 = 1u << 21, fr2 = 2u << 21, r4 = 4u << 16;
    m.memory->write_be(0x4000, u64{0x3FF123453F9ABCDE});
    m.memory->write_be(0x4008, u64{0x3FE234563FC6789A});
    constexpr std::pair<const char*, u32> instructions[] = {
        {"fadd", 0xFC61102A},    {"fmul", 0xFC6100B2},    {"fmadd", 0xFC6110BA},    {"fdiv", 0xFC611024},
        {"fsqrt", 0xFC60102C},   {"fadds", 0xEC61102A},   {"fmadds", 0xEC6110BA},   {"frsp", 0xFC601018},
        {"fcmpu", 0xFC011000},   {"fctidz", 0xFC60165E},  {"fcfid", 0xFC60169C},    {"xsadddp", 0xF0611100},
        {"xsmuldp", 0xF0611180}, {"xvadddp", 0xF0611300}, {"xvmaddasp", 0xF0611208}};
    for (const auto& [name, word] : instructions)
      line(name,
           measure(m, {li(4, 0x4000), lfd | fr1 | r4, lfd | fr2 | r4 | 8}, std::vector<u32>(8, word), 500'000, facilities) / 8,
           "ns");
  }
  {
    cpu::CpuOptions power8;
    power8.pvr = 0x004D0200;
    power8.transactional_memory = true;
    Machine m(power8);
    // PMC5 counts: a block costs a call.
    cpu::Registers counting = m.processor->save();
    counting.spr[cpu::spr_hfscr] = cpu::hfscr::performance_monitor;
    counting.spr[cpu::spr_ctrl] = 1;
    m.processor->load(counting);
    line("block_of_8_counted", measure(m, {}, std::vector<u32>(7, addi(5, 5, 1)), 2'000'000), "ns");
    counting.spr[cpu::spr_mmcr0] = cpu::mmcr0::freeze;
    m.processor->load(counting);
    line("block_of_8_frozen", measure(m, {}, std::vector<u32>(7, addi(5, 5, 1)), 2'000'000), "ns");
    constexpr u32 tbegin = 0x7C00051D, tend = 0x7C00055D;
    const std::vector<u32> transaction = {tbegin, beq(8), std_(5, 0, 4), tend};
    line("transaction_of_a_store", measure(m, {li(4, 0x4000)}, transaction, 50'000, test::real_mode | cpu::msr::tm), "ns");
  }
  {
    Machine m;
    // As a partition's first memory is (FaultIn::beginning), and what it uses for a while.
    constexpr u64 huge = emu::MemorySegment::huge_page / emu::page_size;
    for (u64 page = 0; page < m.memory->pages(); page += huge) m.memory->provide_huge(page);
    cpu::Registers start = m.processor->save();
    constexpr u64 segment = 0x123000;
    constexpr u64 base = 0xC000000000000000;
    start.slb[0] = {base | 0x8000000, segment};
    for (u64 page = 0; page < 2048; ++page) m.enter(base + page * 4096, segment, page * 4096, 2 | 0x180);
    start.pc = base + 0x2000;
    start.msr = test::real_mode | test::ir | test::dr;
    const auto run = [&](const std::vector<u32>& words, u64 msr, double rounds, u64 pages, int repeats = 5) {
      m.put(0x2000, words);
      start.msr = msr;
      start.gpr[4] = base + 0x100000;
      start.gpr[10] = pages;
      double best = 1e9;
      for (int i = 0; i < repeats; ++i) {
        m.processor->load(start);
        m.processor->set_interrupt_mode(false, 3);
        const double begin = seconds();
        if (m.processor->run() != cpu::Stop::requested) std::puts("unexpected stop");
        best = std::min(best, seconds() - begin);
      }
      return best / rounds * 1e9;
    };
    // A system call from a user, and back: two changes of state, with their flushes and fills.
    m.put(0x4C00, {cmpdi(0, 1), beq(8), rfid, hypercall});
    const u64 kernel = start.msr;
    const u64 user = kernel | test::pr | test::ee;
    line("system_call_from_user", run({lis(9, 1), mtctr(9), li(0, 0), sc, bdnz(-4), li(0, 1), sc}, user, 65536, 0), "ns");
    // 1000 pages, read one after the other. Once: the engine enlarges its TLB when it has seen enough.
    const std::vector<u32> walk = {lis(9, 2),   ori(9, 9, 0), mtctr(9),     lis(7, 0),          ori(7, 7, 1000),
                                   mr(5, 4),    mr(6, 7),     lwz(8, 0, 5), addi(5, 5, 0x1000), addi(6, 6, -1),
                                   cmpdi(6, 0), beq(-24),     bdnz(-20),    hypercall};
    const u64 fills = m.processor->counters().fills;
    const double each = run(walk, kernel, 131072, 0, 1);
    line("read_of_another_page", each, "ns");
    line("  fills_of_it", static_cast<double>(m.processor->counters().fills - fills) / 131072, "per read");
    // The same few pages, but the TLB is flushed every time: tlbie, then reads of so many pages.
    for (const u64 pages : {0, 1, 10}) {
      std::vector<u32> words = {lis(9, 0), ori(9, 9, 20000), mtctr(9), x_form(0, 0, 0, 370)};
      for (u64 page = 0; page < pages; ++page)
        words.push_back(lwz(8, static_cast<s64>(page) * 8, 4)), words.push_back(addis(4, 4, 1));
      words.push_back(lis(5, -static_cast<s64>(pages)));
      words.push_back(add(4, 4, 5));
      words.push_back(bdnz(-4 * static_cast<s64>(words.size() - 3)));
      words.push_back(hypercall);
      line(("tlb_flush_and_reads_of_" + std::to_string(pages)).c_str(), run(words, kernel, 20000, pages), "ns");
    }
  }
  // Blocks of four instructions that have never run here, as after a move; and the same, translated before they run.
  constexpr u64 cold_blocks = 4000;
  std::vector<u32> words;
  for (u64 i = 0; i < cold_blocks; ++i) words.insert(words.end(), {addi(5, 5, 1), add(6, 6, 5), std_(6, 8, 4), b(4)});
  words.push_back(hypercall);
  std::vector<cpu::HotCode> noted;
  for (const bool ahead : {false, true}) {
    Machine m;
    m.put(0x10000, words);
    m.processor->note_code(!ahead);
    const std::atomic<bool> enough{false};
    if (ahead) m.processor->translate_ahead(noted, enough);
    m.start_at(0x10000);
    const double begin = seconds();
    m.processor->run();
    line(ahead ? "cold_block_translated_ahead" : "cold_block", (seconds() - begin) / cold_blocks * 1e9, "ns");
    noted = m.processor->noted_code();
  }
  return 0;
}

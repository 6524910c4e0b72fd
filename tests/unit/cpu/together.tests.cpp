// SPDX-License-Identifier: GPL-2.0-or-later
// Litmus tests: what processors that run at the same time may see of each other, and what not. The tagged table is that of
// docs/fidelity.md: `unit.cpu "[litmus]"`.
#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <thread>

#include "tests/unit/cpu/support/machine.h"

namespace {

using namespace ppc;
using Code = cpu::Together::Code;
using Words = std::vector<u32>;

constexpr u64 code = 0x1000, code_stride = 0x1000, flags = 0x8000, data = 0x9000, results = 0x100000, results_stride = 0x400000;

constexpr u32 lwsync = x_form(1, 0, 0, 598);
constexpr u32 cmpd(u32 ra, u32 rb) { return x_form(1, ra, rb, 0); }
constexpr u32 blt(s64 offset) { return bc(12, 0, offset); }
constexpr u32 bne_minus(s64 offset) { return bc(4, 2, offset); }
constexpr u32 lq(u32 rt, s64 d, u32 ra) { return d_form(56, rt, ra, d & ~15); }
constexpr u32 stq(u32 rs, s64 d, u32 ra) { return d_form(62, rs, ra, (d & ~3) | 2); }

// Processors of one partition, each on a thread of its own.
struct Crew : test::Machine {
  explicit Crew(u32 count, Code how = Code::for_several) : test::Machine(test::processor_of(test::power8), 32 * MiB, {}, how) {
    others.resize(count - 1);
    for (u32 i = 1; i < count; ++i) {
      auto options = test::processor_of(test::power8);
      options.number = i;
      others[i - 1] = make(options);
    }
  }
  cpu::Cpu& operator[](u32 i) { return i ? *others[i - 1] : *processor; }
  u32 count() const { return static_cast<u32>(others.size()) + 1; }

  // Each runs its program from its own place on, until a hypercall. Answers how many came back so. `change`: its registers at first.
  u32 run(const std::vector<Words>& programs, u64 times, const std::function<void(u32, cpu::Registers&)>& change = {}) {
    for (u32 i = 0; i < count(); ++i) {
      const u64 at = code + i * code_stride;
      put(at, programs[i]);
      start_at((*this)[i], at);
      cpu::Registers r = (*this)[i].save();
      r.ctr = times;
      r.gpr[3] = i;
      r.gpr[10] = flags + i * 128;
      r.gpr[11] = flags + (i ^ 1) * 128;
      r.gpr[12] = data + i * 128;
      r.gpr[13] = data + (i ^ 1) * 128;
      r.gpr[14] = results + i * results_stride;
      r.gpr[15] = 0;
      if (change) change(i, r);
      (*this)[i].load(r);
    }
    std::atomic<u32> good{0};
    std::vector<std::thread> threads;
    for (u32 i = 0; i < count(); ++i) threads.emplace_back([&, i] { good += (*this)[i].run() == cpu::Stop::requested; });
    for (std::thread& thread : threads) thread.join();
    return good;
  }
  u64 result(u32 of, u64 i) { return get<u64>(results + of * results_stride + 8 * i); }

  std::vector<std::unique_ptr<cpu::Cpu>> others;
};

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// A program that does `body` in rounds, r15, which both begin together.
Words in_rounds(const Words& body) {
  const Words meet = {addi(15, 15, 1), std_(15, 0, 10), ld(16, 0, 11), cmpd(16, 15), blt(-8)};
  const Words all = meet + body;
  return all + Words{bdnz(-4 * static_cast<s64>(all.size())), hypercall};
}
Words keeping(u32 r) { return {std_(r, 0, 14), addi(14, 14, 8)}; }

// ---- shapes: how often something happened that must not ----

// Each stores, then looks for the other's store: one of them must see it.
u64 store_buffering(Code how, u64 times) {
  Crew crew(2, how);
  const Words program = in_rounds(Words{std_(15, 0, 12), ppc::sync, ld(17, 0, 13)} + keeping(17));
  if (crew.run({program, program}, times) != 2) return ~u64{0};
  u64 forbidden = 0;
  for (u64 i = 0; i < times; ++i) forbidden += crew.result(0, i) <= i && crew.result(1, i) <= i;
  return forbidden;
}

// Who sees the flag sees what was stored before it.
u64 message_passing(Code how, u64 times) {
  Crew crew(2, how);
  const Words sender = in_rounds({std_(15, 0, 12), lwsync, std_(15, 8, 12)});
  const Words receiver = in_rounds(Words{ld(17, 8, 13), lwsync, ld(18, 0, 13)} + keeping(17) + keeping(18));
  if (crew.run({sender, receiver}, times) != 2) return ~u64{0};
  u64 forbidden = 0;
  for (u64 i = 0; i < times; ++i) forbidden += crew.result(1, 2 * i) > i && crew.result(1, 2 * i + 1) <= i;
  return forbidden;
}

// Two writers; two readers agree on who was first.
u64 independent_reads(Code how, u64 times) {
  Crew crew(4, how);
  const auto round = [](const Words& body, u32) {
    // All four meet: by the flag of each.
    Words all = {addi(15, 15, 1), std_(15, 0, 10)};
    for (s64 i = 0; i < 4; ++i)
      all = all + Words{lis(19, 0), ori(19, 19, static_cast<u32>(flags + static_cast<u64>(i) * 128)), ld(16, 0, 19), cmpd(16, 15),
                        blt(-8)};
    all = all + body;
    return all + Words{bdnz(-4 * static_cast<s64>(all.size())), hypercall};
  };
  const Words first = {lis(19, 0), ori(19, 19, data), std_(15, 0, 19)};
  const Words second = {lis(19, 0), ori(19, 19, data + 128), std_(15, 0, 19)};
  const Words at = {lis(19, 0), ori(19, 19, data), lis(20, 0), ori(20, 20, data + 128)};
  const Words one = at + Words{ld(17, 0, 19), ppc::sync, ld(18, 0, 20)} + keeping(17) + keeping(18);
  const Words other = at + Words{ld(17, 0, 20), ppc::sync, ld(18, 0, 19)} + keeping(17) + keeping(18);
  if (crew.run({round(first, 0), round(second, 1), round(one, 2), round(other, 3)}, times) != 4) return ~u64{0};
  u64 forbidden = 0;
  for (u64 i = 0; i < times; ++i)
    forbidden += crew.result(2, 2 * i) > i && crew.result(2, 2 * i + 1) <= i && crew.result(3, 2 * i) > i &&
                 crew.result(3, 2 * i + 1) <= i;
  return forbidden;
}

// All count in one place; each count that is lost.
u64 lost_counts(Code how, u64 times, const Words& count_once, u64 modulus) {
  Crew crew(2, how);
  const Words program = Words{lis(5, 0), ori(5, 5, data)} + count_once;
  const Words all = program + Words{bdnz(-4 * static_cast<s64>(count_once.size())), hypercall};
  if (crew.run({all, all}, times) != 2) return ~u64{0};
  const u64 wanted = 2 * times % modulus;
  const u64 counted = modulus == 0x100          ? crew.get<u8>(data)
                      : modulus == 0x10000      ? crew.get<u16>(data)
                      : modulus == u64{1} << 32 ? crew.get<u32>(data)
                                                : crew.get<u64>(data);
  return wanted > counted ? wanted - counted : counted - wanted;
}
u64 words(Code how, u64 times) {
  return lost_counts(how, times, {lwarx(6, 0, 5), addi(6, 6, 1), stwcx(6, 0, 5), bne_minus(-12)}, u64{1} << 32);
}
u64 doublewords(Code how, u64 times) {
  return lost_counts(how, times, {ldarx(6, 0, 5), addi(6, 6, 1), stdcx(6, 0, 5), bne_minus(-12)}, ~u64{0});
}
u64 bytes(Code how, u64 times) {
  return lost_counts(how, times, {x_form(6, 0, 5, 52), addi(6, 6, 1), x_form(6, 0, 5, 694, 1), bne_minus(-12)}, 0x100);
}
u64 halfwords(Code how, u64 times) {
  return lost_counts(how, times, {x_form(6, 0, 5, 116), addi(6, 6, 1), x_form(6, 0, 5, 726, 1), bne_minus(-12)}, 0x10000);
}
// Both halves are counted: they must be the same.
u64 quadwords(Code how, u64 times) {
  return lost_counts(how, times, {x_form(6, 0, 5, 276), addi(6, 6, 1), addi(7, 7, 1), x_form(6, 0, 5, 182, 1), bne_minus(-16)},
                     ~u64{0});
}

// One stores sixteen bytes at once, the other loads them: never half of one and half of another.
u64 torn_quadwords(Code how, u64 times) {
  Crew crew(2, how);
  const Words writer = Words{addi(15, 15, 1), mr(6, 15), mr(7, 15), stq(6, 0, 12), bdnz(-16), hypercall};
  const Words reader = Words{lq(6, 0, 13), cmpd(6, 7), beq(8), addi(15, 15, 1), bdnz(-16), std_(15, 0, 14), hypercall};
  if (crew.run({writer, reader}, times) != 2) return ~u64{0};
  return crew.result(1, 0);
}

// One writes an instruction, and tells; the other executes it.
u64 old_code(Code how, u64 times) {
  Crew crew(2, how);
  constexpr u32 li_r17 = 0x3A20, blrl = 0x4E800021;
  constexpr u64 routine = 0x20000;
  crew.put(routine, {nop, blr});
  const Words at = {lis(21, routine >> 16)};
  const Words writer = in_rounds(at + Words{lis(18, li_r17), add(18, 18, 15), stw(18, 0, 21), ppc::sync, std_(15, 0, 12)});
  const Words caller = in_rounds(at + Words{mtlr(21), ld(16, 0, 13), cmpd(16, 15), blt(-8), isync, blrl} + keeping(17));
  if (crew.run({writer, caller}, times) != 2) return ~u64{0};
  u64 forbidden = 0;
  for (u64 i = 0; i < times; ++i) forbidden += crew.result(1, i) != i + 1;
  return forbidden;
}

// One takes a translation back that the other stores through: nothing is stored any more once the call has returned.
u64 stores_after_removal(Code how, u64 times) {
  constexpr u64 page = 0x30000, valid = 0x8000000, segment = u64{0x123} << 12, address = 0x10000000, changed = 0x180,
                read_write = 2;
  u64 forbidden = 0;
  for (u64 i = 0; i < times; ++i) {
    Crew crew(2, how);
    crew.put(0x300, {hypercall});  // where its storage interrupt leads
    const u64 slot = crew.enter(address, segment, page, changed | read_write);
    crew.supervisor.on_hypercall = [&, calls = 0](cpu::Cpu& cpu) mutable {
      if (cpu.number() == 0 && calls++ == 0) return crew.table->write(slot, {});
      cpu.stop();
    };
    // Until the other has stored often; then the call, and what is there now and a while later.
    const Words remover = Words{lis(21, page >> 16), ld(16, 0, 21), d_form(11, 1, 16, 500), blt(-8), hypercall, ld(17, 0, 21)} +
                          keeping(17) + Words{lis(18, 1), mtctr(18), bdnz(0), ld(17, 0, 21)} + keeping(17) + Words{hypercall};
    const Words storer = {addi(15, 15, 1), std_(15, 0, 20), b(-8)};
    const auto change = [&](u32 which, cpu::Registers& r) {
      if (which == 0) return;
      r.msr |= test::dr;
      r.slb[0] = {address | valid, segment};
      r.gpr[20] = address;
    };
    if (crew.run({remover, storer}, 1, change) != 2) return ~u64{0};
    forbidden += crew.result(0, 0) != crew.result(0, 1);
  }
  return forbidden;
}

struct Shape {
  const char* name;
  u64 (*run)(Code, u64 times);
  u64 times;
};
constexpr Shape shapes[] = {
    {"store buffering, sync", store_buffering, 100'000},
    {"message passing, lwsync", message_passing, 100'000},
    {"independent reads, sync", independent_reads, 2'000},
    {"lbarx, stbcx.", bytes, 100'003},
    {"lharx, sthcx.", halfwords, 100'003},
    {"lwarx, stwcx.", words, 200'000},
    {"ldarx, stdcx.", doublewords, 200'000},
    {"lqarx, stqcx.", quadwords, 2'000},
    {"lq beside stq", torn_quadwords, 2'000},
    {"an instruction that another has written", old_code, 2'000},
    {"stores through a translation that was taken back", stores_after_removal, 20},
};

}  // namespace

TEST_CASE("processors that run at the same time see of each other what they may, and nothing else") {
  for (const Shape& shape : shapes) {
    INFO(shape.name);
    CHECK(shape.run(Code::for_several, shape.times) == 0);
  }
}

TEST_CASE("how often it goes wrong if code is translated as for one processor", "[.][litmus]") {
  std::printf("| shape | runs | forbidden | as for one processor |\n|---|---|---|---|\n");
  for (const Shape& shape : shapes)
    std::printf("| %s | %llu | %llu | %llu |\n", shape.name, static_cast<unsigned long long>(shape.times),
                static_cast<unsigned long long>(shape.run(Code::for_several, shape.times)),
                static_cast<unsigned long long>(shape.run(Code::plain, shape.times)));
}

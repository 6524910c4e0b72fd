// SPDX-License-Identifier: GPL-2.0-or-later
// Every floating point and integer arithmetic instruction of a processor, executed by it and worked out by the model: results, flags, and whether it
// interrupts. All that the instruction leaves alone is compared, too.
//
//   judge [--all] [--sets N] [--programs N] [--seed N] [--only NAME] [--mode POWER6|POWER7|POWER8|POWER9]
//
// Prints a table, and the first differences of each instruction.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/guest/judging/decimal.h"
#include "tests/guest/judging/operands.h"
#include "tests/guest/judging/programs.h"
#include "tests/unit/cpu/support/machine.h"

namespace {

using namespace judge;

struct Options {
  u64 sets = 300;     // of each instruction
  u64 programs = 50;  // of each mode and byte order
  u64 seed = 1;
  bool all = false;
  std::string only;
  std::string mode;
};

constexpr u64 code = 0x1000;
constexpr u64 xer_of_power9 = 0x000C0000;  // OV32, CA32: not judged here
constexpr u32 shown = 3;                   // differences of an instruction

struct Variant {
  u64 address;
  u32 word;
  u32 t, a, b, c;  // VSRs
};

// Fields of registers: different ones, and the same ones in several places.
std::vector<Variant> variants_of(const Row& row, Random& random) {
  std::vector<Variant> all;
  for (u32 i = 0; i < 6; ++i) {
    const u32 limit = row.form == Form::vsr ? 64 : 32;
    u32 t = static_cast<u32>(random.below(limit)), a = static_cast<u32>(random.below(limit)),
        b = static_cast<u32>(random.below(limit)), c = static_cast<u32>(random.below(limit));
    if (i == 3) t = a;
    if (i == 4) t = b;
    if (i == 5) t = a = b;
    t = nameable(row, 't', t), a = nameable(row, 'a', a), b = nameable(row, 'b', b), c = nameable(row, 'c', c);
    Variant v{code + 32 * i, encoded(row, t, a, b, c), t, a, b, c};
    if (row.form == Form::vr) v.t += 32, v.a += 32, v.b += 32, v.c += 32;
    all.push_back(v);
  }
  return all;
}

void set_quad(Case& k, u32 vsr, decimal::Image image) {
  k.set_dword(vsr, 0, image.high);
  k.set_dword(vsr + 1, 0, image.low);
}

void fill(Case& k, u32 vsr, Kind kind, Random& random) {
  switch (kind) {
    case Kind::doubles:
      for (int i = 0; i < 2; ++i) k.set_dword(vsr, i, any_double(random));
      break;
    case Kind::singles_as_doubles:
      for (int i = 0; i < 2; ++i) k.set_dword(vsr, i, widen(any_single(random)));
      break;
    case Kind::singles:
      for (int i = 0; i < 4; ++i) k.set_w(vsr, i, any_single(random));
      break;
    case Kind::integers:
      for (int i = 0; i < 2; ++i) k.set_dword(vsr, i, any_integer(random));
      break;
    case Kind::any:
      for (int i = 0; i < 2; ++i) k.set_dword(vsr, i, random());
      break;
    case Kind::general:
      k.r.gpr[vsr & 31] = any_integer(random);
      break;
    case Kind::vectors: {
      const u64 first = any_elements(random);
      k.set_dword(vsr, 0, first);
      k.set_dword(vsr, 1, random.below(3) ? any_elements(random) : first);
      break;
    }
    case Kind::decimals:
      k.set_dword(vsr, 0, decimal::any(decimal::longs, random).high);
      break;
    case Kind::quads:
      set_quad(k, vsr, decimal::any(decimal::quads, random));
      break;
    case Kind::binary_quads: {
      const auto [first, second] = any_quad(random);
      k.set_dword(vsr, 0, first);
      k.set_dword(vsr, 1, second);
      break;
    }
    case Kind::halves:
      for (int i = 0; i < 4; ++i) k.set_w(vsr, i, static_cast<u32>(random() << 16) | any_half(random));
      break;
    case Kind::mixed:
      for (int i = 0; i < 2; ++i) k.set_dword(vsr, i, random.below(2) ? any_double(random) : random());
      k.r.gpr[vsr & 31] = random.below(2) ? random.below(16) : any_integer(random);
  }
}

std::string hex(u64 value) {
  char text[24];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

class Judge {
 public:
  Judge(int processor, u32 pvr) : processor_(processor), machine_(options_of(pvr)), blank_(machine_.processor->save()) {
    machine_.put(0x700, {ppc::hypercall});
    blank_.gpr[3] = 0x5A5A;
  }

  struct Count {
    u64 instructions = 0, sets = 0, differences = 0;
  };

  // `pairs`: every pair of special operands in every mode of rounding, before the random ones.
  Count judge(const Row& row, u64 sets, u64 seed, bool pairs) {
    Random random{seed ^ u64{row.word} << 20};
    const auto variants = variants_of(row, random);
    for (const Variant& v : variants) machine_.put(v.address, {v.word, ppc::hypercall});
    Count count;
    count.instructions = 1;
    if (pairs) {
      const size_t specials = number_of_specials(row.operands);
      for (size_t first = 0; first < specials; ++first)
        for (size_t second = 0; second < specials; ++second)
          for (u64 rounding = 0; rounding < 4; ++rounding) {
            Case k = begin(row, variants[random.below(3)], random);
            k.r.fpscr = summary((random.below(4) ? 0 : any_fpscr(random) & ~RN) | rounding | random.below(8) << 32);
            special(k, k.t, row.operands, random.below(specials));
            special(k, k.a, row.operands, first);
            special(k, k.c, row.operands, row.fields == "tac" ? second : random.below(specials));
            special(k, k.b, row.operands, second);
            run(row, k, random, count);
          }
    }
    for (u64 i = 0; i < sets; ++i) {
      Case k = begin(row, variants[i % variants.size()], random);
      for (const u32 vsr : {k.t, k.a, k.b, k.c}) fill(k, vsr, row.operands, random);
      if (row.prepare) row.prepare(k, random);
      k.r.fpscr = any_fpscr(random);
      run(row, k, random, count);
    }
    return count;
  }

 private:
  static cpu::CpuOptions options_of(u32 pvr) {
    cpu::CpuOptions options;
    options.pvr = pvr;
    return options;
  }

  static size_t number_of_specials(Kind kind) {
    switch (kind) {
      case Kind::doubles:
        return special_doubles().size();
      case Kind::singles:
      case Kind::singles_as_doubles:
        return special_singles().size();
      case Kind::integers:
      case Kind::general:
        return special_integers().size();
      case Kind::decimals:
      case Kind::quads:
        return decimal::specials;
      case Kind::binary_quads:
        return special_quads().size();
      case Kind::any:
      case Kind::vectors:
      case Kind::halves:
      case Kind::mixed:
        return 0;
    }
    return 0;
  }
  static void special(Case& k, u32 vsr, Kind kind, size_t which) {
    for (int i = 0; i < 2; ++i) {
      if (kind == Kind::doubles) k.set_dword(vsr, i, special_doubles()[which]);
      if (kind == Kind::integers) k.set_dword(vsr, i, special_integers()[which]);
      if (kind == Kind::singles_as_doubles) k.set_dword(vsr, i, widen(special_singles()[which]));
    }
    if (kind == Kind::decimals) k.set_dword(vsr, 0, decimal::special(decimal::longs, which).high);
    if (kind == Kind::quads) set_quad(k, vsr, decimal::special(decimal::quads, which));
    if (kind == Kind::binary_quads) {
      k.set_dword(vsr, 0, special_quads()[which]);
      k.set_dword(vsr, 1, which % 3 == 0 ? ~u64{0} : 0);
    }
    if (kind == Kind::general) k.r.gpr[vsr & 31] = special_integers()[which];
    if (kind == Kind::singles)
      for (int i = 0; i < 4; ++i)
        k.set_w(vsr, i, special_singles()[(which + static_cast<size_t>(i) * 7) % special_singles().size()]);
  }

  Case begin(const Row&, const Variant& v, Random& random) {
    Case k;
    k.r = blank_;
    k.word = v.word;
    k.t = v.t, k.a = v.a, k.b = v.b, k.c = v.c;
    k.r.pc = v.address;
    k.r.msr = test::real_mode | test::fp | (processor_ >= 7 ? test::vsx : 0) | test::vec;
    if (random.below(4) == 0)
      k.r.msr |= random.below(2) ? cpu::msr::fe0 | cpu::msr::fe1 : random.below(2) ? cpu::msr::fe0 : cpu::msr::fe1;
    k.r.vscr = random.below(2) ? 0x10000 : 0;
    if (random.below(4) == 0) k.r.vscr |= 1;
    k.r.cr = static_cast<u32>(random());
    k.r.xer = random() & 0xE0000000;
    return k;
  }

  void run(const Row& row, Case& k, Random&, Count& count) {
    const u64 let = cpu::msr::fe0 | cpu::msr::fe1;
    if ((k.r.fpscr & FEX) && (k.r.msr & let)) k.r.msr &= ~let;  // it would interrupt before the instruction
    const cpu::Registers before = k.r;
    machine_.processor->load(before);
    machine_.processor->run();
    const cpu::Registers after = machine_.processor->save();
    row.model(k);
    ++count.sets;
    const std::string what = difference(k, before, after);
    if (what.empty()) return;
    if (++count.differences > shown) return;
    std::printf("%s %08x: %s\n", std::string(row.name).c_str(), k.word, what.c_str());
    std::printf("  t %s a %s %s b %s %s c %s fpscr %s msr %s vscr %x\n", hex(dword(before, k.t, 0)).c_str(),
                hex(dword(before, k.a, 0)).c_str(), hex(dword(before, k.a, 1)).c_str(), hex(dword(before, k.b, 0)).c_str(),
                hex(dword(before, k.b, 1)).c_str(), hex(dword(before, k.c, 0)).c_str(), hex(before.fpscr).c_str(),
                hex(before.msr).c_str(), before.vscr);
  }

  static u64 dword(const cpu::Registers& r, u32 vsr, int i) { return emu::load_be<u64>(&r.vsr[vsr][static_cast<size_t>(8 * i)]); }

  static std::string difference(Case& k, const cpu::Registers& before, const cpu::Registers& after) {
    // Estimates: whatever is near enough, and its class.
    for (const Case::Estimate& e : k.estimates) {
      const u64 actual = e.single_word ? widen(emu::load_be<u32>(&after.vsr[k.t][static_cast<size_t>(4 * e.element)]))
                                       : dword(after, k.t, e.element);
      const bool stopped_now = dword(after, k.t, 0) == dword(k.r, k.t, 0) && dword(after, k.t, 1) == dword(k.r, k.t, 1);
      if (!stopped_now && !near(actual, *e.exact, e.bits, e.format)) return "the estimate " + hex(actual) + " is not near";
      if (e.single_word) {
        k.set_w(k.t, e.element, narrow(actual));
      } else {
        k.set_dword(k.t, e.element, actual);
      }
      if (e.tells_class) k.r.fpscr = (k.r.fpscr & ~FPRF) | fprf(actual, e.format);
    }
    for (u32 vsr = 0; vsr < 64; ++vsr)
      for (int i = 0; i < 2; ++i) {
        const u64 unknown = vsr == k.t ? k.unknown_target[static_cast<size_t>(i)] : 0;
        const u64 want = dword(k.r, vsr, i), got = dword(after, vsr, i);
        if ((want ^ got) & ~unknown)
          return "vsr" + std::to_string(vsr) + (vsr == k.t ? " (target)" : "") + "[" + std::to_string(i) + "] is " + hex(got) +
                 ", not " + hex(want);
      }
    if ((k.r.fpscr ^ after.fpscr) & ~k.unknown_fpscr) return "fpscr is " + hex(after.fpscr) + ", not " + hex(k.r.fpscr);
    if ((k.r.cr ^ after.cr) & ~k.unknown_cr) return "cr is " + hex(after.cr) + ", not " + hex(k.r.cr);
    if (k.r.vscr != after.vscr) return "vscr is " + hex(after.vscr) + ", not " + hex(k.r.vscr);
    for (u32 i = 0; i < 32; ++i)
      if ((k.r.gpr[i] ^ after.gpr[i]) & ~(i == k.target ? k.unknown_general : 0))
        return "r" + std::to_string(i) + " is " + hex(after.gpr[i]) + ", not " + hex(k.r.gpr[i]);
    if ((k.r.xer ^ after.xer) & ~xer_of_power9) return "xer is " + hex(after.xer) + ", not " + hex(k.r.xer);
    if (before.lr != after.lr || before.ctr != after.ctr) return "LR or CTR has changed";
    const bool interrupts = k.may_interrupt && (k.r.fpscr & FEX) && (before.msr & (cpu::msr::fe0 | cpu::msr::fe1));
    if (interrupts) {
      if (after.pc != 0x704 || after.srr0 != before.pc)
        return "it does not interrupt: pc " + hex(after.pc) + ", srr0 " + hex(after.srr0);
      if ((after.srr1 & cpu::srr1::reasons) != cpu::srr1::floating_point) return "srr1 is " + hex(after.srr1);
    } else if (after.pc != before.pc + 8) {
      return "the program counter is " + hex(after.pc);
    }
    return "";
  }

  int processor_;
  test::Machine machine_;
  cpu::Registers blank_;
};

int usage() {
  std::puts("usage: judge [--all] [--sets N] [--programs N] [--seed N] [--only NAME] [--mode POWER6|POWER7|POWER8|POWER9]");
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string option = arguments[i];
    const auto value = [&]() -> std::string { return ++i < count ? arguments[i] : ""; };
    if (option == "--all")
      options.all = true, options.sets = 20000, options.programs = 5000;
    else if (option == "--sets")
      options.sets = std::strtoull(value().c_str(), nullptr, 10);
    else if (option == "--programs")
      options.programs = std::strtoull(value().c_str(), nullptr, 10);
    else if (option == "--seed")
      options.seed = std::strtoull(value().c_str(), nullptr, 10);
    else if (option == "--only")
      options.only = value();
    else if (option == "--mode")
      options.mode = value();
    else
      return usage();
  }
  struct Mode {
    const char* name;
    int processor;
    u32 pvr;
  };
  constexpr Mode modes[] = {
      {"POWER6", 6, 0x003E0301}, {"POWER7", 7, 0x003F0201}, {"POWER8", 8, 0x004D0200}, {"POWER9", 9, 0x004E0202}};
  const std::vector<Row> rows = all_rows();

  u64 differences = 0;
  std::map<std::string, std::map<std::string, Judge::Count>> table;
  for (const Mode& mode : modes) {
    if (!options.mode.empty() && options.mode != mode.name) continue;
    if (options.mode.empty() && !options.all && mode.processor < 8) continue;
    Judge judge(mode.processor, mode.pvr);
    for (const Row& row : rows) {
      // In short, a POWER9 shows what is new.
      if (options.mode.empty() && !options.all && mode.processor == 9 && row.since < 9) continue;
      if (row.since > mode.processor || (!options.only.empty() && options.only != row.name)) continue;
      const Judge::Count one =
          judge.judge(row, options.sets, options.seed, options.all && mode.processor == std::max(8, row.since));
      Judge::Count& all = table[mode.name][std::string(row.group)];
      all.instructions += one.instructions;
      all.sets += one.sets;
      all.differences += one.differences;
      differences += one.differences;
    }
  }
  std::puts("| mode | group | instructions | operand sets | differences |\n|---|---|---|---|---|");
  for (const auto& [mode, groups] : table)
    for (const auto& [group, n] : groups)
      std::printf("| %s | %s | %llu | %llu | %llu |\n", mode.c_str(), group.c_str(),
                  static_cast<unsigned long long>(n.instructions), static_cast<unsigned long long>(n.sets),
                  static_cast<unsigned long long>(n.differences));
  if (!options.only.empty() || options.programs == 0) return differences == 0 ? 0 : 1;
  std::puts("\n| mode | byte order | programs | steps | moves | differences |\n|---|---|---|---|---|---|");
  for (const Mode& mode : modes) {
    if (!options.mode.empty() && options.mode != mode.name) continue;
    if (options.mode.empty() && !options.all && mode.processor < 8) continue;
    for (const bool little : {false, true}) {
      const ProgramsCount n = judge_programs(rows, {mode.name, mode.processor, mode.pvr, little, options.programs, options.seed});
      std::printf("| %s | %s | %llu | %llu | %llu | %llu |\n", mode.name, little ? "little-endian" : "big-endian",
                  static_cast<unsigned long long>(n.programs), static_cast<unsigned long long>(n.steps),
                  static_cast<unsigned long long>(n.moves), static_cast<unsigned long long>(n.differences));
      differences += n.differences;
    }
  }
  return differences == 0 ? 0 : 1;
}

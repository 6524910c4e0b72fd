// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/judging/program.h"

#include <bit>
#include <cmath>
#include <limits>

#include "tests/guest/judging/access.h"
#include "tests/unit/cpu/support/assembler.h"

namespace judge {

namespace {

constexpr u64 may_be_unknown = FR | FI | FPRF;
// Arithmetic of singles defines nothing for operands that are none.
bool is_single(u64 bits) {
  if ((bits & ~sign) >= inf) return (bits & 0x1FFFFFFF) == 0;
  const double value = std::bit_cast<double>(bits);
  return std::abs(value) <= double{std::numeric_limits<float>::max()} && double{static_cast<float>(value)} == value;
}

constexpr u32 pointer = 31, index = 30, counter = 29;

class Maker {
 public:
  Maker(const std::vector<Row>& rows, const ProgramKind& kind, const cpu::Registers& blank)
      : kind_(kind), random_{kind.seed * 0x9E3779B9 + (kind.little ? 1 : 0)} {
    for (const Row& row : rows) {
      if (row.alone || row.since > kind.processor) continue;
      rows_.push_back(&row);
      if (row.form == Form::gpr) integers_.push_back(&row);
    }
    now_.k.r = blank;
    now_.k.r.pc = Program::code;
    for (u64& gpr : now_.k.r.gpr) gpr = any_integer(random_);
    now_.k.r.gpr[pointer] = Program::data;
    for (u32 vsr = 0; vsr < 64; ++vsr)
      for (int i = 0; i < 2; ++i) now_.k.set_dword(vsr, i, random_.below(2) ? any_double(random_) : random_());
    now_.k.r.cr = static_cast<u32>(random_());
    now_.k.r.xer = random_() & 0xE0000000;
    now_.k.r.ctr = random_();
    now_.k.r.lr = random_();
    now_.k.r.fpscr = any_fpscr(random_);
    now_.k.r.vscr = random_.below(2) ? 0x10000 : 0;
    now_.memory.resize(Program::data_bytes);
    for (u8& byte : now_.memory) byte = static_cast<u8>(random_());
    if (kind.processor < 7)  // there is no second half of a floating point register
      for (u32 fpr = 0; fpr < 32; ++fpr) now_.halves.set(fpr);
  }

  Program make(const std::function<bool(size_t)>& keep) {
    Program program;
    program.start = place();
    for (size_t step = 0; step < kind_.steps; ++step) {
      if (keep(step)) program.places.push_back(place());
      while (!one_step()) {
      }
    }
    program.places.push_back(place());
    words_.push_back(ppc::hypercall);
    program.words = words_;
    program.steps = kind_.steps;
    return program;
  }

 private:
  // What is known, and what of it is not.
  struct State {
    Case k;
    std::vector<u8> memory;
    std::bitset<64> halves;
    u64 fpscr = 0;
  };

  Program::Place place() const {
    Program::Place p{words_.size(), now_.k.r, now_.memory, now_.halves, now_.fpscr};
    p.r.pc = here();
    return p;
  }
  u64 here() const { return Program::code + 4 * words_.size(); }
  void emit(u32 word) { words_.push_back(word); }

  bool one_step() {
    const u64 what = random_.below(20);
    if (what < 11) return instruction(*rows_[random_.below(rows_.size())]);
    if (what < 15) return access();
    if (what < 17) return branch();
    if (what == 17) return loop();
    if (what == 18) return reservation();
    return special_register();
  }

  static bool names(const Row& row, char field) { return row.fields.find(field) != std::string_view::npos; }

  static bool reads_target(const Row& row) {
    return row.form == Form::vsr && (row.name.find("madd") != row.name.npos || row.name.find("msub") != row.name.npos);
  }

  struct Chosen {
    const Row* row;
    u32 t, a, b, c;
  };
  Chosen choose(const Row& row) {
    const u32 limit = row.form == Form::vsr ? 64 : row.form == Form::gpr ? pointer : 32;
    const auto any = [&] { return static_cast<u32>(random_.below(limit)); };
    const u32 t = any(), a = any(), b = any(), c = any();
    return {&row, nameable(row, 't', t), nameable(row, 'a', a), nameable(row, 'b', b), nameable(row, 'c', c)};
  }

  // Not: its result, or something that it reads, is not defined.
  bool apply(const Chosen& chosen) {
    const Row& row = *chosen.row;
    const u32 more = row.form == Form::vr ? 32 : 0;
    Case k;
    k.r = now_.k.r;
    k.word = encoded(row, chosen.t, chosen.a, chosen.b, chosen.c);
    k.t = chosen.t + more, k.a = chosen.a + more, k.b = chosen.b + more, k.c = chosen.c + more;
    // What it reads must be known, and must be what it is for.
    const bool vectors = row.form == Form::vsr || row.form == Form::vr;
    const auto fits = [&](u32 vsr) {
      return !(vectors && now_.halves[vsr]) && (row.operands != Kind::singles_as_doubles || is_single(now_.k.dword(vsr, 0)));
    };
    if (row.form != Form::gpr && ((names(row, 'a') && !fits(k.a)) || (names(row, 'b') && !fits(k.b)) ||
                                  (names(row, 'c') && !fits(k.c)) || (reads_target(row) && !fits(k.t))))
      return false;
    // Once more with other values where nothing is defined: whatever comes out differently is not defined either.
    Case other = k;
    for (u32 vsr = 0; vsr < 64; ++vsr)
      if (now_.halves[vsr]) other.set_dword(vsr, 1, ~other.dword(vsr, 1));
    other.r.fpscr ^= now_.fpscr;
    row.model(k);
    if (!k.estimates.empty() || k.unknown_cr || k.unknown_general || k.unknown_target[0] || (k.unknown_fpscr & ~may_be_unknown))
      return false;
    row.model(other);
    if (k.r.gpr != other.r.gpr || k.r.cr != other.r.cr || k.r.xer != other.r.xer || k.r.vscr != other.r.vscr) return false;
    if ((k.r.fpscr ^ other.r.fpscr) & ~may_be_unknown) return false;
    std::bitset<64> halves;
    for (u32 vsr = 0; vsr < 64; ++vsr) {
      if (k.dword(vsr, 0) != other.dword(vsr, 0)) return false;
      halves[vsr] = k.dword(vsr, 1) != other.dword(vsr, 1);
    }
    if (k.unknown_target[1] && row.form != Form::gpr) halves.set(k.t);
    now_.fpscr = (k.r.fpscr ^ other.r.fpscr) | k.unknown_fpscr;
    now_.halves = halves;
    now_.k.r = k.r;
    return true;
  }

  bool instruction(const Row& row) {
    const Chosen chosen = choose(row);
    if (!apply(chosen)) return false;
    emit(encoded(row, chosen.t, chosen.a, chosen.b, chosen.c));
    return true;
  }

  void load_number(u32 gpr, u32 value) {  // below 2 GiB
    emit(ppc::lis(gpr, static_cast<s64>(value >> 16)));
    emit(ppc::ori(gpr, gpr, value & 0xFFFF));
    now_.k.r.gpr[gpr] = value;
  }

  bool access() {
    const Access& a = accesses()[random_.below(accesses().size())];
    if (a.since > kind_.processor) return false;
    const u32 t = static_cast<u32>(random_.below(a.form() == Form::vsr ? 64 : a.form() == Form::gpr ? pointer : 32));
    const u32 vsr = a.form() == Form::vr ? t + 32 : t;
    const bool whole = a.form() == Form::vr || a.form() == Form::vsr;
    if (a.stores && whole && now_.halves[vsr]) return false;
    const u32 offset = static_cast<u32>(random_.below(Program::data_bytes - 16)) / a.multiple * a.multiple;
    State next = now_;
    if (a.indexed) next.k.r.gpr[index] = offset;
    bool unknown = false;
    if (!execute(a, next.k, next.memory, t, offset, kind_.little, unknown)) return false;
    if (!a.stores && a.form() != Form::gpr) next.halves[vsr] = unknown;
    if (a.indexed) emit(ppc::li(index, offset));
    emit(a.encoded(t, offset, index));
    now_ = std::move(next);
    return true;
  }

  // What is jumped over would be seen if it were executed.
  u32 poison() {
    const u32 count = 1 + static_cast<u32>(random_.below(4));
    for (u32 i = 0; i < count; ++i) {
      const Row& row = *rows_[random_.below(rows_.size())];
      const Chosen chosen = choose(row);
      emit(encoded(row, chosen.t, chosen.a, chosen.b, chosen.c));
    }
    return count;
  }
  // A branch that is taken over the words that follow it.
  void take(u32 word_without_distance, u32 mask) {
    const size_t at = words_.size();
    emit(0);
    const u32 distance = 4 * (poison() + 1);
    words_[at] = word_without_distance | (distance & mask);
  }

  bool branch() {
    cpu::Registers& r = now_.k.r;
    const u32 link = static_cast<u32>(random_.below(2));
    const u64 next = here() + 4;
    switch (random_.below(5)) {
      case 0:  // on a bit of CR
      case 1: {
        const u32 bit = static_cast<u32>(random_.below(32));
        const bool wanted = random_.below(2);
        const u32 word = 16u << 26 | (wanted ? 12u : 4u) << 21 | bit << 16 | link;
        const bool taken = static_cast<bool>(r.cr << bit & 0x80000000) == wanted;
        if (link) r.lr = next;
        if (taken) take(word, 0xFFFC);
        if (!taken) emit(word | 8);
        return true;
      }
      case 2: {  // on the counter
        const bool to_zero = random_.below(2);
        const u32 word = 16u << 26 | (to_zero ? 18u : 16u) << 21 | link;
        --r.ctr;
        if (link) r.lr = next;
        if ((r.ctr == 0) == to_zero)
          take(word, 0xFFFC);
        else
          emit(word | 8);
        return true;
      }
      case 3:  // always
        if (link) r.lr = next;
        take(18u << 26 | link, 0x3FFFFFC);
        return true;
      default: {  // through a register
        const bool by_count = random_.below(2);
        const size_t at = words_.size();
        emit(0), emit(0);
        emit(by_count ? ppc::mtctr(counter) : ppc::mtlr(counter));
        emit((by_count ? ppc::bctr : ppc::blr) | link);
        const u64 after = here();
        poison();
        const u32 to = static_cast<u32>(here());
        words_[at] = ppc::lis(counter, static_cast<s64>(to >> 16));
        words_[at + 1] = ppc::ori(counter, counter, to & 0xFFFF);
        r.gpr[counter] = to;
        (by_count ? r.ctr : r.lr) = to;
        if (link) r.lr = after;
        return true;
      }
    }
  }

  bool loop() {
    const u32 rounds = 2 + static_cast<u32>(random_.below(6));
    std::vector<Chosen> body;
    for (u32 i = 0, length = 1 + static_cast<u32>(random_.below(6)); i < length; ++i)
      body.push_back(choose(*integers_[random_.below(integers_.size())]));
    const State before = now_;
    now_.k.r.gpr[counter] = rounds;
    for (u32 round = 0; round < rounds; ++round)
      for (const Chosen& chosen : body)
        if (!apply(chosen)) {
          now_ = before;
          return false;
        }
    now_.k.r.ctr = 0;
    emit(ppc::li(counter, rounds));
    emit(ppc::mtctr(counter));
    for (const Chosen& chosen : body) emit(encoded(*chosen.row, chosen.t, chosen.a, chosen.b, chosen.c));
    emit(ppc::bdnz(-4 * static_cast<s64>(body.size())));
    return true;
  }

  // A load and a store that depends on its reservation. A step is not stopped in: the reservation holds.
  bool reservation() {
    const bool doubleword = random_.below(2);
    const u32 t = static_cast<u32>(random_.below(counter)), s = static_cast<u32>(random_.below(counter));
    const u32 bytes = doubleword ? 8 : 4, offset = static_cast<u32>(random_.below(Program::data_bytes / 8)) * 8;
    emit(ppc::li(index, offset));
    emit(doubleword ? ppc::ldarx(t, pointer, index) : ppc::lwarx(t, pointer, index));
    emit(doubleword ? ppc::stdcx(s, pointer, index) : ppc::stwcx(s, pointer, index));
    now_.k.r.gpr[index] = offset;
    bool unknown = false;
    const Access load{"", 6, false, true, 0, bytes, Access::What::number},
        store{"", 6, true, true, 0, bytes, Access::What::number};
    (void)execute(load, now_.k, now_.memory, t, offset, kind_.little, unknown);
    (void)execute(store, now_.k, now_.memory, s, offset, kind_.little, unknown);
    now_.k.set_cr(0, 2 | static_cast<u32>(now_.k.r.xer >> 31 & 1));
    return true;
  }

  bool special_register() {
    const u32 gpr = static_cast<u32>(random_.below(pointer));
    cpu::Registers& r = now_.k.r;
    switch (random_.below(5)) {
      case 0:
        emit(ppc::mflr(gpr));
        r.gpr[gpr] = r.lr;
        return true;
      case 1:
        emit(ppc::mfctr(gpr));
        r.gpr[gpr] = r.ctr;
        return true;
      case 2:
        emit(ppc::mtlr(gpr));
        r.lr = r.gpr[gpr];
        return true;
      case 3:
        emit(ppc::mtctr(gpr));
        r.ctr = r.gpr[gpr];
        return true;
      default:
        load_number(gpr, static_cast<u32>(random_() & 0x7FFFFFFF));
        return true;
    }
  }

  ProgramKind kind_;
  Random random_;
  std::vector<const Row*> rows_, integers_;
  std::vector<u32> words_;
  State now_;
};

}  // namespace

Program make_program(const std::vector<Row>& rows, const ProgramKind& kind, const cpu::Registers& blank,
                     const std::function<bool(size_t)>& keep) {
  return Maker(rows, kind, blank).make(keep);
}

}  // namespace judge

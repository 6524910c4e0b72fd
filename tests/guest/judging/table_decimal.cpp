// SPDX-License-Identifier: GPL-2.0-or-later
// Decimal floating point, of one register and of two. (Book I chapter 5)
#include "tests/guest/judging/decimal.h"

namespace judge::decimal {

namespace {

using Model = std::function<void(Case&)>;
using Prepare = std::function<void(Case&, Random&)>;

constexpr std::string_view arithmetic = "decimal arithmetic", comparisons = "decimal comparisons", tests = "decimal tests",
                           quantum = "decimal quantum", conversions = "decimal conversions", formats = "decimal formats";

Image image(const Case& k, const Shape& s, u32 vsr) { return {k.dword(vsr, 0), s.bits == 128 ? k.dword(vsr + 1, 0) : 0}; }
Number get(const Case& k, const Shape& s, u32 vsr) { return read(s, image(k, s, vsr)); }
void put(Case& k, const Shape& s, u32 vsr, Image value) {
  k.set_dword(vsr, 0, value.high);
  if (s.bits == 128) k.set_dword(vsr + 1, 0, value.low);
  k.unknown_target = {0, ~u64{0}};
}

void record(Case& k) {
  if (k.word & 1) k.set_cr(1, static_cast<u32>(k.r.fpscr >> 28 & 15));
}

// The result, in the register as `stored` shows it.
void tell(Case& k, const Shape& s, const Answer& a, const std::function<void()>& store) {
  if (stopped(k.r.fpscr, a.flags)) {
    k.r.fpscr &= ~(FR | FI);
  } else {
    store();
    if (a.unknown) k.unknown_target = {~u64{0}, ~u64{0}}, k.unknown_fpscr |= FPRF;
    k.r.fpscr = (k.r.fpscr & ~(FR | FI | FPRF)) | (a.flags & (FR | FI)) | (a.unknown ? 0 : fprf(s, a.number));
  }
  if ((a.flags & OX) && !(k.r.fpscr & OE)) k.unknown_fpscr |= FR;
  k.r.fpscr = note(k.r.fpscr, a.flags);
  record(k);
}
void tell(Case& k, const Shape& s, const Answer& a) {
  tell(k, s, a, [&] { put(k, s, k.t, a.unknown ? Image{} : write(s, a.number)); });
}

// The NaN that is passed on: one that signals first.
std::optional<Answer> of_nans(const Shape& to, const Number& a, const Number& b) {
  if (!a.nan() && !b.nan()) return std::nullopt;
  const bool signals = a.sort == Sort::signaling || b.sort == Sort::signaling;
  Number n = signals ? (a.sort == Sort::signaling ? a : b) : a.nan() ? a : b;
  n.sort = Sort::quiet;
  n.coefficient %= ten(to.digits - 1);
  return answer(n, signals ? VXSNAN : 0);
}
Number infinity(bool negative) { return {Sort::infinite, negative, 0, 0}; }

// ---- arithmetic ----

Answer sum(const Shape& s, const Number& a, Number b, u64 fpscr) {
  if (a.sort == Sort::infinite || b.sort == Sort::infinite) {
    if (a.sort == b.sort && a.negative != b.negative) return default_nan(VXISI);
    return answer(infinity(a.sort == Sort::infinite ? a.negative : b.negative));
  }
  const int low = std::min(a.exponent, b.exponent);
  const mpz_class x = a.coefficient * ten(a.exponent - low) * (a.negative ? -1 : 1),
                  y = b.coefficient * ten(b.exponent - low) * (b.negative ? -1 : 1), total = x + y;
  const bool negative = total != 0 ? total < 0 : a.negative == b.negative ? a.negative : mode_of(fpscr) == Mode::down;
  return finish(s, abs(total), 1, low, negative, low, fpscr);
}
Answer product(const Shape& s, const Number& a, const Number& b, u64 fpscr) {
  const bool negative = a.negative != b.negative;
  if (a.sort == Sort::infinite || b.sort == Sort::infinite)
    return a.zero() || b.zero() ? default_nan(VXIMZ) : answer(infinity(negative));
  const int exponent = a.exponent + b.exponent;
  return finish(s, a.coefficient * b.coefficient, 1, exponent, negative, exponent, fpscr);
}
Answer quotient(const Shape& s, const Number& a, const Number& b, u64 fpscr) {
  const bool negative = a.negative != b.negative;
  if (a.sort == Sort::infinite) return b.sort == Sort::infinite ? default_nan(VXIDI) : answer(infinity(negative));
  if (b.sort == Sort::infinite) return answer({Sort::finite, negative, s.least, 0});
  if (b.zero()) return a.zero() ? default_nan(VXZDZ) : answer(infinity(negative), ZX);
  const int exponent = a.exponent - b.exponent;
  return finish(s, a.coefficient, b.coefficient, exponent, negative, exponent, fpscr);
}

using Two = std::function<Answer(const Shape&, const Number&, const Number&, u64)>;
Model of_two(const Shape& s, Two f) {
  return [&s, f](Case& k) {
    const Number a = get(k, s, k.a), b = get(k, s, k.b);
    const auto passed = of_nans(s, a, b);
    tell(k, s, passed ? *passed : f(s, a, b, k.r.fpscr));
  };
}

// ---- comparisons and tests: a field of CR, and FPCC ----

u32 relation(const Number& a, const Number& b) {
  const auto signed_value = [](const Number& n, int low) -> mpz_class {
    return n.coefficient * ten(n.exponent - low) * (n.negative ? -1 : 1);
  };
  int order = 0;
  if (a.sort == Sort::infinite || b.sort == Sort::infinite) {
    const auto rank = [](const Number& n) { return n.sort != Sort::infinite ? 0 : n.negative ? -1 : 1; };
    order = rank(a) - rank(b);
  } else {
    const int low = std::min(a.exponent, b.exponent);
    order = cmp(signed_value(a, low), signed_value(b, low));
  }
  return order < 0 ? 8 : order > 0 ? 4 : 2;
}
void condition(Case& k, u32 bits) {
  k.set_cr(6, bits);
  k.r.fpscr = (k.r.fpscr & ~FPCC) | u64{bits} << 12;
}
Model compares(const Shape& s, bool ordered) {
  return [&s, ordered](Case& k) {
    const Number a = get(k, s, k.a), b = get(k, s, k.b);
    const bool nan = a.nan() || b.nan(), signals = a.sort == Sort::signaling || b.sort == Sort::signaling;
    condition(k, nan ? 1 : relation(a, b));
    u64 flags = signals ? VXSNAN : 0;
    if (ordered && nan && !(signals && (k.r.fpscr & VE))) flags |= VXVC;
    k.r.fpscr = note(k.r.fpscr, flags);
  };
}

bool normal(const Shape& s, const Number& n) { return n.exponent + digits(n.coefficient) - 1 >= s.least_normal(); }
u32 class_of(const Shape& s, const Number& n) {  // the bits of DCM
  if (n.sort != Sort::finite) return n.sort == Sort::infinite ? 4 : n.sort == Sort::quiet ? 2 : 1;
  return n.zero() ? 32 : normal(s, n) ? 8 : 16;
}
u32 group_of(const Shape& s, const Number& n) {  // those of DGM
  if (n.sort != Sort::finite) return 1;
  const bool extreme = n.exponent == s.least || n.exponent == s.largest;
  if (n.zero()) return extreme ? 16 : 32;
  if (extreme || !normal(s, n)) return 8;
  return digits(n.coefficient) == s.digits ? 2 : 4;
}
Model is_one_of(const Shape& s, u32 (*sort)(const Shape&, const Number&)) {
  return [&s, sort](Case& k) {
    const Number a = get(k, s, k.a);
    condition(k, (a.negative ? 8u : 0u) | (sort(s, a) & (k.word >> 10 & 63) ? 2u : 0u));
  };
}
Model exponents(const Shape& s) {
  return [&s](Case& k) {
    const Number a = get(k, s, k.a), b = get(k, s, k.b);
    if (a.sort == Sort::finite && b.sort == Sort::finite)
      condition(k, a.exponent < b.exponent ? 8 : a.exponent > b.exponent ? 4 : 2);
    else
      condition(k, a.sort == b.sort || (a.nan() && b.nan()) ? 2 : 1);
  };
}
Model significance(const Shape& s) {
  return [&s](Case& k) {
    const int wanted = static_cast<int>(k.dword(k.a, 0) & 63);
    const Number b = get(k, s, k.b);
    const int has = digits(b.coefficient);
    condition(k, b.sort != Sort::finite ? 1 : wanted == 0 || wanted > has ? 4 : wanted < has ? 8 : 2);
  };
}

// ---- other exponents ----

Mode by_instruction(const Case& k, bool other_four) {
  constexpr Mode plain[] = {Mode::nearest_even, Mode::zero, Mode::nearest_away},
                 others[] = {Mode::up, Mode::down, Mode::away, Mode::nearest_zero};
  const u32 rmc = k.word >> 9 & 3;
  if (other_four) return others[rmc];
  return rmc == 3 ? mode_of(k.r.fpscr) : plain[rmc];
}

Answer with_exponent(const Shape& s, const Number& b, int exponent, Mode mode) {
  const Whole whole = rounded(b.coefficient, 1, b.exponent - exponent, b.negative, mode);
  if (digits(whole.value) > s.digits) return default_nan(VXCVI);
  return answer({Sort::finite, b.negative, exponent, whole.value}, whole.flags());
}
Model quantizes(const Shape& s, bool immediate) {
  return [&s, immediate](Case& k) {
    const Number b = get(k, s, k.b);
    const Number a = immediate ? Number{b.sort, false, static_cast<s32>(k.word << 11) >> 27, 0} : get(k, s, k.a);
    if (const auto passed = of_nans(s, immediate ? b : a, b)) return tell(k, s, *passed);
    if ((a.sort == Sort::infinite) != (b.sort == Sort::infinite)) return tell(k, s, default_nan(VXCVI));
    if (b.sort == Sort::infinite) return tell(k, s, answer(infinity(b.negative)));
    tell(k, s, with_exponent(s, b, a.exponent, by_instruction(k, false)));
  };
}
Model rerounds(const Shape& s) {
  return [&s](Case& k) {
    const int wanted = static_cast<int>(k.dword(k.a, 0) & 63);
    const Number b = get(k, s, k.b);
    if (const auto passed = of_nans(s, b, b)) return tell(k, s, *passed);
    if (b.sort == Sort::infinite) return tell(k, s, answer(infinity(b.negative)));
    const int has = digits(b.coefficient);
    if (wanted == 0 || has <= wanted) return tell(k, s, answer(b));
    Answer a = with_exponent(s, b, b.exponent + has - wanted, by_instruction(k, false));
    if (digits(a.number.coefficient) > wanted) a.number.coefficient /= 10, ++a.number.exponent;
    tell(k, s, a.number.exponent > s.largest ? default_nan(VXCVI) : a);
  };
}
Model to_integral(const Shape& s, bool tells) {
  return [&s, tells](Case& k) {
    const Number b = get(k, s, k.b);
    if (const auto passed = of_nans(s, b, b)) return tell(k, s, *passed);
    if (b.sort == Sort::infinite) return tell(k, s, answer(infinity(b.negative)));
    Answer a = with_exponent(s, b, std::max(b.exponent, 0), by_instruction(k, k.word >> 16 & 1));
    if (!tells) a.flags &= invalid;
    tell(k, s, a);
  };
}

// ---- conversions ----

// Of the short format, which is for storage alone: a signaling NaN stays one. Whether an infinity's digits go with it, nobody tells.
Answer resized(const Shape& to, Number b, u64 fpscr) {
  if (b.sort == Sort::finite) return finish(to, b.coefficient, 1, b.exponent, b.negative, b.exponent, fpscr);
  b.coefficient %= ten(to.digits - 1);
  return answer(b);
}
void from_short(Case& k) {
  const Number b = read(shorts, {k.dword(k.b, 0) & 0xFFFFFFFF, 0});
  tell(k, longs, resized(longs, b, k.r.fpscr));
  if (b.sort == Sort::infinite) k.unknown_target[0] = (u64{1} << 50) - 1;
}
void to_short(Case& k) {
  const Number b = get(k, longs, k.b);
  const Answer a = resized(shorts, b, k.r.fpscr);
  tell(k, shorts, a, [&] { put(k, longs, k.t, {a.unknown ? 0 : write(shorts, a.number).high, 0}); });
  if (b.sort == Sort::infinite) k.unknown_target[0] = (u64{1} << 20) - 1;
}
void long_to_quad(Case& k) {
  const Number b = get(k, longs, k.b);
  if (const auto passed = of_nans(quads, b, b)) return tell(k, quads, *passed);
  tell(k, quads, b.sort == Sort::infinite ? answer(infinity(b.negative)) : resized(quads, b, k.r.fpscr));
}
void quad_to_long(Case& k) {
  const Number b = get(k, quads, k.b);
  Answer a = b.sort == Sort::infinite ? answer(infinity(b.negative)) : resized(longs, b, k.r.fpscr);
  if (const auto passed = of_nans(longs, b, b)) a = *passed;
  tell(k, longs, a, [&] { put(k, quads, k.t, {a.unknown ? 0 : write(longs, a.number).high, 0}); });
}
Model from_integer(const Shape& s) {
  return [&s](Case& k) {
    const mpz_class value = static_cast<long>(k.dword(k.b, 0));
    tell(k, s, finish(s, abs(value), 1, 0, value < 0, 0, k.r.fpscr));
  };
}
Model to_integer(const Shape& s) {
  return [&s](Case& k) {
    const Number b = get(k, s, k.b);
    const mpz_class least = -(mpz_class(1) << 63), most = -least - 1;
    mpz_class value = b.nan() || b.negative ? least : most;
    u64 flags = VXCVI | (b.sort == Sort::signaling ? VXSNAN : 0);
    if (b.sort == Sort::finite) {
      const Whole whole = rounded(b.coefficient, 1, b.exponent, b.negative, mode_of(k.r.fpscr));
      const mpz_class exact = b.negative ? mpz_class(-whole.value) : whole.value;
      if (exact >= least && exact <= most) value = exact, flags = whole.flags();
    }
    k.r.fpscr &= ~(FR | FI);
    if (!stopped(k.r.fpscr, flags)) {
      k.unknown_fpscr |= FPRF;
      k.r.fpscr |= flags & (FR | FI);
      put(k, longs, k.t, {static_cast<u64>(value.get_si()), 0});
    }
    k.r.fpscr = note(k.r.fpscr, flags);
    record(k);
  };
}

// ---- the parts of a number ----

mpz_class whole(Image i, const Shape& s) {
  mpz_class all = static_cast<unsigned long>(i.high);
  if (s.bits == 128) all = (all << 64) + static_cast<unsigned long>(i.low);
  return all;
}
Image halves(const mpz_class& all, const Shape& s) {
  const mpz_class high = all >> 64;
  return s.bits == 128 ? Image{high.get_ui(), all.get_ui()} : Image{all.get_ui(), 0};
}

Model to_digits(const Shape& s) {
  return [&s](Case& k) {
    const Number b = get(k, s, k.b);
    const u32 sp = k.word >> 19 & 3;
    const std::string text = b.coefficient.get_str();
    mpz_class all;
    for (const char digit : text) all = (all << 4) + (digit - '0');
    if (sp & 2) all = (all << 4) + (b.negative ? 0xD : sp & 1 ? 0xF : 0xC);
    all &= (mpz_class(1) << s.bits) - 1;
    put(k, s, k.t, halves(all, s));
    record(k);
  };
}
Model from_digits(const Shape& s) {
  return [&s](Case& k) {
    mpz_class all = whole(image(k, s, k.b), s);
    Number n;
    bool valid = true;
    if (k.word >> 20 & 1) {
      const u64 code = mpz_class(all % 16).get_ui();
      all >>= 4;
      valid = code > 9;
      n.negative = code == 11 || code == 13;
    }
    const std::string text = all.get_str(16);
    valid = valid && text.find_first_not_of("0123456789") == std::string::npos;
    if (!valid) return tell(k, s, default_nan(VXCVI));
    n.coefficient = mpz_class(text, 10);
    tell(k, s, answer(n));
  };
}
Model takes_exponent(const Shape& s) {
  return [&s](Case& k) {
    const Number b = get(k, s, k.b);
    const s64 value = b.sort == Sort::finite     ? b.exponent - s.least
                      : b.sort == Sort::infinite ? -1
                      : b.sort == Sort::quiet    ? -2
                                                 : -3;
    put(k, longs, k.t, {static_cast<u64>(value), 0});
    record(k);
  };
}
// The declets stay bit by bit.
Model gives_exponent(const Shape& s) {
  return [&s](Case& k) {
    const s64 wanted = static_cast<s64>(k.dword(k.a, 0));
    const Image old = image(k, s, k.b);
    Number n = read(s, old);
    const bool finite = wanted >= 0 && wanted <= s.largest - s.least;
    if (n.sort != Sort::finite || !finite) n.coefficient %= ten(s.digits - 1);
    n.sort = finite ? Sort::finite : wanted == -1 ? Sort::infinite : wanted == -3 ? Sort::signaling : Sort::quiet;
    n.exponent = finite ? static_cast<int>(wanted) + s.least : 0;
    Image made = write(s, n);
    const u64 mask = (u64{1} << (s.bits == 128 ? 46 : 50)) - 1;
    put(k, s, k.t, {(made.high & ~mask) | (old.high & mask), old.low});
    record(k);
  };
}
Model shifts(const Shape& s, bool left) {
  return [&s, left](Case& k) {
    Number a = get(k, s, k.a);
    const mpz_class factor = ten(static_cast<int>(k.word >> 10 & 63));
    if (left) {
      a.coefficient = a.coefficient * factor % ten(a.sort == Sort::finite ? s.digits : s.digits - 1);
    } else {
      a.coefficient /= factor;
    }
    put(k, s, k.t, write(s, a));
    record(k);
  };
}

// ---- operands that are no decimal numbers, or are near to each other ----

void near(Case& k, Random& random, const Shape& s) {
  if (random.below(2)) return;
  Number b = get(k, s, k.a);
  if (b.sort != Sort::finite) return;
  b.negative = random.below(2);
  b.exponent =
      std::clamp(b.exponent + static_cast<int>(random.below(2 * static_cast<u64>(s.digits))) - s.digits, s.least, s.largest);
  if (random.below(2)) b.coefficient = b.coefficient * 10 % ten(s.digits);
  if (random.below(2)) b.coefficient = (b.coefficient + static_cast<unsigned long>(random.below(3))) % ten(s.digits);
  const Image made = write(s, b);
  k.set_dword(k.b, 0, made.high);
  if (s.bits == 128) k.set_dword(k.b + 1, 0, made.low);
}
void small_number(Case& k, Random& random) {
  k.set_dword(k.a, 0, (random() & ~u64{63}) | random.below(random.below(2) ? 20 : 64));
}
void exponent(Case& k, Random& random, const Shape& s) {
  const int range = s.largest - s.least;
  const s64 centres[] = {0, -2, range, range / 2};
  const u64 near = static_cast<u64>(centres[random.below(4)] + static_cast<s64>(random.below(9)) - 4);
  k.set_dword(k.a, 0, random.below(6) ? near : random());
}
void short_number(Case& k, Random& random) { k.set_dword(k.b, 0, random() << 32 | any(shorts, random).high); }
void about_short(Case& k, Random& random) {
  Number n = get(k, longs, k.b);
  if (n.sort != Sort::finite || random.below(2)) return;
  const int limits[] = {shorts.least, shorts.largest, shorts.largest + shorts.adjust};
  n.exponent = limits[random.below(std::size(limits))] + static_cast<int>(random.below(30)) - 20;
  k.set_dword(k.b, 0, write(longs, n).high);
}
void integer(Case& k, Random& random) { k.set_dword(k.b, 0, any_integer(random)); }
void about_integers(Case& k, Random& random, const Shape& s) {
  if (random.below(2)) return;
  Number n{Sort::finite, random.below(2) != 0, 0, static_cast<unsigned long>(any_integer(random))};
  const int places = static_cast<int>(random.below(5));
  n.coefficient = n.coefficient * ten(places) + static_cast<unsigned long>(random.below(11)) * (places ? 1 : 0);
  n.exponent = -places;
  while (digits(n.coefficient) > s.digits) n.coefficient /= 10, ++n.exponent;
  const Image made = write(s, n);
  k.set_dword(k.b, 0, made.high);
  if (s.bits == 128) k.set_dword(k.b + 1, 0, made.low);
}
void coded_digits(Case& k, Random& random, const Shape& s) {
  for (u32 i = 0; i < (s.bits == 128 ? 2u : 1u); ++i) {
    u64 value = 0;
    const u64 from = random.below(16);
    for (u64 j = 0; j < 16; ++j) value = value << 4 | (j < from ? 0 : random.below(10));
    if (random.below(4) == 0) value |= u64{8} << random.below(64);
    if (random.below(2)) value = (value & ~u64{15}) | (10 + random.below(6));
    k.set_dword(k.b + i, 0, value);
  }
}

// ---- digits in general registers ----

// Two groups of three digits in each word.
u64 in_each_group(u64 from, int from_bits, int to_bits, u32 (*f)(u32)) {
  u64 to = 0;
  for (int word = 0; word < 64; word += 32)
    for (int group = 0; group < 2; ++group) {
      const u32 bits = static_cast<u32>(from >> (word + group * from_bits)) & ((1u << from_bits) - 1);
      to |= u64{f(bits)} << (word + group * to_bits);
    }
  return to;
}
u32 to_four_bits(u32 declet) {
  const u32 value = value_of_declet(declet);
  return value / 100 << 8 | value / 10 % 10 << 4 | value % 10;
}
u32 to_declet(u32 four_bits) { return declet_of_value((four_bits >> 8) * 100 + (four_bits >> 4 & 15) * 10 + (four_bits & 15)); }
void valid_digits(Case& k, Random& random) {
  u64 digits = 0;
  for (int i = 0; i < 16; ++i) digits = digits << 4 | random.below(10);
  k.r.gpr[k.t] = digits;
}
void assist(std::vector<Row>& rows) {
  const auto x_form = [](u32 extended) { return 31u << 26 | extended << 1; };
  rows.push_back({"cdtbcd", formats, 7, x_form(282), Form::gpr, "ta", Kind::general,
                  [](Case& k) { k.r.gpr[k.a] = in_each_group(k.r.gpr[k.t], 10, 12, to_four_bits); }});
  // What is no digit gives something that is not defined.
  rows.push_back({"cbcdtd", formats, 7, x_form(314), Form::gpr, "ta", Kind::general, [](Case& k) {
                    u64 digits = k.r.gpr[k.t];
                    bool valid = true;
                    for (int i = 0; i < 16; ++i) valid = valid && (digits >> 4 * i & 15) < 10;
                    k.target = k.a;
                    k.unknown_general = valid ? 0 : ~u64{0};
                    k.r.gpr[k.a] = valid ? in_each_group(digits, 12, 10, to_declet) : 0;
                  }});
  rows.back().prepare = valid_digits;
  // A six where adding the lower digits, this one with them, carries nothing out.
  rows.push_back({"addg6s", formats, 7, x_form(74), Form::gpr, "tab", Kind::general, [](Case& k) {
                    const mpz_class a = static_cast<unsigned long>(k.r.gpr[k.a]), b = static_cast<unsigned long>(k.r.gpr[k.b]);
                    u64 sixes = 0;
                    for (int i = 0; i < 16; ++i) {
                      const mpz_class limit = mpz_class(1) << 4 * (i + 1);
                      if (a % limit + b % limit < limit) sixes |= u64{6} << 4 * i;
                    }
                    k.r.gpr[k.t] = sixes;
                  }});
}

// ---- rows ----

struct Names {
  std::string_view name, quad;
};

void add(std::vector<Row>& rows, std::string_view name, std::string_view group, const Shape& s, u32 word, std::string_view fields,
         std::string_view pairs, Model model, Prepare prepare, int since) {
  const bool quad = s.bits == 128;
  Row row{name,
          group,
          since,
          (quad ? 63u : 59u) << 26 | word,
          Form::fpr,
          fields,
          quad ? Kind::quads : Kind::decimals,
          std::move(model)};
  if (quad) row.pairs = pairs;
  row.prepare = std::move(prepare);
  rows.push_back(row);
}
// Both widths; `pairs`: which fields name two registers in the quad form.
void both(std::vector<Row>& rows, Names names, std::string_view group, u32 word, std::string_view fields, std::string_view pairs,
          const std::function<Model(const Shape&)>& model,
          const std::function<void(Case&, Random&, const Shape&)>& prepare = nullptr, int since = 6) {
  const auto with = [&](const Shape& s) -> Prepare {
    if (!prepare) return nullptr;
    return [&s, prepare](Case& k, Random& random) { prepare(k, random, s); };
  };
  add(rows, names.name, group, longs, word, fields, pairs, model(longs), with(longs), since);
  add(rows, names.quad, group, quads, word, fields, pairs, model(quads), with(quads), 6);
}
constexpr u32 x(u32 extended) { return extended << 1; }
constexpr u32 field_six = 6u << 23, dot = 1;

std::vector<Row> all() {
  std::vector<Row> rows;
  const auto two = [&](Names names, Names recorded, u32 extended, const Two& f) {
    both(
        rows, names, arithmetic, x(extended), "tab", "tab", [&](const Shape& s) { return of_two(s, f); }, near);
    both(
        rows, recorded, arithmetic, x(extended) | dot, "tab", "tab", [&](const Shape& s) { return of_two(s, f); }, near);
  };
  two({"dadd", "daddq"}, {"dadd.", "daddq."}, 2, sum);
  two({"dsub", "dsubq"}, {"dsub.", "dsubq."}, 514, [](const Shape& s, const Number& a, Number b, u64 fpscr) {
    b.negative = !b.negative;
    return sum(s, a, b, fpscr);
  });
  two({"dmul", "dmulq"}, {"dmul.", "dmulq."}, 34, product);
  two({"ddiv", "ddivq"}, {"ddiv.", "ddivq."}, 546, quotient);

  both(
      rows, {"dcmpu", "dcmpuq"}, comparisons, x(642) | field_six, "ab", "ab", [](const Shape& s) { return compares(s, false); },
      near);
  both(
      rows, {"dcmpo", "dcmpoq"}, comparisons, x(130) | field_six, "ab", "ab", [](const Shape& s) { return compares(s, true); },
      near);
  for (const u32 mask : {0x20u, 0x15u, 0x2Au, 0x08u, 0x01u, 0x3Fu, 0u}) {
    both(rows, {"dtstdc", "dtstdcq"}, tests, x(194) | field_six | mask << 10, "a", "a",
         [](const Shape& s) { return is_one_of(s, class_of); });
    both(rows, {"dtstdg", "dtstdgq"}, tests, x(226) | field_six | mask << 10, "a", "a",
         [](const Shape& s) { return is_one_of(s, group_of); });
  }
  both(rows, {"dtstex", "dtstexq"}, tests, x(162) | field_six, "ab", "ab", exponents, near);
  both(rows, {"dtstsf", "dtstsfq"}, tests, x(674) | field_six, "ab", "b", significance,
       [](Case& k, Random& random, const Shape&) { small_number(k, random); });

  for (const u32 rmc : {0u, 1u, 2u, 3u}) {
    const u32 rounding = rmc << 9;
    for (const u32 te : {0u, 1u, 0x1Fu, 0x1Eu, 0x0Fu, 0x10u})
      both(rows, {"dquai", "dquaiq"}, quantum, x(67) | te << 16 | rounding, "tb", "tb",
           [](const Shape& s) { return quantizes(s, true); });
    both(
        rows, {"dqua", "dquaq"}, quantum, x(3) | rounding, "tab", "tab", [](const Shape& s) { return quantizes(s, false); },
        near);
    both(rows, {"drrnd", "drrndq"}, quantum, x(35) | rounding, "tab", "tb", rerounds,
         [](Case& k, Random& random, const Shape&) { small_number(k, random); });
    for (const u32 others : {0u, 1u}) {
      both(rows, {"drintx", "drintxq"}, quantum, x(99) | rounding | others << 16, "tb", "tb",
           [](const Shape& s) { return to_integral(s, true); });
      both(rows, {"drintn", "drintnq"}, quantum, x(227) | rounding | others << 16, "tb", "tb",
           [](const Shape& s) { return to_integral(s, false); });
    }
  }
  both(
      rows, {"dqua.", "dquaq."}, quantum, x(3) | dot, "tab", "tab", [](const Shape& s) { return quantizes(s, false); }, near);

  for (const u32 records : {0u, 1u}) {
    add(rows, records ? "dctdp." : "dctdp", conversions, longs, x(258) | records, "tb", "", from_short, short_number, 6);
    add(
        rows, records ? "dctqpq." : "dctqpq", conversions, quads, x(258) | records, "tb", "t", long_to_quad,
        [](Case& k, Random& random) { k.set_dword(k.b, 0, any(longs, random).high); }, 6);
    add(rows, records ? "drsp." : "drsp", conversions, longs, x(770) | records, "tb", "", to_short, about_short, 6);
    add(rows, records ? "drdpq." : "drdpq", conversions, quads, x(770) | records, "tb", "tb", quad_to_long, nullptr, 6);
    both(
        rows, records ? Names{"dcffix.", "dcffixq."} : Names{"dcffix", "dcffixq"}, conversions, x(802) | records, "tb", "t",
        from_integer, [](Case& k, Random& random, const Shape&) { integer(k, random); }, 7);
    both(rows, records ? Names{"dctfix.", "dctfixq."} : Names{"dctfix", "dctfixq"}, conversions, x(290) | records, "tb", "b",
         to_integer, about_integers);
  }

  for (const u32 sp : {0u, 1u, 2u, 3u}) both(rows, {"ddedpd", "ddedpdq"}, formats, x(322) | sp << 19, "tb", "tb", to_digits);
  for (const u32 has_sign : {0u, 1u})
    both(rows, {"denbcd", "denbcdq"}, formats, x(834) | has_sign << 20, "tb", "tb", from_digits, coded_digits);
  both(rows, {"denbcd.", "denbcdq."}, formats, x(834) | dot, "tb", "tb", from_digits, coded_digits);
  both(rows, {"dxex", "dxexq"}, formats, x(354), "tb", "b", takes_exponent);
  both(rows, {"dxex.", "dxexq."}, formats, x(354) | dot, "tb", "b", takes_exponent);
  both(rows, {"diex", "diexq"}, formats, x(866), "tab", "tb", gives_exponent, exponent);
  for (const u32 places : {0u, 1u, 3u, 14u, 15u, 16u, 33u, 34u, 63u}) {
    both(rows, {"dscli", "dscliq"}, formats, x(66) | places << 10, "ta", "ta", [](const Shape& s) { return shifts(s, true); });
    both(rows, {"dscri", "dscriq"}, formats, x(98) | places << 10, "ta", "ta", [](const Shape& s) { return shifts(s, false); });
  }
  assist(rows);
  return rows;
}

}  // namespace

}  // namespace judge::decimal

std::vector<judge::Row> judge::decimal_rows() { return decimal::all(); }

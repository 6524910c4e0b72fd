// SPDX-License-Identifier: GPL-2.0-or-later
// The vector registers. (Book I 6.10)
#include <bit>

#include "tests/guest/judging/table.h"

namespace judge {

namespace {

using enum Operation;

constexpr u32 vx(u32 extended) { return 4u << 26 | extended; }

bool nj(const Case& k) { return k.r.vscr & 0x10000; }

Row row(std::string_view name, std::string_view group, std::string_view fields, u32 extended, Kind kind,
        std::function<u32(Case&, int)> element) {
  return {name, group, 6, vx(extended), Form::vr, fields, kind, [=](Case& k) {
            k.may_interrupt = false;
            std::array<u32, 4> all{};
            for (int i = 0; i < 4; ++i) all[static_cast<size_t>(i)] = element(k, i);
            for (int i = 0; i < 4; ++i) k.set_w(k.t, i, all[static_cast<size_t>(i)]);
          }};
}

Row arithmetic(std::string_view name, u32 extended, Operation op) {
  return row(name, "VMX arithmetic", op == madd || op == nmsub ? "tabc" : "tab", extended, Kind::singles,
             [op](Case& k, int i) { return vmx::compute(op, k.w(k.a, i), k.w(k.b, i), k.w(k.c, i), nj(k)); });
}

Row estimate(std::string_view name, u32 extended, Operation op) {
  return row(name, "VMX estimates", "tb", extended, Kind::singles, [op](Case& k, int i) {
    const u64 x = widen(vmx::flush(k.w(k.b, i), nj(k)));
    const Result result = compute(op, 0, x, 0, Format::single, 0);
    const u32 value = vmx::compute(op, 0, k.w(k.b, i), 0, nj(k));
    const bool flushed = nj(k) && (value & 0x7F800000) == 0;
    if (result.exact && !flushed) k.estimates.push_back({i, true, result.exact, 12, false, Format::single});
    return value;
  });
}

u32 without_estimate(u32 x, bool is_log) {
  if (nan(widen(x))) return x | 0x400000;
  if (!is_log) return x & 0x80000000 ? 0 : 0x7F800000;
  if ((x & 0x7FFFFFFF) == 0) return 0xFF800000;
  return x & 0x80000000 ? 0x7FC00000 : 0x7F800000;
}

// Powers of 2, and logarithms.
Row transcendental(std::string_view name, u32 extended, bool is_log) {
  return row(name, "VMX estimates", "tb", extended, Kind::singles, [is_log](Case& k, int i) {
    const u32 x = vmx::flush(k.w(k.b, i), nj(k));
    const double value = std::bit_cast<float>(x);
    const bool far = is_log ? !(value > 0) || (x & 0x7F800000) == 0x7F800000 : !(value < 128 && value > -150);
    if (far) return without_estimate(x, is_log);
    auto exact = std::make_shared<Number>(100);
    mpfr_set_d(**exact, value, MPFR_RNDN);
    if (is_log) {
      mpfr_log2(**exact, **exact, MPFR_RNDN);
    } else {
      mpfr_exp2(**exact, **exact, MPFR_RNDN);
    }
    const u32 nearest = std::bit_cast<u32>(mpfr_get_flt(**exact, MPFR_RNDN));
    const u32 flushed = vmx::flush(nearest, nj(k));
    if (flushed == nearest) k.estimates.push_back({i, true, exact, 12, false, Format::single});
    return flushed;
  });
}

Row integral(std::string_view name, u32 extended, Integral how) {
  return row(name, "VMX to integral", "tb", extended, Kind::singles,
             [how](Case& k, int i) { return vmx::round(k.w(k.b, i), how, nj(k)); });
}

void comparison(std::vector<Row>& rows, std::string_view plain, std::string_view dot, u32 extended, u32 accepted) {
  for (const bool records : {false, true}) {
    rows.push_back({records ? dot : plain, "VMX comparisons", 6, vx(extended) | (records ? 1 << 10 : 0), Form::vr, "tab",
                    Kind::singles, [=](Case& k) {
                      k.may_interrupt = false;
                      std::array<u32, 4> all{};
                      int some = 0;
                      for (int i = 0; i < 4; ++i) {
                        const u64 a = widen(vmx::flush(k.w(k.a, i), nj(k))), b = widen(vmx::flush(k.w(k.b, i), nj(k)));
                        u32& out = all[static_cast<size_t>(i)];
                        if (accepted) {
                          out = relation(a, b) & accepted ? ~u32{0} : 0;
                        } else {
                          const bool above = !(relation(a, b) & 10), below = !(relation(a, nan(b) ? b : b ^ sign) & 6);
                          out = (above ? 0x80000000 : 0) | (below ? 0x40000000 : 0);
                        }
                        some += out != 0;
                      }
                      for (int i = 0; i < 4; ++i) k.set_w(k.t, i, all[static_cast<size_t>(i)]);
                      if (!records) return;
                      k.set_cr(6, (some == 4 && accepted ? 8 : 0) | (some == 0 ? 2 : 0));
                    }});
  }
}

Row with_scale(std::string_view name, u32 extended, u32 scale, Kind kind, std::function<u32(u32, int, bool&)> convert) {
  return row(name, "VMX conversions", "tb", extended | scale << 16, kind, [=](Case& k, int i) {
    bool sat = false;
    const u32 value = convert(k.w(k.b, i), static_cast<int>(scale), sat);
    if (sat) k.r.vscr |= 1;
    return value;
  });
}

}  // namespace

std::vector<Row> vmx_rows() {
  std::vector<Row> rows = {arithmetic("vaddfp", 10, add),
                           arithmetic("vsubfp", 74, sub),
                           arithmetic("vmaddfp", 46, madd),
                           arithmetic("vnmsubfp", 47, nmsub),
                           arithmetic("vmaxfp", 1034, max),
                           arithmetic("vminfp", 1098, min),
                           estimate("vrefp", 266, re),
                           estimate("vrsqrtefp", 330, rsqrte),
                           transcendental("vexptefp", 394, false),
                           transcendental("vlogefp", 458, true),
                           integral("vrfin", 522, Integral::nearest_even),
                           integral("vrfiz", 586, Integral::zero),
                           integral("vrfip", 650, Integral::up),
                           integral("vrfim", 714, Integral::down)};
  comparison(rows, "vcmpeqfp", "vcmpeqfp.", 198, 2);
  comparison(rows, "vcmpgefp", "vcmpgefp.", 454, 6);
  comparison(rows, "vcmpgtfp", "vcmpgtfp.", 710, 4);
  comparison(rows, "vcmpbfp", "vcmpbfp.", 966, 0);
  for (const u32 scale : {0u, 1u, 16u, 31u}) {
    rows.push_back(with_scale("vctsxs", 970, scale, Kind::singles, vmx::to_signed));
    rows.push_back(with_scale("vctuxs", 906, scale, Kind::singles, vmx::to_unsigned));
    rows.push_back(
        with_scale("vcfsx", 842, scale, Kind::integers, [](u32 x, int by, bool&) { return vmx::from_word(x, true, by); }));
    rows.push_back(
        with_scale("vcfux", 778, scale, Kind::integers, [](u32 x, int by, bool&) { return vmx::from_word(x, false, by); }));
  }
  return rows;
}

}  // namespace judge

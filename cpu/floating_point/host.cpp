// SPDX-License-Identifier: GPL-2.0-or-later
// Compiled without contractions: here a product and a sum are two operations.
#include "cpu/floating_point/host.h"

#ifdef __x86_64__
#define WITH_FMA __attribute__((target("fma")))
#else
#define WITH_FMA
#endif

namespace cpu::floating::host {

namespace {

bool has_fma() {
#ifdef __x86_64__
  return __builtin_cpu_supports("fma");
#else
  return true;
#endif
}

struct Sum {
  double value;
  double lost;
};
Sum sum_of(double x, double y) {
  const double sum = x + y;
  const double of_y = sum - x;
  return {sum, (x - (sum - of_y)) + (y - of_y)};
}

// Nothing of a product is lost that is neither very large nor very small.
bool is_moderate(u64 x) { return exponent_of(x) > 120 && exponent_of(x) < 2000; }

WITH_FMA bool multiply_and_add(u64 a, u64 c, u64 b, Nearest& result) {
  const double x = std::bit_cast<double>(a), y = std::bit_cast<double>(c), z = std::bit_cast<double>(b);
  const double product = x * y;
  if (!is_normal(a) || !is_normal(c) || !is_moderate(b) || !is_moderate(std::bit_cast<u64>(product))) return false;
  const double answer = __builtin_fma(x, y, z);
  if (!is_safe(std::bit_cast<u64>(answer))) return false;
  // What is exact is the sum of three: the answer is so near to the first that their difference is exact.
  const double of_product = __builtin_fma(x, y, -product);
  const Sum first = sum_of(product, z);
  const Sum rest = sum_of(of_product, first.lost);
  const double more = (first.value - answer) + rest.value;
  const double lost = more != 0 ? more : rest.lost;
  result = {std::bit_cast<u64>(answer), lost == 0 ? 0 : (lost > 0) == (answer > 0) ? 1 : -1};
  return true;
}

}  // namespace

bool multiply_add(u64 a, u64 c, u64 b, Nearest& result) {
  static const bool can = has_fma();
  return can && multiply_and_add(a, c, b, result);
}

}  // namespace cpu::floating::host

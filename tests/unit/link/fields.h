// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Visits the fields of a plain struct in order: for tests that fill every field of every message, without a list of them.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "emu/core/fields.h"
#include "emu/core/partition_profile.h"

namespace fields {

// For a class whose members are spread over its base classes: what it consists of.
template <class T>
struct Parts;
template <>
struct Parts<emu::Configuration> {
  static auto of(emu::Configuration& c) { return std::tie(static_cast<emu::Capacity&>(c), static_cast<emu::Equipment&>(c)); }
};
template <>
struct Parts<emu::Profile> {
  static auto of(emu::Profile& p) { return std::tie(static_cast<emu::Configuration&>(p), p.name); }
};
template <>
struct Parts<emu::Current> {
  static auto of(emu::Current& c) { return std::tie(static_cast<emu::Configuration&>(c), c.profile, c.pending); }
};
template <class T>
constexpr bool in_parts() {
  return requires { Parts<T>::of(std::declval<T&>()); };
}

template <class T>
constexpr size_t count() {
  if constexpr (emu::HasFields<T>) {
    return emu::field_count<T>;
  } else if constexpr (in_parts<T>()) {
    return std::tuple_size_v<decltype(Parts<T>::of(std::declval<T&>()))>;
  } else {
    return emu::member_count<T>();
  }
}

// clang-format off
template <class T>
auto tie(T& t) {
  constexpr size_t n = count<T>();
  if constexpr (emu::HasFields<T>) { return t.fields(); }
  else if constexpr (in_parts<T>()) { return Parts<T>::of(t); }
  else if constexpr (n == 0) { return std::tie(); }
  else if constexpr (n == 1) { auto& [a] = t; return std::tie(a); }
  else if constexpr (n == 2) { auto& [a, b] = t; return std::tie(a, b); }
  else if constexpr (n == 3) { auto& [a, b, c] = t; return std::tie(a, b, c); }
  else if constexpr (n == 4) { auto& [a, b, c, d] = t; return std::tie(a, b, c, d); }
  else if constexpr (n == 5) { auto& [a, b, c, d, e] = t; return std::tie(a, b, c, d, e); }
  else if constexpr (n == 6) { auto& [a, b, c, d, e, f] = t; return std::tie(a, b, c, d, e, f); }
  else if constexpr (n == 7) { auto& [a, b, c, d, e, f, g] = t; return std::tie(a, b, c, d, e, f, g); }
  else if constexpr (n == 8) { auto& [a, b, c, d, e, f, g, h] = t; return std::tie(a, b, c, d, e, f, g, h); }
  else if constexpr (n == 9) { auto& [a, b, c, d, e, f, g, h, i] = t; return std::tie(a, b, c, d, e, f, g, h, i); }
  else if constexpr (n == 10) { auto& [a, b, c, d, e, f, g, h, i, j] = t; return std::tie(a, b, c, d, e, f, g, h, i, j); }
  else if constexpr (n == 11) { auto& [a, b, c, d, e, f, g, h, i, j, k] = t; return std::tie(a, b, c, d, e, f, g, h, i, j, k); }
  else if constexpr (n == 12) { auto& [a, b, c, d, e, f, g, h, i, j, k, l] = t; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l); }
  else if constexpr (n == 13) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = t; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m); }
  else if constexpr (n == 14) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, o] = t; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, o); }
  else if constexpr (n == 15) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, o, p] = t; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, o, p); }
  else if constexpr (n == 16) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q] = t; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q); }
  else if constexpr (n == 17) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r] = t; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r); }
  else if constexpr (n == 18) { auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r, s] = t; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r, s); }
  else { static_assert(n == 0, "a struct with a number of fields that has no line yet"); }
}
// clang-format on

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class K, class V>
inline constexpr bool is_map<std::map<K, V>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// A value that differs from the default in every field, all the way down.
template <class T>
void fill(T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    value = !value;
  } else if constexpr (std::is_enum_v<T>) {
    value = value == static_cast<T>(1) ? static_cast<T>(2) : static_cast<T>(1);
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(value + 77);
  } else if constexpr (std::is_same_v<T, std::string>) {
    value += "text";
  } else if constexpr (is_vector<T>) {
    value.resize(2);
    fill(value[1]);
  } else if constexpr (is_optional<T>) {
    fill(value.emplace());
  } else if constexpr (is_map<T>) {
    fill(value[3]);
  } else {
    std::apply([](auto&... field) { (fill(field), ...); }, tie(value));
  }
}

}  // namespace fields

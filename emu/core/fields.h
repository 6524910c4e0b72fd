// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A struct that names its fields once, in its last line, and gets what follows from them: its archive, its equality, its
// documentation.
//
//   struct WriteNvram {
//     u32 lpar_id = 0;
//     Bytes content;
//     FIELDS(WriteNvram, lpar_id, content)
//   };
//
// A field that is not listed does not compile. On the wire it is a section, "write_nvram", version 1 (emu/core/archive.h).

#include <algorithm>
#include <array>
#include <concepts>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "emu/core/archive.h"

namespace emu {

#define FIELDS(Type, ...)                                         \
  static constexpr std::string_view type_name = #Type;            \
  static constexpr std::string_view listed_fields = #__VA_ARGS__; \
  template <class = void>                                         \
  auto fields() {                                                 \
    return std::tie(__VA_ARGS__);                                 \
  }                                                               \
  template <class = void>                                         \
  auto fields() const {                                           \
    return std::tie(__VA_ARGS__);                                 \
  }                                                               \
  template <std::same_as<Type> T>                                 \
  friend bool operator==(const T& a, const T& b) {                \
    return a.fields() == b.fields();                              \
  }

template <class T>
concept HasFields = requires {
  T::listed_fields;
};

namespace detail {

struct Anything {
  template <class T>
  operator T() const;
};
template <class T, size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), Anything{})...}; };
}

}  // namespace detail

// Of an aggregate: the largest number of values that it can be made of.
template <class T, size_t N = 48>
constexpr size_t member_count() {
  if constexpr (N == 0 || detail::takes<T>(std::make_index_sequence<N>()))
    return N;
  else
    return member_count<T, N - 1>();
}

template <HasFields T>
inline constexpr size_t field_count = std::tuple_size_v<decltype(std::declval<T&>().fields())>;

// In the order of declaration.
template <HasFields T>
constexpr auto field_names() {
  std::array<std::string_view, field_count<T>> names{};
  std::string_view rest = T::listed_fields;
  for (std::string_view& name : names) {
    name = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), name.size() + 2));
  }
  return names;
}

// "write_nvram" of WriteNvram.
constexpr std::string section_name(std::string_view type_name) {
  std::string name;
  for (const char c : type_name) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !name.empty()) name += '_';
    name += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

template <HasFields T>
void archive(Archive& ar, T& value) {
  static_assert(field_count<T> == member_count<T>(), "FIELDS does not list all fields");
  static const std::string name = section_name(T::type_name);
  ar.section(name, 1);
  [&]<size_t... I>(std::index_sequence<I...>) {
    [[maybe_unused]] auto fields = value.fields();
    (ar(field_names<T>()[I], std::get<I>(fields)), ...);
  }
  (std::make_index_sequence<field_count<T>>());
}

}  // namespace emu

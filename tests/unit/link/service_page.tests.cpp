// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "emu/link/service.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/places.h"
#include "tests/unit/link/fields.h"

using namespace emu;
using namespace emu::service;

namespace {

template <class T>
std::string type_text() {
  if constexpr (HasFields<T>) {
    return std::string(T::type_name);
  } else if constexpr (std::is_same_v<T, bool>) {
    return "flag";
  } else if constexpr (std::is_enum_v<T>) {
    return "word";
  } else if constexpr (std::is_integral_v<T>) {
    return fmt::format("{}{}", std::is_signed_v<T> ? "s" : "u", sizeof(T) * 8);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "text";
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return "bytes";
  } else if constexpr (fields::is_vector<T>) {
    return fmt::format("list of {}", type_text<typename T::value_type>());
  } else if constexpr (requires { typename T::mapped_type; }) {
    return fmt::format("{} by {}", type_text<typename T::mapped_type>(), type_text<typename T::key_type>());
  } else if constexpr (fields::is_optional<T>) {
    return fmt::format("{}, or none", type_text<typename T::value_type>());
  } else if constexpr (std::is_same_v<T, LparDefinition>) {
    return "partition";
  } else if constexpr (std::is_same_v<T, Profile>) {
    return "profile";
  } else if constexpr (std::is_same_v<T, VirtualAdapter>) {
    return "virtual adapter";
  } else {
    static_assert(std::is_same_v<T, Hold>, "a type without a word in docs/service-link.md");
    return "hold";
  }
}

template <class T>
std::string fields_text() {
  std::string text;
  [&]<size_t... I>(std::index_sequence<I...>) {
    ((text += fmt::format("{}{}: {}", I ? ", " : "", field_names<T>()[I],
                          type_text<std::remove_reference_t<std::tuple_element_t<I, decltype(std::declval<T&>().fields())>>>())),
     ...);
  }
  (std::make_index_sequence<field_count<T>>());
  return text;
}

template <class... R>
std::string page(const std::variant<R...>*) {
  std::string text = "\n| number | request | what it asks with | what comes back |\n|---|---|---|---|\n";
  ((text +=
    fmt::format("| {} | {} | {} | {} |\n", number_of<R>, R::type_name, fields_text<R>(), fields_text<typename R::Reply>())),
   ...);
  return text;
}

}  // namespace

TEST_CASE("docs/service-link.md is the list of requests", "[link][service]") {
  support::approved_end_of_page(support::checkout() / "docs/service-link.md", "emu/link/service.h",
                                page(static_cast<const Requests*>(nullptr)));
}

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// State as bytes and back, by one function for both directions, so that no field can be saved and not loaded.
//
//   void archive(Archive& ar, VtyState& vty) {
//     auto& [in, out, buffer] = vty;   // a new field stops compiling here until it is listed below
//     ar.section("vty", 1);
//     ar("in", in);
//     ...
//   }
//
// On the wire: big-endian; every field carries its name and its length, every section its name and version. A missing,
// unknown, reordered or oversized field makes the load fail with a sentence that names "section.field". The bytes are
// treated as hostile: an enumeration with a range_of() beside it takes no other values, one with words is its word; an element is made when its turn in the input comes, so memory follows what the input really holds.
// Not thread-safe; no ownership of inputs.

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "emu/core/result.h"
#include "emu/core/types.h"
#include "emu/core/words.h"

namespace emu {

class Archive {
 public:
  static Archive saving() { return Archive(); }
  // `input` must outlive the archive.
  static Archive loading_from(std::span<const u8> input);

  bool loading() const { return loading_; }

  // Begins a section. Loading: its name must be next in the stream, with a version of at most `version`; the version
  // found is returned, so that a later build can read what an earlier one wrote.
  u16 section(std::string_view name, u16 version);

  template <class T>
  void operator()(std::string_view name, T& value);

  // Loading: the content is not acceptable. The first failure stays; later fields are left as they are.
  void fail(std::string sentence);
  bool failed() const { return error_.has_value(); }

  // Loading: success only if everything was read and nothing is left over.
  Status finish();
  // Saving: the bytes; the archive is empty afterwards.
  Bytes take() { return std::move(output_); }

 private:
  Archive() = default;

  size_t begin_field(std::string_view name);  // saving: where the length goes
  void end_field(size_t length_at);
  std::span<const u8> field(std::string_view name);  // loading: the bytes of the field that must come next

  void put(std::span<const u8> bytes) { output_.insert(output_.end(), bytes.begin(), bytes.end()); }
  template <std::unsigned_integral T>
  void put_number(T value);
  std::span<const u8> get(size_t length);  // loading: the next bytes, or a failure
  template <std::unsigned_integral T>
  T get_number();
  size_t remaining() const { return input_.size() - at_; }

  template <class T>
  void value(T& value);  // one value without a name: an element of a container, or the body of a field
  template <class T>
  void sequence(T& values);

  bool loading_ = false;
  Bytes output_;
  std::span<const u8> input_;
  size_t at_ = 0;
  std::string section_;
  std::string field_;
  std::optional<Error> error_;
};

// ---- what a value may be ----

namespace detail {
template <class T>
inline constexpr bool is_vector = false;
template <class T, class A>
inline constexpr bool is_vector<std::vector<T, A>> = true;
template <class T, class A>
inline constexpr bool is_vector<std::deque<T, A>> = true;
template <class T>
inline constexpr bool is_array = false;
template <class T, size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class K, class V>
inline constexpr bool is_map<std::map<K, V>> = true;
}  // namespace detail

template <std::unsigned_integral T>
void Archive::put_number(T value) {
  u8 bytes[sizeof(T)];
  store_be(bytes, value);
  put(bytes);
}

template <std::unsigned_integral T>
T Archive::get_number() {
  const auto bytes = get(sizeof(T));
  return bytes.empty() ? T{} : load_be<T>(bytes.data());
}

template <class T>
void Archive::operator()(std::string_view name, T& content) {
  if (failed()) return;
  if (!loading_) {
    const size_t length_at = begin_field(name);
    value(content);
    end_field(length_at);
    return;
  }
  const auto body = field(name);
  if (failed()) return;
  // The body is read as if it were the whole input: nothing can reach beyond its own field.
  const auto outer = input_;
  const size_t outer_at = at_;
  const std::string outer_section = section_;
  input_ = body;
  at_ = 0;
  value(content);
  if (!failed() && remaining() != 0) fail("is longer than expected");
  input_ = outer;
  at_ = outer_at;
  section_ = outer_section;
}

template <class T>
void Archive::value(T& content) {
  if constexpr (std::is_same_v<T, bool>) {
    u8 byte = content ? 1 : 0;
    value(byte);
    if (loading_) {
      if (byte > 1) return fail("is neither true nor false");
      content = byte == 1;
    }
  } else if constexpr (HasWords<T>) {
    std::string word(word_of(content));
    value(word);
    if (loading_) content = from_word<T>(word).value_or(T::unknown);
  } else if constexpr (std::is_enum_v<T>) {
    auto number = static_cast<std::make_unsigned_t<std::underlying_type_t<T>>>(content);
    value(number);
    if (!loading_) return;
    content = static_cast<T>(number);
    if constexpr (requires { range_of(content); }) {
      const auto [first, last] = range_of(content);
      if (content < first || content > last) fail("has a value that nobody knows");
    }
  } else if constexpr (std::is_integral_v<T>) {
    using Unsigned = std::make_unsigned_t<T>;
    if (loading_) {
      content = static_cast<T>(get_number<Unsigned>());
    } else {
      put_number(static_cast<Unsigned>(content));
    }
  } else if constexpr (std::is_same_v<T, double>) {
    u64 bits = std::bit_cast<u64>(content);
    value(bits);
    content = std::bit_cast<double>(bits);
  } else if constexpr (std::is_same_v<T, std::string>) {
    u32 length = static_cast<u32>(content.size());
    value(length);
    if (loading_) {
      const auto bytes = get(length);
      if (!failed()) content.assign(bytes.begin(), bytes.end());
    } else {
      put({reinterpret_cast<const u8*>(content.data()), content.size()});
    }
  } else if constexpr (detail::is_vector<T>) {
    u32 count = static_cast<u32>(content.size());
    value(count);
    if (loading_) {
      // Every element takes at least one byte.
      if (count > remaining()) return fail("holds fewer elements than it says");
      content.clear();
      if constexpr (!std::is_same_v<typename T::value_type, u8>) {
        // One after the other: an element may be far larger here than in the stream, and a hostile count is only a number.
        for (u32 i = 0; i < count && !failed(); ++i) value(content.emplace_back());
        return;
      }
      content.resize(count);
    }
    sequence(content);
  } else if constexpr (detail::is_array<T>) {
    sequence(content);
  } else if constexpr (detail::is_optional<T>) {
    bool present = content.has_value();
    value(present);
    if (loading_) content = present ? T(std::in_place) : T();
    if (content) value(*content);
  } else if constexpr (detail::is_map<T>) {
    u32 count = static_cast<u32>(content.size());
    value(count);
    if (loading_) {
      content.clear();
      for (u32 i = 0; i < count && !failed(); ++i) {
        typename T::key_type key{};
        typename T::mapped_type mapped{};
        value(key);
        value(mapped);
        content.emplace(std::move(key), std::move(mapped));
      }
    } else {
      for (auto& [key, mapped] : content) {
        auto copy = key;
        value(copy);
        value(mapped);
      }
    }
  } else {
    archive(*this, content);  // found beside the type
  }
}

template <class T>
void Archive::sequence(T& values) {
  using Element = typename T::value_type;
  if constexpr (std::is_same_v<Element, u8>) {
    if (loading_) {
      const auto bytes = get(values.size());
      if (!failed()) std::copy(bytes.begin(), bytes.end(), values.begin());
    } else {
      put({values.data(), values.size()});
    }
  } else {
    for (auto& element : values) {
      if (failed()) return;
      value(element);
    }
  }
}

// A value of a type with an archive function, as bytes and back.
template <class T>
Bytes to_bytes(const T& value) {
  Archive ar = Archive::saving();
  T copy = value;
  archive(ar, copy);
  return ar.take();
}

template <class T>
Result<T> from_bytes(std::span<const u8> bytes) {
  Archive ar = Archive::loading_from(bytes);
  T value{};
  archive(ar, value);
  if (auto status = ar.finish(); !status) return status.error();
  return value;
}

}  // namespace emu

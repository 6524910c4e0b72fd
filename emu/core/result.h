// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How an operation that can fail says so. Guest mistakes are not failures: they get their H_ or RTAS code.

#include <cassert>
#include <optional>
#include <string>
#include <utility>

namespace emu {

// `code` is what scripts look for (an HSCL code, or a word such as "lab"); `text` is one sentence that says what to do.
struct Error {
  std::string code;
  std::string text;
  bool operator==(const Error&) const = default;
};

// A value, or the reason why there is none: the part of C++23's std::expected that we need.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T& value() {
    assert(value_ && "value() of a failed Result");
    return *value_;
  }
  const T& value() const {
    assert(value_ && "value() of a failed Result");
    return *value_;
  }
  const Error& error() const {
    assert(!value_ && "error() of a Result that succeeded");
    return error_;
  }

 private:
  std::optional<T> value_;
  Error error_;
};

struct Done {};
using Status = Result<Done>;
inline Status success() { return Done{}; }

}  // namespace emu

// The value of a Result, or an early return with its error.
#define TRY(expression)               \
  __extension__({                     \
    auto tried = (expression);        \
    if (!tried) return tried.error(); \
    std::move(*tried);                \
  })

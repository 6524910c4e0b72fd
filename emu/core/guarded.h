// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A value that several threads use. Whoever wants it holds its lock, for as long as the handle lives:
//
//   const auto lpars = lpars_.lock();
//   if (const Lpar* lpar = lpars->find(2)) ...

#include <mutex>
#include <utility>

namespace emu {

template <class T>
class Guarded {
 public:
  template <class Value>
  class Held {
   public:
    Held(std::mutex& mutex, Value& value) : lock_(mutex), value_(value) {}
    Value* operator->() const { return &value_; }
    Value& operator*() const { return value_; }

   private:
    std::unique_lock<std::mutex> lock_;
    Value& value_;
  };

  template <class... Arguments>
  explicit Guarded(Arguments&&... arguments) : value_(std::forward<Arguments>(arguments)...) {}

  [[nodiscard]] Held<T> lock() { return {mutex_, value_}; }
  [[nodiscard]] Held<const T> lock() const { return {mutex_, value_}; }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace emu

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Non-volatile memory of a partition, read and written with RTAS nvram-fetch and nvram-store.

#include <functional>
#include <mutex>

#include "devices/node.h"
#include "emu/core/archive.h"

namespace devices {

class Nvram {
 public:
  static constexpr u32 bytes = 16 * 1024;
  using Keep = std::function<void(const Bytes&)>;  // called after each change

  explicit Nvram(Keep keep = {});

  Node describe() const;

  bool fetch(u64 index, std::span<u8> to) const;  // false: not inside
  bool store(u64 index, std::span<const u8> from);
  void power_on(const Bytes& kept);  // what an earlier activation left; anything of another size is ignored
  Bytes content() const;

  void archive(emu::Archive&);

 private:
  Keep keep_;
  mutable std::mutex mutex_;
  Bytes content_;
};

}  // namespace devices

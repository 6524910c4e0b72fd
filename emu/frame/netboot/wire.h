// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where packets leave a network adapter, and come in.

#include <optional>

#include "emu/link/packet.h"

namespace emu::frame {

class Wire {
 public:
  virtual ~Wire() = default;
  virtual packet::Mac mac() const = 0;
  virtual void send(std::span<const u8> packet) = 0;
  // Nothing after `timeout` nanoseconds.
  virtual std::optional<Bytes> receive(u64 timeout) = 0;
};

}  // namespace emu::frame

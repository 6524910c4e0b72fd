// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual terminal: raw bytes both ways, at most 16 per hypercall. (LoPAR 17.5)

#include <functional>
#include <mutex>

#include "devices/device.h"

namespace devices {

struct VtyState {
  Bytes input;  // typed, not read yet
  bool operator==(const VtyState&) const = default;
};

class Vty final : public VioDevice {
 public:
  static constexpr size_t input_limit = 4096;
  using Output = std::function<void(std::span<const u8>)>;

  Vty(Slot slot, Output output) : VioDevice(std::move(slot)), output_(std::move(output)) {}

  Node describe() const override;

  size_t type(std::span<const u8> keys);  // how many were taken; any thread
  size_t read(std::span<u8> to);          // up to 16
  void write(std::span<const u8> from) { output_(from); }
  void set_interrupts(bool) override {}  // its edge is always enabled; masking is the interrupt source's

  void archive(emu::Archive&) override;

 private:
  Output output_;
  std::mutex mutex_;
  VtyState state_;
};

void archive(emu::Archive&, VtyState&);

}  // namespace devices

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The firmware of a partition that waits at its prompt: it has the partition's memory and its hypercalls, as any program in it, and can
// start an operating system. One at a time for each partition; it must not outlive the hypervisor.

#include <memory>
#include <string>

#include "emu/core/result.h"
#include "firmware/boot.h"
#include "firmware/native_partition.h"

namespace firmware {

class OpenFirmware {
 public:
  virtual ~OpenFirmware() = default;
  virtual NativePartition& machine() = 0;
  virtual u64 memory_bytes() const = 0;
  virtual bool waits() const = 0;  // false: the partition has lost its power meanwhile
  virtual void show(const std::string& refcode) = 0;
  virtual void say(std::string_view text) = 0;  // on the first terminal
  // Nothing of it may use the machine any more. On an error the firmware waits on.
  virtual emu::Status boot(const BootImage&) = 0;
};

}  // namespace firmware

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which processor a partition sees: its PVR, and what the device tree says of it. (LoPAR C.6.1.4; docs/papr.md, Device tree)

#include <vector>

#include "emu/core/lab.h"
#include "emu/core/partition_profile.h"

namespace firmware {

struct Model {
  emu::CompatMode mode;
  const char* name;  // of the tree's cpu nodes
  u32 pvr;
  u32 logical_pvr;  // cpu-version
  u32 slb_slots;
  u32 vmx;                      // ibm,vmx: 1 AltiVec, 2 VSX as well
  bool decimal;                 // ibm,dfp
  std::vector<u8> pa_features;  // ibm,pa-features: length, 0, and bits from the left

  bool transactional_memory() const { return pa_features.size() > 24 && pa_features[24] & 0x80; }
};

// On this server, which says what the default is.
Model model_of(const emu::Configuration&, const emu::FrameConfig&);

}  // namespace firmware

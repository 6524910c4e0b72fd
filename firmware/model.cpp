// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/model.h"

#include "emu/core/profile_rules.h"

namespace firmware {

namespace {

// A feature is a bit in a byte of its own from byte 6 on. Of those of POWER9 these are not told: transactions, a large decrementer,
// event-based branches, copy and paste, the radix tree.
const std::vector<u8> of_power9 = {0x42, 0, 0xF6, 0x3F, 0xC7, 0xC0, 0x80, 0xF0, 0x80, 0, 0,    0, 0,    0, 0,    0, 0,    0,
                                   0x80, 0, 0x80, 0,    0x80, 0,    0,    0,    0,    0, 0x80, 0, 0x80, 0, 0x80, 0, 0x80, 0,
                                   0,    0, 0x80, 0,    0,    0,    0,    0,    0x80, 0, 0x80, 0, 0x80, 0, 0x80, 0, 0x80, 0,
                                   0x80, 0, 0x80, 0,    0x80, 0,    0x80, 0,    0x80, 0, 0x80, 0, 0,    0};

const Model models[] = {
    {emu::CompatMode::power6, "PowerPC,POWER6", 0x003E0301, 0x0F000002, 64, 1, true, {6, 0, 0xF6, 0x1F, 0xC7, 0, 0x80, 0xC0}},
    {emu::CompatMode::power7, "PowerPC,POWER7", 0x003F0203, 0x0F000003, 32, 2, true, {6, 0, 0xF6, 0x1F, 0xC7, 0, 0x80, 0xC0}},
    {emu::CompatMode::power8, "PowerPC,POWER8", 0x004D0200, 0x0F000004, 32, 2, true, {0x18, 0,    0xF6, 0x3F, 0xC7, 0xC0, 0x80,
                                                                                      0xF0, 0x80, 0,    0,    0,    0,    0,
                                                                                      0,    0,    0,    0,    0x80, 0,    0x80,
                                                                                      0,    0x80, 0,    0x80, 0}},
    {emu::CompatMode::power9, "PowerPC,POWER9", 0x004E0202, 0x0F000005, 32, 2, true, of_power9},
    // In what the base one differs nobody shows.
    {emu::CompatMode::power9_base, "PowerPC,POWER9", 0x004E0202, 0x0F000005, 32, 2, true, of_power9},
};

}  // namespace

Model model_of(const emu::Configuration& configuration, const emu::FrameConfig& frame) {
  emu::CompatMode mode = configuration.lpar_proc_compat_mode;
  if (mode == emu::CompatMode::of_system) mode = emu::limits_of(frame).default_mode;
  for (const Model& model : models)
    if (mode == model.mode) return model;
  return models[0];
}

}  // namespace firmware

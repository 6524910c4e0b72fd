// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/model.h"

namespace firmware {

namespace {

const Model models[] = {
    {emu::CompatMode::power6, "PowerPC,POWER6", 0x003E0301, 0x0F000002, 64, 1, true, {6, 0, 0xF6, 0x1F, 0xC7, 0, 0x80, 0xC0}},
    {emu::CompatMode::power7, "PowerPC,POWER7", 0x003F0203, 0x0F000003, 32, 2, true, {6, 0, 0xF6, 0x1F, 0xC7, 0, 0x80, 0xC0}},
    {emu::CompatMode::power8, "PowerPC,POWER8", 0x004D0200, 0x0F000004, 32, 2, true, {0x18, 0,    0xF6, 0x3F, 0xC7, 0xC0, 0x80,
                                                                                      0xF0, 0x80, 0,    0,    0,    0,    0,
                                                                                      0,    0,    0,    0,    0x80, 0,    0x80,
                                                                                      0,    0x80, 0,    0x80, 0}},
};

}  // namespace

Model model_of(const emu::Configuration& configuration) {
  for (const Model& model : models)
    if (configuration.lpar_proc_compat_mode == model.mode) return model;
  return models[0];
}

}  // namespace firmware

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/lab/generate.h"

#include <fmt/format.h>

namespace emu::lab_file {

namespace {
// Of the sixteen ports of a segment: a Virtual I/O Server each, the HMC and the gateway, and two that a newcomer may take.
constexpr u32 frames_of_segment = 12;
}  // namespace

// Frame 7 of 100 is frame007, with the Virtual I/O Server frame007-vios and the partitions frame007-lp1, frame007-lp2 ...
std::string generated(const Generate& wanted) {
  const size_t digits = std::to_string(wanted.frames).size();
  std::string text, segment;
  for (u32 frame = 1; frame <= wanted.frames; ++frame) {
    if (frame % frames_of_segment == 1) {
      const u32 number = frame / frames_of_segment;
      segment = fmt::format("{}-lan{}", wanted.prefix, number + 1);
      text += fmt::format("[[segment]]\nname = \"{}\"\nnetwork = \"10.0.{}.0/24\"\n", segment, 2 + number);
    }
    const std::string name = fmt::format("{}{:0{}}", wanted.prefix, frame, digits);
    text += fmt::format("[[frame]]\nname = \"{}\"\nmemory_mb = {}\nlmb_mb = 16\nprocessors = {}\n", name, wanted.memory_mb,
                        wanted.processors);
    text += fmt::format("[[frame.vios]]\nname = \"{}-vios\"\nid = 1\nsegments = [\"{}\"]\n", name, segment);
    // The first frames have one more, if it does not come out even.
    const u32 here = wanted.partitions / wanted.frames + (frame <= wanted.partitions % wanted.frames ? 1 : 0);
    for (u32 lpar = 1; lpar <= here; ++lpar)
      text +=
          fmt::format("[[frame.partition]]\nname = \"{}-lp{}\"\nid = {}\ndesired_mem = {}\nvlans = [1]\nboot_image = \"nomad\"\n",
                      name, lpar, lpar + 1, wanted.desired_mem);
  }
  return text;
}

}  // namespace emu::lab_file

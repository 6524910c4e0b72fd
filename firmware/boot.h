// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How a partition's first image gets into its memory. It is entered without Open Firmware: r3 = flattened device tree,
// r4 = the image, r5 = 0, MMU off. (docs/papr.md, Entry without Open Firmware)

#include <string>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace firmware {

class Partition;

// What is booted, and what its device tree says of where it came from.
struct BootImage {
  std::string name;
  Bytes content;
  std::string initrd_file;
  std::string arguments;  // /chosen/bootargs
  std::string path;       // bootpath: the device; empty: not told
  Bytes bootp_reply;      // bootp-response
};

struct BootLayout {
  u64 entry = 0;  // real address of the first instruction
  u64 image = 0;  // where the image begins
  u64 initrd_start = 0;
  u64 initrd_end = 0;
  u64 rtas_base = 0;
  u64 tree = 0;
};

inline constexpr u32 rtas_bytes = 0x1000;

// The image of the profile, with its initrd and its arguments.
emu::Result<BootImage> image_of_profile(Partition&, const std::string& image_file);

// Loads image and initrd, the RTAS stub and the tree.
emu::Result<BootLayout> load_boot_image(Partition&, const BootImage&);
emu::Result<BootLayout> load_boot_image(Partition&, const std::string& image_file);

// "nomad" and other bare names are looked up in the folders of images: $TWINFRAME_IMAGES, then where the build put them.
emu::Result<std::string> find_image(const std::string& name);

}  // namespace firmware

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The partitions of one system as a site's console has listed them, made into what a frame of ours can have.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "emu/app/site/folder.h"
#include "emu/app/site/notes.h"
#include "emu/core/lab.h"

namespace emu::app::site {

struct Partition {
  LparDefinition lpar;  // the default profile first
  bool runs = false;
  bool vasi = false;  // a VASI is wanted, and no profile says in which slot
};

struct Frame {
  FrameConfig config;  // without partitions
  std::string machine;
  std::vector<Partition> partitions;  // by ID

  Partition* find(u32 lpar_id);
};

Result<Frame> frame_of(const System&, Notes&);

// Letters, digits, dots, - and _, at most 31: of frames, LUNs and segments.
std::string device_name(std::string_view name);

}  // namespace emu::app::site

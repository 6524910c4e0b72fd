// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What `lsmap -all` and `lsmap -all -net` of a Virtual I/O Server print: which disk is behind which server adapter, and which trunk
// adapter is under a shared Ethernet adapter. Their location codes say whose they are.

#include <string>
#include <string_view>
#include <vector>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu::app::site {

struct Target {
  std::string vtd;
  std::string lun;  // its address
  std::string backing;
  std::string place;  // of the backing device; empty of a logical volume
};

// A virtual SCSI server adapter, or a virtual Ethernet adapter.
struct MappedAdapter {
  std::string machine;  // U8247.22L.10DD4AC
  u32 lpar_id = 0;
  u32 slot = 0;
  std::vector<Target> targets;
  std::string bridge;  // the shared Ethernet adapter; empty: none
};

struct Lsmap {
  bool of_networks = false;
  std::vector<MappedAdapter> adapters;
  u64 fibre_channel = 0;  // adapters of `lsmap -all -npiv`
};

bool looks_like_lsmap(std::string_view first_line);
// `file`: for the error, which says where.
Result<Lsmap> parse_lsmap(std::string_view text, const std::string& file);

}  // namespace emu::app::site

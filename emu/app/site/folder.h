// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The saved outputs of a site's console, a file each, told apart by what is in them. Whose a listing is that does not say so itself says
// the file's name, or its folder's: the system's, alone or with more behind it. All of it is hostile input. (docs/import.md)

#include <optional>
#include <string>
#include <vector>

#include "emu/app/site/lsmap.h"
#include "emu/app/site/record.h"
#include "emu/core/result.h"

namespace emu::app::site {

struct System {
  Record self;
  std::optional<std::vector<Record>> memory, processors;  // of the system: one line
  std::optional<std::vector<Record>> lpars, profiles, lpar_memory, lpar_processors, scsi, ethernet;

  bool has_nothing = false;  // one of its listings was "No results were found."

  std::string name() const { return self.text("name"); }
  std::string machine() const;  // as location codes begin
};

struct Site {
  std::vector<System> systems;
  std::vector<MappedAdapter> disks, networks;
  u64 fibre_channel = 0;                // adapters that were listed as such
  std::vector<std::string> not_of_use;  // files of other listings
};

Result<Site> read_folder(const std::string& folder);

}  // namespace emu::app::site

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What has been done to the SAN of a lab since its file was written (`twinframe san`): LUNs that were made, made larger or taken offline,
// and which of them a Virtual I/O Server sees. It lies in <state>/luns/san.toml, in the words of a lab file. Who changes it holds the
// lab's turn (emu/app/labs.h); a reader sees the file of before or the one of after.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "emu/core/lab.h"

namespace emu {

inline constexpr u64 largest_lun_mb = 1024 * 1024;

// What a server sees, if that is not what the lab file says.
struct SanShows {
  std::vector<std::string> luns;
  std::string uuid{};  // the server's: one that is made with its name later is another; empty: not known
};

// SIMPLIFIED: a real SAN shows a LUN to ports, by their world-wide names; here to a server, by its name.
struct San {
  std::vector<LunConfig> made;
  std::map<std::string, u64> sizes;       // MiB, of LUNs of the lab file that were made larger
  std::map<std::string, SanShows> views;  // by server: "frameA/viosA"
  u64 made_so_far = 0;                    // LUNs; a name that is used again stands for another disk
  std::set<std::string> offline;          // LUNs that answer nobody

  std::vector<LunConfig> luns(const Lab&) const;  // all there are
  // What a Virtual I/O Server sees, in the order of its hdisks.
  std::vector<std::string> seen_by(const Lab&, const std::string& frame, const std::string& server,
                                   const std::string& uuid = "") const;
};

// An error begins with file and line.
Result<San> read_san(const Lab&, const LabFolders&);
Status write_san(const San&, const LabFolders&);

// A [[lun]] as a command line says it: name, then words such as size_mb=128. Relative paths begin at `folder`.
Result<LunConfig> lun_of(const Lab&, const San&, const std::string& name, const std::vector<std::string>& words,
                         const std::string& folder);

}  // namespace emu

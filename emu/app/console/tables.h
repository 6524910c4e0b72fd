// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the tables of frames say, in the words of the Redbook's figure 6-1: pure functions of what a frame has told.

#include <string>
#include <vector>

#include "emu/app/console/frame_link.h"
#include "emu/app/console/guest.h"

namespace emu::app::console {

struct Row {
  std::string uuid;
  std::string name;
  u32 id = 0;
  std::string status;  // "Migrating - Running"
  std::string processing_units;
  std::string memory_gb;
  std::string profile;
  std::string type;  // "AIX or Linux", "Virtual I/O Server"
  std::string reference_code;
};
std::vector<Row> rows_of(const FrameState&);

struct Bar {
  double used = 0;  // 0 - 1
  std::string text;
};
Bar memory_of(const service::SystemInfo&);
Bar processors_of(const service::SystemInfo&);

// The partitions that may have a terminal, each with the frame on which it runs. During a move two frames have it: the
// destination's from its first instruction there (`source_gone_at` of the stream on), else the source's.
struct Found {
  std::string uuid;
  std::string name;
  Whereabouts where;
  service::LparInfo info;
};
std::vector<Found> partitions_of(const std::vector<std::shared_ptr<const FrameState>>& frames);

}  // namespace emu::app::console

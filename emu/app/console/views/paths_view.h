// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A frame's ways as a picture: partitions with their adapters at the left, servers in the middle, disks and networks at the right. A part
// that is chosen is drawn as if it were cut, with all that it takes away.

#include <optional>

#include "emu/app/console/io_paths.h"
#include "emu/app/console/views/scene.h"

namespace emu::app::console {

class PathsView {
 public:
  // Into what is left of the window. A click chooses a part.
  void draw(const Scene&, const IoPaths&, const std::string& frame);
  // Up and Down choose, Escape chooses none.
  void press(const IoPaths&, const std::string& key);

 private:
  const IoPart* chosen(const IoPaths&) const;  // null: none
  std::optional<IoPart> chosen_;
};

}  // namespace emu::app::console

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the window shows, as an animation (WebP, which browsers and READMEs play). A thread of its own encodes; pictures that
// come faster than it can are left out.

#include <memory>
#include <string>

#include "emu/app/console/raster.h"
#include "emu/core/result.h"

namespace emu::app::console {

class Recording {
 public:
  static Result<std::unique_ptr<Recording>> begin(const std::string& file, int width, int height);
  virtual ~Recording() = default;
  virtual bool wants(u64 now) const = 0;        // a picture: not more than twelve a second
  virtual void add(const Image&, u64 now) = 0;  // nanoseconds of any clock that goes on
  virtual Status finish(u64 now) = 0;           // writes the file
};

}  // namespace emu::app::console

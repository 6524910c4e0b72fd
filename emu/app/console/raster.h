// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Draws what Dear ImGui wants drawn into an image in memory: the same pixels with and without a display or a graphics
// card, and cheap, because only windows whose content has changed since the last time are drawn again. One thread.

#include <vector>

#include "emu/core/types.h"

struct ImDrawData;

namespace emu::app::console {

// Pixels, row by row, 0xFFRRGGBB.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<u32> pixels;
};

struct Rectangle {  // right and bottom are outside
  int left = 0, top = 0, right = 0, bottom = 0;
  bool empty() const { return left >= right || top >= bottom; }
  bool operator==(const Rectangle&) const = default;
};

class Raster {
 public:
  // The font atlas: one byte of coverage for each texel. Kept by the caller.
  void use_font(const u8* coverage, int width, int height);

  // Draws over the former image; what has changed is in the answer, and nothing else was touched. A new size draws all.
  std::vector<Rectangle> draw(const ImDrawData&, u32 background);
  const Image& image() const { return image_; }

 private:
  struct Drawn {  // a window, as it was drawn last
    u64 hash = 0;
    Rectangle where;
    bool operator==(const Drawn&) const = default;
  };
  void draw_inside(const ImDrawData&, const Rectangle&, u32 background);

  Image image_;
  const u8* font_ = nullptr;
  int font_width_ = 0;
  int font_height_ = 0;
  u32 background_ = 0;
  std::vector<Drawn> drawn_;
};

}  // namespace emu::app::console

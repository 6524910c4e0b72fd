// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/raster.h"

#include <imgui.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>

namespace emu::app::console {

namespace {

Rectangle both(const Rectangle& a, const Rectangle& b) {
  return {std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right), std::min(a.bottom, b.bottom)};
}

Rectangle around(const Rectangle& a, const Rectangle& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
}

Rectangle clip_of(const ImDrawCmd& command) {
  return {static_cast<int>(command.ClipRect.x), static_cast<int>(command.ClipRect.y), static_cast<int>(command.ClipRect.z),
          static_cast<int>(command.ClipRect.w)};
}

u32 red(u32 color) { return color >> IM_COL32_R_SHIFT & 0xFF; }
u32 green(u32 color) { return color >> IM_COL32_G_SHIFT & 0xFF; }
u32 blue(u32 color) { return color >> IM_COL32_B_SHIFT & 0xFF; }
u32 alpha(u32 color) { return color >> IM_COL32_A_SHIFT & 0xFF; }

// `alpha_of_256`: 0 - 256.
u32 mixed(u32 under, u32 r, u32 g, u32 b, u32 alpha_of_256) {
  const u32 rest = 256 - alpha_of_256;
  const u32 red_blue = ((under & 0xFF00FF) * rest + (r << 16 | b) * alpha_of_256) >> 8 & 0xFF00FF;
  const u32 only_green = ((under & 0x00FF00) * rest + (g << 8) * alpha_of_256) >> 8 & 0x00FF00;
  return 0xFF000000 | red_blue | only_green;
}

u32 of_256(u32 of_255) { return of_255 + (of_255 >> 7); }

// Where pixels may be drawn, and with which font.
struct Canvas {
  Image& image;
  Rectangle clip;
  const u8* font;
  int font_width;
  int font_height;

  u32* row(int y) const { return image.pixels.data() + static_cast<size_t>(y) * static_cast<size_t>(image.width); }
};

void fill(const Canvas& canvas, const Rectangle& where, u32 color) {
  const Rectangle area = both(where, canvas.clip);
  if (area.empty()) return;
  const u32 a = of_256(alpha(color));
  const u32 solid = 0xFF000000 | red(color) << 16 | green(color) << 8 | blue(color);
  for (int y = area.top; y < area.bottom; ++y) {
    u32* const row = canvas.row(y);
    if (a == 256) {
      std::fill(row + area.left, row + area.right, solid);
    } else {
      for (int x = area.left; x < area.right; ++x) row[x] = mixed(row[x], red(color), green(color), blue(color), a);
    }
  }
}

// A glyph: texels and pixels have the same size, so the nearest one is the right one.
void draw_glyph(const Canvas& canvas, const ImDrawVert& first, const ImDrawVert& last, u32 color) {
  const Rectangle where{static_cast<int>(std::lround(first.pos.x)), static_cast<int>(std::lround(first.pos.y)),
                        static_cast<int>(std::lround(last.pos.x)), static_cast<int>(std::lround(last.pos.y))};
  const Rectangle area = both(where, canvas.clip);
  if (area.empty()) return;
  const int from_x = static_cast<int>(std::lround(first.uv.x * static_cast<float>(canvas.font_width))) - where.left;
  const int from_y = static_cast<int>(std::lround(first.uv.y * static_cast<float>(canvas.font_height))) - where.top;
  const u32 a = of_256(alpha(color));
  for (int y = area.top; y < area.bottom; ++y) {
    const int texel_y = std::clamp(from_y + y, 0, canvas.font_height - 1);
    const u8* const texels = canvas.font + static_cast<size_t>(texel_y) * static_cast<size_t>(canvas.font_width);
    u32* const row = canvas.row(y);
    for (int x = area.left; x < area.right; ++x) {
      const u32 coverage = texels[std::clamp(from_x + x, 0, canvas.font_width - 1)];
      if (coverage) row[x] = mixed(row[x], red(color), green(color), blue(color), of_256(coverage) * a >> 8);
    }
  }
}

// Colors run from corner to corner: Dear ImGui smooths edges with a seam that fades out. Pixels whose center is inside are
// drawn; of two triangles that share an edge, one has the pixels on it.
void draw_triangle(const Canvas& canvas, const ImDrawVert& a, ImDrawVert b, ImDrawVert c) {
  float area = (b.pos.x - a.pos.x) * (c.pos.y - a.pos.y) - (b.pos.y - a.pos.y) * (c.pos.x - a.pos.x);
  if (area == 0) return;
  if (area < 0) {
    std::swap(b, c);
    area = -area;
  }
  const auto [low_x, high_x] = std::minmax({a.pos.x, b.pos.x, c.pos.x});
  const auto [low_y, high_y] = std::minmax({a.pos.y, b.pos.y, c.pos.y});
  const Rectangle box = both({static_cast<int>(std::floor(low_x)), static_cast<int>(std::floor(low_y)),
                              static_cast<int>(std::ceil(high_x)), static_cast<int>(std::ceil(high_y))},
                             canvas.clip);
  if (box.empty()) return;

  struct Edge {
    float dx, dy, bias;
    float at(float x, float y, const ImVec2& from) const { return (x - from.x) * dy - (y - from.y) * dx; }
  };
  const auto edge = [](const ImVec2& from, const ImVec2& to) {
    Edge e{from.x - to.x, from.y - to.y, 0};
    // With y downwards and this winding, an edge owns its pixels if it goes up, or level to the right.
    e.bias = to.y < from.y || (to.y == from.y && to.x > from.x) ? 0.0F : -1e-6F;
    return e;
  };
  const Edge ab = edge(a.pos, b.pos), bc = edge(b.pos, c.pos), ca = edge(c.pos, a.pos);
  const bool one_color = a.col == b.col && b.col == c.col;
  const auto blend = [&](u32 (*part)(u32), float of_a, float of_b, float of_c) {
    const float sum =
        static_cast<float>(part(a.col)) * of_a + static_cast<float>(part(b.col)) * of_b + static_cast<float>(part(c.col)) * of_c;
    return static_cast<u32>(std::clamp(sum / area, 0.0F, 255.0F));
  };
  for (int y = box.top; y < box.bottom; ++y) {
    const float center_y = static_cast<float>(y) + 0.5F;
    // Each edge cuts the row: what is left lies inside, up to a pixel that only the edge itself can decide about.
    float from = static_cast<float>(box.left), to = static_cast<float>(box.right);
    const auto cut = [&](const Edge& e, const ImVec2& through) {
      const float at_zero = e.at(0.5F, center_y, through);
      if (e.dy > 0) from = std::max(from, -at_zero / e.dy - 1);
      if (e.dy < 0) to = std::min(to, -at_zero / e.dy + 2);
    };
    cut(ab, a.pos);
    cut(bc, b.pos);
    cut(ca, c.pos);
    const auto inside = [&](int x) {
      const float center_x = static_cast<float>(x) + 0.5F;
      return ab.at(center_x, center_y, a.pos) + ab.bias >= 0 && bc.at(center_x, center_y, b.pos) + bc.bias >= 0 &&
             ca.at(center_x, center_y, c.pos) + ca.bias >= 0;
    };
    int left = static_cast<int>(std::floor(from)), right = static_cast<int>(std::ceil(to));
    left = std::max(left, box.left);
    right = std::min(right, box.right);
    while (left < right && !inside(left)) ++left;
    while (left < right && !inside(right - 1)) --right;
    if (left >= right) continue;
    if (one_color) {
      fill(canvas, {left, y, right, y + 1}, a.col);
      continue;
    }
    u32* const row = canvas.row(y);
    for (int x = left; x < right; ++x) {
      const float center_x = static_cast<float>(x) + 0.5F;
      const float of_c = ab.at(center_x, center_y, a.pos), of_a = bc.at(center_x, center_y, b.pos),
                  of_b = ca.at(center_x, center_y, c.pos);
      row[x] = mixed(row[x], blend(red, of_a, of_b, of_c), blend(green, of_a, of_b, of_c), blend(blue, of_a, of_b, of_c),
                     of_256(blend(alpha, of_a, of_b, of_c)));
    }
  }
}

// Four corners of a rectangle of one color, as Dear ImGui writes rectangles and glyphs: a b c, a c d.
bool is_rectangle(const ImDrawIdx* index, const ImDrawVert* vertices, unsigned left) {
  if (left < 6 || index[3] != index[0] || index[4] != index[2]) return false;
  const ImDrawVert &a = vertices[index[0]], &b = vertices[index[1]], &c = vertices[index[2]], &d = vertices[index[5]];
  return a.col == b.col && b.col == c.col && c.col == d.col && a.pos.y == b.pos.y && b.pos.x == c.pos.x && c.pos.y == d.pos.y &&
         d.pos.x == a.pos.x;
}

void draw_command(const Canvas& canvas, const ImDrawList& list, const ImDrawCmd& command) {
  const ImDrawIdx* const index = list.IdxBuffer.Data + command.IdxOffset;
  const ImDrawVert* const vertices = list.VtxBuffer.Data + command.VtxOffset;
  for (unsigned i = 0; i < command.ElemCount;) {
    if (is_rectangle(index + i, vertices, command.ElemCount - i)) {
      const ImDrawVert &first = vertices[index[i]], &last = vertices[index[i + 2]];
      if (first.uv.x != last.uv.x) {
        draw_glyph(canvas, first, last, first.col);
      } else {
        fill(canvas,
             {static_cast<int>(std::lround(first.pos.x)), static_cast<int>(std::lround(first.pos.y)),
              static_cast<int>(std::lround(last.pos.x)), static_cast<int>(std::lround(last.pos.y))},
             first.col);
      }
      i += 6;
    } else {
      draw_triangle(canvas, vertices[index[i]], vertices[index[i + 1]], vertices[index[i + 2]]);
      i += 3;
    }
  }
}

}  // namespace

void Raster::use_font(const u8* coverage, int width, int height) {
  font_ = coverage;
  font_width_ = width;
  font_height_ = height;
  drawn_.clear();
}

void Raster::draw_inside(const ImDrawData& data, const Rectangle& area, u32 background) {
  fill({image_, area, font_, font_width_, font_height_}, area, background);
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    if (both(drawn_[static_cast<size_t>(i)].where, area).empty()) continue;
    for (const ImDrawCmd& command : list.CmdBuffer) {
      const Rectangle clip = both(clip_of(command), area);
      if (!clip.empty()) draw_command({image_, clip, font_, font_width_, font_height_}, list, command);
    }
  }
}

std::vector<Rectangle> Raster::draw(const ImDrawData& data, u32 background) {
  const int width = static_cast<int>(data.DisplaySize.x), height = static_cast<int>(data.DisplaySize.y);
  const Rectangle whole{0, 0, width, height};
  const bool all = width != image_.width || height != image_.height || background != background_ || drawn_.empty();
  if (all) image_ = {width, height, std::vector<u32>(static_cast<size_t>(width) * static_cast<size_t>(height))};
  background_ = background;

  std::vector<Drawn> now;
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    Drawn drawn;
    u64 hash = XXH3_64bits(list.VtxBuffer.Data, static_cast<size_t>(list.VtxBuffer.size_in_bytes()));
    hash = XXH3_64bits_withSeed(list.IdxBuffer.Data, static_cast<size_t>(list.IdxBuffer.size_in_bytes()), hash);
    for (const ImDrawCmd& command : list.CmdBuffer) {
      const Rectangle clip = both(clip_of(command), whole);
      hash = XXH3_64bits_withSeed(&clip, sizeof clip, hash);
      drawn.where = around(drawn.where, clip);
    }
    drawn.hash = hash;
    now.push_back(drawn);
  }

  std::vector<Rectangle> changed;
  if (all) {
    changed.push_back(whole);
  } else {
    for (size_t i = 0; i < std::max(now.size(), drawn_.size()); ++i) {
      if (i < now.size() && i < drawn_.size() && now[i] == drawn_[i]) continue;
      Rectangle area =
          both(around(i < now.size() ? now[i].where : Rectangle(), i < drawn_.size() ? drawn_[i].where : Rectangle()), whole);
      if (area.empty()) continue;
      // Areas that overlap become one: what lies in both would be drawn over itself.
      for (size_t k = 0; k < changed.size();) {
        if (both(changed[k], area).empty()) {
          ++k;
          continue;
        }
        area = around(changed[k], area);
        changed.erase(changed.begin() + static_cast<long>(k));
        k = 0;
      }
      changed.push_back(area);
    }
  }
  drawn_ = std::move(now);
  for (const Rectangle& area : changed) draw_inside(data, area, background);
  return changed;
}

}  // namespace emu::app::console

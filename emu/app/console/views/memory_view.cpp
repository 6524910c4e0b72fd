// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/memory_view.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

struct Colors {
  Color nothing, content, zero, stale, demanded;
};

// The kind that most pages of a cell are of; what few are of and matters, as a stripe.
void draw_cell(const Scene&, ImDrawList& list, ImVec2 at, ImVec2 size, const service::MemoryMap& map, size_t i,
               const Colors& colors) {
  const int content = map.content[i], zero = map.zero[i], stale = map.stale[i], demanded = map.demanded[i];
  const int nothing = 255 - std::min(255, content + zero + stale);
  const Color base = nothing >= content && nothing >= zero ? colors.nothing : content >= zero ? colors.content : colors.zero;
  const ImVec2 end{at.x + size.x, at.y + size.y};
  list.AddRectFilled(at, end, stale > 127 ? colors.stale : base);
  const auto part = [&](int share) { return std::max(2.0F, std::round(size.y * static_cast<float>(share) / 255)); };
  if (stale && stale <= 127) list.AddRectFilled({at.x, end.y - part(stale)}, end, colors.stale);
  if (demanded) list.AddRectFilled(at, {end.x, at.y + part(demanded)}, colors.demanded);
}

void draw_map(const Scene& scene, ImVec2 at, ImVec2 room, const service::MemoryMap& map, const Colors& colors) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const size_t cells = map.content.size();
  if (cells == 0 || map.zero.size() != cells || map.stale.size() != cells || map.demanded.size() != cells) {
    list.AddRectFilled(at, {at.x + room.x, at.y + room.y}, colors.nothing, scene.px(3));
    return;
  }
  // So that cells fill most of the room, in whole pixels.
  size_t per_row = 1;
  float best = 0;
  for (size_t candidate = 8; candidate <= std::max<size_t>(cells, 8); candidate += 8) {
    const auto columns = static_cast<float>(candidate), lines = static_cast<float>((cells + candidate - 1) / candidate);
    const float across = std::floor(room.x / columns), down = std::floor(room.y / lines);
    const float filled =
        across < 2 || down < 2 ? 0 : across * columns * down * lines * (std::min(across, down) > 3 ? 1.0F : 0.5F);
    if (filled > best) {
      best = filled;
      per_row = candidate;
    }
  }
  const size_t rows = (cells + per_row - 1) / per_row;
  const float gap = scene.px(1);
  const ImVec2 pitch{std::floor(room.x / static_cast<float>(per_row)), std::floor(room.y / static_cast<float>(rows))};
  const ImVec2 size{std::max(2.0F, pitch.x - gap), std::max(2.0F, pitch.y - gap)};
  for (size_t i = 0; i < cells; ++i)
    draw_cell(scene, list, {at.x + pitch.x * static_cast<float>(i % per_row), at.y + pitch.y * static_cast<float>(i / per_row)},
              size, map, i, colors);
}

// In hundredths of the memory.
double share_of(const Bytes& part) {
  if (part.empty()) return 0;
  return std::accumulate(part.begin(), part.end(), 0.0) / (2.55 * static_cast<double>(part.size()));
}

struct Legend {
  Color color;
  std::string name;
  double percent;
};

// What there is none of is left out if all together are too wide.
void draw_legend(const Scene& scene, const std::vector<Legend>& legend, float room) {
  const WithFont small(scene.fonts.small);
  const float size = ImGui::GetTextLineHeight() * 0.7F, gap = scene.px(8);
  const auto words_of = [](const Legend& entry) { return fmt::format("{} {:.0f} %", entry.name, entry.percent); };
  float width = 0;
  for (const Legend& entry : legend) width += size + scene.px(4) + ImGui::CalcTextSize(words_of(entry).c_str()).x + gap;
  bool first = true;
  for (const Legend& entry : legend) {
    if (width > room + gap && entry.percent == 0) continue;
    if (!first) ImGui::SameLine(0, gap);
    first = false;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::GetWindowDrawList()->AddRectFilled({at.x, at.y + size * 0.25F}, {at.x + size, at.y + size * 1.25F}, entry.color);
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + size + scene.px(4));
    text(scene.colors.dim, words_of(entry));
  }
}

}  // namespace

namespace {

void draw_source(const Scene& scene, const MovePicture& move, ImVec2 room) {
  const Colors colors{scene.colors.held, scene.colors.sent, scene.colors.zero, scene.colors.stale, scene.colors.demanded};
  const service::MemoryMap& map = move.source_map;
  const double sent = share_of(map.content), zero = share_of(map.zero), stale = share_of(map.stale);
  ImGui::BeginGroup();
  text(scene.colors.text,
       fmt::format("Memory on {}{}", move.status.source_system,
                   map.pages ? fmt::format(", {} MiB in cells of {} pages", map.pages / 256, map.pages_per_cell) : ""));
  draw_map(scene, ImGui::GetCursorScreenPos(), room, map, colors);
  ImGui::Dummy(room);
  draw_legend(scene,
              {{colors.nothing, "not sent", std::max(0.0, 100 - sent - zero - stale)},
               {colors.content, "sent", sent},
               {colors.zero, "zero", zero},
               {colors.stale, "dirtied again", stale}},
              room.x);
  ImGui::EndGroup();
}

void draw_target(const Scene& scene, const MovePicture& move, ImVec2 room) {
  const Colors colors{scene.colors.empty, scene.colors.arrived, scene.colors.zero, scene.colors.stale, scene.colors.demanded};
  const service::MemoryMap& map = move.target_map;
  const double arrived = share_of(map.content), zero = share_of(map.zero), missing = share_of(map.stale);
  ImGui::BeginGroup();
  text(scene.colors.text, "Memory on " + move.status.target_system);
  draw_map(scene, ImGui::GetCursorScreenPos(), room, map, colors);
  ImGui::Dummy(room);
  draw_legend(scene,
              {{colors.nothing, "empty", std::max(0.0, 100 - arrived - zero - missing)},
               {colors.content, "arrived", arrived},
               {colors.zero, "zero", zero},
               {colors.stale, "to come", missing},
               {colors.demanded, "demand-paged", share_of(map.demanded)}},
              room.x);
  ImGui::EndGroup();
}

}  // namespace

void draw_memories(const Scene& scene, const MovePicture& move, bool to_the_right) {
  const float middle = scene.px(34);
  const ImVec2 all = ImGui::GetContentRegionAvail();
  const ImVec2 room{(all.x - middle) / 2, all.y - 2 * ImGui::GetTextLineHeightWithSpacing()};
  to_the_right ? draw_source(scene, move, room) : draw_target(scene, move, room);
  ImGui::SameLine(0, 0);
  ImGui::BeginGroup();
  ImGui::Dummy({middle, room.y * 0.55F});
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + scene.px(7));
  {
    const WithFont large(scene.fonts.large);
    text(move.goes_on() ? scene.colors.warning : scene.colors.faint, to_the_right ? "\u2192" : "\u2190");
  }
  ImGui::EndGroup();
  ImGui::SameLine(0, 0);
  to_the_right ? draw_target(scene, move, room) : draw_source(scene, move, room);
}

}  // namespace emu::app::console

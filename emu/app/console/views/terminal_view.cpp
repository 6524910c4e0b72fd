// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/terminal_view.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

constexpr int least_rows = 24;
constexpr int least_columns = 80;

Color color_of(const Scene& scene, u32 number, bool ink) {
  if (number >= exact_color) return rgb(number - exact_color);
  if (number < 16) return scene.colors.ansi[number];
  const bool turned_around = number != default_color;
  return ink != turned_around ? scene.colors.ink : scene.colors.screen;
}

// The largest font with which the least terminal fits; the smallest if none does.
ImFont* font_for(const Scene& scene, ImVec2 room) {
  ImFont* best = scene.fonts.screens.front();
  for (ImFont* font : scene.fonts.screens)
    if (font->GetCharAdvance('M') * least_columns <= room.x && (font->FontSize + 1) * least_rows <= room.y) best = font;
  return best;
}

void append(std::string& text, char32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    text += {static_cast<char>(0xE0 | (c >> 12 & 0xF)), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
             static_cast<char>(0x80 | (c & 0x3F))};
  }
}

bool before(Position a, Position b) { return a.row < b.row || (a.row == b.row && a.column <= b.column); }

void draw_line(const Scene& scene, ImDrawList& list, ImFont* font, ImVec2 at, ImVec2 cell, const Line& line) {
  for (size_t column = 0; column < line.size();) {
    // As far as the colors stay the same. Wide characters begin a run of their own: the font has them in one cell.
    const Cell& first = line[column];
    size_t end = column;
    std::string run;
    for (; end < line.size() && line[end].ink == first.ink && line[end].paper == first.paper && line[end].bold == first.bold &&
           line[end].underlined == first.underlined;
         ++end)
      append(run, line[end].character ? line[end].character : U' ');
    const ImVec2 left{at.x + cell.x * static_cast<float>(column), at.y},
        right{at.x + cell.x * static_cast<float>(end), at.y + cell.y};
    if (const Color paper = color_of(scene, first.paper, false); paper != scene.colors.screen)
      list.AddRectFilled(left, right, paper);
    const u32 ink = first.bold && first.ink < 8 ? first.ink + 8 : first.ink;
    if (run.find_first_not_of(' ') != run.npos)
      list.AddText(font, font->FontSize, left, color_of(scene, ink, true), run.c_str(), run.c_str() + run.size());
    if (first.underlined) list.AddRectFilled({left.x, right.y - 1}, right, color_of(scene, ink, true));
    column = end;
  }
}

std::string time_of(u64 wall) {
  const auto seconds = static_cast<time_t>(wall / nanoseconds_per_second);
  tm parts{};
  localtime_r(&seconds, &parts);
  return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

void TerminalView::scroll(int lines) { scroll_ = std::max(0, scroll_ + lines); }

void TerminalView::select_all(Guest& guest) {
  guest.look([&](const Screen& screen) {
    from_ = {-std::min(scroll_, screen.scrollback()), 0};
    to_ = {from_.row + screen.rows() - 1, screen.columns() - 1};
  });
  has_selection_ = true;
}

std::string TerminalView::selected(Guest& guest) const {
  if (!has_selection_) return "";
  return guest.look([&](const Screen& screen) { return screen.text(from_, to_); });
}

void TerminalView::use_mouse(const Scene&, Guest& guest, ImVec2 at, ImVec2 cell) {
  const ImGuiIO& io = ImGui::GetIO();
  if (ImGui::IsItemHovered() && io.MouseWheel != 0) scroll(static_cast<int>(std::lround(io.MouseWheel * 3)));
  const Position under{static_cast<int>(std::floor((io.MousePos.y - at.y) / cell.y)) - scroll_,
                       std::max(0, static_cast<int>((io.MousePos.x - at.x) / cell.x))};
  if (ImGui::IsItemActivated()) {
    from_ = to_ = under;
    dragging_ = true;
    has_selection_ = false;
  }
  if (dragging_ && ImGui::IsItemActive() && (under.row != from_.row || under.column != from_.column)) {
    to_ = under;
    has_selection_ = true;
  }
  if (dragging_ && !ImGui::IsMouseDown(0)) {
    dragging_ = false;
    if (has_selection_) ImGui::SetClipboardText(selected(guest).c_str());
  }
}

bool TerminalView::draw(const Scene& scene, Guest& guest, bool keyboard) {
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const auto remarks = guest.remarks();
  const float margin = ImGui::GetTextLineHeightWithSpacing() * 2;
  const ImVec2 inside{room.x - scene.px(12), room.y - margin - scene.px(10)};
  ImFont* const font = font_for(scene, inside);
  const ImVec2 cell{font->GetCharAdvance('M'), font->FontSize + 1};
  const int columns = std::max(least_columns, static_cast<int>(inside.x / cell.x));
  const int rows = std::max(least_rows, static_cast<int>(inside.y / cell.y));

  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 end{corner.x + room.x, corner.y + inside.y + scene.px(8)};
  list.AddRectFilled(corner, end, scene.colors.screen, scene.px(4));
  list.AddRect(corner, end, keyboard ? scene.colors.accent : scene.colors.line, scene.px(4), 0, keyboard ? scene.px(2) : 1);
  const ImVec2 at{std::floor(corner.x + scene.px(6)), std::floor(corner.y + scene.px(4))};
  ImGui::InvisibleButton("screen", {room.x, end.y - corner.y});
  const bool clicked = ImGui::IsItemClicked();
  use_mouse(scene, guest, at, cell);

  std::string words;
  ImGui::PushClipRect(corner, end, true);
  guest.look([&](Screen& screen) {
    screen.resize(rows, columns);
    scroll_ = std::min(scroll_, screen.scrollback());
    // In a window that is too low, the end of the terminal is what matters.
    const int visible = std::max(1, static_cast<int>(inside.y / cell.y));
    const int hidden = std::max(0, std::min(screen.cursor().row + 1, rows) - visible);
    for (int shown = 0; shown < std::min(visible, rows); ++shown) {
      const int row = shown + hidden - scroll_;
      const Line line = screen.line(row);
      const float y = at.y + cell.y * static_cast<float>(shown);
      if (has_selection_) {
        const auto [first, last] = before(from_, to_) ? std::pair(from_, to_) : std::pair(to_, from_);
        if (row >= first.row && row <= last.row) {
          const float left = row == first.row ? static_cast<float>(first.column) : 0;
          const float right = row == last.row ? static_cast<float>(last.column + 1) : static_cast<float>(columns);
          list.AddRectFilled({at.x + cell.x * left, y}, {at.x + cell.x * right, y + cell.y}, faded(scene.colors.accent, 90));
        }
      }
      draw_line(scene, list, font, {at.x, y}, cell, line);
      if (scene.reader) {
        std::string text;
        for (const Cell& each : line) append(text, each.character ? each.character : U' ');
        text.erase(text.find_last_not_of(' ') + 1);
        words += text + "\n";
      }
      if (row == screen.cursor().row && screen.cursor_visible()) {
        const ImVec2 left{at.x + cell.x * static_cast<float>(screen.cursor().column), y}, right{left.x + cell.x, y + cell.y};
        if (keyboard)
          list.AddRectFilled(left, right, faded(scene.colors.accent, 170));
        else
          list.AddRect(left, right, scene.colors.dim);
      }
    }
  });
  ImGui::PopClipRect();
  if (scene.reader) ImGui::LogText("\n%s\n", words.c_str());

  // The margin.
  const WithFont small(scene.fonts.small);
  text(keyboard ? scene.colors.accent : scene.colors.dim,
       fmt::format("{}{} \u00B7 {}x{} \u00B7 {}", keyboard ? "\u25B6 keyboard \u00B7 " : "", guest.name(), columns, rows,
                   guest.attachment()));
  if (scroll_) {
    ImGui::SameLine();
    text(scene.colors.warning, fmt::format("\u2191 {} lines back", scroll_));
  }
  std::string line;
  for (size_t i = remarks.size() > 2 ? remarks.size() - 2 : 0; i < remarks.size(); ++i)
    line += (line.empty() ? "" : " \u00B7 ") + time_of(remarks[i].wall) + " " + remarks[i].text;
  if (!line.empty()) text(scene.colors.warning, line);
  return clicked;
}

}  // namespace emu::app::console

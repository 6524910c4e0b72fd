// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/theme.h"

#include <imgui.h>

namespace emu::app::console {

namespace {

constexpr Palette dark{
    .background = rgb(0x12161C),
    .panel = rgb(0x1A2029),
    .raised = rgb(0x252D39),
    .line = rgb(0x364151),
    .text = rgb(0xE6EAF0),
    .dim = rgb(0x9AA7B8),
    .faint = rgb(0x5C6979),
    .accent = rgb(0x56B4E9),
    .good = rgb(0x2BBF93),
    .bad = rgb(0xF07842),
    .warning = rgb(0xF0C442),
    .held = rgb(0xAEBBCC),
    .sent = rgb(0x1F5F8F),
    .stale = rgb(0xE69F00),
    .zero = rgb(0x46546A),
    .empty = rgb(0x242B35),
    .arrived = rgb(0x1FA67D),
    .demanded = rgb(0xF0E442),
    .frozen = rgb(0xCC79A7),
    .tick = rgb(0x56B4E9),
    .ping = rgb(0x2BBF93),
    .disk = rgb(0xE69F00),
    .screen = rgb(0x0C0F13),
    .ink = rgb(0xD5DBE3),
    .ansi = {rgb(0x20262F), rgb(0xE0674C), rgb(0x4FB286), rgb(0xD9B44A), rgb(0x5C9FD6), rgb(0xC07FB8), rgb(0x53B5BE),
             rgb(0xC3CAD4), rgb(0x6C7889), rgb(0xF58B70), rgb(0x74D3A9), rgb(0xF2D278), rgb(0x86C0F0), rgb(0xDCA2D6),
             rgb(0x7ED6DE), rgb(0xF4F7FA)},
};

constexpr Palette light{
    .background = rgb(0xE9ECF1),
    .panel = rgb(0xFBFCFD),
    .raised = rgb(0xE2E7EE),
    .line = rgb(0xC3CBD6),
    .text = rgb(0x18202B),
    .dim = rgb(0x536073),
    .faint = rgb(0x97A3B3),
    .accent = rgb(0x0072B2),
    .good = rgb(0x007A5A),
    .bad = rgb(0xC04A00),
    .warning = rgb(0x8A6500),
    .held = rgb(0x66758A),
    .sent = rgb(0xA9D3EF),
    .stale = rgb(0xE69F00),
    .zero = rgb(0xD0D7E0),
    .empty = rgb(0xE9EDF2),
    .arrived = rgb(0x009E73),
    .demanded = rgb(0x7B3F9A),
    .frozen = rgb(0xB0508A),
    .tick = rgb(0x0072B2),
    .ping = rgb(0x007A5A),
    .disk = rgb(0xB87A00),
    .screen = rgb(0xFFFFFF),
    .ink = rgb(0x1B232E),
    .ansi = {rgb(0x1B232E), rgb(0xB83A1B), rgb(0x1B7A4B), rgb(0x8A6500), rgb(0x1F62A6), rgb(0x8E3A86), rgb(0x0F7480),
             rgb(0x6B7787), rgb(0x536073), rgb(0xD4522F), rgb(0x2A9560), rgb(0xA87C00), rgb(0x2F7CC7), rgb(0xA84F9F),
             rgb(0x148A98), rgb(0x97A3B3)},
};

ImVec4 vector(Color color) { return ImGui::ColorConvertU32ToFloat4(color); }

}  // namespace

const Palette& palette(Theme theme) { return theme == Theme::dark ? dark : light; }

void apply(Theme theme, float scale) {
  const Palette& p = palette(theme);
  ImGuiStyle style;
  theme == Theme::dark ? ImGui::StyleColorsDark(&style) : ImGui::StyleColorsLight(&style);
  style.WindowPadding = {10, 8};
  style.FramePadding = {8, 4};
  style.ItemSpacing = {8, 5};
  style.CellPadding = {6, 3};
  style.WindowRounding = 6;
  style.ChildRounding = 5;
  style.FrameRounding = 4;
  style.PopupRounding = 5;
  style.TabRounding = 4;
  style.ScrollbarRounding = 5;
  style.ScrollbarSize = 12;
  style.WindowBorderSize = 1;
  style.ChildBorderSize = 1;
  style.AntiAliasedLinesUseTex = false;  // the raster draws rectangles, glyphs and triangles of one texel
  style.ScaleAllSizes(scale);

  const struct {
    ImGuiCol what;
    Color color;
  } colors[] = {
      {ImGuiCol_Text, p.text},
      {ImGuiCol_TextDisabled, p.dim},
      {ImGuiCol_WindowBg, p.panel},
      {ImGuiCol_ChildBg, 0},  // of one color with the window around it
      {ImGuiCol_PopupBg, p.panel},
      {ImGuiCol_Border, p.line},
      {ImGuiCol_FrameBg, p.raised},
      {ImGuiCol_FrameBgHovered, p.line},
      {ImGuiCol_FrameBgActive, p.line},
      {ImGuiCol_TitleBg, p.raised},
      {ImGuiCol_TitleBgActive, p.raised},
      {ImGuiCol_MenuBarBg, p.raised},
      {ImGuiCol_ScrollbarBg, p.panel},
      {ImGuiCol_ScrollbarGrab, p.line},
      {ImGuiCol_ScrollbarGrabHovered, p.faint},
      {ImGuiCol_ScrollbarGrabActive, p.faint},
      {ImGuiCol_CheckMark, p.accent},
      {ImGuiCol_Button, p.raised},
      {ImGuiCol_ButtonHovered, p.line},
      {ImGuiCol_ButtonActive, p.faint},
      {ImGuiCol_Header, p.raised},
      {ImGuiCol_HeaderHovered, p.line},
      {ImGuiCol_HeaderActive, p.line},
      {ImGuiCol_Separator, p.line},
      {ImGuiCol_Tab, p.panel},
      {ImGuiCol_TabHovered, p.line},
      {ImGuiCol_TabActive, p.raised},
      {ImGuiCol_TableHeaderBg, p.raised},
      {ImGuiCol_TableBorderStrong, p.line},
      {ImGuiCol_TableBorderLight, p.line},
      {ImGuiCol_TableRowBg, 0},
      {ImGuiCol_TableRowBgAlt, faded(p.raised, 90)},
      {ImGuiCol_TextSelectedBg, faded(p.accent, 90)},
      {ImGuiCol_NavHighlight, p.accent},
      {ImGuiCol_ModalWindowDimBg, faded(p.background, 150)},
  };
  for (const auto& [what, color] : colors) style.Colors[what] = vector(color);
  ImGui::GetStyle() = style;
}

}  // namespace emu::app::console

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/sheet_view.h"

#include "emu/app/console/views/form_view.h"
#include "emu/core/text.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

bool does(const Scene& scene, const Action& action) {
  const bool pressed = button(scene, fmt::format("{} (Ctrl+{})", action.label, action.key));
  ImGui::SameLine(0, scene.px(8));
  return pressed;
}

}  // namespace

void SheetView::draw_tabs(const Scene& scene, Sheet& sheet) {
  if (sheet.tabs().size() < 2) return;
  const float end = ImGui::GetWindowContentRegionMax().x;
  for (size_t i = 0; i < sheet.tabs().size(); ++i) {
    const bool here = i == sheet.tab();
    const std::string& title = sheet.tabs()[i].title;
    const float width = ImGui::CalcTextSize(title.c_str()).x + ImGui::GetStyle().FramePadding.x * 2;
    if (i) ImGui::SameLine(0, scene.px(3));
    if (i && ImGui::GetCursorPosX() + width > end) ImGui::NewLine();
    ImGui::PushStyleColor(ImGuiCol_Button, here ? scene.colors.raised : scene.colors.panel);
    ImGui::PushStyleColor(ImGuiCol_Text, here ? scene.colors.accent : scene.colors.dim);
    if (ImGui::Button(fmt::format("{}##tab{}", here ? "\u25B6 " + title : title, i).c_str())) sheet.choose_tab(i);
    note_place(scene, title);
    ImGui::PopStyleColor(2);
  }
  ImGui::Separator();
}

void SheetView::draw_table(const Scene& scene, Sheet& sheet, const Table& table, const std::vector<Words>& rows,
                           size_t first_place) {
  if (!table.title.empty()) {
    const WithFont bold(scene.fonts.bold);
    text(scene.colors.text, table.title);
  }
  if (rows.empty()) return text(scene.colors.faint, sheet.asking() ? "The HMC is asked." : "None.");
  const auto flags = ImGuiTableFlags_RowBg | ImGuiTableFlags_BordersOuter | ImGuiTableFlags_BordersInnerH |
                     ImGuiTableFlags_SizingStretchProp | ImGuiTableFlags_Resizable;
  if (!ImGui::BeginTable(("table" + table.title).c_str(), static_cast<int>(table.columns.size()), flags)) return;
  for (const std::string& column : table.columns) ImGui::TableSetupColumn(column.c_str());
  {
    const WithFont small(scene.fonts.small);
    ImGui::PushStyleColor(ImGuiCol_Text, scene.colors.dim);
    ImGui::TableHeadersRow();
    ImGui::PopStyleColor();
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool here = sheet.place() == first_place + i;
    ImGui::TableNextRow();
    for (size_t k = 0; k < rows[i].size() && k < table.columns.size(); ++k) {
      ImGui::TableNextColumn();
      if (k) {
        text(rows[i][k].starts_with("Migrating") ? scene.colors.warning : scene.colors.text, rows[i][k]);
        continue;
      }
      ImGui::PushID(static_cast<int>(first_place + i));
      const std::string label = (here ? "\u25B6 " : "  ") + rows[i][k] + "##row";
      if (ImGui::Selectable(label.c_str(), here, ImGuiSelectableFlags_SpanAllColumns | ImGuiSelectableFlags_AllowDoubleClick)) {
        sheet.choose(first_place + i);
        if (ImGui::IsMouseDoubleClicked(0)) sheet.act_on_chosen();
      }
      note_place(scene, rows[i][k]);
      if (here && focused_ != sheet.place() && !ImGui::IsItemVisible()) ImGui::SetScrollHereY();
      ImGui::PopID();
    }
  }
  ImGui::EndTable();
  for (const Action& action : table.actions)
    if (does(scene, action) && sheet.place() >= first_place && sheet.place() < first_place + rows.size())
      sheet.act(action, sheet.place() - first_place);
  ImGui::NewLine();
}

void SheetView::draw_tab(const Scene& scene, Sheet& sheet) {
  for (const std::string& refusal : sheet.refusals()) text(scene.colors.bad, refusal);
  const auto lines = sheet.lines();
  // New answers stand in the lines.
  const bool answered = std::exchange(asked_, sheet.asking()) && !asked_;
  if (answered) leave_text();
  const bool fresh = answered || shown_tab_ != sheet.tab();
  shown_tab_ = sheet.tab();
  const size_t place = sheet.place(), had_it = fresh ? ~size_t{0} : focused_;
  for (size_t i = 0; i < lines.size(); ++i) {
    const Focus focus = i != place || !lines[i].can_change() ? Focus::elsewhere : i == had_it ? Focus::here : Focus::comes;
    if (draw_line(scene, lines[i], i, focus, scene.px(300))) sheet.choose(i);
  }
  size_t first = lines.size();
  const auto rows = sheet.rows();
  for (size_t i = 0; i < rows.size(); ++i) {
    ImGui::Dummy({1, scene.px(4)});
    draw_table(scene, sheet, sheet.tabs()[sheet.tab()].tables[i], rows[i], first);
    first += rows[i].size();
  }
  focused_ = place < first && !sheet.asking() ? place : ~size_t{0};  // it is not there yet
  for (const Action& action : sheet.tabs()[sheet.tab()].actions)
    if (does(scene, action)) sheet.act(action, 0);
}

// The command, the answer, and the buttons.
void SheetView::draw_end(const Scene& scene, Sheet& sheet) {
  ImGui::Separator();
  const bool can_change = static_cast<bool>(sheet.definition().changes);
  const std::string command = sheet.command();
  ImGui::BeginChild("answer", {0, scene.px(66)});
  if (sheet.running())
    text(scene.colors.warning, "\u25B6 The HMC works ...");
  else if (sheet.asking())
    text(scene.colors.warning, "\u25B6 The HMC is asked ...");
  for (const std::string& line : emu::words(sheet.said(), '\n')) {
    ImGui::PushStyleColor(ImGuiCol_Text, sheet.refused() ? scene.colors.bad : scene.colors.good);
    ImGui::TextWrapped("%s", line.c_str());
    ImGui::PopStyleColor();
  }
  if (!command.empty() && !sheet.running()) {
    text(scene.colors.dim, "The command that does it:");
    ImGui::PushStyleColor(ImGuiCol_Text, scene.colors.text);
    ImGui::TextWrapped("%s", command.c_str());
    ImGui::PopStyleColor();
  }
  ImGui::EndChild();
  const float width = scene.px(128);
  text(scene.colors.faint, sheet.tabs().size() > 1 ? "PageUp, PageDown: tabs. F5: ask again." : "F5: ask again.");
  ImGui::SameLine(ImGui::GetWindowContentRegionMax().x - 2 * (width + scene.px(8)));
  if (can_change) {
    ImGui::BeginDisabled(sheet.running() || sheet.asking());
    if (button(scene, sheet.definition().finish + " (Enter)", {width, 0})) sheet.save();
    ImGui::EndDisabled();
  } else {
    ImGui::Dummy({width, 1});
  }
  ImGui::SameLine();
  if (button(scene, can_change ? "Cancel (Esc)" : "Close (Esc)", {width, 0})) sheet.close();
}

void SheetView::draw(const Scene& scene, Sheet& sheet) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const ImVec2 size{std::min(scene.px(980), screen.x - scene.px(20)), std::min(scene.px(620), screen.y - scene.px(20))};
  ImGui::SetNextWindowPos({(screen.x - size.x) / 2, (screen.y - size.y) / 2}, ImGuiCond_Appearing);
  ImGui::SetNextWindowSize(size, ImGuiCond_Appearing);
  bool open = true;
  const std::string& title = sheet.definition().title;
  ImGui::Begin((title + "###sheet").c_str(), &open, ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoSavedSettings);
  {
    const Area reading(scene, "sheet");
    if (scene.reader) ImGui::LogText("%s\n", title.c_str());
    draw_tabs(scene, sheet);
    ImGui::BeginChild("tab", {0, -ImGui::GetFrameHeightWithSpacing() - scene.px(84)});
    draw_tab(scene, sheet);
    ImGui::EndChild();
    draw_end(scene, sheet);
  }
  ImGui::End();
  if (!open) sheet.close();
}

}  // namespace emu::app::console

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/form_view.h"

#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

// Whether all of them have room side by side.
bool fit(const Scene& scene, const std::vector<std::string>& options) {
  float width = 0;
  for (const std::string& option : options)
    width += ImGui::CalcTextSize(option.c_str()).x + ImGui::GetFrameHeight() + scene.px(22);
  return width <= ImGui::GetContentRegionAvail().x;
}

}  // namespace

bool draw_line(const Scene& scene, const FormLine& line, size_t number, Focus focus, float width) {
  const bool here = focus != Focus::elsewhere;
  bool clicked = false;
  ImGui::PushID(static_cast<int>(number));
  ImGui::PushID(line.label.c_str());  // the line of another tab at this place is another one
  ImGui::AlignTextToFramePadding();
  // The reader of a script sees the mark, too.
  text(here ? scene.colors.accent : scene.colors.dim, (here ? "\u25B6 " : "  ") + line.label);
  ImGui::SameLine(width);
  // A text that had the keyboard before does not go on typing.
  if (focus == Focus::comes && !line.text) ImGui::ClearActiveID();
  if (line.text) {
    if (focus == Focus::comes) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-scene.px(8));
    ImGui::InputText("##text", line.text, ImGuiInputTextFlags_AutoSelectAll);
    if (ImGui::IsItemActivated()) clicked = true;
    note_place(scene, line.label);
  } else if (line.flag) {
    if (ImGui::Checkbox("##flag", line.flag)) clicked = true;
    note_place(scene, line.label);
  } else if (line.choice) {
    // A few stand side by side, many in a list.
    const auto& options = line.choice->options;
    if (options.empty()) text(scene.colors.faint, "-");
    if (!fit(scene, options)) {
      ImGui::SetNextItemWidth(-scene.px(8));
      if (ImGui::BeginCombo("##choice", line.choice->text().c_str())) {
        for (size_t i = 0; i < options.size(); ++i)
          if (ImGui::Selectable(options[i].c_str(), line.choice->chosen == i)) {
            line.choice->chosen = i;
            clicked = true;
          }
        ImGui::EndCombo();
      }
    } else {
      for (size_t i = 0; i < options.size(); ++i) {
        if (i) ImGui::SameLine(0, scene.px(14));
        if (ImGui::RadioButton(fmt::format("{}##{}", options[i], i).c_str(), line.choice->chosen == i)) {
          line.choice->chosen = i;
          clicked = true;
        }
        note_place(scene, options[i]);
      }
    }
  } else {
    ImGui::PushStyleColor(ImGuiCol_Text, line.shown.empty() ? scene.colors.faint : scene.colors.text);
    ImGui::TextWrapped("%s", line.shown.empty() ? "-" : line.shown.c_str());
    ImGui::PopStyleColor();
  }
  if (focus == Focus::comes && !ImGui::IsItemVisible()) ImGui::SetScrollHereY();
  ImGui::PopID();
  ImGui::PopID();
  return clicked;
}

void leave_text() { ImGui::ClearActiveID(); }

}  // namespace emu::app::console

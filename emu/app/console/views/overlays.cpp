// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/overlays.h"

#include <algorithm>

namespace emu::app::console {

namespace {

constexpr Shortcut all_shortcuts[] = {
    {"F1", "help", true},
    {"F2", "keyboard into the terminal, and back", true},
    {"F3", "validate", true},
    {"F4", "migrate", true},
    {"F5", "stop the migration", true},
    {"F6", "recover", true},
    {"F7", "next partition", true},
    {"F8", "faults", true},
    {"F9", "light or dark", true},
    {"F10", "ways to disks and networks", true},
    {"F11", "all partitions", true},
    {"Alt + Enter", "properties of the partition", false},
    {"F12", "save a picture of this window", false},
    {"Ctrl + plus, minus", "larger, smaller", false},
    {"Ctrl + Q", "close the console; the lab goes on", false},
    {"Enter, Esc, Alt+\u2190", "in windows: go on, close, back; arrows choose, Tab goes to the next list", false},
    {"PageUp, PageDown", "in properties: another tab; Ctrl and a letter does what a button says", false},
    {"Shift + PageUp, PageDown", "terminal: scroll back and forth", false},
    {"Ctrl + Shift + A, C, V", "terminal: select all that is shown, copy, paste", false},
};

ImVec2 centered(const Scene& scene, float width, float height) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const ImVec2 size{std::min(scene.px(width), screen.x - scene.px(20)), std::min(scene.px(height), screen.y - scene.px(20))};
  ImGui::SetNextWindowPos({(screen.x - size.x) / 2, (screen.y - size.y) / 2}, ImGuiCond_Appearing);
  ImGui::SetNextWindowSize(size, ImGuiCond_Appearing);
  return size;
}

}  // namespace

std::span<const Shortcut> shortcuts() { return all_shortcuts; }

bool draw_help(const Scene& scene) {
  bool open = true;
  centered(scene, 720, 560);
  ImGui::Begin("Help", &open, ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoSavedSettings);
  {
    const Area reading(scene, "help");
    ImGui::TextWrapped(
        "Two or more servers, and partitions that move between them while they run. This window looks on and acts through the "
        "HMC; "
        "close it whenever you like, the lab goes on.");
    ImGui::Dummy({1, scene.px(6)});
    if (ImGui::BeginTable("keys", 2, ImGuiTableFlags_SizingFixedFit)) {
      for (const Shortcut& shortcut : all_shortcuts) {
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        text(scene.colors.accent, shortcut.key);
        ImGui::TableNextColumn();
        text(scene.colors.text, shortcut.meaning);
      }
      ImGui::EndTable();
    }
    ImGui::Dummy({1, scene.px(6)});
    ImGui::TextWrapped("While the keyboard is in a terminal, only F1, F2 and Ctrl+Shift keys are for this window.");
    const struct {
      Color color;
      const char* meaning;
    } legend[] = {
        {scene.colors.held, "not sent yet"},
        {scene.colors.sent, "sent"},
        {scene.colors.stale, "dirtied again, or still to come"},
        {scene.colors.zero, "empty page: only its number travels"},
        {scene.colors.arrived, "arrived"},
        {scene.colors.demanded, "fetched because the guest wanted it"},
        {scene.colors.frozen, "the guest stands still"},
    };
    for (const auto& [color, meaning] : legend) {
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const float size = ImGui::GetTextLineHeight();
      ImGui::GetWindowDrawList()->AddRectFilled({at.x, at.y + 2}, {at.x + size - 4, at.y + size - 2}, color);
      ImGui::SetCursorPosX(ImGui::GetCursorPosX() + size + scene.px(4));
      text(scene.colors.text, meaning);
    }
  }
  ImGui::End();
  return open;
}

const FaultEntry* FaultList::draw(const Scene& scene, const std::vector<FaultEntry>& faults, bool& open) {
  const FaultEntry* taken = nullptr;
  chosen_ = std::min(chosen_, faults.size() - 1);  // what is in force comes and goes
  centered(scene, 560, 700);
  ImGui::Begin("Faults", &open, ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoSavedSettings);
  {
    const Area reading(scene, "faults");
    text(scene.colors.dim, "Up, Down, Enter sets it, or takes back what is in force; Esc closes");
    std::string group;
    ImGui::BeginChild("list");
    for (size_t i = 0; i < faults.size(); ++i) {
      if (faults[i].group != group) {
        group = faults[i].group;
        ImGui::Dummy({1, scene.px(3)});
        const WithFont bold(scene.fonts.bold);
        text(scene.colors.accent, group);
      }
      if (ImGui::Selectable((faults[i].name + "##" + faults[i].group).c_str(), i == chosen_)) {
        chosen_ = i;
        taken = &faults[i];
      }
      if (i == chosen_ && scene.reader) ImGui::LogText(" <");
      if (i == chosen_ && !ImGui::IsItemVisible()) ImGui::SetScrollHereY();
    }
    ImGui::EndChild();
  }
  ImGui::End();
  return taken;
}

const FaultEntry* FaultList::press(const std::vector<FaultEntry>& faults, const std::string& key, bool& open) {
  if (key == "Escape" || key == "F8") open = false;
  if (key == "Up") chosen_ = (chosen_ + faults.size() - 1) % faults.size();
  if (key == "Down") chosen_ = (chosen_ + 1) % faults.size();
  if (key != "Return" || chosen_ >= faults.size()) return nullptr;
  open = false;
  return &faults[chosen_];
}

}  // namespace emu::app::console

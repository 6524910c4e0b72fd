// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/frame_view.h"

#include "emu/app/console/tables.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

void draw_bar(const Scene& scene, const char* label, const Bar& bar, float width) {
  ImGui::AlignTextToFramePadding();
  text(scene.colors.dim, label);
  ImGui::SameLine();
  ImGui::PushStyleColor(ImGuiCol_PlotHistogram, faded(scene.colors.accent, 150));
  ImGui::PushStyleColor(ImGuiCol_FrameBg, scene.colors.raised);
  ImGui::ProgressBar(static_cast<float>(bar.used), {width, 0}, bar.text.c_str());
  ImGui::PopStyleColor(2);
}

Color color_of(const Scene& scene, const std::string& status) {
  if (status.starts_with("Migrating")) return scene.colors.warning;
  if (status == "Running") return scene.colors.good;
  if (status == "Error" || status == "Not Available") return scene.colors.bad;
  return scene.colors.dim;
}

void draw_head(const Scene& scene, const std::string& name, const FrameState& frame) {
  {
    const WithFont large(scene.fonts.large);
    text(scene.colors.text, name);
  }
  ImGui::SameLine(0, scene.px(12));
  ImGui::AlignTextToFramePadding();
  text(scene.colors.dim, frame.system.name.empty() ? "" : frame.system.type_model + "*" + frame.system.serial_num);
  ImGui::SameLine(0, scene.px(14));
  if (!frame.connected) {
    text(scene.colors.bad, "\u25A0 No Connection");
    return;
  }
  text(scene.colors.good, "\u25CF Operating");
  ImGui::SameLine(0, scene.px(14));
  if (frame.system.on_battery)
    text(scene.colors.warning, "\u25B2 on battery power");
  else
    text(scene.colors.dim, "mains power");
}

struct Column {
  const char* title;
  float weight;
  std::string (*value)(const Row&);
};
// Redbook, figure 6-1.
constexpr Column columns[] = {
    {"Name", 1.2F, [](const Row& row) { return row.name; }},
    {"ID", 0.4F, [](const Row& row) { return std::to_string(row.id); }},
    {"Status", 2.9F, [](const Row& row) { return row.status; }},
    {"Proc Units", 1.1F, [](const Row& row) { return row.processing_units; }},
    {"Mem (GB)", 1.1F, [](const Row& row) { return row.memory_gb; }},
    {"Profile", 1.0F, [](const Row& row) { return row.profile; }},
    {"Type", 2.3F, [](const Row& row) { return row.type; }},
    {"Reference Code", 1.7F, [](const Row& row) { return row.reference_code; }},
};

void draw_table(const Scene& scene, const FrameState& frame, std::string& selected) {
  const auto flags =
      ImGuiTableFlags_RowBg | ImGuiTableFlags_BordersOuter | ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_SizingStretchProp;
  if (!ImGui::BeginTable("partitions", static_cast<int>(std::size(columns)), flags)) return;
  for (const Column& column : columns) ImGui::TableSetupColumn(column.title, ImGuiTableColumnFlags_WidthStretch, column.weight);
  {
    const WithFont small(scene.fonts.small);
    ImGui::PushStyleColor(ImGuiCol_Text, scene.colors.dim);
    ImGui::TableHeadersRow();
    ImGui::PopStyleColor();
  }
  for (const Row& row : rows_of(frame)) {
    ImGui::TableNextRow();
    bool first = true;
    for (const Column& column : columns) {
      ImGui::TableNextColumn();
      const std::string value = column.value(row);
      if (first) {
        if (ImGui::Selectable((value + "##" + row.uuid).c_str(), row.uuid == selected, ImGuiSelectableFlags_SpanAllColumns) &&
            row.type == "AIX or Linux")
          selected = row.uuid;
        first = false;
        continue;
      }
      text(column.title == std::string_view("Status") ? color_of(scene, value)
           : column.title == std::string_view("Type") ? scene.colors.dim
                                                      : scene.colors.text,
           value);
    }
  }
  ImGui::EndTable();
}

}  // namespace

void draw_frame(const Scene& scene, const std::string& name, const FrameState& frame, std::string& selected) {
  draw_head(scene, name, frame);
  if (frame.system.name.empty()) return;
  // What is not heard from any more is shown as it was, but pale.
  if (!frame.connected) ImGui::PushStyleVar(ImGuiStyleVar_Alpha, 0.35F);
  const float half = ImGui::GetContentRegionAvail().x / 2;
  draw_bar(scene, "Memory", memory_of(frame.system), half - scene.px(80));
  ImGui::SameLine(half + scene.px(10));
  draw_bar(scene, "Processors", processors_of(frame.system), half - scene.px(100));
  draw_table(scene, frame, selected);
  if (!frame.connected) ImGui::PopStyleVar();
}

}  // namespace emu::app::console

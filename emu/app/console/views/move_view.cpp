// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/move_view.h"

#include "emu/app/console/views/memory_view.h"
#include "emu/app/console/views/strip_view.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

void draw_title(const Scene& scene, const MovePicture& move) {
  {
    const WithFont bold(scene.fonts.bold);
    text(scene.colors.text, move.status.active ? "Active migration" : "Inactive migration");
  }
  ImGui::SameLine(0, scene.px(12));
  const bool failed = !move.goes_on() && move.status.state != hmc::MoveState::completed;
  text(failed           ? scene.colors.bad
       : move.goes_on() ? scene.colors.warning
                        : scene.colors.good,
       fmt::format("{} {}",
                   failed           ? "\u25A0"
                   : move.goes_on() ? "\u25B6"
                                    : "\u2713",
                   summary_of(move)));
}

void draw_steps(const Scene& scene, const MovePicture& move) {
  const WithFont small(scene.fonts.small);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {scene.px(6), scene.px(1)});
  for (const StepLine& step : steps_of(move, scene.now)) {
    constexpr const char* marks[] = {"\u25CB", "\u25B6", "\u2713", "\u2717"};
    const Color colors[] = {scene.colors.faint, scene.colors.warning, scene.colors.good, scene.colors.bad};
    const auto state = static_cast<size_t>(step.state);
    text(colors[state], marks[state]);
    ImGui::SameLine(scene.px(22));
    const Color color = step.state == StepState::open ? scene.colors.faint : scene.colors.text;
    text(color, fmt::format("{}", step.number));
    ImGui::SameLine(scene.px(42));
    text(color, step.name);
    if (step.took) {
      ImGui::SameLine();
      const std::string took = fmt::format("{:.0f} ms", static_cast<double>(step.took) / 1e6);
      ImGui::SetCursorPosX(ImGui::GetContentRegionMax().x - ImGui::CalcTextSize(took.c_str()).x);
      text(scene.colors.dim, took);
    }
  }
  ImGui::PopStyleVar();
}

void draw_phases(const Scene& scene, const MovePicture& move) {
  const float name_width = scene.px(88);
  for (const PhaseBar& phase : phases_of(move)) {
    text(phase.percent ? scene.colors.text : scene.colors.faint, phase.name);
    ImGui::SameLine(name_width);
    ImGui::PushStyleColor(ImGuiCol_PlotHistogram,
                          phase.percent == 100 ? faded(scene.colors.good, 170) : faded(scene.colors.warning, 190));
    ImGui::ProgressBar(static_cast<float>(phase.percent) / 100, {-1, ImGui::GetTextLineHeight() + scene.px(2)},
                       fmt::format("{} %", phase.percent).c_str());
    ImGui::PopStyleColor();
  }
}

// Bars: pages sent in each pass, and those that were dirty again after it.
void draw_passes(const Scene& scene, const MovePicture& move) {
  const auto passes = passes_of(move);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float words = ImGui::GetTextLineHeight();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  {
    const WithFont small(scene.fonts.small);
    text(scene.colors.dim,
         passes.empty() ? "Passes over the memory: none yet" : "Pass by pass: pages, still dirty after it, MB/s");
  }
  if (passes.empty()) return;
  const size_t shown = std::min<size_t>(passes.size(), 8);
  u64 most = 1;
  for (size_t i = passes.size() - shown; i < passes.size(); ++i) most = std::max({most, passes[i].pages, passes[i].dirty_after});
  const float width = std::min(room.x / static_cast<float>(shown), scene.px(74));
  const float low = at.y + room.y - words - scene.px(2), high = at.y + words * 2 + scene.px(6);
  for (size_t i = 0; i < shown; ++i) {
    const PassBar& pass = passes[passes.size() - shown + i];
    const float x = at.x + width * static_cast<float>(i), bar = (width - scene.px(10)) / 2;
    const auto top = [&](u64 count) { return low - (low - high) * static_cast<float>(count) / static_cast<float>(most); };
    list.AddRectFilled({x, std::min(top(pass.pages), low - 1)}, {x + bar, low}, scene.colors.accent);
    list.AddRectFilled({x + bar + 1, std::min(top(pass.dirty_after), low - 1)}, {x + 2 * bar + 1, low}, scene.colors.stale);
    const WithFont small(scene.fonts.small);
    const auto put = [&](float y, Color color, const std::string& label) { list.AddText({x, y}, color, label.c_str()); };
    put(top(std::max(pass.pages, pass.dirty_after)) - words, scene.colors.text, fmt::format("{}", pass.pages));
    put(low + 1, scene.colors.dim, fmt::format("{}: {:.0f}", passes.size() - shown + i + 1, pass.megabytes_per_second));
    ImGui::LogText("pass %zu: %llu pages, %llu zero, %llu dirty after\n", passes.size() - shown + i + 1,
                   static_cast<unsigned long long>(pass.pages), static_cast<unsigned long long>(pass.zero_pages),
                   static_cast<unsigned long long>(pass.dirty_after));
  }
}

}  // namespace

void draw_move(const Scene& scene, const MovePicture& move, const Timeline& timeline, bool to_the_right) {
  draw_title(scene, move);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float steps = scene.px(365), passes = scene.px(290);
  ImGui::BeginChild("steps", {steps, room.y});
  draw_steps(scene, move);
  ImGui::EndChild();
  ImGui::SameLine();
  ImGui::BeginChild("phases", {passes, room.y});
  draw_phases(scene, move);
  ImGui::Dummy({1, scene.px(4)});
  draw_passes(scene, move);
  ImGui::EndChild();
  ImGui::SameLine();
  ImGui::BeginChild("pictures", {0, room.y});
  ImGui::BeginChild("memory", {0, room.y * 0.52F});
  draw_memories(scene, move, to_the_right);
  ImGui::EndChild();
  ImGui::BeginChild("strips", {0, 0});
  draw_strips(scene, move, timeline);
  ImGui::EndChild();
  ImGui::EndChild();
}

void draw_no_move(const Scene& scene, const Timeline& timeline, const std::string& partition, bool ticker_known) {
  {
    const WithFont bold(scene.fonts.bold);
    text(scene.colors.text, "No migration yet");
  }
  ImGui::SameLine(0, scene.px(12));
  text(scene.colors.dim, partition.empty() ? "No partition is selected."
                                           : fmt::format("F4 moves {} to another system, F3 only validates it.", partition));
  ImGui::BeginChild("strips", {0, 0});
  draw_life(scene, timeline, ticker_known);
  ImGui::EndChild();
}

}  // namespace emu::app::console

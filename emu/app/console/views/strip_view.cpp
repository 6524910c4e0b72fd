// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/views/strip_view.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "emu/core/clock.h"

namespace emu::app::console {

namespace {

constexpr u64 around_move = 300 * millisecond;

std::string length_of(double nanoseconds) {
  return std::abs(nanoseconds) >= 1e9 ? fmt::format("{:g} s", nanoseconds / 1e9) : fmt::format("{:g} ms", nanoseconds / 1e6);
}

// A round length of which four to ten fit.
double step_of(double whole) {
  const double rough = whole / 6, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (rough <= power * factor) return power * factor;
  return power * 10;
}

struct Lane {
  const char* name;
  Color color;
};

// Three lanes over one axis. `zero`: the time that is written as 0.
void draw_strip(const Scene& scene, const Timeline& timeline, u64 begin, u64 end, u64 zero, SuspendWindow window,
                const std::string& title, float width) {
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec2 room{width, ImGui::GetContentRegionAvail().y};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const WithFont small(scene.fonts.small);
  const float line = ImGui::GetTextLineHeight();
  const float names = scene.px(40);
  const float left = corner.x + names, right = corner.x + width - scene.px(6);
  const float top = corner.y + line + scene.px(3), low = corner.y + room.y - line - scene.px(3);
  list.AddText({corner.x + names, corner.y}, scene.colors.dim, title.c_str());
  if (end <= begin || right <= left || low <= top) return;
  const double length = static_cast<double>(end - begin);
  const auto x_of = [&](u64 at) {
    return left + static_cast<float>((static_cast<double>(at) - static_cast<double>(begin)) / length) * (right - left);
  };

  // The axis.
  const double step = step_of(length);
  for (double at = std::ceil((static_cast<double>(begin) - static_cast<double>(zero)) / step) * step;; at += step) {
    const float x =
        left + static_cast<float>((at + static_cast<double>(zero) - static_cast<double>(begin)) / length) * (right - left);
    if (x > right) break;
    list.AddLine({std::floor(x) + 0.5F, top}, {std::floor(x) + 0.5F, low + scene.px(3)}, faded(scene.colors.line, 150));
    const std::string label = std::abs(at) < step / 2 ? "0" : length_of(at);
    if (x + ImGui::CalcTextSize(label.c_str()).x < right)
      list.AddText({x + 2, low + scene.px(2)}, scene.colors.dim, label.c_str());
  }
  if (window.begin && window.begin < end) {
    const float from = std::max(left, x_of(window.begin));
    const float to = std::min(right, std::max(from + 2, x_of(window.end ? window.end : scene.now)));
    if (to > left) list.AddRectFilled({from, top}, {to, low}, faded(scene.colors.frozen, 110));
  }

  const auto pieces = static_cast<size_t>((right - left) / 2);
  const Strip strip = timeline.strip(begin, end, pieces);
  const Lane lanes[] = {{"ticks", scene.colors.tick}, {"pings", scene.colors.ping}, {"disk", scene.colors.disk}};
  const float height = (low - top) / 3;
  for (size_t i = 0; i < std::size(lanes); ++i) {
    const float y = top + height * static_cast<float>(i);
    list.AddText({corner.x, y + (height - line) / 2}, lanes[i].color, lanes[i].name);
    list.AddLine({left, std::floor(y + height) - 0.5F}, {right, std::floor(y + height) - 0.5F}, scene.colors.line);
  }
  const auto draw_bars = [&](const std::vector<u32>& values, size_t lane, Color color) {
    const u32 most = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
    const float bottom = top + height * static_cast<float>(lane + 1) - 1;
    for (size_t i = 0; i < values.size(); ++i) {
      if (!values[i]) continue;
      const float tall = std::max(0.35F, static_cast<float>(values[i]) / static_cast<float>(most)) * (height - 3);
      const float x = std::floor(left + 2 * static_cast<float>(i));
      list.AddRectFilled({x, std::floor(bottom - tall)}, {x + 2, bottom}, color);
    }
  };
  draw_bars(strip.ticks, 0, scene.colors.tick);
  draw_bars(strip.disk, 2, scene.colors.disk);
  // A ping is a mark where it was sent, as long as it took; a lost one goes all the way up, in another color.
  for (const Ping& ping : strip.pings) {
    const float bottom = top + 2 * height - 1, x = std::floor(x_of(ping.at));
    const float until = ping.round_trip ? std::min(right, std::max(x + 2, x_of(ping.at + ping.round_trip))) : x + scene.px(3);
    list.AddRectFilled({x, bottom - (ping.round_trip ? height * 0.55F : height - 2)}, {until, bottom},
                       ping.round_trip ? scene.colors.ping : scene.colors.bad);
  }
}

}  // namespace

void draw_strips(const Scene& scene, const MovePicture& move, const Timeline& timeline) {
  const SuspendWindow window = suspend_window_of(move);
  const u64 began = move.status.began_at;
  const u64 end =
      move.status.ended_at ? move.status.ended_at + around_move : std::max(scene.now, began + nanoseconds_per_second / 2);
  const float width = ImGui::GetContentRegionAvail().x;
  const ImVec2 at = ImGui::GetCursorPos();
  const bool known = window.begin && window.end > window.begin;
  const float overview = known ? width * 0.52F : width;
  draw_strip(scene, timeline, began - std::min(began, around_move), end, began, window,
             "The whole migration, from its command on", overview);
  if (!known) return;
  const u64 length = window.end - window.begin, margin = std::max({length, move.gap, 10 * millisecond});
  ImGui::SetCursorPos({at.x + overview + scene.px(8), at.y});
  const std::string title =
      fmt::format("Suspend window to scale: {:.2f} ms{}", static_cast<double>(length) / 1e6,
                  move.gap ? fmt::format(" (guest's ticks: {:.1f} ms)", static_cast<double>(move.gap) / 1e6) : "");
  draw_strip(scene, timeline, window.begin - margin, window.end + margin, window.begin, window, title,
             width - overview - scene.px(8));
  if (scene.reader) ImGui::LogText("%s\n", title.c_str());
}

void draw_life(const Scene& scene, const Timeline& timeline, bool ticker_known) {
  constexpr u64 shown = 10 * nanoseconds_per_second;
  const u64 end = scene.now / (100 * millisecond) * (100 * millisecond);
  draw_strip(scene, timeline, end - std::min(end, shown), end, end, {},
             ticker_known ? "The last ten seconds of the guest"
                          : "The last ten seconds of the guest (for its ticks, type into it: run ticker &)",
             ImGui::GetContentRegionAvail().x);
}

}  // namespace emu::app::console

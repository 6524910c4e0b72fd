// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What every view draws with: fonts, colors, sizes, and whoever reads along what is displayed.

#include <functional>
#include <map>
#include <string>

#include <imgui.h>

#include "emu/app/console/fonts.h"
#include "emu/app/console/theme.h"

namespace emu::app::console {

struct Scene {
  const Fonts& fonts;
  const Palette& colors;
  float scale = 1;
  u64 now = 0;  // monotonic nanoseconds
  // Not null: the words of each window are kept by its name, as they are drawn.
  std::map<std::string, std::string>* reader = nullptr;
  std::function<std::string()> clipboard;
  // Not null: where in the picture that has just been drawn a script can click, by the words there.
  std::map<std::string, ImVec2>* places = nullptr;

  float px(float at_scale_1) const { return at_scale_1 * scale; }
};

// Notes where the widget is that was drawn last. Of words that stand twice, the later ones are on top.
inline void note_place(const Scene& scene, const std::string& words) {
  if (!scene.places) return;
  const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
  (*scene.places)[words] = {(from.x + to.x) / 2, (from.y + to.y) / 2};
}
inline bool button(const Scene& scene, const std::string& words, ImVec2 size = {0, 0}) {
  const bool pressed = ImGui::Button(words.c_str(), size);
  note_place(scene, words);
  return pressed;
}

inline ImVec4 vec(Color color) { return ImGui::ColorConvertU32ToFloat4(color); }

// A part of the screen without title and frame, at a fixed place. Reads along if somebody wants it.
class Area {
 public:
  Area(const Scene& scene, const char* name, ImVec2 at, ImVec2 size, ImGuiWindowFlags more = 0) : scene_(scene), name_(name) {
    ImGui::SetNextWindowPos(at);
    ImGui::SetNextWindowSize(size);
    ImGui::Begin(name, nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | more);
    read();
  }
  // A window that was begun elsewhere: only reads along.
  Area(const Scene& scene, const char* name) : scene_(scene), name_(name), begun_here_(false) { read(); }
  ~Area() {
    if (scene_.reader) {
      ImGui::LogFinish();
      (*scene_.reader)[name_] = scene_.clipboard();
    }
    if (begun_here_) ImGui::End();
  }
  Area(const Area&) = delete;
  Area& operator=(const Area&) = delete;

 private:
  // Dear ImGui writes what it draws onto the clipboard.
  void read() {
    if (scene_.reader) ImGui::LogToClipboard();
  }
  const Scene& scene_;
  const char* name_;
  bool begun_here_ = true;
};

// Pushes a font for as long as it lives.
class WithFont {
 public:
  explicit WithFont(ImFont* font) { ImGui::PushFont(font); }
  ~WithFont() { ImGui::PopFont(); }
  WithFont(const WithFont&) = delete;
  WithFont& operator=(const WithFont&) = delete;
};

inline void text(Color color, const std::string& words) {
  ImGui::PushStyleColor(ImGuiCol_Text, color);
  ImGui::TextUnformatted(words.c_str(), words.c_str() + words.size());
  ImGui::PopStyleColor();
}

}  // namespace emu::app::console

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/fonts.h"

#include "emu/core/paths.h"

#include <imgui.h>
#include <imgui_freetype.h>

#include <array>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

constexpr std::array folders{"/usr/share/fonts/truetype/dejavu/", "/usr/share/fonts/dejavu/", "/usr/local/share/fonts/dejavu/"};

// What guests write on consoles: Latin, Greek, Cyrillic, punctuation, arrows, boxes and blocks.
constexpr std::array<ImWchar, 13> screen_ranges{0x20,   0x17F,  0x391,  0x3C9,  0x410,  0x44F, 0x2010,
                                                0x203A, 0x2190, 0x21FF, 0x2500, 0x25FF, 0};
constexpr std::array<ImWchar, 13> text_ranges{0x20,   0xFF,   0x2010, 0x203A, 0x2190, 0x2193, 0x25A0,
                                              0x25CF, 0x2713, 0x2717, 0x3B1,  0x3C9,  0};

}  // namespace

Result<Fonts> load_fonts(float scale, Atlas& atlas) {
  std::string folder;
  for (const char* candidate : folders)
    if (folder.empty() && is_there(std::string(candidate) + "DejaVuSansMono.ttf")) folder = candidate;
  if (folder.empty()) return Error{"font", "The DejaVu fonts are not installed: ./setup does that (package fonts-dejavu-core)."};

  ImFontAtlas& fonts = *ImGui::GetIO().Fonts;
  fonts.Clear();
  fonts.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  fonts.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
  fonts.Flags = ImFontAtlasFlags_NoBakedLines | ImFontAtlasFlags_NoMouseCursors;
  const auto load = [&](const char* name, float size, const ImWchar* ranges) {
    ImFontConfig config;
    config.OversampleH = config.OversampleV = 1;
    config.PixelSnapH = true;
    return fonts.AddFontFromFileTTF((folder + name).c_str(), std::round(size * scale), &config, ranges);
  };
  Fonts loaded;
  loaded.text = load("DejaVuSans.ttf", 14, text_ranges.data());
  loaded.bold = load("DejaVuSans-Bold.ttf", 14, text_ranges.data());
  loaded.large = load("DejaVuSans-Bold.ttf", 18, text_ranges.data());
  loaded.small = load("DejaVuSans.ttf", 12, text_ranges.data());
  for (const float size : {10.0F, 12.0F, 14.0F, 17.0F})
    loaded.screens.push_back(load("DejaVuSansMono.ttf", size, screen_ranges.data()));
  unsigned char* coverage = nullptr;
  fonts.GetTexDataAsAlpha8(&coverage, &atlas.width, &atlas.height);
  if (!coverage) return Error{"font", fmt::format("The fonts in {} cannot be used.", folder)};
  atlas.coverage = coverage;
  return loaded;
}

}  // namespace emu::app::console

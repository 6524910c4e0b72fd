// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/picture.h"

#include <png.h>

#include <map>

#include <fmt/format.h>

namespace emu::app::console {

namespace {

// A window has few colors: with a palette the file is a third as large. Empty if there are too many.
struct Indexed {
  std::vector<png_byte> pixels;
  std::vector<png_byte> colors;
};
Indexed indexed(const Image& image) {
  Indexed result;
  std::map<u32, png_byte> numbers;
  u32 last = 0;
  png_byte number = 0;
  result.pixels.reserve(image.pixels.size());
  for (const u32 pixel : image.pixels) {
    if (pixel != last || numbers.empty()) {
      const auto [entry, is_new] = numbers.try_emplace(pixel, static_cast<png_byte>(numbers.size()));
      if (is_new) {
        if (numbers.size() > 256) return {};
        for (const int shift : {16, 8, 0}) result.colors.push_back(static_cast<png_byte>(pixel >> shift));
      }
      last = pixel;
      number = entry->second;
    }
    result.pixels.push_back(number);
  }
  return result;
}

}  // namespace

Status save_png(const Image& image, const std::string& file) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width);
  png.height = static_cast<png_uint_32>(image.height);
  const Indexed few = indexed(image);
  bool written = false;
  if (!few.pixels.empty()) {
    png.format = PNG_FORMAT_RGB_COLORMAP;
    png.colormap_entries = static_cast<png_uint_32>(few.colors.size() / 3);
    written = png_image_write_to_file(&png, file.c_str(), 0, few.pixels.data(), 0, few.colors.data()) != 0;
  } else {
    png.format = PNG_FORMAT_RGB;
    Bytes pixels;
    pixels.reserve(image.pixels.size() * 3);
    for (const u32 pixel : image.pixels)
      for (const int shift : {16, 8, 0}) pixels.push_back(static_cast<u8>(pixel >> shift));
    written = png_image_write_to_file(&png, file.c_str(), 0, pixels.data(), 0, nullptr) != 0;
  }
  if (!written) return Error{"picture", fmt::format("{} cannot be written: {}.", file, png.message)};
  return success();
}

}  // namespace emu::app::console

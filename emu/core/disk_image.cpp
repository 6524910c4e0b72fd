// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/disk_image.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

namespace emu {

namespace {

struct Mark {
  size_t at;
  std::string_view bytes;
};
using namespace std::string_view_literals;
constexpr Mark marks[] = {
    {0, "\xC9\xC2\xD4\xC1"sv},  // AIX: "IBMA" in EBCDIC
    {510, "\x55\xAA"sv},        // a table of partitions as on a PC, or a boot sector
    {512, "EFI PART"sv},        // GPT
    {512, "LABELONE"sv},        // LVM
    {1080, "\x53\xEF"sv},       // ext2, ext3, ext4
    {0, "XFSB"sv},
    {65600, "_BHRfS_M"sv},  // btrfs
    {32769, "CD001"sv},     // ISO 9660
    {4086, "SWAPSPACE2"sv},
    {65526, "SWAPSPACE2"sv},  // pages of 64 KiB
};

}  // namespace

bool says_it_is_a_disk(const std::string& file) {
  std::array<char, 66 * 1024> head{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(head.data(), head.size());
  const std::string_view begin(head.data(), static_cast<size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  return std::ranges::any_of(marks, [&](const Mark& mark) {
    return begin.size() >= mark.at + mark.bytes.size() && begin.substr(mark.at, mark.bytes.size()) == mark.bytes;
  });
}

}  // namespace emu

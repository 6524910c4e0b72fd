// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/lab/lun.h"

#include "emu/core/identity.h"
#include "emu/core/lab/keys.h"

namespace emu::lab_file {

namespace {
constexpr size_t longest_udid = 255;
}  // namespace

LunConfig read_lun(Reading& reading, Once& in_lab, const Lab& lab, const toml::table& table) {
  LunConfig lun;
  read_keys(reading, table, "a LUN", lun_table, lun);
  if (!is_name(lun.name)) reading.wrong(at(table, "name"), fmt::format("\"{}\" is no name for a LUN", lun.name));
  in_lab.claim(at(table, "name"), "LUN", lun.name);
  if (lun.size_mb == 0 || lun.size_mb > 1024 * 1024) reading.wrong(at(table, "size_mb"), "a LUN is of 1 MiB to 1 TiB");
  lun.line = table.source().begin.line;
  lun.path = reading.beside_file(lun.path);
  if (!lun.path.empty() && !is_file(lun.path)) reading.wrong(at(table, "path"), fmt::format("there is no file {}", lun.path));
  if (std::error_code failed; !lun.path.empty())
    if (const auto file = std::filesystem::canonical(lun.path, failed); !failed) in_lab.claim(at(table, "path"), "file", file);
  if (lun.path.empty() && table.contains("is_disk")) reading.wrong(at(table, "is_disk"), "is_disk belongs to a path");
  if (std::error_code failed; !lun.path.empty() && !table.contains("size_mb"))
    if (const auto bytes = std::filesystem::file_size(lun.path, failed); !failed) lun.size_mb = std::max<u64>(bytes / MiB, 1);
  lun.image = reading.beside_file(lun.image);
  if (!lun.image.empty() && !is_file(lun.image)) reading.wrong(at(table, "image"), fmt::format("there is no file {}", lun.image));
  if (!lun.image.empty() && !lun.path.empty()) reading.wrong(at(table, "image"), "a LUN has a path or an image, not both");
  lun.has_udid = lun.udid != no_udid;
  if (lun.udid.empty() || !lun.has_udid) lun.udid = derived_udid(lab.name + "/" + lun.name);
  if (lun.pvid.empty()) lun.pvid = derived_pvid(lab.name + "/" + lun.name);
  if (!is_hex(lun.pvid, 16) && lun.pvid != no_pvid)
    reading.wrong(at(table, "pvid"), "a physical volume identifier has 16 hex digits; a disk without one has \"none\"");
  if (lun.reserve_policy != "no_reserve" && lun.reserve_policy != "single_path")
    reading.wrong(at(table, "reserve_policy"), "a reserve policy is no_reserve or single_path");
  if (!is_word(lun.udid, longest_udid))
    reading.wrong(
        at(table, "udid"),
        fmt::format("a unique device identifier has up to {} characters, and no blanks, commas or quotes", longest_udid));
  in_lab.claim(at(table, "udid"), "udid", lun.udid);
  if (!lun.subsystem.empty() && !is_name(lun.subsystem))
    reading.wrong(at(table, "subsystem"), fmt::format("\"{}\" is no name for a storage subsystem", lun.subsystem));
  if (lun.pvid != no_pvid) in_lab.claim(at(table, "pvid"), "pvid", lun.pvid);
  return lun;
}

}  // namespace emu::lab_file

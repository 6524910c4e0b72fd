// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/luns.h"

#include "emu/app/image_copy.h"
#include "emu/core/disk_image.h"
#include "emu/core/paths.h"
#include "emu/core/san.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace emu::app {

namespace fs = std::filesystem;

namespace {

Error wrong(const NamedLab& lab, const LunConfig& lun, const std::string& reason) {
  if (lun.line == 0) return {"san", fmt::format("LUN {}: {}.", lun.name, reason)};
  return {"lab", fmt::format("{}:{}: {}", lab.lab.file, lun.line, reason)};
}

// A file that somebody else has made is used if it says that it is a disk, or the lab file does. Asked once: what a guest writes to its
// disk later does not make it another file. The answer is beside the LUN's other files.
Status accept(const NamedLab& lab, const LunConfig& lun) {
  const fs::path note = fmt::format("{}/luns/{}.path", lab.folders.state, lun.name);
  std::string known;
  std::getline(std::ifstream(note), known);
  if (known == lun.path) return success();
  if (!lun.is_disk && !says_it_is_a_disk(lun.path))
    return wrong(lab, lun,
                 fmt::format("{} does not look like a disk, and a guest would write over it: is_disk = true says that it is one",
                             lun.path));
  std::ofstream stream(note);
  stream << lun.path << '\n';
  stream.close();
  std::error_code ignored;
  fs::permissions(note, fs::perms::owner_read | fs::perms::owner_write, ignored);
  return stream ? success() : Status(wrong(lab, lun, fmt::format("{} cannot be written", note.string())));
}

// Under another name first: a disk of which only a part was made is not taken for one. Code "lab": the text is the reason alone.
Status make(const std::string& image, u64 size_mb, const fs::path& file) {
  const fs::path fresh = file.string() + ".new";
  std::error_code error;
  fs::remove(fresh, error);
  if (!image.empty()) TRY(copy_image(image, fresh.string()));
  std::ofstream(fresh, std::ios::binary | std::ios::app).flush();
  fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, error);
  if (!error && fs::file_size(fresh, error) < size_mb * MiB) fs::resize_file(fresh, size_mb * MiB, error);
  if (!error) fs::rename(fresh, file, error);
  if (!error) return success();
  std::error_code ignored;
  fs::remove(fresh, ignored);
  return Error{"lab", fmt::format("{} cannot be made: {}", file.string(), error.message())};
}

// An adapter in a physical slot makes an empty disk itself.
Status provide_slot(const NamedLab& lab, const FrameConfig& frame, const PhysicalSlot& slot) {
  if (slot.image.empty()) return success();
  const fs::path file = fs::path(lab.folders.state) / "slots" / slot_file(frame.name, slot.drc_index);
  std::error_code ignored;
  if (fs::exists(file, ignored)) return success();
  fs::create_directories(file.parent_path(), ignored);
  return make(slot.image, slot.size_mb, file);
}

}  // namespace

Status provide_lun(const NamedLab& lab, const LunConfig& lun) {
  const fs::path file = lab.lun_file(lun);
  const bool own = lun.path.empty();
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) {
    if (own) {
      const Status made = make(lun.image, lun.size_mb, file);
      return made || made.error().code != "lab" ? made : wrong(lab, lun, made.error().text);
    }
    return wrong(lab, lun, fmt::format("there is no file {}", lun.path));
  }
  if (!S_ISREG(status.st_mode)) return wrong(lab, lun, fmt::format("{} of LUN {} is no file", file.string(), lun.name));
  if (access(file.c_str(), R_OK | W_OK) != 0)
    return wrong(lab, lun, fmt::format("{} of LUN {} cannot be written", file.string(), lun.name));
  // Never filled up: behind the end of a disk that was cut short there were data once.
  if (const u64 bytes = static_cast<u64>(status.st_size); bytes == 0 || bytes < lun.size_mb * MiB)
    return wrong(
        lab, lun,
        fmt::format("{} of LUN {} has {} bytes, which is less than {} MiB: bring the whole disk back, {}", file.string(),
                    lun.name, bytes, lun.size_mb, own ? "or remove the file to begin with an empty one" : "or correct size_mb"));
  return own ? success() : accept(lab, lun);
}

Status provide_luns(const NamedLab& lab) {
  std::error_code ignored;
  fs::create_directories(lab.folders.state + "/luns", ignored);
  for (const LunConfig& lun : TRY(read_san(lab.lab, lab.folders)).luns(lab.lab)) TRY(provide_lun(lab, lun));
  for (const FrameConfig& frame : lab.lab.frames)
    for (const PhysicalSlot& slot : frame.slots) TRY(provide_slot(lab, frame, slot));
  return success();
}

}  // namespace emu::app

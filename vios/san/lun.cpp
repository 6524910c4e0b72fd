// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/san/lun.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "emu/core/state_file.h"

namespace vios {

namespace {

u64 hash_of(std::string_view text) {
  u64 hash = 0xCBF2'9CE4'8422'2325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<u8>(c)) * 0x100'0000'01B3;
  return hash;
}

// Whole or not at all; if another server was faster, its file counts.
bool make_empty(const std::string& image, u64 bytes) {
  const std::string fresh = fmt::format("{}.new-{}", image, getpid());
  const int file = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool sized = file >= 0 && ftruncate(file, static_cast<off_t>(bytes)) == 0;
  if (file >= 0) close(file);
  const bool named = sized && (link(fresh.c_str(), image.c_str()) == 0 || errno == EEXIST);
  const int why = errno;
  unlink(fresh.c_str());
  errno = why;
  return named;
}

}  // namespace

emu::Result<std::unique_ptr<Lun>> Lun::open(const emu::LunConfig& config, const std::string& lab_folder,
                                            const std::string& state_folder, const std::string& server) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(state_folder) / "luns";
  std::error_code failed;
  fs::create_directories(folder, failed);
  const fs::path image = config.path.empty() ? folder / (config.name + ".img") : fs::path(lab_folder) / config.path;

  auto lun = std::unique_ptr<Lun>(new Lun);
  lun->name_ = config.name;
  const u64 hash = hash_of(config.name);
  lun->udid_ = config.udid.empty() ? fmt::format("200B75AM{:016X}06Twinframefcp", hash) : config.udid;
  lun->has_udid_ = config.has_udid;
  lun->subsystem_ = config.subsystem;
  const std::string made = fmt::format("00c{:013x}", hash >> 12);
  lun->pvid_ = config.pvid.empty() ? made : config.pvid == emu::no_pvid ? "" : config.pvid;
  lun->own_pvid_ = lun->pvid_.empty() ? made : lun->pvid_;
  const auto wrong = [&](const std::string& what) {
    return emu::Error{"san", fmt::format("The file {} of LUN {} {}.", image.string(), config.name, what)};
  };
  lun->file_ = ::open(image.c_str(), O_RDWR | O_CLOEXEC);
  // Only what is the lab's own is made.
  if (lun->file_ < 0 && errno == ENOENT && config.path.empty()) {
    if (!make_empty(image.string(), config.size_mb * MiB))
      return wrong(fmt::format("cannot be made with {} MiB: {}", config.size_mb, std::strerror(errno)));
    lun->file_ = ::open(image.c_str(), O_RDWR | O_CLOEXEC);
  }
  struct stat status {};
  if (lun->file_ < 0 || fstat(lun->file_, &status) != 0) return wrong("cannot be opened");
  if (!S_ISREG(status.st_mode)) return wrong("is no file");
  lun->bytes_ = static_cast<u64>(status.st_size) / block_size * block_size;
  // Never filled up: behind the end of a disk that was cut short there were data once.
  if (lun->bytes_ == 0 || lun->bytes_ < config.size_mb * MiB)
    return wrong(
        fmt::format("has {} bytes, which is less than {} MiB: bring the whole disk back", status.st_size, config.size_mb));
  lun->image_ = image.string();
  lun->reservations_file_ = (folder / (config.name + ".reservations")).string();
  lun->label_file_ = (folder / (config.name + ".label")).string();
  lun->read_label();
  lun->reservations_ = TRY(Reservations::open(lun->reservations_file_, server));
  return lun;
}

bool Lun::is_there() const {
  struct stat named {
  }, opened{};
  return stat(image_.c_str(), &named) == 0 && fstat(file_, &opened) == 0 && named.st_ino == opened.st_ino &&
         named.st_dev == opened.st_dev;
}

void Lun::read_size() {
  struct stat status {};
  if (fstat(file_, &status) == 0) bytes_ = std::max<u64>(bytes(), static_cast<u64>(status.st_size) / block_size * block_size);
}

// SIMPLIFIED: a real PVID is in the first sector of the disk, where a client that writes there overwrites it.
void Lun::read_label() {
  const auto content = emu::read_file(label_file_);
  if (!content || !*content) return;
  const std::string text((*content)->begin(), (*content)->end());
  if (text == emu::no_pvid)
    pvid_.clear();
  else if (text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string::npos)
    pvid_ = text;
}

emu::Status Lun::write_label(std::string_view text) {
  return emu::replace_file(label_file_, {reinterpret_cast<const u8*>(text.data()), text.size()});
}

emu::Status Lun::give_pvid() {
  read_label();
  if (!pvid_.empty()) return emu::success();
  TRY(write_label(own_pvid_));
  pvid_ = own_pvid_;
  return emu::success();
}

emu::Status Lun::clear_pvid() {
  TRY(write_label(emu::no_pvid));
  pvid_.clear();
  return emu::success();
}

Lun::~Lun() {
  if (file_ >= 0) close(file_);
}

bool Lun::read(u64 at, std::span<u8> to) const {
  if (!online() || at > bytes() || to.size() > bytes() - at) return false;
  while (!to.empty()) {
    const iovec part{to.data(), to.size()};
    const ssize_t done = preadv(file_, &part, 1, static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    to = to.subspan(static_cast<size_t>(done));
    at += static_cast<u64>(done);
  }
  return true;
}

bool Lun::write(u64 at, std::span<const u8> from) {
  if (!online() || at > bytes() || from.size() > bytes() - at) return false;
  // A write behind the end of a file that was cut short would make zeros of what was lost.
  struct stat status {};
  if (fstat(file_, &status) != 0 || static_cast<u64>(status.st_size) < at + from.size()) return false;
  while (!from.empty()) {
    const iovec part{const_cast<u8*>(from.data()), from.size()};
    const ssize_t done = pwritev(file_, &part, 1, static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    from = from.subspan(static_cast<size_t>(done));
    at += static_cast<u64>(done);
  }
  return true;
}

u64 Lun::next_data(u64 at) const {
  if (at >= bytes()) return bytes();
  const off_t found = lseek(file_, static_cast<off_t>(at), SEEK_DATA);
  if (found >= 0) return std::min(static_cast<u64>(found), bytes());
  return errno == ENXIO ? bytes() : at;  // a file system that does not know it has data everywhere
}

bool Lun::flush() { return online() && fdatasync(file_) == 0; }

void Lun::remove_leftovers(const std::string& name, const std::string& state_folder) {
  for (const char* kind : {".img", ".reservations", ".label"}) unlink((state_folder + "/luns/" + name + kind).c_str());
}

void Lun::remove_files() const {
  unlink(image_.c_str());
  unlink(reservations_file_.c_str());
  unlink(label_file_.c_str());
}

}  // namespace vios

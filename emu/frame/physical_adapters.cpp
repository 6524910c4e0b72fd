// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/physical_adapters.h"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "emu/link/segment.h"

namespace emu::frame {

namespace {

class FileDisk final : public devices::pci::Disk {
 public:
  FileDisk(int file, u64 bytes) : file_(file), bytes_(bytes) {}
  ~FileDisk() override { close(file_); }
  FileDisk(const FileDisk&) = delete;
  FileDisk& operator=(const FileDisk&) = delete;

  u64 bytes() const override { return bytes_; }
  bool read(u64 at, std::span<u8> to) override {
    if (!inside(at, to.size())) return false;
    for (size_t done = 0; done < to.size();) {
      const ssize_t now = pread(file_, to.data() + done, to.size() - done, static_cast<off_t>(at + done));
      if (now < 0 && errno == EINTR) continue;
      if (now <= 0) return false;  // the file is shorter than it was
      done += static_cast<size_t>(now);
    }
    return true;
  }
  bool write(u64 at, std::span<const u8> from) override {
    if (!inside(at, from.size())) return false;
    for (size_t done = 0; done < from.size();) {
      const ssize_t now = pwrite(file_, from.data() + done, from.size() - done, static_cast<off_t>(at + done));
      if (now < 0 && errno == EINTR) continue;
      if (now <= 0) return false;
      done += static_cast<size_t>(now);
    }
    return true;
  }
  bool flush() override { return fdatasync(file_) == 0; }

 private:
  bool inside(u64 at, u64 length) const { return at <= bytes_ && length <= bytes_ - at; }
  int file_;
  u64 bytes_;
};

class SegmentCable final : public devices::pci::Cable {
 public:
  explicit SegmentCable(std::unique_ptr<Port> port) : port_(std::move(port)) {}
  ~SegmentCable() override {
    end_ = true;
    port_->wake();
    if (thread_.joinable()) thread_.join();
  }
  SegmentCable(const SegmentCable&) = delete;
  SegmentCable& operator=(const SegmentCable&) = delete;

  void send(std::span<const u8> packet) override { (void)port_->send(packet); }
  void connect(std::function<void(std::span<const u8>)> received) override {
    thread_ = std::thread([this, received = std::move(received)] {
      constexpr u64 patience = 1'000'000'000;
      while (!end_) {
        (void)port_->wait(patience);
        while (const auto packet = end_ ? std::nullopt : port_->receive(0)) received(*packet);
      }
    });
  }

 private:
  std::unique_ptr<Port> port_;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

Error cannot(const PhysicalSlot& slot, const std::string& why) {
  return {"slots", fmt::format("The adapter in physical slot {} cannot be used: {}.", drc_text(slot.drc_index), why)};
}

Result<std::unique_ptr<devices::pci::Disk>> open_disk(const PhysicalSlot& slot, const std::string& frame,
                                                      const LabFolders& folders) {
  const std::string path = TRY(disk_file(slot, frame, folders));
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct stat is {};
  if (file < 0 || fstat(file, &is) != 0) {
    if (file >= 0) close(file);
    return cannot(slot, fmt::format("the file {} cannot be opened", path));
  }
  const u64 has = static_cast<u64>(is.st_size);
  return std::unique_ptr<devices::pci::Disk>(std::make_unique<FileDisk>(file, std::min(slot.size_mb * MiB, has)));
}

}  // namespace

Result<std::string> disk_file(const PhysicalSlot& slot, const std::string& frame, const LabFolders& folders) {
  std::string path = slot.path;
  if (path.empty()) {
    const std::string folder = folders.state + "/slots";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return cannot(slot, fmt::format("the folder {} cannot be made", folder));
    path = fmt::format("{}/{}", folder, slot_file(frame, slot.drc_index));
  }
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC | (slot.path.empty() ? O_CREAT : 0), 0600);
  if (file < 0) return cannot(slot, fmt::format("the file {} cannot be opened", path));
  const u64 bytes = slot.size_mb * MiB;
  struct stat is {};
  const bool known = fstat(file, &is) == 0 && S_ISREG(is.st_mode);
  const u64 has = known ? static_cast<u64>(is.st_size) : 0;
  const bool large = known && (!slot.path.empty() || has >= bytes || ftruncate(file, static_cast<off_t>(bytes)) == 0);
  close(file);
  if (!large) return cannot(slot, fmt::format("the file {} is none, or cannot be made larger", path));
  return path;
}

Result<devices::pci::Medium> open_medium(const PhysicalSlot& slot, const std::string& frame, const LabFolders& folders) {
  devices::pci::Medium medium;
  if (slot.adapter == SlotAdapter::disk) medium.disk = TRY(open_disk(slot, frame, folders));
  if (slot.adapter == SlotAdapter::network) {
    const auto segment = TRY(Segment::open(segment_file(folders.runtime, slot.segment)));
    medium.cable = std::make_unique<SegmentCable>(TRY(segment->plug(fmt::format("{}-{}", frame, drc_text(slot.drc_index)))));
  }
  return medium;
}

}  // namespace emu::frame

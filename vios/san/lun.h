// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A disk of the SAN as one VIOS sees it: a file with an identity, and the reservations that all views of it share.

#include <atomic>
#include <memory>
#include <string>

#include "emu/core/lab.h"
#include "emu/core/result.h"
#include "vios/san/reservation.h"

namespace vios {

inline constexpr u64 block_size = 512;

class Lun {
 public:
  // `server`: "frame/vios". The file is created sparse; one that is there is used as it is. Error "san" with a sentence if it
  // cannot be used.
  static emu::Result<std::unique_ptr<Lun>> open(const emu::LunConfig&, const std::string& lab_folder,
                                                const std::string& state_folder, const std::string& server);
  // What is left in a lab's own folder of a disk that nobody knows any more.
  static void remove_leftovers(const std::string& name, const std::string& state_folder);
  ~Lun();
  Lun(const Lun&) = delete;
  Lun& operator=(const Lun&) = delete;

  const std::string& name() const { return name_; }
  const std::string& udid() const { return udid_; }  // by which the lab knows it
  std::string shown_udid() const { return has_udid_ ? udid_ : ""; }
  // A unique device identifier or a physical volume identifier; there is no disk with an IEEE volume attribute. (Redbook 3.7)
  bool has_identifier() const { return has_udid_ || !pvid_.empty(); }
  const std::string& subsystem() const { return subsystem_; }
  // 16 hex digits; empty: it has none. What another server has put on it is seen after read_label().
  const std::string& pvid() const { return pvid_; }
  void read_label();
  emu::Status give_pvid();  // if it has none
  emu::Status clear_pvid();
  u64 bytes() const { return bytes_.load(std::memory_order_relaxed); }
  u64 blocks() const { return bytes() / block_size; }
  void read_size();       // it may have grown
  bool is_there() const;  // false: its file is gone, or another one has its name

  // Whether its storage subsystem answers. Any thread.
  bool online() const { return online_.load(std::memory_order_relaxed); }
  void set_online(bool online) { online_.store(online, std::memory_order_relaxed); }

  // False: offline, outside the LUN, or the host's file failed, or is shorter than it was. Any thread.
  bool read(u64 at, std::span<u8> to) const;
  bool write(u64 at, std::span<const u8> from);
  u64 next_data(u64 at) const;  // where something may have been written, from there on; its size: nowhere
  bool flush();                 // every write that came back before is on the disk when this does
  void remove_files() const;    // the disk's, and that of its reservations

  Reservations& reservations() { return *reservations_; }

 private:
  Lun() = default;
  emu::Status write_label(std::string_view text);
  std::string name_, udid_, pvid_, subsystem_;
  bool has_udid_ = true;
  std::atomic<bool> online_{true};
  std::string image_, reservations_file_, label_file_;
  std::string own_pvid_;  // what give_pvid() gives
  std::atomic<u64> bytes_{0};
  int file_ = -1;
  std::unique_ptr<Reservations> reservations_;
};

}  // namespace vios

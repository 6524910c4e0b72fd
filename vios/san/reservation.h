// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who has reserved a LUN: SCSI-2 reservations (RESERVE, RELEASE) and SCSI-3 persistent ones, in a small file beside the
// LUN, which every VIOS of every frame maps. All views see one truth, and no view can leave it half-written: the file has
// two copies of the state, each with a checksum, and a counter whose lowest bit says which one counts.
//
// An initiator is named "frame/vios" (the server itself) or "frame/vios/vhostN" (one of its clients). What a server has
// reserved for itself does not keep its own clients out. As on a disk, a persistent reservation outlives everybody; a
// SCSI-2 one ends when its holder has left the SAN, here: when no living process has a view under the server's name.

#include <memory>
#include <string>
#include <vector>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace vios {

// Types of PERSISTENT RESERVE (SPC-3, table 108).
enum class ReservationType : u8 {
  write_exclusive = 1,
  exclusive_access = 3,
  write_exclusive_registrants = 5,
  exclusive_access_registrants = 6,
  write_exclusive_all = 7,
  exclusive_access_all = 8,
};
bool known(ReservationType);

enum class Access : u8 { none, read, write };  // what a command does to the medium

struct Registration {
  std::string initiator;
  u64 key = 0;
  bool holder = false;
};

struct ReservationState {
  std::string reserved_by;                                  // SCSI-2; empty if nobody
  u32 generation = 0;                                       // PRGENERATION
  ReservationType type = ReservationType::write_exclusive;  // of the persistent reservation, if there is a holder
  std::vector<Registration> registrations;
  bool persistent() const;
  bool registered(const std::string& initiator) const;
  std::string claiming_server() const;  // "frame/vios" of whoever holds a reservation, or has registered a key; empty if nobody
};

enum class Answer : u8 { good, conflict, bad_parameter, no_room };

class Reservations {
 public:
  // `server` is "frame/vios": this process's name on the SAN.
  static emu::Result<std::unique_ptr<Reservations>> open(const std::string& path, const std::string& server);
  ~Reservations();
  Reservations(const Reservations&) = delete;
  Reservations& operator=(const Reservations&) = delete;

  ReservationState state() const;
  // May this initiator do that now? Cheap while nobody has reserved anything.
  bool allows(const std::string& initiator, Access access) const;

  Answer reserve(const std::string& initiator);
  void release(const std::string& initiator);  // not the holder: nothing happens (SPC-2)
  // The initiator has lost its connection: its SCSI-2 reservation ends.
  void lost(const std::string& initiator) { release(initiator); }

  // PERSISTENT RESERVE OUT. `ignore` is REGISTER AND IGNORE EXISTING KEY.
  Answer register_key(const std::string& initiator, u64 key, u64 new_key, bool ignore);
  Answer reserve_persistently(const std::string& initiator, u64 key, ReservationType type);
  Answer release_persistently(const std::string& initiator, u64 key, ReservationType type);
  Answer clear(const std::string& initiator, u64 key);
  Answer preempt(const std::string& initiator, u64 key, u64 victim, ReservationType type);

 private:
  struct File;
  explicit Reservations(std::unique_ptr<File> file);
  template <class Change>
  Answer change(Change&& change);
  ReservationState living_state(ReservationState state) const;  // without what a departed holder left
  std::unique_ptr<File> file_;
};

}  // namespace vios

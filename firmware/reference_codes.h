// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Reference codes (SRC): what a partition, or the system, shows on its way. (`lsrefcode`; Redbook appendix B; the others as IBM
// lists them)

#include <deque>
#include <string>
#include <vector>

#include "emu/core/types.h"

namespace firmware {

inline constexpr const char* src_startup = "C2001010";
inline constexpr const char* src_adding_resources = "C2001100";
inline constexpr const char* src_resources_added = "C20011FF";
inline constexpr const char* src_startup_allowed = "C20012FF";
inline constexpr const char* src_open_firmware = "CA00D001";
inline constexpr const char* src_loading = "CA00E140";
inline constexpr const char* src_load_failed = "BA210000";
// Of a boot from a network.
inline constexpr const char* src_host_connection = "CA00E174";
inline constexpr const char* src_bootp_request = "CA00E175";
inline constexpr const char* src_tftp_transfer = "CA00E176";
inline constexpr const char* src_tftp_initiated = "CA00E178";
inline constexpr const char* src_bootp_closed = "CA00E179";
inline constexpr const char* src_no_addresses = "BA010000";
inline constexpr const char* src_address_in_use = "BA010001";
inline constexpr const char* src_no_gateway = "BA010002";
inline constexpr const char* src_no_server = "BA010003";
inline constexpr const char* src_bootp_failed = "BA010004";
inline constexpr const char* src_tftp_failed = "BA010005";
inline constexpr const char* src_image_too_large = "BA010006";
inline constexpr const char* src_no_resources = "B2005109";
inline constexpr const char* src_disk_failed = "0554";  // of AIX: a disk cannot be opened or read
inline constexpr const char* src_odm_failed = "0555";   // of AIX: the ODM cannot be used
inline constexpr const char* src_os_running = "";
inline constexpr const char* src_terminated = "D200A100";
inline constexpr const char* src_powered_off = "D20011FF";
inline constexpr const char* src_not_running = "00000000";

struct RefCodeEntry {
  u64 wall = 0;  // nanoseconds since 1970
  std::string refcode;
  std::string word2;
};

class ReferenceCodes {
 public:
  // A code of the partition's own way.
  void show(u64 wall, const std::string& refcode);
  // One of a move: the partition's own is shown again after it.
  void show_in_a_move(u64 wall, const std::string& refcode, const std::string& word2);
  void show_own_again(u64 wall);
  // Nothing is shown: what it would be after a move.
  void own_is(const std::string& refcode) { own_ = refcode; }

  RefCodeEntry latest() const { return codes_.empty() ? RefCodeEntry{} : codes_.front(); }
  std::vector<RefCodeEntry> newest(u32 count) const;

 private:
  std::deque<RefCodeEntry> codes_;  // newest first
  std::string own_;                 // the latest that was not shown for a move
};

}  // namespace firmware

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the HMC asks of Virtual I/O Servers.

#include <string>
#include <vector>

#include "emu/core/fields.h"
#include "emu/link/service/empty.h"

namespace emu::service {

struct ViosOutput {
  int exit_code = 0;
  std::string output;
  FIELDS(ViosOutput, exit_code, output)
};
struct RunViosCommand {
  using Reply = ViosOutput;
  u32 lpar_id = 0;
  std::string command;
  FIELDS(RunViosCommand, lpar_id, command)
};  // as padmin types it

struct ViosDisk {
  std::string name;  // hdisk1
  std::string pvid;
  std::string udid;
  u64 size_mb = 0;
  bool on_san = false;         // false: internal, cannot be seen elsewhere
  std::string reserve_policy;  // no_reserve or single_path
  std::string reserved_by;     // who holds a SCSI reservation, or has registered a key ("frame/vios"), empty if nobody
  bool exported = false;       // backs a virtual target device here
  bool online = true;          // false: it answers nothing, nor does its storage subsystem
  std::string lun;             // what the lab calls it; empty: it is not on the SAN
  FIELDS(ViosDisk, name, pvid, udid, size_mb, on_san, reserve_policy, reserved_by, exported, online, lun)
};
struct ViosTarget {
  std::string vtd;
  u64 lun = 0;          // 0x8100000000000000
  std::string backing;  // a disk's name, or a logical volume's
  std::string udid;     // of the backing disk; empty for a logical volume
  FIELDS(ViosTarget, vtd, lun, backing, udid)
};
struct ViosHost {    // a virtual SCSI server adapter
  std::string name;  // vhost0
  u32 slot = 0;
  u32 client_id = 0;
  u32 client_slot = 0;
  std::vector<ViosTarget> targets;
  FIELDS(ViosHost, name, slot, client_id, client_slot, targets)
};
struct ViosCable {   // of an Ethernet port
  std::string port;  // ent0
  bool plugged = true;
  FIELDS(ViosCable, port, plugged)
};
struct ViosBridge {  // a shared Ethernet adapter
  std::string name;  // ent5
  std::string segment;
  std::vector<u16> vlans;
  bool link_up = false;
  std::string vswitch = "ETHERNET0";  // of its trunks
  std::vector<ViosCable> cables;      // several of a link aggregation
  std::string state;                  // PRIMARY, BACKUP or LIMBO, if it is one of two; else empty
  FIELDS(ViosBridge, name, segment, vlans, link_up, vswitch, cables, state)
};
struct ViosAddress {      // one of the server's own, which it answers at now
  std::string interface;  // en5
  std::string address;    // 10.0.2.11
  std::string netmask;
  FIELDS(ViosAddress, interface, address, netmask)
};
// What a mover service partition can carry at once. (Redbook 2.2)
inline constexpr u32 migrations_per_mover = 4;
struct ViosVolume {  // a logical volume that is served, or a file in a storage pool
  std::string name;  // of a file with its path
  u64 size_mb = 0;
  std::string group;  // a volume group, or the pool that the file is in
  bool file = false;
  FIELDS(ViosVolume, name, size_mb, group, file)
};
struct ViosPool {  // a volume group, or a file storage pool on one
  std::string name;
  u64 free_mb = 0;
  bool files = false;
  FIELDS(ViosPool, name, free_mb, files)
};
struct ViosInfo {
  std::string ioslevel;
  std::vector<ViosDisk> disks;
  std::vector<ViosHost> hosts;
  std::vector<ViosBridge> bridges;
  std::vector<ViosAddress> addresses;  // the first is the one that RMC knows it by
  u32 vasi_slot = 0;                   // 0: no VASI device
  u32 active_migrations = 0;
  u32 max_migrations = migrations_per_mover;
  u32 free_slots = 0;
  std::vector<ViosVolume> volumes{};
  std::vector<ViosPool> pools{};
  FIELDS(ViosInfo, ioslevel, disks, hosts, bridges, addresses, vasi_slot, active_migrations, max_migrations, free_slots, volumes,
         pools)
};
struct DescribeVios {
  using Reply = ViosInfo;
  u32 lpar_id = 0;
  FIELDS(DescribeVios, lpar_id)
};
// From the media in the console's drive: a server that was defined, and has no operating system yet. HSCLF0D6 if it has one.
struct InstallVios {
  using Reply = Empty;
  u32 lpar_id = 0;
  FIELDS(InstallVios, lpar_id)
};
// Creates a virtual SCSI server adapter for a client's adapter, with a virtual target device for each LUN, and says which
// slot it took. Idempotent: asked again for the same client and slot, it answers the same.
struct ViosSlot {
  u32 slot = 0;
  std::vector<std::string> volumes{};  // that were made, in the order of the request
  FIELDS(ViosSlot, slot, volumes)
};
// A target with a volume behind it that is to be made, as large and of the same kind if there is room for that.
struct NewVolume {
  std::string vtd;
  u64 lun = 0;
  ViosVolume volume;  // a wish
  FIELDS(NewVolume, vtd, lun, volume)
};
struct AddViosMapping {
  using Reply = ViosSlot;
  u32 lpar_id = 0;
  u32 client_id = 0;
  std::string client_name;
  u32 client_slot = 0;
  std::vector<ViosTarget> targets;  // by udid; vtd names and LUNs are kept where free
  u64 stream = 0;                   // the migration that it belongs to
  std::vector<NewVolume> volumes{};
  FIELDS(AddViosMapping, lpar_id, client_id, client_name, client_slot, targets, stream, volumes)
};
// The content of a volume that a migration copies: of `length` bytes from `at` on the first that are not zero, no more than
// volume_piece of them. Or only a sum of all of them.
inline constexpr u64 volume_piece = 1024 * 1024;
inline constexpr u64 volume_block = 64 * 1024;
struct VolumePiece {
  u64 at = 0;
  Bytes content;
  u64 next = 0;  // where to go on; the end of the volume if there is no more
  u64 size = 0;  // of the volume
  u64 sum = 0;
  FIELDS(VolumePiece, at, content, next, size, sum)
};
struct ReadVolume {
  using Reply = VolumePiece;
  u32 lpar_id = 0;
  std::string volume;
  u64 at = 0;
  u64 length = 0;
  bool only_sum = false;
  FIELDS(ReadVolume, lpar_id, volume, at, length, only_sum)
};
struct WriteVolume {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::string volume;
  u64 at = 0;
  Bytes content;
  FIELDS(WriteVolume, lpar_id, volume, at, content)
};
// The SAN of the lab has changed: its servers are shown what they see of it now.
struct FollowSan {
  using Reply = Empty;
  FIELDS(FollowSan)
};
struct RemoveViosMapping {
  using Reply = Empty;
  u32 lpar_id = 0;
  u32 client_id = 0;
  u32 client_slot = 0;
  bool with_volumes = false;  // those behind it are removed, too: a migration has copied them, or their copies are not needed
  FIELDS(RemoveViosMapping, lpar_id, client_id, client_slot, with_volumes)
};

}  // namespace emu::service

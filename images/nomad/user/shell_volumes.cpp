// SPDX-License-Identifier: GPL-2.0-or-later
// Volume groups: mkvg, extendvg, reducevg, mklv, rmlv, migratepv, lsvg, lspv, with the numbers of AIX's messages where they are known.
#include "user/shell.h"

namespace nomad::shell {
namespace {

using Kind = VolumeChange::Kind;

bool usage(const char* text) {
  print("Usage: %s\n", text);
  return false;
}

bool parse_disk(const char* word, u32& disk) {
  u64 number = 0;
  if (!starts_with(word, "hdisk") || !parse_number(word + 5, number)) return false;
  disk = static_cast<u32>(number);
  return true;
}

// Words that are left are disks.
bool parse_disks(const char*& arguments, VolumeChange& change) {
  constexpr u32 limit = sizeof change.disks / sizeof *change.disks;
  for (char word[16]; next_word(arguments, word, sizeof word); change.disk_count++)
    if (change.disk_count == limit || !parse_disk(word, change.disks[change.disk_count])) return false;
  return change.disk_count != 0;
}

bool find_group(const char* name, GroupInfo& info) {
  for (u64 i = 0; system_call(SystemCall::volume_group_info, i, word_of(&info)) == 0; i++)
    if (equal(info.name, name)) return true;
  return false;
}

bool describe(u32 disk, PhysicalVolumeInfo& info) { return system_call(SystemCall::physical_volume_info, disk, word_of(&info)) == 0; }

u32 free_of(const PhysicalVolumeInfo& info) {
  u32 count = 0;
  for (const u32 free : info.free_in) count += free;
  return count;
}

void tell_no_group(const char* command, const char* group) {
  print("0516-306 %s: Unable to find volume group %s in the Device Configuration Database.\n", command, group);
}

// Which of the disks is why it does not go.
void tell_disk(const char* command, const VolumeChange& change) {
  for (u32 i = 0; i < change.disk_count; i++) {
    PhysicalVolumeInfo info;
    if (!describe(change.disks[i], info))
      print("0516-306 %s: Unable to find physical volume hdisk%u in the Device Configuration Database.\n", command, change.disks[i]);
    else if (info.group[0] && change.kind != Kind::reduce_group)
      print("0516-1398 %s: The physical volume hdisk%u, appears to belong to another volume group.\n", command, change.disks[i]);
    else if (change.kind == Kind::reduce_group && free_of(info) != info.partitions)
      print("0516-016 ldeletepv: Cannot delete physical volume with allocated partitions. Use either migratepv to move the partitions or "
            "reducevg with the -d option to delete the partitions.\n");
  }
}

i64 ask(VolumeChange& change) { return system_call(SystemCall::volume_change, word_of(&change)); }

// A sentence for what no message of its own tells.
void tell(const char* command, i64 why) {
  switch (why) {
    case Error::interrupted: print("%s: another change of a volume group is under way\n", command); break;
    case Error::no_memory: print("%s: there is no room for it: a group has 8 disks of 128 partitions and 16 volumes of 256\n", command); break;
    case Error::try_again: print("%s: a program uses the disk\n", command); break;
    case Error::input_output: print("%s: a disk cannot be read or written\n", command); break;
    case Error::invalid: print("%s: its values do not fit\n", command); break;
    default: break;
  }
}

// Disks without an identifier get one, which AIX says.
void tell_new_identifiers(const char* command, const VolumeChange& change) {
  for (u32 i = 0; i < change.disk_count; i++) {
    PhysicalVolumeInfo info;
    if (describe(change.disks[i], info) && !info.id) print("0516-1254 %s: Changing the PVID in the ODM.\n", command);
  }
}

}  // namespace

void mkvg(const char* arguments) {
  constexpr char text[] = "mkvg -y VG [-s MB] hdiskN ...";
  VolumeChange change{};
  change.kind = Kind::make_group;
  char word[16];
  const char* rest = arguments;
  while (next_word(rest, word, sizeof word) && word[0] == '-') {
    u64 size = 0;
    if (equal(word, "-y") && next_word(rest, change.group, sizeof change.group)) {
    } else if (equal(word, "-s") && next_word(rest, word, sizeof word) && parse_number(word, size) && size) {
      change.partition_mib = static_cast<u32>(size);
    } else {
      usage(text);
      return;
    }
    arguments = rest;
  }
  if (!change.group[0] || !parse_disks(arguments, change)) {
    usage(text);
    return;
  }
  tell_new_identifiers("mkvg", change);
  const i64 result = ask(change);
  if (result == 0) {
    print("%s\n", change.group);
    return;
  }
  tell_disk("mkvg", change);
  tell("mkvg", result);
  print("0516-862 mkvg: Unable to create volume group.\n");
}

namespace {

void change_disks(const char* command, Kind kind, const char* arguments, const char* failed) {
  VolumeChange change{};
  change.kind = kind;
  if (!next_word(arguments, change.group, sizeof change.group) || !parse_disks(arguments, change)) {
    print("Usage: %s VG hdiskN ...\n", command);
    return;
  }
  if (kind == Kind::extend_group) tell_new_identifiers(command, change);
  const i64 result = ask(change);
  if (result == 0) return;
  if (result == Error::no_such_thing) tell_no_group(command, change.group);
  else tell_disk(command, change), tell(command, result);
  print("%s\n", failed);
}

}  // namespace

void extendvg(const char* arguments) { change_disks("extendvg", Kind::extend_group, arguments, "0516-792 extendvg: Unable to extend volume group."); }
void reducevg(const char* arguments) { change_disks("reducevg", Kind::reduce_group, arguments, "0516-884 reducevg: Unable to remove physical volume."); }

void mklv(const char* arguments) {
  VolumeChange change{};
  change.kind = Kind::make_volume;
  char word[16];
  u64 count = 0;
  if (!next_word(arguments, word, sizeof word) || !equal(word, "-y") || !next_word(arguments, change.volume, sizeof change.volume) ||
      !next_word(arguments, change.group, sizeof change.group) || !next_word(arguments, word, sizeof word) || !parse_number(word, count) || !count) {
    usage("mklv -y LV VG PARTITIONS");
    return;
  }
  change.count = static_cast<u32>(count);
  const i64 result = ask(change);
  if (result == 0) {
    print("%s\n", change.volume);
    return;
  }
  if (result == Error::no_such_thing) tell_no_group("mklv", change.group);
  else if (result == Error::busy) print("mklv: there is a logical volume %s already\n", change.volume);
  else if (result == Error::no_memory) print("0516-404 allocp: This system cannot fulfill the allocation request. There are not enough free partitions.\n");
  else tell("mklv", result);
  print("0516-822 mklv: Unable to create logical volume.\n");
}

void rmlv(const char* arguments) {
  VolumeChange change{};
  change.kind = Kind::remove_volume;
  if (!next_word(arguments, change.volume, sizeof change.volume)) {
    usage("rmlv LV");
    return;
  }
  const i64 result = ask(change);
  if (result == 0) print("rmlv: Logical volume %s is removed.\n", change.volume);
  else if (result == Error::no_such_thing) print("0516-306 rmlv: Unable to find %s in the Device Configuration Database.\n", change.volume);
  else if (result == Error::busy) print("rmlv: a program uses logical volume %s\n", change.volume);
  else tell("rmlv", result);
}

void migratepv(const char* arguments) {
  VolumeChange change{};
  change.kind = Kind::migrate;
  if (!parse_disks(arguments, change) || change.disk_count != 2) {
    usage("migratepv hdiskN hdiskM");
    return;
  }
  const i64 result = ask(change);
  if (result == 0) return;
  if (result == Error::no_device) print("migratepv: hdisk%u and hdisk%u are not of one volume group\n", change.disks[0], change.disks[1]);
  else if (result == Error::no_memory) print("0516-404 allocp: This system cannot fulfill the allocation request. There are not enough free partitions.\n");
  else tell("migratepv", result);
  if (change.done)
    print("0516-812 migratepv: Warning, migratepv did not completely succeed; all physical partitions have not been moved off the PV.\n");
}

void lspv(const char*) {
  for (u32 disk = 0; disk < 16; disk++) {
    PhysicalVolumeInfo info;
    char name[16], id[20] = "none";
    if (!describe(disk, info)) continue;
    format(name, sizeof name, "hdisk%u", disk);
    if (info.id) format(id, sizeof id, "%016lx", info.id);
    print("%-15s %-34s  %-15s %s\n", name, id, info.group[0] ? info.group : "None", info.group[0] ? "active" : "");
  }
}

namespace {

void list_disks(const char* group) {
  print("%s:\nPV_NAME           PV STATE          TOTAL PPs   FREE PPs    FREE DISTRIBUTION\n", group);
  for (u32 disk = 0; disk < 16; disk++) {
    PhysicalVolumeInfo info;
    if (!describe(disk, info) || !equal(info.group, group)) continue;
    char name[16];
    format(name, sizeof name, "hdisk%u", disk);
    print("%-17s %-17s %-11u %-11u %02u..%02u..%02u..%02u..%02u\n", name, "active", info.partitions, free_of(info), info.free_in[0],
          info.free_in[1], info.free_in[2], info.free_in[3], info.free_in[4]);
  }
}

void list_volumes(const char* group) {
  print("%s:\nLV NAME             TYPE       LPs     PPs     PVs  LV STATE      MOUNT POINT\n", group);
  VolumeInfo info;
  for (u64 i = 0; system_call(SystemCall::volume_info, i, word_of(&info)) == 0; i++)
    if (equal(info.group, group))
      print("%-19s %-10s %-7u %-7u %-4u %-13s N/A\n", info.name, "raw", info.partitions, info.partitions, info.disks,
            info.open ? "open/syncd" : "closed/syncd");
}

}  // namespace

void lsvg(const char* arguments) {
  char word[16] = "", group[16] = "";
  GroupInfo info;
  if (!next_word(arguments, word, sizeof word)) {
    for (u64 i = 0; system_call(SystemCall::volume_group_info, i, word_of(&info)) == 0; i++) print("%s\n", info.name);
    return;
  }
  const bool disks = equal(word, "-p");
  if ((!disks && !equal(word, "-l")) || !next_word(arguments, group, sizeof group)) {
    usage("lsvg [-p VG | -l VG]");
    return;
  }
  if (!find_group(group, info)) tell_no_group("lsvg", group);
  else if (disks) list_disks(group);
  else list_volumes(group);
}

}  // namespace nomad::shell

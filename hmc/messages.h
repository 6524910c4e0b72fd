// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Every sentence that the HMC says with a code: THE table. `say("HSCL8012", name)` does not compile if the code is not in
// it, or if the number of {} differs. `real`: code and wording of a real HMC; `meaning`: the code is real and the wording
// ours; `own`: both are ours, HSCLF000 and up, where no code of IBM's is known. (docs/hmc.md, Origins)

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "emu/core/result.h"

namespace hmc {

enum class Origin { real, meaning, own };

struct Message {
  std::string_view code;
  Origin origin;
  std::string_view text;
};

inline constexpr Message messages[] = {
    // ---- anything ----
    {"HSCLF001", Origin::own, "The command {} is not known to this console. Use help to list the commands."},
    {"HSCL0DB4", Origin::meaning,
     "The operating system of partition {} cannot be shut down, because there is no RMC connection to it. Use the operation "
     "shutdown instead."},
    {"HSCL1558", Origin::meaning, "The partition named {} is already powered off."},
    // The code and the first words are of a real one; here what the Virtual I/O Server says follows.
    {"HSCL2929", Origin::meaning, "The dynamic removal of I/O resources failed: {}"},
    // What the Virtual I/O Server said.
    {"HSCL2970", Origin::meaning, "The IOServer command has failed because of the following reason:\n{}"},
    {"HSCL1566", Origin::real,
     "The operation failed because the ratio of assigned processing units to assigned virtual processors for partition {} would "
     "have been less than the minimum ratio supported by the operating system on the partition."},
    {"HSCL2932", Origin::meaning,
     "The dynamic removal of memory resources failed: The operating system prevented all of the requested memory from being "
     "removed. Amount of memory removed: {} MB of {} MB. The detailed output of the OS operation follows: {}"},
    {"HSCL294F", Origin::meaning,
     "The dynamic removal of processing resources failed: The operation to remove processing has failed on partition {}. The "
     "requested amount of processing to be removed is {} and the completed amount is {}. The OS output is: {}"},
    {"HSCLF028", Origin::own, "The partition {} has {} MB of memory now, and can have {} to {} MB while it runs."},
    {"HSCLF029", Origin::own, "The partition {} has {} processors now, and can have {} to {} while it runs."},
    {"HSCLF02A", Origin::own, "The partition {} has {} processing units now, and can have {} to {} while it runs."},
    {"HSCLF02B", Origin::own,
     "The dynamic addition of memory resources failed: The operating system of partition {} has not taken all of the memory. "
     "Amount of memory added: {} MB of {} MB. The detailed output of the OS operation follows: {}"},
    {"HSCLF02C", Origin::own,
     "The dynamic addition of processing resources failed: The operation to add processing has failed on partition {}. The "
     "requested amount of processing to be added is {} and the completed amount is {}. The OS output is: {}"},
    {"HSCLF02D", Origin::own,
     "The virtual adapter in slot {} was not added: the operating system of partition {} has not taken it: {}"},
    {"HSCLF02E", Origin::own,
     "The virtual adapter in slot {} was added to partition {}, but its operating system could not configure it: {}"},
    {"HSCLF02F", Origin::own, "Of {}, partition {} has given {} and partition {} has taken {}. {}"},
    {"HSCLF030", Origin::own,
     "Virtual slots 0 and 1 have the two default serial adapters of each partition, which are always there. Choose another slot, "
     "from 2 on."},
    {"HSCLF031", Origin::own,
     "Virtual slot {} of partition {} has an adapter already. Choose another slot; without -s the next one that is free is "
     "taken."},
    {"HSCLF032", Origin::own,
     "The partition {} may not be migrated: migration_disabled=1. Change that with chsyscfg -r lpar, and retry the command."},
    {"HSCL2957", Origin::meaning,
     "There is no RMC connection between the management console and the partition {}, or the partition does not support dynamic "
     "partitioning operations. Verify the network of both; diagrmc may tell more."},
    {"HSCL3205", Origin::meaning, "The partition named {} is busy with another operation. Retry when it has ended."},
    // In the words that IBM's Ansible collection looks for.
    {"HSCL350B", Origin::meaning, "The user does not have the appropriate authority."},
    {"HSCL3653", Origin::meaning,
     "The secure shell communication between this console and {} has not been set up for the remote user. Use mkauthkeys."},
    {"HSCL3681", Origin::meaning, "The partition named {} is already powered on."},
    {"HSCL05DF", Origin::meaning, "The partition named {} is in state {}, which does not allow this operation."},
    {"HSCLF010", Origin::own,
     "The profile named {} of partition {} was not found. Please check your entry and retry the command."},
    {"HSCL8018", Origin::meaning, "The managed system named {} was not found.  Please check your entry and retry the command."},
    {"HSCLA228", Origin::meaning,
     "The requested operation cannot be performed because the managed system {} is not in the Standby or Operating state. Power "
     "it on "
     "with chsysstate, and retry the command."},
    {"HSCL8012", Origin::real, "The partition named {} was not found.  Please check your entry and retry the command."},
    {"HSCL8011", Origin::real, "The partition ID \"{}\" was not found."},
    {"HSCLF014", Origin::own, "The managed system {} does not answer. Start it, or check the connection, and retry the command."},
    {"HSCLF015", Origin::own, "The partition named {} is not a Virtual I/O Server."},
    {"HSCLF016", Origin::own, "The name {} is in use by another partition of the managed system {}."},
    {"HSCLF017", Origin::own,
     "The managed system {} does not answer: its process does not run. Start it with `twinframe up`, and retry the command."},
    {"HSCLF033", Origin::own,
     "The managed system {} was not powered off, because the operating system of partition {} could not be shut down: it is in "
     "state "
     "{}. Shut it down, or use --immed, which takes its power away."},
    {"HSCLF034", Origin::own, "The managed system {} is not in the Recovery state: there is nothing to recover."},
    {"HSCLF018", Origin::own, "The name {} is not valid: {}. Please check your entry and retry the command."},
    {"HSCLF019", Origin::own,
     "{} Make room where the lab keeps its state, or see what twinframe recover --explain says, and retry the command."},
    {"HSCLF01A", Origin::own, "The managed system did not carry the operation out: {}"},
    {"HSCLF01C", Origin::own,
     "The partition {} was never activated, and takes the workload group of the profile that it is activated with. Change "
     "work_group_id of that profile."},
    {"HSCLF01B", Origin::own, "The managed system did not answer: {} See what it has done, and retry the command."},
    {"HSCLF01E", Origin::own,
     "The profile {} is the default profile of partition {}. Make another profile the default one, and retry the command."},
    {"HSCLF01F", Origin::own, "The managed system {} has {} partitions, which are the most that it can have."},
    {"HSCLF020", Origin::own,
     "The system profile named {} of the managed system {} was not found. Please check your entry and retry the command."},
    {"HSCLF021", Origin::own, "The name {} is in use by another system profile of the managed system {}."},
    {"HSCLF022", Origin::own,
     "The partition {} has a profile named {} already. Choose another name; mksyscfg --force replaces it."},
    {"HSCLF01D", Origin::own, "The managed system {} is not capable of i5/OS partitions (lpar_env=os400)."},
    {"HSCLF060", Origin::own, "The managed system {} does not have what {} asks for."},
    {"HSCLF061", Origin::own, "The partition {} was never activated. Change {} of the profile that it is activated with."},
    {"HSCLF062", Origin::own,
     "The trunk adapter in virtual slot {} of partition {} has trunk priority {} in VLAN {} of the virtual switch {}, and so has "
     "the "
     "one in slot {} of partition {}. Give one of the two another trunk priority."},
    {"HSCLF0C0", Origin::own,
     "The shared-processor pool {} of the managed system {} has no maximum, and takes no partition. Give it one with chhwres -r "
     "procpool."},
    {"HSCLF0C1", Origin::own,
     "The partition {} needs {} processing units, but the shared-processor pool {} of the managed system {} has only {} of {} "
     "left."},
    {"HSCLF0C2", Origin::own,
     "The shared-processor pool {} cannot have a maximum of {} processing units: it is a whole number, no less than its "
     "partitions "
     "have and it reserves, {} and {}, and no more than the system has, {}."},
    {"HSCLF0C3", Origin::own, "The name {} is in use by another shared-processor pool."},
    {"HSCLF0C4", Origin::own, "The shared-processor pool {} has what the others leave: it cannot be changed."},
    {"HSCLF0C5", Origin::own, "The partition {} has dedicated processors, and is in no shared-processor pool."},
    {"HSCLF024", Origin::own, "The managed system {} has no inactive {}, and is not capable of On/Off Capacity on Demand."},
    {"HSCLF025", Origin::own, "The managed system {} has only {} inactive {}. Activate no more than these."},
    {"HSCLF026", Origin::own, "{} MB is not a multiple of the logical memory block size, {} MB."},
    {"HSCLF027", Origin::own, "Nothing of the inactive {} of the managed system {} is activated."},
    {"HSCLF042", Origin::own, "No console has a lock on the managed system {}."},
    {"HSCLF043", Origin::own, "{} is this console itself, which needs neither keys nor --ip for its own systems."},
    {"HSCLF050", Origin::own, "The password cannot be kept: the host's library of passwords refuses it."},
    {"HSCLF051", Origin::own, "The user named {} was not found. Please check your entry and retry the command."},
    {"HSCLF052", Origin::own, "The user named {} already exists."},
    {"HSCLF053", Origin::own, "The user {} cannot be removed, nor be called otherwise, nor get another task role."},
    {"HSCLF054", Origin::own, "The key cannot be {}: {}. Please check your entry and retry the command."},
    {"HSCLF055", Origin::own, "The password policy named {} was not found. Please check your entry and retry the command."},
    {"HSCLF056", Origin::own, "The password policy named {} already exists."},
    {"HSCLF057", Origin::own, "The password policy {} is predefined: it cannot be changed or removed."},
    {"HSCLF058", Origin::own, "The password policy {} is active. Deactivate it with chpwdpolicy -o d, and retry the command."},
    {"HSCLF059", Origin::own, "The password is not acceptable: {}."},
    {"HSCLF05A", Origin::own,
     "The user {} was not let in by the console {}: its password is another one, or it has no remote access."},
    {"HSCLF0A4", Origin::own, "{} is no level of firmware. Give its number, or its release and number, such as 01EM320_040."},
    {"HSCLF0A5", Origin::own,
     "The repository {} cannot be reached from this console. It has levels on its own disk only: use -r disk."},
    {"HSCLF0A6", Origin::own, "The disk of this console does not tell which level is {}. Name the level, such as 01EM320_040."},
    {"HSCLF0A7", Origin::own, "The level is of release {}, and the managed system has release {}. Upgrade it with updlic -o u."},
    {"HSCLF0A8", Origin::own,
     "An upgrade is to another release than {}, which the managed system has. Name the release, such as 01EM330_040."},
    {"HSCLF0A9", Origin::own, "The accepted level {} is the one that is installed: there is nothing to remove."},
    {"HSCLF0AA", Origin::own,
     "The managed system {} has to be started again for this, and its partition {} runs. Shut it down, and retry the command."},
    {"HSCLF0AB", Origin::own,
     "Levels of the managed system {} are updated by its operating system. Take that over with updlic -o h."},
    {"HSCLF0D0", Origin::own,
     "Corrective service cannot be had from {}: this console reads it from a file only. Use -t disk -f <file>."},
    {"HSCLF0D1", Origin::own, "The file {} is no corrective service: {}."},
    {"HSCLF0D2", Origin::own, "The file {} has release {}, and this console has release {}: {}."},
    {"HSCLF0D3", Origin::own, "There are no installation images at {}. The console's drive has some: -d /dev/cdrom."},
    {"HSCLF0D4", Origin::own, "The profile {} has no Ethernet adapter{} to install through."},
    {"HSCLF0D5", Origin::own,
     "No adapter of {} can keep the address: it would have to be a virtual Ethernet adapter that is no trunk. Use -n, and set "
     "the "
     "address with mktcpip once there is a shared Ethernet adapter."},
    {"HSCLF0D6", Origin::own, "The Virtual I/O Server {} is installed already."},
    {"HSCLF0AC", Origin::own, "This console is not the master of the managed system {}."},
    {"HSCLF0A0", Origin::own, "The partition {} was not booted from the network: {} Its reference code is {}."},
    {"HSCLF0A1", Origin::own, "A virtual terminal of partition {} is open. Close it with rmvterm, or use -f."},
    {"HSCLF0A2", Origin::own, "The partition {} has no Ethernet adapter."},
    {"HSCLF0A3", Origin::own,
     "The Virtual I/O Server {} is started without Open Firmware, which could tell its adapters. Use lshwres -r virtualio "
     "--rsubtype eth."},
    {"HSCLF0AD", Origin::own, "There is no backup {} of the profile data of the managed system {}."},
    {"HSCLF0AE", Origin::own,
     "{} cannot be a backup of profile data: this console keeps them in {}. Give the name of a file there, without a folder."},
    {"HSCLF0AF", Origin::own,
     "This console has {} backups of profile data already. Remove one with rmprofdata, and retry the command."},
    {"HSCLF0B0", Origin::own,
     "There is a backup {} of the profile data of the managed system {} already. Choose another name, or use --force to replace "
     "it."},
    {"HSCLF0B1", Origin::own, "The partition {} of the backup is on the managed system {} now. Nothing was restored."},
    {"HSCLF0B2", Origin::own,
     "The partition {} of the backup cannot be there beside partition {} (ID {}), which has its ID or its name. Nothing was "
     "restored."},
    {"HSCLF0B3", Origin::own,
     "The partition {} is in state {}, and would have to be removed. Shut it down, and retry the command. Nothing was restored."},
    {"HSCLF0B4", Origin::own, "LDAP server is not configured."},
    {"HSCLCA00", Origin::real, "The managed system does not support multiple resource groups."},
    {"HSCLF0B5", Origin::own, "The managed frame named {} was not found.  Please check your entry and retry the command."},
    {"HSCLF0B6", Origin::own,
     "This console has {} backups of Virtual I/O Servers already. Remove one with rmviosbk, and retry the command."},
    {"HSCLF0B7", Origin::own, "There is no backup {} of the Virtual I/O Server {}."},
    {"HSCLF0B8", Origin::own,
     "A backup of type {} cannot be made or used here: it is of a whole server, or of shared storage pools, which are not there. "
     "Use -t viosioconfig."},
    {"HSCLF0B9", Origin::own, "There is a backup {} of the Virtual I/O Server {} already. Choose another name."},
    {"HSCLF0BA", Origin::own, "The virtual target device {} cannot be made again: {}. Nothing was restored."},
    {"HSCLF0BB", Origin::own, "The command {} failed on the Virtual I/O Server {}: {}"},
    {"HSCLF0BC", Origin::own, "There is no serviceable event with the number {}."},
    {"HSCLF0BD", Origin::own, "The serviceable event {} is closed already."},
    {"HSCLF023", Origin::own, "The file {} cannot be used: {}. Please check your entry and retry the command."},

    // Only frames say these, in sentences of their own; so they do with some of the others. (tests/messages.cmake)
    {"HSCLF040", Origin::own, "The managed system is locked by another console."},
    {"HSCLF041", Origin::own, "The lock of this console on the managed system was broken."},
    {"HSCL03EC", Origin::meaning, "There is not enough memory to activate the partition."},
    {"HSCL03ED", Origin::meaning, "There are not enough processors to activate the partition."},

    // ---- validation ----
    {"HSCLF200", Origin::own, "The source and the destination managed system are the same: {}. Choose another destination."},
    {"HSCLF201", Origin::own,
     "The managed system {} is not capable of {} partition mobility. lslic tells its level of firmware: release 320 or later is "
     "needed."},
    {"HSCLF202", Origin::own,
     "The managed system {} takes part in {} {} migrations already, which is the number supported. Wait until one has ended."},
    {"HSCLF203", Origin::own,
     "No mover service partition with a VASI device is available on the managed system {}. Set the msp attribute of a running "
     "Virtual "
     "I/O Server, and give it a VASI device."},
    {"HSCLF204", Origin::own,
     "The mover service partition {} on the managed system {} cannot be used: {} Choose another, or let the console choose."},
    {"HSCLF205", Origin::own,
     "The partition {} is in state {}. It must be Running for an active migration, or Not Activated for an inactive one."},
    {"HSCLF206", Origin::own,
     "The partition {} was never activated, so that there is no active profile to migrate. Activate it once, SMS is enough."},
    {"HSCLF207", Origin::own, "The name {} is already in use by a partition on the managed system {}. Rename one of the two."},
    {"HSCLF208", Origin::own,
     "The MAC address {} of virtual Ethernet adapter {} is already in use by partition {} on the managed system {}."},
    {"HSCLF209", Origin::own,
     "The logical memory block size of the source ({} MB) differs from that of the destination ({} MB). Change one of the two."},
    {"HSCLF20A", Origin::own,
     "The partition {} needs {} MB of memory and {} MB for its page table, but the managed system {} has only {} MB available."},
    {"HSCLF20B", Origin::own,
     "The memory of partition {}, {} MB, is not a multiple of the logical memory block size, {} MB, of the managed system {}."},
    {"HSCLF20C", Origin::own, "The partition {} needs {} processing units, but the managed system {} has only {} available."},
    {"HSCLF20D", Origin::own, "The partition {} needs {} dedicated processors, but the managed system {} has only {} available."},
    {"HSCLF20E", Origin::own,
     "Virtual adapter {} of partition {} does not fit: its maximum number of virtual slots is {}. Raise max_virtual_slots."},
    {"HSCLF20F", Origin::own,
     "The Virtual I/O Server {} has {} free virtual slots, but {} are needed for the adapters of partition {}."},
    {"HSCLF210", Origin::own, "The managed system {} has {} partitions already, which is its maximum."},
    {"HSCLF211", Origin::own, "The disk {} behind virtual SCSI adapter {} of {} {}."},
    {"HSCLF212", Origin::own,
     "The virtual target device {} of virtual SCSI adapter {} is backed by the {} {}. Only whole disks of a SAN can "
     "migrate."},
    {"HSCLF213", Origin::own,
     "The virtual target device {} of virtual SCSI adapter {} is backed by the internal disk {}, which no other system can see."},
    {"HSCLF214", Origin::own,
     "VLAN {}, which virtual Ethernet adapter {} uses, is not bridged to a physical network on the managed system {}. Add it to "
     "a "
     "shared Ethernet adapter."},
    {"HSCLF215", Origin::own, "The partition {} is a Virtual I/O Server, and cannot be migrated."},
    {"HSCLF216", Origin::own,
     "The physical I/O slot {} is assigned to partition {}{}. Remove it from the partition before the migration."},
    {"HSCLF217", Origin::own,
     "The partition {} uses barrier synchronization registers, and cannot be migrated while it runs. Shut it down first, or "
     "remove them."},
    {"HSCLF218", Origin::own,
     "The partition {} uses huge pages, and cannot be migrated while it runs. Shut it down first, or remove them."},
    {"HSCLF219", Origin::own,
     "An earlier migration of partition {} has failed and awaits its recovery. Recover it with migrlpar -o r, and retry the "
     "command."},
    {"HSCLF21A", Origin::own,
     "The partition {} is designated for redundant error path reporting. Take this attribute away, and activate the partition "
     "again."},
    {"HSCLF21B", Origin::own, "The partition {} belongs to the workload group {}. Remove it from the group."},
    {"HSCLF21C", Origin::own,
     "The virtual serial adapter in slot {} of partition {} is required. Only the two default serial adapters can migrate."},
    {"HSCLF21D", Origin::own,
     "The virtual serial adapter in slot {} of partition {} is not one of the two default ones, and a running partition cannot "
     "migrate with it. Remove it from the partition first."},
    {"HSCLF21E", Origin::own, "The managed system {} runs on battery power, and cannot receive a partition."},
    {"HSCLF241", Origin::own,
     "No Virtual I/O Server of the managed system {} has the {} MB left in its volume groups that the volumes behind virtual "
     "SCSI "
     "adapter {} of partition {} need."},
    {"HSCLF242", Origin::own,
     "The storage of partition {} can be copied only while it is Not Activated: shut it down, or migrate it without "
     "local_storage=copy."},
    {"HSCLF243", Origin::own,
     "The managed system {} reads streams of migrations up to format {}, and format {} is what the managed system {} writes. "
     "Start "
     "the first one again with the newer program: twinframe roll."},
    {"HSCLF240", Origin::own,
     "The managed system {} is in maintenance, and takes no partition in. Choose another destination, or end its maintenance "
     "with "
     "chsyscfg -r sys -i maintenance=0."},
    {"HSCLF21F", Origin::own,
     "The processor compatibility mode {} of partition {} is not known to the managed system {}, which has {}."},
    {"HSCLF221", Origin::own, "The virtual adapter mapping {} is not valid: {}"},
    {"HSCLF222", Origin::own,
     "The virtual SCSI adapter in slot {} of partition {} is served by no Virtual I/O Server of the managed system {}; remove "
     "it, or "
     "start its server."},
    {"HSCLF223", Origin::own, "The physical I/O slot {} of partition {} will be removed from it by the migration."},
    {"HSCLF224", Origin::own,
     "The virtual SCSI server adapter in slot {} of the Virtual I/O Server {} is set so that any client partition can connect. "
     "Set it so that only the selected client partition can: partition {}, with the slot of its client adapter."},
    {"HSCLF227", Origin::own,
     "{}={}, which {} of partition {} has, is not possible on the managed system {}: {}. Change it, or choose another "
     "destination."},
    {"HSCLF225", Origin::own,
     "The disk {} of the Virtual I/O Server {} is already being used as a backing device there. Remove that mapping, or choose "
     "another destination."},
    {"HSCLF226", Origin::own,
     "The virtual SCSI adapters {} and {} are two paths to the disk {}, but would both be hosted by the Virtual I/O Server {}. "
     "Each "
     "path needs a Virtual I/O Server of its own: choose another destination or mapping, or remove one path."},
    {"HSCLF235", Origin::own,
     "The virtual Ethernet adapters {} and {} lead to the network through different Virtual I/O Servers, but would both do so "
     "through "
     "the Virtual I/O Server {}. Each way needs one of its own: choose another destination or mapping, or remove one adapter."},
    {"HSCLF22D", Origin::own,
     "The partition {} is the service partition of the managed system {}. Make another partition the service partition, or "
     "none."},
    {"HSCLF228", Origin::own,
     "The virtual SCSI server adapter in slot {} of the Virtual I/O Server {} is required, so that the migration of partition {} "
     "cannot remove it. Mark it as desired in the server's profile, and activate the server again."},
    {"HSCLF229", Origin::own,
     "The virtual {} adapter in slot {} cannot migrate with partition {}: only virtual SCSI client adapters, virtual Ethernet "
     "adapters that are no trunks, and virtual serial adapters can. Remove it from the partition."},
    {"HSCLF22A", Origin::own, "The partition ID {} is already in use by partition {} on the managed system {}. Choose another."},
    {"HSCLF22B", Origin::own, "The managed system {} has no shared-processor pool {}."},
    {"HSCLF22C", Origin::own,
     "The partition {} has dedicated processors, and cannot be assigned to the shared-processor pool {}."},
    {"HSCLF22E", Origin::own,
     "The partition {}, as it was activated last, needs {} of the huge pages of the managed system {}, which has only {} "
     "available."},
    {"HSCLF232", Origin::own,
     "The mover service partition {} of the managed system {} ({}) does not reach {} of {} ({}) over the network. Check "
     "addresses and "
     "cables, or choose other movers."},
    {"HSCLF233", Origin::own,
     "The Virtual I/O Server {} of the managed system {} has level {}, and partition mobility needs 1.5 or later. Update it with "
     "updateios."},
    {"HSCLF234", Origin::own,
     "This console has release {}, and partition mobility needs V7R3.2 or later. Update it with updhmc."},
    {"HSCLF230", Origin::own, "No virtual slot of partition {} is free. Its current maximum is {}."},
    // ---- physical slots ----
    {"HSCLF070", Origin::own, "Partition {} requires the physical slot {}, and the managed system has no such slot."},
    {"HSCLF071", Origin::own, "Partition {} requires the physical slot {}, which partition {} has."},
    {"HSCLF072", Origin::own,
     "The managed system has no physical slot with the DRC index {}. Use lshwres -r io --rsubtype slot to list them."},
    {"HSCLF073", Origin::own, "Partition {} has the physical slot {} already. Remove it there first."},
    {"HSCLF074", Origin::own, "The partition {} does not have the physical slot {}."},
    {"HSCLF075", Origin::own,
     "The physical slot {} is required by partition {}. Mark it as desired in the partition's profile, and activate the "
     "partition "
     "again."},
    {"HSCLF076", Origin::own, "The physical slot {} was not added: the operating system of partition {} has not taken it: {}"},
    {"HSCLF077", Origin::own,
     "The physical slot {} was added to partition {}, but its operating system could not configure it: {}"},
    {"HSCLF078", Origin::own, "The physical slot {} was removed from partition {}, and is nobody's now: {}"},
    // ---- host Ethernet adapters ----
    {"HSCLF236", Origin::own,
     "The partition {} has a logical host Ethernet adapter of {}, and cannot be migrated. Remove it from the partition and from "
     "its "
     "profile."},
    {"HSCLF080", Origin::own,
     "The managed system has no host Ethernet adapter {}. Use lshwres -r hea --rsubtype phys --level sys to list them."},
    {"HSCLF081", Origin::own, "The host Ethernet adapter {} has no physical port {} in a port group {}."},
    {"HSCLF082", Origin::own,
     "The port group {} of the host Ethernet adapter {} has the logical ports 1 to {}, by its Multi-Core Scaling value, and not "
     "{}."},
    {"HSCLF083", Origin::own, "Partition {} has the logical port {} in port group {} of the host Ethernet adapter {} already."},
    {"HSCLF084", Origin::own,
     "The partition {} does not have the logical port {} in port group {} of the host Ethernet adapter {}."},
    {"HSCLF085", Origin::own,
     "The physical port {} in port group {} of the host Ethernet adapter {} is in promiscuous mode for the partition with the ID "
     "{}, "
     "and no other partition may use it."},
    {"HSCLF086", Origin::own, "The host Ethernet adapter {} cannot be so: {}."},
    {"HSCLF087", Origin::own, "There is no partition with the ID {}."},
    {"HSCLF088", Origin::own,
     "The physical port {} in port group {} of the host Ethernet adapter {} cannot be in promiscuous mode for partition {}: "
     "partition {} uses it."},
    {"HSCLF089", Origin::own, "The partition {} has no logical port of the host Ethernet adapter {}."},
    {"HSCLF231", Origin::own, "Virtual slot {} of partition {} does not have {}. Use lshwres to see what it has."},
    {"HSCLA246", Origin::real,
     "The management console cannot communicate with partition {}. Either the network connection is not available or the "
     "partition "
     "does not have a level of software that is capable of supporting this operation. Verify the correct network and setup of "
     "the partition, and try the operation again."},
    {"HSCLA24E", Origin::meaning,
     "The virtual SCSI adapter {} of the migrating partition cannot be hosted by the Virtual I/O Servers on the destination "
     "managed "
     "system{}. Make its disks visible to a running Virtual I/O Server there."},
    {"HSCLA27C", Origin::meaning,
     "The operation to get the physical device location for adapter {} on the virtual I/O server partition {} has failed: {}"},
    {"HSCLA295", Origin::meaning,
     "As part of the migration process, the console creates a new migration profile with the current state of the partition. "
     "It replaces the profile {} of the partition. Use -n to give another name."},
    {"HSCLA29A", Origin::meaning, "The partition command {} failed on partition {}: {}"},
    {"HSCLA340", Origin::meaning,
     "The console may not be able to reproduce the source multipath I/O configuration of the virtual adapters of the migrating "
     "partition on "
     "the destination: adapters of different source Virtual I/O Servers may be assigned to one on the destination, or adapters "
     "of one to different ones. Use lslparmigr -r virtualio to list the mappings."},

    // ---- the move ----
    {"HSCLF300", Origin::own, "The partition {} does not take part in a migration."},
    {"HSCLF301", Origin::own, "The migration of partition {} cannot be stopped any more: {}"},
    {"HSCLF302", Origin::own, "The migration of partition {} was stopped. The partition stays on the managed system {}."},
    {"HSCLF303", Origin::own, "The migration of partition {} failed in the step \"{}\". All changes were rolled back."},
    {"HSCLF304", Origin::own,
     "The migration of partition {} failed in the step \"{}\". The changes could not all be rolled back: {} Use migrlpar -o r "
     "when both "
     "managed systems answer."},
    {"HSCLF305", Origin::own,
     "The partition {} belongs to the managed system {} now, but its migration could not be finished in the step \"{}\". Use "
     "migrlpar -o r to "
     "complete it."},
    {"HSCLF306", Origin::own,
     "The migration of partition {} is under way on this console. Stop it with migrlpar -o s, or wait until it has ended."},
    {"HSCLF307", Origin::own,
     "The managed system {} does not answer, and without it nobody can say who owns partition {}. Start it and retry; or, if it "
     "is lost "
     "for good, use --force."},
    {"HSCLF308", Origin::own,
     "The partition {} was handed over to the managed system {}, which does not answer. Start it and retry the command."},
    {"HSCLF309", Origin::own,
     "The migration of partition {} was recovered on {}, but {} does not answer. Retry when it does, to clean it up."},
    {"HSCLF30A", Origin::own, "The recovery of partition {} failed: {}"},
    {"HSCLF30B", Origin::own, "The console could not write its journal: {}"},
    {"HSCLF30C", Origin::own, "The partition {} refused to prepare for the migration: {}"},
    {"HSCLF30D", Origin::own, "The partition {} refused the migration: {}"},
    {"HSCLF30E", Origin::own, "The mover service partition on the managed system {} reports: {}"},
    {"HSCLF30F", Origin::own,
     "The partition {} runs on the managed system {}, but was not told that its migration has ended: {}"},
    {"HSCLF310", Origin::own,
     "The partition {} belongs to the managed system {}, but the contents of its memory were lost with a system that ended "
     "during "
     "the migration. It is powered off; activate it."},
    {"HSCLF311", Origin::own, "The mover service partition {} takes part in {} migrations already, which is its maximum."},
    {"HSCLF313", Origin::own,
     "The operating system of partition {} was not told that its migration was undone: {} Its preparations for the migration "
     "stay."},
    {"HSCLF314", Origin::own,
     "The migration of partition {} was interrupted, because the mover service partition {} has no connection any more. The "
     "partition runs "
     "on where it was. Restore the network, use migrlpar -o r, and retry the migration."},
    {"HSCLF315", Origin::own,
     "The migration of partition {} failed in the step \"{}\". Nothing was rolled back. Use migrlpar -o r to recover it."},
    {"HSCLF332", Origin::own,
     "The copy of the volume {} on the managed system {} is not the same as the volume. Nothing is taken away from either."},
    {"HSCLF331", Origin::own, "The phase {} of the migration of partition {} has taken longer than its limit of {} seconds."},
    {"HSCLF180", Origin::own, "The managed system {} cannot be fenced by this console: it is another console's."},
    {"HSCLF181", Origin::own,
     "The managed system {} does not answer, but its process still exists, and may run other partitions: {}. They would lose "
     "their "
     "power. Use --force to restart the partition all the same, or restart the others, too."},
    {"HSCLF182", Origin::own,
     "The managed system {} answers. A partition is restarted on another system only if its own is in the No Connection state. "
     "Migrate it with migrlpar."},
    {"HSCLF183", Origin::own, "The partition {} belongs to the managed system {}. Nothing was restarted."},
    {"HSCLF184", Origin::own,
     "The partition {} is not capable of remote restart: simplified_remote_restart_capable=0. Change that with chsyscfg -r lpar "
     "as "
     "long as its managed system answers."},
    {"HSCLF185", Origin::own, "The managed system {} has nothing of a remote restart of partition {}."},
    {"HSCLF186", Origin::own, "The managed system {} was not fenced: {} Nothing was restarted."},
    {"HSCLF187", Origin::own, "The partition {} belongs to the managed system {} now, but could not be started there: {}"},
    {"HSCLF188", Origin::own,
     "The process of the managed system {} exists, and only a restart ends it: what it has stored was not looked at."},
    {"HSCLF312", Origin::own,
     "The console {} cannot be reached. Check its address, and that it runs; `twinframe status` lists consoles."},
};

namespace detail {
constexpr size_t placeholders(std::string_view text) {
  size_t count = 0;
  for (size_t at = text.find("{}"); at != text.npos; at = text.find("{}", at + 2)) ++count;
  return count;
}
void no_such_message();  // never defined: calling it where a constant is needed does not compile

constexpr size_t row_of(std::string_view code) {
  size_t row = 0;
  while (row < std::size(messages) && messages[row].code != code) ++row;
  return row;
}
}  // namespace detail

constexpr const Message* find_message(std::string_view code) {
  const auto* row = std::ranges::find(messages, code, &Message::code);
  return row == std::end(messages) ? nullptr : row;
}

template <class... Arguments>
struct Saying {
  // By number, not by address: with the undefined-behaviour sanitizer g++ 12 finds no address constant enough to be compared.
  consteval Saying(const char* code) : row(detail::row_of(code)) {
    if (row == std::size(messages) || detail::placeholders(messages[row].text) != sizeof...(Arguments)) detail::no_such_message();
  }
  size_t row;
};

template <class... Arguments>
emu::Error say(Saying<std::type_identity_t<Arguments>...> saying, Arguments&&... arguments) {
  return {std::string(messages[saying.row].code), fmt::vformat(messages[saying.row].text, fmt::make_format_args(arguments...))};
}

// A sentence without a code, as some usage errors are.
emu::Error usage_error(std::string_view parameters);  // "... missing or have an invalid value are -m. ..."

// A frame refuses with a word and a sentence of its own: here with the code that scripts look for. A usage error has none.
emu::Error with_code(const emu::Error&);

// As it is printed: the code, a blank, the text.
std::string line_of(const emu::Error&);

}  // namespace hmc

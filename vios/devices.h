// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The devices of a VIOS: the list of its backends, one for each kind of virtual adapters (vios/backends), and what these share: disks and
// volumes, physical ports, the error log, the stored configuration. What the padmin commands and the HMC's requests work on. Everything
// happens on the VIOS's thread.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emu/core/clock.h"
#include "emu/core/lab.h"
#include "emu/link/service.h"
#include "vios/backends/backend.h"
#include "vios/command_log.h"
#include "vios/configuration.h"
#include "vios/error_log.h"
#include "vios/lpm_log.h"
#include "vios/real_memory.h"
#include "vios/san/lun.h"

namespace vios {

inline constexpr std::string_view port_description = "2-Port 10/100/1000 Base-TX PCI-X Adapter (14108902)";

// What the SAN shows a server, as it is now.
struct SanView {
  std::vector<emu::LunConfig> luns;  // all there are
  std::vector<std::string> seen;     // names, in the order of the hdisks of a new server
  std::set<std::string> offline;     // LUNs that answer nobody
};

// A physical slot that the server has, and what is in it.
struct OwnedSlot {
  u32 drc_index = 0;
  std::string location;
  std::string segment;  // of a network adapter: where its cable leads
  std::string disk;     // of a disk: its file
};

// What the frame gives a VIOS.
struct Setup {
  std::string frame_name;
  std::string type_model;
  std::string serial_num;
  emu::ViosConfig config;
  SanView san;
  std::vector<OwnedSlot> slots;
  std::vector<emu::SegmentConfig> segments;  // the lab's
  std::string lab_folder;                    // relative image paths start here
  emu::LabFolders folders;
  std::string rmc_key;  // by which it knows its HMC
};

struct Disk {
  std::string name;  // hdisk1
  std::shared_ptr<Lun> lun;
  bool on_san = true;
  bool volume = false;     // a logical volume or a file, not a disk
  bool rootvg = false;     // the disk that rootvg is on
  bool shown = true;       // false: the SAN does not show it to this server any more
  std::string location{};  // of the physical slot that it is in; else empty
};

struct PhysicalPort {
  std::string name;  // ent0
  std::string segment;
  bool plugged = true;     // its cable
  std::string location{};  // of the physical slot that its adapter is in; else empty
};

class VirtualEthernet;
class VirtualScsi;

class Devices {
 public:
  static emu::Result<std::unique_ptr<Devices>> create(firmware::NativePartition&, Setup, const emu::Clock&);
  ~Devices();

  // ---- inventory ----
  std::span<const std::unique_ptr<Backend>> backends() const { return backends_; }
  VirtualScsi& scsi() { return *scsi_; }
  const VirtualScsi& scsi() const { return *scsi_; }
  VirtualEthernet& ethernet() { return *ethernet_; }
  const VirtualEthernet& ethernet() const { return *ethernet_; }
  std::vector<Device> list() const;  // all devices there are to any command, in lsdev's order
  std::optional<Device> find(const std::string& device) const;
  bool exists(const std::string& device) const { return find(device).has_value(); }
  std::vector<Attribute> attributes(const std::string& device) const;
  std::string physloc(const std::string& device) const;  // empty if it has none
  bool held(const std::string& device) const;            // a move needs it: no command may take it away, or change it
  emu::service::ViosInfo describe() const;
  // Of a volume that a move holds: what is in it, and what is to be in it.
  emu::Result<emu::service::VolumePiece> read_volume(const emu::service::ReadVolume&) const;
  emu::Status write_volume(const emu::service::WriteVolume&);

  // ---- what the backends share ----
  const Setup& setup() const { return setup_; }
  firmware::NativePartition& partition() { return partition_; }
  RealMemory& real_memory() { return real_; }
  ErrorLog& errors() { return errors_; }
  CommandLog& command_log() { return command_log_; }
  LpmLog& lpm_log() { return lpm_log_; }
  const emu::Clock& clock() const { return clock_; }
  std::vector<Disk>& disks() { return disks_; }  // hdisks and logical volumes
  const std::vector<Disk>& disks() const { return disks_; }
  const std::vector<StoredVolume>& volumes() const { return configuration_.volumes; }
  const std::vector<StoredGroup>& groups() const { return configuration_.groups; }  // but for rootvg
  Disk* disk(const std::string& name);
  const Disk* any_disk(const std::string& name) const;  // deleted ones, too
  Disk* disk_by_udid(const std::string& udid);
  std::string reserve_policy(const Disk&) const;
  std::vector<PhysicalPort>& ports() { return ports_; }
  const PhysicalPort* port(const std::string& name) const;
  std::string server_name() const;  // "frameA/viosA"
  std::string slot_location(u32 slot) const;
  bool taken(const std::string& name) const;  // by a device, whether it is configured or not
  std::string free_name(const std::string& prefix) const;
  bool absent(const std::string& device) const { return absent_.contains(device); }
  bool is_deleted(const std::string& device) const;
  void found_again(const std::string& device) { absent_.erase(device); }
  // What chdev has set.
  std::string stored_attribute(const std::string& device, std::string_view name, std::string_view otherwise) const;
  bool take_over(const std::string& mark);  // of the lab file; false: that has been done at an earlier start

  // ---- changes; each is kept over a restart. Errors: code "vios", text as the commands print it. What cannot be stored has not
  // happened: everything is as before ----
  Configuration stored() const;             // as things are
  emu::Status store(const Configuration&);  // from now on it is what the next start finds
  emu::Status save();                       // stored(); on an error the caller puts back what was
  emu::Status set_attributes(const std::string& device, const std::map<std::string, std::string>& values, bool only_stored);
  emu::Status add_volume(StoredVolume);                // of whole partitions; its number is given to it
  emu::Status remove_volume(const std::string& name);  // what is on it is lost
  // One like that, in the same pool or group if that has room, else in any group. Its name.
  emu::Result<std::string> make_volume_like(const emu::service::ViosVolume&);
  emu::Status set_groups(std::vector<StoredGroup>);
  emu::Status accept_license();
  // ioslevel: what is installed. Empty: nothing that could be rejected, for all of it is committed.
  std::string level() const { return configuration_.level.empty() ? setup_.config.level : configuration_.level; }
  const std::string& committed_level() const { return configuration_.committed_level; }
  // The new level's license is accepted or not; the one before it can be had again until the new one is committed.
  emu::Status install(const std::string& level, bool license_accepted);
  emu::Status commit();
  emu::Status reject();
  u64 license_accepted() const { return configuration_.license_accepted; }  // nanoseconds since 1970; 0: not yet
  // rmdev. Its children and it, as they were removed; `to`: Defined, or not known any more.
  emu::Result<std::vector<std::string>> remove(const std::string& device, Absence to, bool with_children);
  void scan();  // adapters that came or went
  emu::Status unplug(u32 slot);
  emu::Status release(u32 drc_index) const;    // an error: what is in this physical slot is in use
  emu::Status follow(std::vector<OwnedSlot>);  // what it has now; what is new is a device after cfgdev
  // cfgdev: that too, and whatever is Defined becomes Available; of one device and its children, or of all.
  emu::Status configure(const std::string& device);

  // ---- for the loop ----
  void set_offline(std::set<std::string> subsystems);  // these answer nothing, all others do
  emu::Status follow(SanView);  // what it shows no more answers nothing; what is new is a device after cfgdev
  bool poll();
  u64 wait() const;  // nanoseconds until the next poll, though nothing comes
  bool must_retry() const;
  void retry();

 private:
  Devices(firmware::NativePartition&, Setup, const emu::Clock&);
  emu::Status start();
  emu::Status read_configuration();
  emu::Status open_disks();
  emu::Result<std::shared_ptr<Lun>> open_lun(const emu::LunConfig&) const;
  emu::LunConfig config_of(const StoredVolume&) const;  // of its file
  emu::Status find_disks();                             // that the SAN shows, and that are no devices yet
  const emu::LunConfig* lun_config(std::string_view name) const;
  void follow_san();
  bool answers(const Disk&) const;                  // as its SAN is now
  static void forget(Configuration&, const Disk&);  // its name, and what chdev has set
  std::vector<std::string> missing_disks() const;
  bool missing(const std::string& device) const;
  void describe_volumes(emu::service::ViosInfo&) const;
  emu::Status find_slots();  // whose adapters are no devices yet
  std::vector<std::string> in_slot(const OwnedSlot&) const;
  emu::Error cannot_pull(const std::string& device) const;
  emu::Status keep_level(const Configuration&);
  std::string own_lun(const std::string& name) const;                  // of a disk or volume of its own
  std::string own_disk() const;                                        // the file of hdisk0
  std::vector<Device> own_devices() const;                             // those of no backend
  std::vector<Device> plugged_devices() const;                         // all, whether they are configured or not
  std::vector<Device> with_children(const std::string& device) const;  // the deepest first
  bool in_use(const Device&) const;                                    // or the server cannot do without it

  firmware::NativePartition& partition_;
  Setup setup_;
  const emu::Clock& clock_;
  RealMemory real_;
  ErrorLog errors_;
  CommandLog command_log_;
  LpmLog lpm_log_;
  Configuration configuration_;  // but for what the backends have of it
  Bytes file_content_;           // of the file that it is stored in
  std::vector<Disk> disks_;
  std::set<std::string> subsystems_offline_;
  std::vector<PhysicalPort> ports_;
  std::map<std::string, Absence> absent_;
  std::vector<std::unique_ptr<Backend>> backends_;
  VirtualScsi* scsi_ = nullptr;  // two of them
  VirtualEthernet* ethernet_ = nullptr;
};

}  // namespace vios

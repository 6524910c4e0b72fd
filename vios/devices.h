// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The devices of a VIOS: disks, virtual SCSI server adapters with their virtual target devices, Ethernet adapters. What
// the padmin commands and the HMC's requests work on. Everything happens on the VIOS's thread.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emu/core/clock.h"
#include "emu/core/lab.h"
#include "emu/link/service.h"
#include "vios/configuration.h"
#include "vios/error_log.h"
#include "vios/net/responder.h"
#include "vios/scsi/host.h"
#include "vios/sea/shared_ethernet.h"

namespace vios {

inline constexpr std::string_view ioslevel = "2.1.3.0";  // 1.5 or later can take part in moves (Redbook 3.5.1)

// What the frame gives a VIOS.
struct Setup {
  std::string frame_name;
  std::string type_model;
  std::string serial_num;
  emu::ViosConfig config;
  std::vector<emu::LunConfig> luns;  // the lab's
  std::string lab_folder;            // relative image paths start here
  emu::LabFolders folders;
  std::string rmc_key;  // by which it knows its HMC
};

struct Disk {
  std::string name;  // hdisk1
  std::shared_ptr<Lun> lun;
  bool on_san = true;
  bool volume = false;  // a logical volume of rootvg, not a disk
};

struct Host {
  StoredHost stored;
  std::unique_ptr<ScsiHost> scsi;  // null while its adapter is not there (Defined)
  std::string name;                // vhost0
};

struct PhysicalPort {
  std::string name;  // ent0
  std::string segment;
};

struct VirtualLan {
  std::string name;  // ent1
  firmware::NativeAdapter adapter;
};

struct Bridge {
  std::string name;  // ent4
  std::string port;  // ent0
  std::vector<std::string> trunks;
  StoredBridge stored;
  std::unique_ptr<SharedEthernet> sea;  // null: Defined
};

// A line of lsdev.
struct Device {
  std::string name;
  std::string status = "Available";
  std::string description;
  std::string type;  // adapter, disk, vtd ...
  bool is_virtual = false;
  std::string physloc;
  std::string parent;
};
// Taken away, while what it stands for is still there: until cfgdev finds it again, or the next start.
enum class Absence { defined = 1, deleted };

struct Attribute {
  std::string name;
  std::string value;
  std::string description;
  bool settable = false;
};

class Devices {
 public:
  static emu::Result<std::unique_ptr<Devices>> create(firmware::NativePartition&, Setup, const emu::Clock&);

  // ---- inventory ----
  const Setup& setup() const { return setup_; }
  firmware::NativePartition& partition() { return partition_; }
  RealMemory& real_memory() { return real_; }
  ErrorLog& errors() { return errors_; }
  const emu::Clock& clock() const { return clock_; }
  std::vector<Disk>& disks() { return disks_; }  // hdisks and logical volumes
  std::vector<Host>& hosts() { return hosts_; }
  std::vector<PhysicalPort>& ports() { return ports_; }
  std::vector<VirtualLan>& lans() { return lans_; }
  std::vector<Bridge>& bridges() { return bridges_; }
  std::vector<Device> list() const;  // all devices there are to any command, in lsdev's order
  std::optional<Device> find(const std::string& device) const;
  std::vector<Attribute> attributes(const std::string& device) const;
  std::string physloc(const std::string& device) const;  // empty if it has none
  std::string reserve_policy(const Disk&) const;
  Disk* disk(const std::string& name);
  Disk* disk_by_udid(const std::string& udid);
  Host* host(const std::string& name);
  Host* host_of_client(u32 client_id, u32 client_slot);
  // The virtual target device and its adapter.
  std::pair<Host*, StoredTarget*> target(const std::string& vtd);
  Disk* backing(const StoredTarget&);
  bool exported(const Disk&) const;  // backs a virtual target device, Available or Defined: nobody else gets it without -f
  bool exists(const std::string& device) const { return find(device).has_value(); }
  bool held(const std::string& device) const;  // a move needs it: no command may take it away, or change it

  // ---- changes; each is kept over a restart. Errors: code "vios", text as the commands print it. What cannot be stored has not
  // happened: everything is as before ----
  emu::Result<std::string> add_target(const std::string& backing, const std::string& vhost, const std::string& wanted_name,
                                      u64 wanted_lun);
  emu::Status remove_targets(const std::vector<std::string>& vtds);
  emu::Status set_available(const std::string& vtd, bool available);
  emu::Status set_attributes(const std::string& device, const std::map<std::string, std::string>& values, bool only_stored);
  emu::Status add_volume(const std::string& name, u64 size_mb);
  emu::Result<std::string> add_bridge(const std::string& port, const std::vector<std::string>& trunks);
  // rmdev. Its children and it, as they were removed; `to`: Defined, or not known any more.
  emu::Result<std::vector<std::string>> remove(const std::string& device, Absence to, bool with_children);
  void scan();  // adapters that came or went
  // cfgdev: that too, and whatever is Defined becomes Available; of one device and its children, or of all.
  emu::Status configure(const std::string& device);

  // ---- for the HMC ----
  emu::service::ViosInfo describe() const;
  emu::Result<emu::service::ViosSlot> add_mapping(const emu::service::AddViosMapping&);
  emu::Status remove_mapping(const emu::service::RemoveViosMapping&);
  void set_cables(bool plugged);

  const scsi::Activity& activity() const { return activity_; }  // any thread
  // Error HSCLA211 if somebody has reserved a disk of this client, or has registered a key there. Any thread, at once.
  emu::Status unreserved(u32 client_id) const;

  // ---- for the loop ----
  bool poll();
  void retry();

 private:
  Devices(firmware::NativePartition&, Setup, const emu::Clock&);
  emu::Status start();
  emu::Status read_configuration();
  emu::Status open_disks();
  void import_mappings();
  void build_networks();
  emu::Result<std::string> make_bridge(const std::string& name, const std::string& port, const std::vector<std::string>& trunks);
  emu::Status start_bridge(Bridge&);  // to Available
  void restore_bridge(const StoredBridge&);
  std::vector<StoredBridge> stored_bridges() const;
  Configuration stored() const;             // as things are
  emu::Status store(const Configuration&);  // from now on it is what the next start finds
  emu::Status save();                       // stored(); on an error the caller puts back what was
  void publish();                           // exports_
  std::string server_name() const;
  std::string own_lun(const std::string& name) const;  // of a disk or volume of its own
  std::string own_disk() const;                        // the file of hdisk0
  std::vector<Device> plugged_devices() const;         // whether they are configured or not
  bool taken(const std::string& name) const;           // by any of these
  bool is_deleted(const std::string& device) const;
  std::vector<Device> with_children(const std::string& device) const;  // the deepest first
  bool in_use(const Device&) const;                                    // or the server cannot do without it
  std::string free_name(const std::string& prefix) const;
  // Makes the target, Available, without storing it.
  emu::Result<std::string> make_target(Host&, Disk&, const std::string& wanted_name, u64 wanted_lun);
  void drop_target(Host&, const std::string& vtd);
  emu::Status start_target(Host&, StoredTarget&);  // to Available
  // False: it is another partition's, or for another of its adapters. The first client that is known is the one that it is for.
  bool belongs(const Host&, StoredTarget&) const;
  void client_came(u32 slot);
  void stop_target(Host&, StoredTarget&);  // to Defined
  bool used(const Disk&) const;            // by an available virtual target device
  void start_host(Host&, const firmware::NativeAdapter&);
  std::string slot_location(u32 slot) const;

  firmware::NativePartition& partition_;
  Setup setup_;
  const emu::Clock& clock_;
  RealMemory real_;
  ErrorLog errors_;
  Responder responder_;
  Flusher flusher_;
  scsi::Activity activity_;
  Configuration configuration_;  // without hosts and bridges: those are hosts_ and bridges_
  Bytes file_content_;           // of the file that it is stored in
  std::vector<Disk> disks_;
  std::vector<Host> hosts_;
  std::vector<PhysicalPort> ports_;
  std::vector<VirtualLan> lans_;
  std::vector<Bridge> bridges_;
  struct Export {
    u32 client_slot = 0;
    std::string disk;
    std::shared_ptr<Lun> lun;
  };
  mutable std::mutex exports_mutex_;
  std::multimap<u32, Export> exports_;  // by client, for other threads
  std::map<std::string, Absence> absent_;
  u32 vasi_slot_ = 0;
};

}  // namespace vios

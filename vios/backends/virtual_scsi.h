// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual SCSI server adapters (vhost0, vhost1 ...), and the virtual target devices on them, each with a disk or volume behind it.

#include <map>
#include <memory>
#include <mutex>

#include "vios/backends/backend.h"
#include "vios/scsi/host.h"

namespace vios {

class Devices;
struct Disk;

class VirtualScsi final : public Backend {
 public:
  explicit VirtualScsi(Devices&);

  std::vector<Device> list() const override;
  std::vector<Attribute> attributes(const std::string& device) const override;
  std::string physloc(const std::string& device) const override;
  bool in_use(const Device&) const override;
  bool held(const std::string& device, const emu::Hold&) const override;
  void describe(emu::service::ViosInfo&) const override;
  const MapShape* shape() const override;
  std::vector<Mapping> mappings() const override;
  std::span<const MapOption> map_options() const override;
  emu::Result<std::string> map(const MapRequest&) override;
  void load(const Configuration&) override;
  void start() override;
  void scan(const Plugged&) override;
  void store(Configuration&) const override;
  void publish() override;
  emu::Status configure(std::span<const std::string> names, const std::string& device) override;
  void back_to(const Configuration& before) override;
  void remove_from(Configuration&, std::span<const Device>, Absence to) const override;
  bool remove(const Device&, Absence to) override;
  bool poll() override;
  bool must_retry() const override;
  void retry() override;

  // ---- its target devices ----
  std::vector<std::string> targets_of(const Disk&) const;
  bool used(const Disk&) const;                                 // by one that is Available
  bool exported(const Disk&) const;                             // backs one, Available or Defined: nobody else gets it without -f
  emu::Status remove_targets(const std::vector<std::string>&);  // rmvdev

  // ---- for the HMC ----
  emu::Result<emu::service::ViosSlot> add_mapping(const emu::service::AddViosMapping&);
  emu::Status remove_mapping(const emu::service::RemoveViosMapping&);
  const scsi::Activity& activity() const { return activity_; }  // any thread
  // Error HSCLF211 if somebody has reserved a disk of this client, or has registered a key there. Any thread, at once.
  emu::Status unreserved(u32 client_id) const;

 private:
  struct Host {
    StoredHost stored;
    std::unique_ptr<ScsiHost> scsi;  // null while its adapter is not there (Defined)
    std::string name;                // vhost0
  };
  struct Export {
    u32 client_slot = 0;
    std::string disk;
    std::shared_ptr<Lun> lun;
  };

  Host* host(const std::string& name);
  Host* host_in_slot(u32 slot);
  std::pair<Host*, StoredTarget*> target(const std::string& vtd);
  Disk* backing(const StoredTarget&) const;
  bool plugged(u32 slot) const;
  void import_mappings();
  void start_host(Host&, const firmware::NativeAdapter&);
  // Makes the target, Available, without storing it.
  emu::Result<std::string> make_target(Host&, Disk&, const std::string& wanted_name, u64 wanted_lun);
  void drop_target(Host&, const std::string& vtd);
  emu::Status start_target(Host&, StoredTarget&);  // to Available
  void stop_target(Host&, StoredTarget&);          // to Defined
  // False: it is another partition's, or for another of its adapters. The first client that is known is the one that it is for.
  bool belongs(const Host&, StoredTarget&) const;
  void client_came(u32 slot);

  Devices& devices_;
  Flusher flusher_;
  scsi::Activity activity_;
  std::vector<Host> hosts_;
  mutable std::mutex exports_mutex_;
  std::multimap<u32, Export> exports_;  // by client, for other threads
};

}  // namespace vios

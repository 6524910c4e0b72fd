// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A Virtual I/O Server: native code in a partition. It has one thread, which emu/frame gives it; on that thread it serves its
// adapters, and what others ask of it. Functions marked "any thread" wait for that thread.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "emu/link/service.h"
#include "vios/devices.h"
#include "vios/mover/path_watch.h"

namespace vios {

class VirtualIoServer {
 public:
  // On the thread that will call run(), or before that thread exists. Partition and clock must outlive the server. Opens
  // the LUNs, registers the adapters, plugs into the segments; the files lie in the setup's folders.
  static emu::Result<std::unique_ptr<VirtualIoServer>> create(firmware::NativePartition&, Setup, const emu::Clock&);
  // Destroy it on the thread that called run(), or after that thread has ended.
  ~VirtualIoServer();

  // Serves until stop(). Requests that came before are answered once it runs.
  void run();
  void stop();  // any thread; does not wait

  // ---- any thread but its own. Error "closed" if the server has ended ----
  emu::Result<emu::service::ViosInfo> describe();
  emu::Result<emu::service::ViosSlot> add_mapping(const emu::service::AddViosMapping&);
  emu::Status remove_mapping(const emu::service::RemoveViosMapping&);
  emu::Result<emu::service::VolumePiece> read_volume(const emu::service::ReadVolume&);
  emu::Status write_volume(const emu::service::WriteVolume&);
  // A dynamic operation of the HMC: the slot. An adapter that was plugged is no device before cfgdev; one is pulled only when rmdev has
  // taken its devices away.
  emu::Result<u32> plug(const emu::VirtualAdapter&);
  emu::Status unplug(u32 slot);
  // The hypervisor has changed VLANs of virtual Ethernet adapters, or has disabled or enabled one.
  emu::Status adapters_changed();
  emu::service::ViosOutput command(const std::string& line);           // as padmin types it
  std::map<u32, u64> disk_commands() const;                            // answered, by client partition; does not wait
  emu::Status unreserved(u32 client_id) const;                         // does not wait
  emu::Status set_cables(bool plugged, const std::string& port = "");  // faults: unplug-network, unplug-cable:ent0 ...
  emu::Status set_offline(const std::set<std::string>& subsystems);    // likewise: offline-subsystem
  emu::Status follow(const SanView&);                                  // what the SAN shows it now
  emu::Status release(u32 drc_index);                                  // an error: what is in this physical slot is in use
  emu::Status follow(const std::vector<OwnedSlot>&);                   // which it has now
  // Whether another host answers on a network of the server's, within `patience` nanoseconds.
  emu::Result<bool> reaches(const PathWatch::Ends&, u64 patience);
  // Of a migration: the other mover is asked for again and again. `lost` (on the server's thread) is told when it is out of reach.
  emu::Status watch_path(u64 stream, const PathWatch::Ends&, std::function<void(u64 stream)> lost);
  void end_watch(u64 stream);
  // By which RMC knows the server, if its partition's definition has another one. Then the definition gets it.
  emu::Result<std::optional<std::string>> new_address();
  emu::Status address_is_known(const std::string& address);
  // Runs `work` on the server's thread and waits for it.
  emu::Status on_thread(std::function<void()> work);

  // ---- for the mover; on the server's thread, or before run() ----
  firmware::NativePartition& partition() { return partition_; }
  RealMemory& real_memory() { return devices_->real_memory(); }
  ErrorLogSink& error_log() { return devices_->errors(); }
  LpmLog& lpm_log() { return devices_->lpm_log(); }
  Devices& devices() { return *devices_; }
  // How many migrations this mover takes part in: shown by describe().
  std::atomic<u32> active_migrations{0};

 private:
  struct Job {
    std::function<void()> work;
    bool done = false;
    bool refused = false;
  };
  VirtualIoServer(firmware::NativePartition& partition, std::unique_ptr<Devices> devices);
  void run_jobs();

  firmware::NativePartition& partition_;
  std::unique_ptr<Devices> devices_;
  std::map<u64, std::function<void(u64)>> lost_;  // by stream; the server's thread
  PathWatch paths_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable job_done_;
  std::deque<std::shared_ptr<Job>> jobs_;
  bool closed_ = false;
};

}  // namespace vios

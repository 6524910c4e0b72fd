// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The threads of a frame's Virtual I/O Servers: one for each that is activated. They come and go as the hypervisor
// activates and stops the partitions.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "emu/core/clock.h"
#include "emu/core/lab.h"
#include "emu/core/san.h"
#include "emu/frame/frame_faults.h"
#include "emu/link/service.h"
#include "firmware/hypervisor.h"
#include "firmware/journal.h"

namespace vios {
class Mover;
struct OwnedSlot;
struct SanView;
}  // namespace vios

namespace emu::frame {

class ViosThreads {
 public:
  // All must outlive it. `lab` says what LUNs and segments there are, `folders` where.
  ViosThreads(const Lab& lab, const LabFolders& folders, const FrameConfig& config, firmware::Hypervisor& hypervisor,
              firmware::Journal& journal, const Clock& clock);
  ~ViosThreads();

  Result<service::ViosOutput> run_command(u32 lpar_id, const std::string& command);
  Result<service::ViosInfo> describe(u32 lpar_id);
  // A server that is defined now comes up when somebody has installed it.
  Status has_nothing_yet(const std::string& uuid);
  Status install(u32 lpar_id);
  bool installed(const std::string& uuid) const;
  Result<service::ViosSlot> add_mapping(const service::AddViosMapping&);
  Status remove_mapping(const service::RemoveViosMapping&);
  Result<service::VolumePiece> read_volume(const service::ReadVolume&);
  Status write_volume(const service::WriteVolume&);
  Result<service::AdapterSlot> add_adapter(const service::AddAdapter&);
  Status remove_adapter(const service::RemoveAdapter&);
  Status adapters_changed(u32 lpar_id);  // VLANs of those that are plugged in
  // The mover of partition `msp_id`: a link for the stream, at `path`; the target's side creates it.
  Status open_mover(const service::OpenStream&, const std::string& path);
  Result<service::PathProbed> probe(const service::ProbePath&);
  void close_mover(u64 stream);
  std::map<u32, u64> disk_commands() const;  // answered, by client partition
  // The faults of movers and networks that are in force. One that starts later has them, too.
  FrameFaults& faults() { return faults_; }
  Status follow_faults();
  Status knows(const std::string& vios) const;            // an error: the frame has no Virtual I/O Server of that name
  Status knows_subsystem(const std::string& name) const;  // likewise: the SAN has no LUN in it
  Status follow_san();                                    // somebody has changed it
  Status release_slot(u32 lpar_id, u32 drc_index);        // an error: what is in this physical slot is in use
  Status slots_changed(u32 lpar_id);

 private:
  struct Running;
  Status changed(u32 lpar_id, bool running);
  // The VIOS, kept alive while it is asked something.
  Result<std::shared_ptr<Running>> running(u32 lpar_id) const;
  std::vector<std::shared_ptr<Running>> all(u32 lpar_id) const;  // 0: every one
  void follow_vasi(Running&);
  void follow_address(Running&);
  std::string name_of(u32 lpar_id) const;
  std::string uuid_of(u32 lpar_id) const;
  vios::SanView view_of(const San&, u32 lpar_id) const;
  Result<std::vector<vios::OwnedSlot>> slots_of(u32 lpar_id) const;
  Status follow_faults(Running&);
  std::unique_ptr<vios::Mover> with_faults(std::unique_ptr<vios::Mover>, u32 lpar_id);

  const Lab& lab_;
  const LabFolders& folders_;
  const FrameConfig& config_;
  firmware::Hypervisor& hypervisor_;
  firmware::Journal& journal_;
  const Clock& clock_;
  FrameFaults faults_;  // outlives the movers, which ask it
  mutable std::mutex mutex_;
  std::map<u32, std::shared_ptr<Running>> running_;
};

}  // namespace emu::frame

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The service processor: answers what the HMC and others ask over the service link (emu/link/service.h). One overload for
// each request; a request without one does not compile. Called from a thread for each client.

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

#include "emu/core/clock.h"
#include "emu/core/lab.h"
#include "emu/frame/counter_watch.h"
#include "emu/frame/death.h"
#include "emu/frame/frame_faults.h"
#include "emu/frame/heartbeats.h"
#include "emu/frame/netboot/network_boots.h"
#include "emu/frame/turns.h"
#include "emu/frame/vios_threads.h"
#include "emu/frame/vterm.h"
#include "emu/link/service.h"
#include "firmware/hypervisor.h"

namespace emu::frame {

class ServiceProcessor {
 public:
  // All must outlive it. `runtime`: the lab's folder of links.
  // `start`: activates what runs whenever the system does.
  ServiceProcessor(const FrameConfig&, firmware::Hypervisor&, ViosThreads&, Death&, const Clock&, std::string runtime,
                   std::function<void()> start);
  ~ServiceProcessor() { death_.disarm(); }

  // Whether a change may be made that is asked under this epoch of the system's lock.
  Status admits(u64 epoch) const { return hypervisor_.admits(epoch); }

  // Somebody asked for the orderly end of the process.
  bool shutdown_wanted() const { return shutdown_wanted_; }
  // Makes something go wrong; the lab file's, too. Its number; 0: it has taken others back.
  Result<u32> set_fault(const Fault&);
  // Before anybody may ask. What is called then must be there as long as somebody may.
  void on_shutdown(std::function<void()> listener) { on_shutdown_ = std::move(listener); }

  Result<service::SystemInfo> operator()(const service::DescribeSystem&);
  Result<service::Lpars> operator()(const service::ListLpars&);
  Result<service::RefCodes> operator()(const service::ListRefCodes&);
  Result<Changes> operator()(const service::ReadChanges&);
  Result<service::Empty> operator()(const service::DefineLpar&);
  Result<service::Empty> operator()(const service::RemoveLpar&);
  Result<service::Empty> operator()(const service::WriteProfile&);
  Result<service::Empty> operator()(const service::RemoveProfile&);
  Result<emu::SystemProfiles> operator()(const service::ListSystemProfiles&);
  Result<service::Empty> operator()(const service::WriteSystemProfile&);
  Result<service::Empty> operator()(const service::RemoveSystemProfile&);
  Result<service::Empty> operator()(const service::RequestHugePages&);
  Result<service::Empty> operator()(const service::RequestBlockSize&);
  Result<service::Empty> operator()(const service::InstallVios&);
  Result<service::Empty> operator()(const service::ActivateOnDemand&);
  Result<service::Empty> operator()(const service::ChangeProcessorPool&);
  Result<ServiceState> operator()(const service::ReadServiceState&);
  Result<service::Empty> operator()(const service::SetMaintenance&);
  Result<DepartedList> operator()(const service::ListDeparted&);
  Result<service::Empty> operator()(const service::WriteServiceState&);
  Result<service::AdapterSlot> operator()(const service::AddAdapter&);
  Result<service::Empty> operator()(const service::RemoveAdapter&);
  Result<service::Empty> operator()(const service::SetEthernet&);
  Result<service::Empty> operator()(const service::AddSlot&);
  Result<service::Empty> operator()(const service::SetLogicalPorts&);
  Result<service::Empty> operator()(const service::ChangeHostEthernet&);
  Result<service::Empty> operator()(const service::RemoveSlot&);
  Result<service::Empty> operator()(const service::FollowSan&);
  Result<service::Amounts> operator()(const service::ChangeCapacity&);
  Result<service::Amounts> operator()(const service::SettleCapacity&);
  Result<service::Empty> operator()(const service::ActivateLpar&);
  Result<service::Empty> operator()(const service::PowerOffLpar&);
  Result<service::PingResult> operator()(const service::PingFromFirmware&);
  Result<service::Empty> operator()(const service::BootFromNetwork&);
  Result<service::NetworkBootState> operator()(const service::QueryNetworkBoot&);
  Result<service::Empty> operator()(const service::PowerSystem&);
  Result<service::SystemLock> operator()(const service::LockSystem&);
  Result<service::Empty> operator()(const service::UnlockSystem&);
  Result<service::Empty> operator()(const service::LockConfiguration&);
  Result<service::Empty> operator()(const service::HoldForMove&);
  Result<service::VtermToken> operator()(const service::OpenVterm&);
  Result<service::VtermOutput> operator()(const service::ExchangeVterm&);
  Result<service::Empty> operator()(const service::CloseVterm&);
  Result<service::ConsoleLog> operator()(const service::ReadConsoleLog&);
  Result<service::ViosOutput> operator()(const service::RunViosCommand&);
  Result<service::ViosInfo> operator()(const service::DescribeVios&);
  Result<service::ViosSlot> operator()(const service::AddViosMapping&);
  Result<service::Empty> operator()(const service::RemoveViosMapping&);
  Result<service::VolumePiece> operator()(const service::ReadVolume&);
  Result<service::Empty> operator()(const service::WriteVolume&);
  Result<service::ShellCreated> operator()(const service::CreateShell&);
  Result<service::Empty> operator()(const service::RemoveShell&);
  Result<service::Empty> operator()(const service::OpenStream&);
  Result<service::PathProbed> operator()(const service::ProbePath&);
  Result<service::Empty> operator()(const service::CloseStream&);
  Result<service::Empty> operator()(const service::BeginPasses&);
  Result<service::Empty> operator()(const service::StopStream&);
  Result<service::StreamInfo> operator()(const service::QueryStream&);
  Result<service::StreamVerdict> operator()(const service::QueryVerdict&);
  Result<service::Verdicts> operator()(const service::ListVerdicts&);
  Result<service::Empty> operator()(const service::RollBackSource&);
  Result<service::Empty> operator()(const service::FinishSource&);
  Result<service::Empty> operator()(const service::FinishTarget&);
  Result<service::Empty> operator()(const service::HandOverInactive&);
  Result<service::Empty> operator()(const service::AdoptInactive&);
  Result<service::Empty> operator()(const service::MarkMigrating&);
  Result<service::Nvram> operator()(const service::ReadNvram&);
  Result<service::Empty> operator()(const service::WriteNvram&);
  Result<service::Empty> operator()(const service::ShowRefCode&);
  Result<service::Watched> operator()(const service::WatchCounter&);
  Result<service::FaultSet> operator()(const service::InjectFault&);
  Result<service::Faults> operator()(const service::ListFaults&);
  Result<service::Empty> operator()(const service::ClearFault&);
  Result<service::Empty> operator()(const service::Shutdown&);
  Result<service::MemoryMap> operator()(const service::QueryMemoryMap&);
  Result<service::Heartbeat> operator()(const service::ReadHeartbeat&);
  Result<service::DiskActivity> operator()(const service::ReadDiskActivity&);

 private:
  service::LparInfo describe(const firmware::LparStatus&) const;
  service::StreamVerdict describe(const firmware::StreamRecord&) const;
  service::Fate fate(u64 stream) const;
  Status follow_faults();

  const FrameConfig& config_;
  firmware::Hypervisor& hypervisor_;
  ViosThreads& vioses_;
  Death& death_;
  FrameFaults& faults_;
  std::mutex fault_turn_;
  bool memory_filled_ = false;
  Turns turns_;
  std::string runtime_;
  const std::function<void()> start_;
  std::mutex power_turn_;
  Vterms vterms_;
  CounterWatch counters_;
  Heartbeats heartbeats_;
  NetworkBoots network_boots_;
  std::atomic<bool> shutdown_wanted_{false};
  std::atomic<bool> on_battery_;
  std::function<void()> on_shutdown_;
};

}  // namespace emu::frame

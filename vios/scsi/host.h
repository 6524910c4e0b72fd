// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual SCSI server adapter (vhostN): talks CRQ and SRP with its one client, and has virtual target devices behind it.
//
//   registered --(0xC001 / 0xC002)--> initialized --(MADs, SRP login)--> logged in
//
// From any of them a transport event leads back: the client is gone (its reservations end), or it was suspended by a move:
// then nothing that it had asked for is answered any more, and no write of it is under way when poll() returns.

#include <deque>
#include <functional>
#include <map>

#include "vios/error_log_sink.h"
#include "vios/scsi/activity.h"
#include "vios/scsi/command_queue.h"
#include "vios/scsi/commands.h"
#include "vios/scsi/flusher.h"
#include "vios/scsi/srp.h"

namespace vios {

class ScsiHost {
 public:
  // `initiator`: "frame/vios/vhost0". `partition_name`: what MAD adapter info tells.
  static emu::Result<std::unique_ptr<ScsiHost>> create(firmware::NativePartition&, RealMemory&, const firmware::NativeAdapter&,
                                                       std::string name, std::string initiator, Flusher&, ErrorLogSink&);
  ~ScsiHost();

  const std::string& name() const { return name_; }
  const std::string& initiator() const { return initiator_; }
  const firmware::NativeAdapter& adapter() const { return adapter_; }
  std::vector<scsi::Target>& targets() { return targets_; }
  // Called when a client says hello, before it is answered; the targets may be changed then.
  void on_client(std::function<void()> listener) { on_client_ = std::move(listener); }
  void count_in(scsi::Activity* activity) { activity_ = activity; }  // which must outlive it
  bool logged_in() const { return state_ == State::logged_in; }

  // Takes what is in the queue. True if there may be more (it stops now and then to let others work).
  bool poll();
  void finished(const Flusher::Finished&);
  // Now and then, if it must: registers or enables the queue if that was not possible before.
  bool must_retry() const { return state_ == State::closed || state_ == State::suspended; }
  void retry();

 private:
  enum class State : u8 { closed, registered, initialized, logged_in, suspended };
  class ClientTransfer;
  struct Waiting {  // for a flush
    u64 client_address;
    srp::Response response;
  };

  ScsiHost(firmware::NativePartition& partition, DmaWindow window, const firmware::NativeAdapter& adapter, std::string name,
           std::string initiator, Flusher& flusher, ErrorLogSink& errors);

  void open();
  void handle(const CrqElement&);
  void transport_event(u8 event);
  enum class Reserved { ended, kept };
  void client_gone(State next, Reserved = Reserved::ended);
  void message(const CrqElement&);
  void information_unit(const CrqElement&, std::span<const u8> iu);
  void management(const CrqElement&, std::span<const u8> iu);
  bool adapter_info(const srp::mad::Header&);
  bool capabilities(const srp::mad::Header&);
  void login(const CrqElement&, std::span<const u8> iu);
  void command(const CrqElement&, std::span<const u8> iu);
  void task_management(const CrqElement&, std::span<const u8> iu);
  void respond(u64 client_address, const srp::Response&);
  // Writes an answer into the client's IU, and tells by an element with its tag.
  void answer(u8 format, u64 client_address, std::span<const u8> iu, u64 tag);
  bool from_client(u64 client_address, u64 offset, u64 length);  // into our window at `offset`
  bool to_client(u64 offset, u64 client_address, u64 length);
  void ready_for_suspend_if_idle();
  const scsi::Target* target(u64 lun) const;

  firmware::NativePartition& partition_;
  DmaWindow window_;
  firmware::NativeAdapter adapter_;
  std::string name_;
  std::string initiator_;
  Flusher& flusher_;
  ErrorLogSink& errors_;
  scsi::Activity* activity_ = nullptr;
  std::function<void()> on_client_;
  CommandQueue queue_;
  State state_ = State::closed;
  std::vector<scsi::Target> targets_;
  std::map<u64, Waiting> waiting_;  // by the flusher's ticket
  bool preparing_ = false;          // between "prepare for suspend" and what follows it
  bool suspended_ = false;          // the client, which has not said hello since
  bool ready_told_ = false;
  std::deque<CrqElement> held_;  // came while preparing
};

}  // namespace vios

// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/server.h"

#include "emu/core/clock.h"
#include "emu/core/log.h"
#include "vios/backends/virtual_ethernet.h"
#include "vios/backends/virtual_scsi.h"
#include "vios/cli/table.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace vios {

namespace {

constexpr emu::Log log_server("vios");
constexpr u64 retry_wait = 250'000'000;  // between looks at what failed before
constexpr u64 idle_wait = 5'000'000'000;
constexpr auto longest_request = std::chrono::seconds(60);  // a server that does not run answers nothing

}  // namespace

emu::Result<std::unique_ptr<VirtualIoServer>> VirtualIoServer::create(firmware::NativePartition& partition, Setup setup,
                                                                      const emu::Clock& clock) {
  auto devices = TRY(Devices::create(partition, std::move(setup), clock));
  return std::unique_ptr<VirtualIoServer>(new VirtualIoServer(partition, std::move(devices)));
}

VirtualIoServer::VirtualIoServer(firmware::NativePartition& partition, std::unique_ptr<Devices> devices)
    : partition_(partition),
      devices_(std::move(devices)),
      paths_({[this](const PathWatch::Ends& ends) { devices_->ethernet().ask(ends.own, ends.peer); },
              [this](const PathWatch::Ends& ends) { return devices_->ethernet().heard(ends.own, ends.peer); },
              [this](const PathWatch::Ends& ends) { return devices_->ethernet().leads_to(ends.own, ends.peer); }},
             [this](u64 stream) {
               if (const auto tell = lost_.extract(stream)) tell.mapped()(stream);
             }) {}

VirtualIoServer::~VirtualIoServer() = default;

void VirtualIoServer::run() {
  log_server.info("{} runs, level {}", partition_.definition().name, devices_->level());
  while (!stopping_.load()) {
    run_jobs();
    const bool more = devices_->poll();
    const bool again = !more && devices_->must_retry();
    paths_.look(devices_->clock().monotonic());
    const u64 idle = std::min(!paths_.empty() ? PathWatch::between_questions : idle_wait, devices_->wait());
    // Which adapter it was does not matter: all of them are looked at.
    if (partition_.wait(more ? 0 : again ? retry_wait : idle).empty() && again) devices_->retry();
  }
  std::deque<std::shared_ptr<Job>> refused;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    refused = std::exchange(jobs_, {});
    for (const auto& job : refused) job->done = job->refused = true;
  }
  job_done_.notify_all();
}

void VirtualIoServer::stop() {
  stopping_.store(true);
  partition_.wake();
}

void VirtualIoServer::run_jobs() {
  std::unique_lock lock(mutex_);
  while (!jobs_.empty()) {
    const std::shared_ptr<Job> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job->work();
    lock.lock();
    job->done = true;
    job_done_.notify_all();
  }
}

emu::Status VirtualIoServer::on_thread(std::function<void()> work) {
  const emu::Error closed{"closed", "The Virtual I/O Server does not run."};
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  std::unique_lock lock(mutex_);
  if (closed_) return closed;
  jobs_.push_back(job);
  lock.unlock();
  partition_.wake();
  lock.lock();
  if (!job_done_.wait_for(lock, longest_request, [&] { return job->done; })) {
    // It has not begun, so what it refers to may go. If it has, it must be waited for.
    if (std::erase(jobs_, job)) return emu::Error{"timeout", "The Virtual I/O Server does not answer."};
    job_done_.wait(lock, [&] { return job->done; });
  }
  if (job->refused) return closed;
  return emu::success();
}

emu::Result<emu::service::ViosInfo> VirtualIoServer::describe() {
  emu::service::ViosInfo info;
  TRY(on_thread([&] { info = devices_->describe(); }));
  info.active_migrations = active_migrations.load();
  return info;
}

emu::Status VirtualIoServer::unreserved(u32 client_id) const { return devices_->scsi().unreserved(client_id); }

std::map<u32, u64> VirtualIoServer::disk_commands() const { return devices_->scsi().activity().commands(); }

emu::Result<emu::service::ViosSlot> VirtualIoServer::add_mapping(const emu::service::AddViosMapping& mapping) {
  emu::Result<emu::service::ViosSlot> answer = emu::service::ViosSlot{};
  TRY(on_thread([&] { answer = devices_->scsi().add_mapping(mapping); }));
  return answer;
}

emu::Status VirtualIoServer::remove_mapping(const emu::service::RemoveViosMapping& mapping) {
  emu::Status answer = emu::success();
  TRY(on_thread([&] { answer = devices_->scsi().remove_mapping(mapping); }));
  return answer;
}

emu::Result<emu::service::VolumePiece> VirtualIoServer::read_volume(const emu::service::ReadVolume& request) {
  emu::Result<emu::service::VolumePiece> answer = emu::service::VolumePiece{};
  TRY(on_thread([&] { answer = devices_->read_volume(request); }));
  return answer;
}

emu::Status VirtualIoServer::write_volume(const emu::service::WriteVolume& request) {
  emu::Status answer = emu::success();
  TRY(on_thread([&] { answer = devices_->write_volume(request); }));
  return answer;
}

emu::Result<u32> VirtualIoServer::plug(const emu::VirtualAdapter& adapter) {
  emu::Result<u32> answer = 0;
  TRY(on_thread([&] {
    const auto plugged = partition_.plug(adapter, firmware::Kept::while_it_runs);
    answer = plugged ? emu::Result<u32>(plugged->config.slot) : plugged.error();
  }));
  return answer;
}

emu::Status VirtualIoServer::unplug(u32 slot) {
  emu::Status answer = emu::success();
  TRY(on_thread([&] { answer = devices_->unplug(slot); }));
  return answer;
}

emu::Status VirtualIoServer::adapters_changed() {
  return on_thread([&] { devices_->ethernet().follow(partition_.adapters()); });
}

emu::service::ViosOutput VirtualIoServer::command(const std::string& line) {
  emu::service::ViosOutput output;
  if (auto status = on_thread([&] { output = cli::run(line, *devices_); }); !status) return {1, status.error().text + "\n"};
  return output;
}

emu::Result<bool> VirtualIoServer::reaches(const PathWatch::Ends& ends, u64 patience) {
  constexpr u64 between_looks = 2'000'000, between_questions = 100'000'000;
  VirtualEthernet& ethernet = devices_->ethernet();
  const emu::Clock& clock = devices_->clock();
  const u64 began = clock.monotonic();
  bool heard = false, can_ask = true;
  for (u64 asked = 0; !heard && can_ask && clock.monotonic() - began < patience;) {
    const bool ask = !asked || clock.monotonic() - asked > between_questions;
    TRY(on_thread([&] {
      heard = ethernet.heard(ends.own, ends.peer) >= began;
      can_ask = ethernet.leads_to(ends.own, ends.peer);
      if (!heard && ask) ethernet.ask(ends.own, ends.peer);
    }));
    if (ask) asked = clock.monotonic();
    if (!heard && can_ask) std::this_thread::sleep_for(std::chrono::nanoseconds(between_looks));
  }
  // It is forgotten, unless a migration needs it.
  TRY(on_thread([&] {
    if (!paths_.watches(ends.peer)) ethernet.forget(ends.peer);
  }));
  return heard;
}

emu::Status VirtualIoServer::watch_path(u64 stream, const PathWatch::Ends& ends, std::function<void(u64)> lost) {
  return on_thread([&] {
    lost_[stream] = std::move(lost);
    paths_.begin(stream, ends, devices_->clock().monotonic());
  });
}

void VirtualIoServer::end_watch(u64 stream) {
  (void)on_thread([&] {
    paths_.end(stream);
    lost_.erase(stream);
  });
}

emu::Status VirtualIoServer::set_cables(bool plugged, const std::string& port) {
  emu::Status answer = emu::success();
  TRY(on_thread([&] { answer = devices_->ethernet().set_cables(plugged, port); }));
  return answer;
}

emu::Status VirtualIoServer::set_offline(const std::set<std::string>& subsystems) {
  return on_thread([&] { devices_->set_offline(subsystems); });
}

emu::Status VirtualIoServer::follow(const SanView& san) {
  emu::Status answer = emu::success();
  TRY(on_thread([&] { answer = devices_->follow(san); }));
  return answer;
}

emu::Status VirtualIoServer::release(u32 drc_index) {
  emu::Status answer = emu::success();
  TRY(on_thread([&] { answer = devices_->release(drc_index); }));
  return answer;
}

emu::Status VirtualIoServer::follow(const std::vector<OwnedSlot>& slots) {
  emu::Status answer = emu::success();
  TRY(on_thread([&] { answer = devices_->follow(slots); }));
  return answer;
}

emu::Result<std::optional<std::string>> VirtualIoServer::new_address() {
  std::optional<std::string> address;
  TRY(on_thread([&] {
    const StoredTcpip& tcpip = devices_->ethernet().tcpip();
    const std::string own = tcpip.interfaces.empty() ? "" : tcpip.interfaces.front().address;
    if (own != tcpip.known_address) address = own;
  }));
  return address;
}

emu::Status VirtualIoServer::address_is_known(const std::string& address) {
  emu::Status answer = emu::success();
  TRY(on_thread([&] { answer = devices_->ethernet().address_is_known(address); }));
  return answer;
}

}  // namespace vios

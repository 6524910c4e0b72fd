// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/frame_process.h"

#include "cpu/cpu.h"
#include "cpu/engine.h"
#include "emu/core/log.h"
#include "emu/frame/physical_adapters.h"
#include "emu/frame/service_processor.h"
#include "emu/link/channel.h"
#include "emu/link/clients.h"
#include "emu/link/descriptor_socket.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

namespace emu::frame {

namespace {

constexpr Log log_frame("frame");

// What an engine computes wrongly ends up on a partition's disks, so it is tried before anything else is done.
Status engine_does() {
  const std::string trouble = cpu::engine_trouble();
  if (!trouble.empty()) return Error{"engine", trouble};
  const cpu::EngineFacts facts = cpu::engine_facts();
  log_frame.info("engine: {}; taken over: {}; left alone: {}", facts.library, fmt::join(facts.taken_over, ", "),
                 facts.left_alone.empty() ? "nothing" : fmt::format("{}", fmt::join(facts.left_alone, ", ")));
  return success();
}

// Virtual I/O Servers first, those that are installed: the others boot from their disks. What a move left unfinished is not touched before the HMC
// has recovered it.
void power_on(const Lab& lab, firmware::Hypervisor& hypervisor, const ViosThreads& vioses, PowerOn how) {
  const auto starts = [&](const LparDefinition& lpar) {
    if (lpar.auto_start || lpar.env == LparEnv::vioserver) return lpar.starts_with_system();
    for (const FrameConfig& frame : lab.frames)
      for (const LparDefinition& written : frame.partitions)
        if (written.uuid == lpar.uuid) return written.starts_with_system();
    return false;
  };
  const auto activate = [&](const LparDefinition& lpar) {
    const auto status = hypervisor.start_with_system(lpar.lpar_id);
    if (!status) log_frame.error("{} was not activated: {}", lpar.name, status.error().text);
  };
  const bool all_servers = how == PowerOn::vioses_only;
  for (const firmware::LparStatus& lpar : hypervisor.lpars())
    if (lpar.definition.env == LparEnv::vioserver && vioses.installed(lpar.definition.uuid) &&
        (all_servers || starts(lpar.definition)))
      activate(lpar.definition);
  if (how != PowerOn::with_auto_start) return;
  for (const firmware::LparStatus& lpar : hypervisor.lpars())
    if (lpar.definition.env != LparEnv::vioserver && lpar.migration_stream == 0 && starts(lpar.definition))
      activate(lpar.definition);
}

// Beside the LUNs, where every frame sees it.
Result<std::unique_ptr<firmware::Witness>> open_witness(const LabFolders& folders) {
  const std::string luns = folders.state + "/luns";
  std::error_code ignored;
  std::filesystem::create_directories(luns, ignored);
  return firmware::Witness::open(luns + "/witness");
}

}  // namespace

Status run_frame(const FrameSetup& setup, const Clock& clock) {
  const FrameConfig* config = setup.lab.frame(setup.frame);
  if (!config) return Error{"frame", fmt::format("Lab {} has no frame {}.", setup.lab.name, setup.frame)};
  TRY(engine_does());
  remove_dead_sockets(setup.folders.runtime);
  const auto journal_file = TRY(firmware::Journal::open(fmt::format("{}/{}.journal", setup.folders.state, setup.frame)));
  Death death;
  const auto journal = death.watched(*journal_file);
  const auto witness_file = TRY(open_witness(setup.folders));
  const auto witness = death.watched(*witness_file);
  const auto hypervisor = TRY(firmware::Hypervisor::create(*config, *journal, *witness, clock));
  hypervisor->open_media([&](const PhysicalSlot& slot) { return open_medium(slot, setup.frame, setup.folders); });
  ViosThreads vioses(setup.lab, setup.folders, *config, *hypervisor, *journal, clock);
  {
    const auto start = [&] { power_on(setup.lab, *hypervisor, vioses, PowerOn::with_auto_start); };
    ServiceProcessor service_processor(*config, *hypervisor, vioses, death, clock, setup.folders.runtime, start);
    // A system that was powered off stays so after a death of this process; a lab that starts powers all of its systems on.
    if (setup.power_on == PowerOn::with_auto_start) TRY(hypervisor->begin_anew());
    if (setup.power_on == PowerOn::with_auto_start) TRY(hypervisor->set_power(SystemPower::operating));
    if (hypervisor->system().power == SystemPower::operating) power_on(setup.lab, *hypervisor, vioses, setup.power_on);
    for (const LabFault& each : setup.lab.faults)
      if (each.frame == setup.frame)
        if (const auto set = service_processor.set_fault(each.fault); !set)
          log_frame.error("line {} of the lab file: {}", each.line, set.error().text);
    const auto listener = TRY(Listener::create(setup.service_file));
    service_processor.on_shutdown([&] { listener->wake(); });
    Clients clients([&](Channel& channel) { return service::serve(channel, request_patience, service_processor); }, clock);
    log_frame.info("operating");
    while (!service_processor.shutdown_wanted() && (!setup.wanted || setup.wanted())) {
      auto channel = listener->accept(setup.wanted ? nanoseconds_per_second / 5 : request_patience);
      if (channel) clients.add(std::move(*channel));
    }
    hypervisor->end_waits();
  }
  hypervisor->shut_down();
  log_frame.info("shut down");
  return success();
}

}  // namespace emu::frame

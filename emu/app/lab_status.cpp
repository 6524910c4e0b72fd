// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/lab_status.h"

#include "emu/app/credentials.h"
#include "emu/app/faults.h"
#include "emu/app/hmc_link.h"
#include "emu/core/clock.h"
#include "emu/link/service.h"
#include "hmc/inventory/inventory.h"

namespace emu::app {

namespace {

constexpr u64 patience = 2 * nanoseconds_per_second;

Json describe(const service::LparInfo& lpar) {
  const Current* const current = lpar.has_resources && lpar.definition.current ? &*lpar.definition.current : nullptr;
  return Json::Object{
      {"name", lpar.definition.name},
      {"id", lpar.definition.lpar_id},
      {"env", lpar.definition.env == LparEnv::vioserver ? "vioserver" : "aixlinux"},
      {"uuid", lpar.definition.uuid},
      {"state", hmc::state_of(lpar)},
      {"memory_mb", current ? current->desired_mem : 0},
      {"processors", current ? current->desired_procs : 0},
      {"refcode", lpar.refcode.refcode},
      {"trouble", lpar.trouble},
      {"profile", lpar.definition.curr_profile()},
      {"migrating", lpar.migration_stream != 0},
      {"migration_target", lpar.migration_target},
      {"vterm", lpar.vterm_holder},
  };
}

Json describe_system(const NamedLab& lab, const FrameConfig& frame) {
  Json::Object system{{"name", frame.name}};
  const auto channel = connect(lab.service_file(frame.name), patience / 4);
  const auto info =
      channel ? service::ask(**channel, service::DescribeSystem{}, patience) : Result<service::SystemInfo>(channel.error());
  if (!info) {
    system.emplace_back("state", "No Connection");
    return system;
  }
  system.emplace_back("state", std::string(word_of(info->power)));
  system.emplace_back("type_model", info->type_model);
  system.emplace_back("serial_num", info->serial_num);
  system.emplace_back("installed_mem_mb", info->installed_mem_mb);
  system.emplace_back("available_mem_mb", info->available_mem_mb);
  system.emplace_back("engine", info->engine);
  system.emplace_back("engine_taken_over", Json::List(info->engine_taken_over.begin(), info->engine_taken_over.end()));
  system.emplace_back("engine_left_alone", Json::List(info->engine_left_alone.begin(), info->engine_left_alone.end()));
  Json::List lpars;
  if (const auto all = service::ask(**channel, service::ListLpars{}, patience))
    for (const service::LparInfo& lpar : all->lpars) lpars.push_back(describe(lpar));
  system.emplace_back("partitions", std::move(lpars));
  return system;
}

Json describe_ssh(const NamedLab& lab, size_t number) {
  const ConsolePlace place = lab.console(number);
  const auto endpoint = living(lab.presence_file(place.ssh_process())) ? ssh_endpoint(place) : std::nullopt;
  if (!endpoint) return Json::Object{};
  return Json::Object{
      {"console", lab.lab.consoles[number].name},
      {"address", endpoint->address},
      {"port", u32{endpoint->port}},
      {"host_key_fingerprint", endpoint->fingerprint},
      {"user", "hscroot"},
      {"key_file", hscroot_key_file(place)},
      {"password_file", hscroot_password_file(place)},
      {"shell", endpoint->why_no_sandbox.empty()},
      {"why_no_shell", endpoint->why_no_sandbox},
  };
}

}  // namespace

Json lab_status(const NamedLab& lab) {
  Json::List processes, systems, forwards;
  for (const std::string& process : lab.process_names()) {
    const auto pid = living(lab.presence_file(process));
    processes.push_back(Json::Object{{"name", process}, {"alive", pid.has_value()}, {"pid", static_cast<s64>(pid.value_or(0))}});
  }
  for (const FrameConfig& frame : lab.lab.frames) systems.push_back(describe_system(lab, frame));
  Json::List consoles, faults;
  for (size_t i = 0; i < lab.lab.consoles.size(); ++i) consoles.push_back(describe_ssh(lab, i));
  if (const auto hmc = connect(lab.hmc_file(), patience / 4)) {
    if (const auto open = ask_hmc(**hmc, hmc_link::ListForwards{}, patience))
      for (const auto& [segment, forward] : open->forwards)
        forwards.push_back(Json::Object{{"segment", segment},
                                        {"protocol", forward.protocol},
                                        {"host_port", u32{forward.host_port}},
                                        {"guest_address", forward.guest_address},
                                        {"guest_port", u32{forward.guest_port}}});
  }
  if (const auto listed = faults_in_force(lab))
    for (const FaultInForce& each : *listed) faults.push_back(line_of(lab, each));
  return Json::Object{
      {"name", lab.lab.name},
      {"file", lab.lab.file},
      {"state_folder", lab.folders.state},
      {"processes", std::move(processes)},
      {"systems", std::move(systems)},
      {"forwards", std::move(forwards)},
      {"ssh", describe_ssh(lab, 0)},
      {"consoles", std::move(consoles)},
      {"faults", std::move(faults)},
  };
}

}  // namespace emu::app

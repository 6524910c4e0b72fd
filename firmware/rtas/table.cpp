// SPDX-License-Identifier: GPL-2.0-or-later
// Every RTAS service. From these rows come the properties of the tree's /rtas node and the dispatch. Tokens are ours to
// choose; 0x2000 and up are what other PAPR machines use.
#include <algorithm>

#include "emu/core/log.h"
#include "firmware/rtas/rtas.h"

namespace firmware::rtas {

namespace {
constexpr emu::Log log{"rtas"};
}  // namespace

namespace {

constexpr Row rows[] = {
    {0x2000, "display-character", 1, 1, display_character},
    {0x2001, "get-time-of-day", 0, 8, get_time_of_day},
    {0x2002, "set-time-of-day", 7, 1, set_time_of_day},
    {0x2003, "power-off", 2, 1, power_off},
    {0x2004, "system-reboot", 0, 1, system_reboot},
    {0x2005, "query-cpu-stopped-state", 1, 2, query_cpu_stopped_state},
    {0x2006, "start-cpu", 3, 1, start_cpu},
    {0x2007, "stop-self", 0, 1, stop_self},
    {0x2008, "ibm,get-system-parameter", 3, 1, get_system_parameter},
    {0x2009, "ibm,os-term", 1, 1, os_term},
    {0x200A, "ibm,set-xive", 3, 1, set_xive},
    {0x200B, "ibm,get-xive", 1, 3, get_xive},
    {0x200C, "ibm,int-off", 1, 1, int_off},
    {0x200D, "ibm,int-on", 1, 1, int_on},
    {0x200E, "nvram-fetch", 3, 2, nvram_fetch},
    {0x200F, "nvram-store", 3, 2, nvram_store},
    {0x2010, "event-scan", 4, 1, event_scan},
    {0x2011, "check-exception", 6, 1, check_exception},
    {0x2012, "ibm,nmi-register", 2, 1, nmi_register},
    {0x2013, "ibm,nmi-interlock", 0, 1, nmi_interlock},
    {0x2014, "ibm,suspend-me", 0, 1, suspend_me},
    {0x2015, "ibm,activate-firmware", 0, 1, activate_firmware},
    {0x2016, "ibm,update-nodes", 2, 1, update_nodes},
    {0x2017, "ibm,update-properties", 2, 1, update_properties},
    {0x2018, "ibm,configure-connector", 2, 1, configure_connector},
    {0x2019, "set-indicator", 3, 1, set_indicator},
    {0x201A, "get-sensor-state", 2, 2, get_sensor_state},
    {0x201B, "ibm,read-pci-config", 4, 2, read_pci_config},
    {0x201C, "ibm,write-pci-config", 5, 1, write_pci_config},
    {0x201D, "ibm,set-eeh-option", 4, 1, set_eeh_option},
    {0x201E, "ibm,get-config-addr-info2", 4, 2, get_config_addr_info2},
    {0x201F, "ibm,read-slot-reset-state2", 3, 4, read_slot_reset_state2},
    {0x2020, "ibm,set-slot-reset", 4, 1, set_slot_reset},
    {0x2021, "ibm,slot-error-detail", 8, 1, slot_error_detail},
    {0x2022, "ibm,configure-pe", 3, 1, configure_pe},
};

constexpr bool ascending(std::span<const Row> all) {
  for (size_t i = 1; i < all.size(); ++i)
    if (all[i - 1].token >= all[i].token) return false;
  return true;
}
static_assert(ascending(rows));

constexpr bool arguments_fit(std::span<const Row> all) {
  for (const Row& row : all)
    if (row.outputs == 0 || row.inputs + row.outputs > arguments_limit) return false;
  return true;
}
static_assert(arguments_fit(rows));

}  // namespace

std::span<const Row> services() { return rows; }

Answer h_rtas(Partition& partition, Call& call) {
  emu::GuestMemory& memory = partition.memory();
  Request request;
  request.buffer = call.in[0];
  request.processor = call.processor;
  u32 token = 0;
  if (!memory.read_be(request.buffer, token) || !memory.read_be(request.buffer + 4, request.inputs) ||
      !memory.read_be(request.buffer + 8, request.outputs))
    return status::H_PARAMETER;
  if (request.outputs == 0 || request.inputs > arguments_limit || request.outputs > arguments_limit - request.inputs)
    return status::H_PARAMETER;
  if (!memory.contains(request.buffer, 4 * (3 + u64{request.inputs} + request.outputs))) return status::H_PARAMETER;
  for (u32 i = 0; i < request.inputs; ++i)
    if (!memory.read_be(request.buffer + 4 * (3 + u64{i}), request.in[i])) return status::H_PARAMETER;

  const auto* row = std::ranges::lower_bound(rows, token, {}, &Row::token);
  s32 result = parameter_error;
  // check-exception has an optional input more. (LoPAR 7.3.3.2)
  const bool known = row != std::end(rows) && row->token == token && request.outputs >= row->outputs &&
                     (request.inputs == row->inputs || (row->run == check_exception && request.inputs == row->inputs + 1));
  if (known) result = row->run(partition, request);
  if (known) log.debug("{}: {} -> {}", partition.id(), row->name, result);
  request.out[0] = static_cast<u32>(result);
  for (u32 i = 0; i < request.outputs; ++i)
    if (!memory.write_be(request.status_address() + 4 * u64{i}, request.out[i])) return status::H_PARAMETER;
  return status::H_SUCCESS;
}

}  // namespace firmware::rtas

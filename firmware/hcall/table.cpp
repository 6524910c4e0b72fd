// SPDX-License-Identifier: GPL-2.0-or-later
// Every hypercall. From these rows come the dispatch, ibm,hypertas-functions, trace names and docs/hcalls.md. A number that
// is not here answers H_FUNCTION.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "emu/core/log.h"
#include "firmware/hcall/handlers.h"
#include "firmware/rtas/rtas.h"

namespace firmware {

namespace {

constexpr emu::Log log{"hcall"};

constexpr Hcall rows[] = {
    {0x004, "H_REMOVE", "hcall-pft", h_remove},
    {0x008, "H_ENTER", "hcall-pft", h_enter},
    {0x00C, "H_READ", "hcall-pft", h_read},
    {0x010, "H_CLEAR_MOD", "hcall-pft", h_clear_mod},
    {0x014, "H_CLEAR_REF", "hcall-pft", h_clear_ref},
    {0x018, "H_PROTECT", "hcall-pft", h_protect},
    {0x01C, "H_GET_TCE", "hcall-tce", h_get_tce},
    {0x020, "H_PUT_TCE", "hcall-tce", h_put_tce},
    {0x024, "H_SET_SPRG0", "hcall-sprg0", h_set_sprg0},
    {0x02C, "H_PAGE_INIT", "hcall-copy", h_page_init},
    {0x054, "H_GET_TERM_CHAR", "hcall-term", h_get_term_char},
    {0x058, "H_PUT_TERM_CHAR", "hcall-term", h_put_term_char},
    {0x064, "H_EOI", "hcall-interrupt", h_eoi},
    {0x068, "H_CPPR", "hcall-interrupt", h_cppr},
    {0x06C, "H_IPI", "hcall-interrupt", h_ipi},
    {0x070, "H_IPOLL", "hcall-interrupt", h_ipoll},
    {0x074, "H_XIRR", "hcall-interrupt", h_xirr},
    {0x0DC, "H_REGISTER_VPA", "hcall-splpar", h_register_vpa},
    {0x0E0, "H_CEDE", "hcall-splpar", h_cede},
    {0x0E4, "H_CONFER", "hcall-splpar", h_confer},
    {0x0E8, "H_PROD", "hcall-splpar", h_prod},
    {0x0EC, "H_GET_PPP", "hcall-splpar", h_get_ppp},
    {0x0F4, "H_PURR", "hcall-splpar", h_purr},
    {0x0F8, "H_PIC", "hcall-pic", h_pic},
    {0x0FC, "H_REG_CRQ", "hcall-crq", h_reg_crq},
    {0x100, "H_FREE_CRQ", "hcall-crq", h_free_crq},
    {0x104, "H_VIO_SIGNAL", "hcall-vio", h_vio_signal},
    {0x108, "H_SEND_CRQ", "hcall-crq", h_send_crq},
    {0x110, "H_COPY_RDMA", "hcall-rdma", h_copy_rdma},
    {0x114, "H_REGISTER_LOGICAL_LAN", "hcall-lLAN", h_register_logical_lan},
    {0x118, "H_FREE_LOGICAL_LAN", "hcall-lLAN", h_free_logical_lan},
    {0x11C, "H_ADD_LOGICAL_LAN_BUFFER", "hcall-lLAN", h_add_logical_lan_buffer},
    {0x120, "H_SEND_LOGICAL_LAN", "hcall-lLAN", h_send_logical_lan},
    {0x124, "H_BULK_REMOVE", "hcall-bulk", h_bulk_remove},
    {0x130, "H_MULTICAST_CTRL", "hcall-lLAN", h_multicast_ctrl},
    {0x138, "H_STUFF_TCE", "hcall-multi-tce", h_stuff_tce},
    {0x13C, "H_PUT_TCE_INDIRECT", "hcall-multi-tce", h_put_tce_indirect},
    {0x14C, "H_CHANGE_LOGICAL_LAN_MAC", "hcall-lLAN", h_change_logical_lan_mac},
    {0x1C8, "H_GET_CPU_CHARACTERISTICS", "", h_get_cpu_characteristics},
    {0x1D4, "H_FREE_LOGICAL_LAN_BUFFER", "hcall-lLAN", h_free_logical_lan_buffer},
    {0x1D8, "H_POLL_PENDING", "hcall-splpar", h_poll_pending},
    {0x244, "H_ILLAN_ATTRIBUTES", "hcall-ILLAN-options", h_illan_attributes},
    {0x298, "H_JOIN", "hcall-join", h_join},
    {0x29C, "H_DONOR_OPERATION", "hcall-donor", h_donor_operation},
    {0x2A0, "H_VASI_SIGNAL", "hcall-vasi", h_vasi_signal},
    {0x2A4, "H_VASI_STATE", "hcall-vasi", h_vasi_state},
    {0x2A8, "H_VIOCTL", "hcall-vioctl", h_vioctl},
    {0x2B0, "H_ENABLE_CRQ", "hcall-suspend", h_enable_crq},
    {0x2EC, "H_HOME_NODE_ASSOCIATIVITY", "hcall-vphn", h_home_node_associativity},
    {0x2FC, "H_XIRR_X", "hcall-xirr-x", h_xirr_x},
    {0x300, "H_RANDOM", "hcall-random", h_random},
    {0x31C, "H_SET_MODE", "hcall-set-mode", h_set_mode},
    {0x358, "H_CLEAR_HPT", "hcall-clear-hpt", h_clear_hpt},
    {0x37C, "H_REGISTER_PROC_TBL", "hcall-register-proc-tbl", h_register_proc_tbl},
    {0x380, "H_SIGNAL_SYS_RESET", "hcall-sys-reset", h_signal_sys_reset},
    // Private, as on other PAPR machines: what the RTAS stub calls.
    {0xF000, "H_RTAS", "", rtas::h_rtas},
};

constexpr bool ascending_by_four(std::span<const Hcall> all) {
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].number % 4 || (i && all[i - 1].number >= all[i].number)) return false;
  return true;
}
static_assert(ascending_by_four(rows));

}  // namespace

std::span<const Hcall> hcalls() { return rows; }

const Hcall* find_hcall(u64 number) {
  const auto* row = std::ranges::lower_bound(rows, number, {}, &Hcall::number);
  return row == std::end(rows) || row->number != number ? nullptr : row;
}

Answer run_hcall(Partition& partition, u64 number, Call& call) {
  const Hcall* row = find_hcall(number);
  if (!row) {
    log.debug("{}: hypercall {:#x} is not known", partition.id(), number);
    return status::H_FUNCTION;
  }
  if (!emu::log_wants(emu::Level::debug)) return row->run(partition, call);
  const std::array in{call.in[0], call.in[1], call.in[2]};
  const Answer answer = row->run(partition, call);
  log.debug("{}: {} {:#x} {:#x} {:#x} -> {}", partition.id(), row->name, in[0], in[1], in[2], static_cast<s64>(answer));
  return answer;
}

std::vector<std::string> hypertas_functions() {
  std::vector<std::string> sets;
  for (const Hcall& row : rows)
    if (!row.call_set.empty() && std::ranges::find(sets, row.call_set) == sets.end()) sets.emplace_back(row.call_set);
  return sets;
}

std::string hcall_table_markdown() {
  std::string page =
      "# Hypercalls\n\nMade from `firmware/hcall/table.cpp` by a test; do not edit. Numbers and names are LoPAR's.\n\n"
      "| number | name | call set |\n|---|---|---|\n";
  for (const Hcall& row : rows) page += fmt::format("| 0x{:X} | {} | {} |\n", row.number, row.name, row.call_set);
  page += "\n# RTAS services\n\nMade from `firmware/rtas/table.cpp`.\n\n| token | name | inputs | outputs |\n|---|---|---|---|\n";
  for (const rtas::Row& row : rtas::services())
    page += fmt::format("| 0x{:X} | {} | {} | {} |\n", row.token, row.name, row.inputs, row.outputs);
  return page;
}

}  // namespace firmware

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The handlers of the table, by theme; each file reads like the chapter of LoPAR that defines its calls.
#include "firmware/hcall/call.h"

namespace firmware {

// page_table.cpp
Answer h_remove(Partition&, Call&);
Answer h_enter(Partition&, Call&);
Answer h_read(Partition&, Call&);
Answer h_clear_mod(Partition&, Call&);
Answer h_clear_ref(Partition&, Call&);
Answer h_protect(Partition&, Call&);
Answer h_bulk_remove(Partition&, Call&);
Answer h_clear_hpt(Partition&, Call&);
Answer h_register_proc_tbl(Partition&, Call&);
Answer h_page_init(Partition&, Call&);
// tce.cpp
Answer h_get_tce(Partition&, Call&);
Answer h_put_tce(Partition&, Call&);
Answer h_stuff_tce(Partition&, Call&);
Answer h_put_tce_indirect(Partition&, Call&);
// terminal.cpp
Answer h_get_term_char(Partition&, Call&);
Answer h_put_term_char(Partition&, Call&);
// interrupts.cpp
Answer h_eoi(Partition&, Call&);
Answer h_cppr(Partition&, Call&);
Answer h_ipi(Partition&, Call&);
Answer h_ipoll(Partition&, Call&);
Answer h_xirr(Partition&, Call&);
Answer h_xirr_x(Partition&, Call&);
Answer h_vio_signal(Partition&, Call&);
// processors.cpp
Answer h_register_vpa(Partition&, Call&);
Answer h_cede(Partition&, Call&);
Answer h_confer(Partition&, Call&);
Answer h_prod(Partition&, Call&);
Answer h_get_ppp(Partition&, Call&);
Answer h_purr(Partition&, Call&);
Answer h_pic(Partition&, Call&);
Answer h_poll_pending(Partition&, Call&);
Answer h_set_mode(Partition&, Call&);
Answer h_set_sprg0(Partition&, Call&);
Answer h_signal_sys_reset(Partition&, Call&);
Answer h_get_cpu_characteristics(Partition&, Call&);
Answer h_home_node_associativity(Partition&, Call&);
Answer h_random(Partition&, Call&);
// crq.cpp
Answer h_reg_crq(Partition&, Call&);
Answer h_free_crq(Partition&, Call&);
Answer h_send_crq(Partition&, Call&);
Answer h_enable_crq(Partition&, Call&);
Answer h_copy_rdma(Partition&, Call&);
Answer h_vioctl(Partition&, Call&);
// logical_lan.cpp
Answer h_register_logical_lan(Partition&, Call&);
Answer h_free_logical_lan(Partition&, Call&);
Answer h_add_logical_lan_buffer(Partition&, Call&);
Answer h_free_logical_lan_buffer(Partition&, Call&);
Answer h_send_logical_lan(Partition&, Call&);
Answer h_multicast_ctrl(Partition&, Call&);
Answer h_change_logical_lan_mac(Partition&, Call&);
Answer h_illan_attributes(Partition&, Call&);
// mobility.cpp
Answer h_join(Partition&, Call&);
Answer h_donor_operation(Partition&, Call&);
Answer h_vasi_signal(Partition&, Call&);
Answer h_vasi_state(Partition&, Call&);

}  // namespace firmware

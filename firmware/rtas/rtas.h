// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Run-time abstraction services: the guest's stub passes the address of an argument buffer in one private hypercall, and
// everything happens here. (docs/papr.md, RTAS)

#include <array>
#include <string_view>

#include "firmware/hcall/call.h"

namespace firmware::rtas {

inline constexpr s32 success = 0;
inline constexpr s32 hardware_error = -1;
inline constexpr s32 parameter_error = -3;  // also "not supported"
inline constexpr s32 not_suspendable = -9004;
inline constexpr s32 threads_active = -9005;
inline constexpr s32 cannot_configure = -9003;
inline constexpr s32 suspend_aborted = 9000;

inline constexpr u32 arguments_limit = 16;  // inputs and outputs together

struct Request {
  u64 buffer = 0;  // real address of the argument buffer
  std::array<u32, arguments_limit> in{};
  std::array<u32, arguments_limit> out{};  // [0] is the status
  u32 inputs = 0;
  u32 outputs = 0;
  Processor* processor = nullptr;
  u64 status_address() const { return buffer + 4 * (3 + u64{inputs}); }
};

using Service = s32 (*)(Partition&, Request&);

struct Row {
  u32 token;
  std::string_view name;
  u32 inputs;
  u32 outputs;
  Service run;
};

std::span<const Row> services();  // ascending tokens

// The hypercall 0xF000 of the stub: r4 is the address of the argument buffer.
Answer h_rtas(Partition&, Call&);

// The stub itself: big-endian, and entered in 32-bit mode.
inline constexpr std::array<u32, 5> stub{0x7C641B78, 0x3C600000, 0x6063F000, 0x44000022, 0x4E800020};

// ---- services by theme ----
s32 display_character(Partition&, Request&);
s32 get_time_of_day(Partition&, Request&);
s32 set_time_of_day(Partition&, Request&);
s32 power_off(Partition&, Request&);
s32 system_reboot(Partition&, Request&);
s32 os_term(Partition&, Request&);
s32 query_cpu_stopped_state(Partition&, Request&);
s32 start_cpu(Partition&, Request&);
s32 stop_self(Partition&, Request&);
s32 get_system_parameter(Partition&, Request&);
s32 set_xive(Partition&, Request&);
s32 get_xive(Partition&, Request&);
s32 int_off(Partition&, Request&);
s32 int_on(Partition&, Request&);
s32 nvram_fetch(Partition&, Request&);
s32 nvram_store(Partition&, Request&);
s32 event_scan(Partition&, Request&);
s32 check_exception(Partition&, Request&);
s32 nmi_register(Partition&, Request&);
s32 nmi_interlock(Partition&, Request&);
s32 suspend_me(Partition&, Request&);
s32 activate_firmware(Partition&, Request&);
s32 update_nodes(Partition&, Request&);
s32 update_properties(Partition&, Request&);
s32 configure_connector(Partition&, Request&);
s32 set_indicator(Partition&, Request&);
s32 get_sensor_state(Partition&, Request&);
s32 read_pci_config(Partition&, Request&);
s32 write_pci_config(Partition&, Request&);
s32 set_eeh_option(Partition&, Request&);
s32 get_config_addr_info2(Partition&, Request&);
s32 read_slot_reset_state2(Partition&, Request&);
s32 set_slot_reset(Partition&, Request&);
s32 slot_error_detail(Partition&, Request&);
s32 configure_pe(Partition&, Request&);

}  // namespace firmware::rtas

// SPDX-License-Identifier: GPL-2.0-or-later
// RTAS: time of day, power, NVRAM, the operator panel, events, system parameters.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "firmware/dispatcher.h"
#include "firmware/frame.h"
#include "firmware/rtas/rtas.h"

namespace firmware::rtas {

namespace {
namespace chrono = std::chrono;

constexpr u32 parameter_splpar = 20;  // SPLPAR characteristics
constexpr u32 parameter_processor_modules = 43;
constexpr u32 parameter_lpar_name = 55;
constexpr u64 length_field = 2;
constexpr u64 nvram_piece = 4096;
}  // namespace

s32 display_character(Partition& partition, Request& request) {
  const u8 character = static_cast<u8>(request.in[0]);
  partition.terminal_output().write({&character, 1});
  return success;
}

s32 get_time_of_day(Partition& partition, Request& request) {
  const u64 now = partition.time_of_day();
  const u64 seconds = now / emu::nanoseconds_per_second;
  const chrono::sys_seconds instant{chrono::seconds(seconds)};
  const auto day = chrono::floor<chrono::days>(instant);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss time{instant - day};
  request.out[1] = static_cast<u32>(static_cast<int>(date.year()));
  request.out[2] = static_cast<unsigned>(date.month());
  request.out[3] = static_cast<unsigned>(date.day());
  request.out[4] = static_cast<u32>(time.hours().count());
  request.out[5] = static_cast<u32>(time.minutes().count());
  request.out[6] = static_cast<u32>(time.seconds().count());
  request.out[7] = static_cast<u32>(now % emu::nanoseconds_per_second);
  return success;
}

s32 set_time_of_day(Partition& partition, Request& request) {
  const auto& in = request.in;
  if (in[0] < 1970 || in[0] > 2500 || in[3] > 23 || in[4] > 59 || in[5] > 60 || in[6] >= emu::nanoseconds_per_second)
    return parameter_error;
  const chrono::year_month_day date{chrono::year(static_cast<int>(in[0])), chrono::month(in[1]), chrono::day(in[2])};
  if (!date.ok()) return parameter_error;
  const auto instant = chrono::sys_days(date) + chrono::hours(in[3]) + chrono::minutes(in[4]) + chrono::seconds(in[5]);
  const u64 seconds = static_cast<u64>(instant.time_since_epoch().count());
  return partition.set_time_of_day(seconds * emu::nanoseconds_per_second + in[6]) ? success : hardware_error;
}

s32 power_off(Partition& partition, Request& request) {
  if (!request.processor) return parameter_error;
  partition.power_off(false);
  request.processor->cpu->stop();
  return success;
}

s32 system_reboot(Partition& partition, Request& request) {
  if (!request.processor) return parameter_error;
  partition.power_off(true);
  request.processor->cpu->stop();
  return success;
}

s32 os_term(Partition& partition, Request& request) {
  if (!request.processor) return parameter_error;
  std::string text;
  for (u64 at = request.in[0]; text.size() < 256; ++at) {
    u8 character = 0;
    if (!partition.memory().read(at, {&character, 1}) || character == 0) break;
    text.push_back(character < ' ' || character > '~' ? '.' : static_cast<char>(character));
  }
  // The operating system would dump now, and its migration does not go on. (Redbook, table B-2)
  const StreamState stream = partition.stream_state();
  if (stream == StreamState::enabled || stream == StreamState::suspending || stream == StreamState::resumed)
    partition.frame().show_refcode(partition.id(), "B2001151");
  partition.fail("B700F104", "The operating system gave up: " + text);
  request.processor->cpu->stop();
  return success;
}

// Index, buffer, length; out: how much was done.
s32 nvram_fetch(Partition& partition, Request& request) {
  const auto [index, buffer, length] = std::array{request.in[0], request.in[1], request.in[2]};
  if (length > nvram_piece || !partition.memory().contains(buffer, length)) return parameter_error;
  Bytes piece(length);
  if (!partition.nvram().fetch(index, piece) || !partition.memory().write(buffer, piece)) return parameter_error;
  request.out[1] = length;
  return success;
}

s32 nvram_store(Partition& partition, Request& request) {
  const auto [index, buffer, length] = std::array{request.in[0], request.in[1], request.in[2]};
  if (length > nvram_piece || !partition.memory().contains(buffer, length)) return parameter_error;
  Bytes piece(length);
  if (!partition.memory().read(buffer, piece) || !partition.nvram().store(index, piece)) return parameter_error;
  request.out[1] = length;
  return success;
}

namespace {

constexpr s32 no_event = 1;

s32 take_event(Partition& partition, u64 buffer, u32 length) {
  auto& events = partition.rtas().events;
  if (!partition.memory().contains(buffer, length)) return parameter_error;
  if (events.empty()) return no_event;
  Bytes event = std::move(events.front());
  events.erase(events.begin());
  if (event.size() > length) event.resize(length);
  return partition.memory().write(buffer, event) ? success : hardware_error;
}

}  // namespace

s32 event_scan(Partition& partition, Request& request) { return take_event(partition, request.in[2], request.in[3]); }

// Vector, interrupt, mask, critical, buffer, length (with seven inputs the third is a second word of the vector).
s32 check_exception(Partition& partition, Request& request) {
  const u32 more = request.inputs - 6;
  return take_event(partition, request.in[4 + more], request.in[5 + more]);
}

s32 get_system_parameter(Partition& partition, Request& request) {
  const auto [token, buffer, length] = std::array{request.in[0], request.in[1], request.in[2]};
  if (!partition.memory().contains(buffer, length)) return parameter_error;
  std::string value;
  const emu::Configuration& current = partition.configuration();
  const bool shared = current.proc_mode == emu::ProcMode::shared;
  const u32 entitled = units_of(current);
  switch (token) {
    case parameter_splpar:
      value = fmt::format(
          "MinEntCap={},MaxEntCap={},MinMem={},DesMem={},MaxMem={},MinProcs={},MaxPlatProcs={},DesProcs={},DesEntCap={},"
          "DesVarCapWt={},CapInc=1,PartitionEntitledCapacity={}",
          shared ? current.min_proc_units : current.min_procs * 100, shared ? current.max_proc_units : current.max_procs * 100,
          current.min_mem, current.desired_mem, current.max_mem, current.min_procs, partition.frame().config().processors,
          current.desired_procs, entitled, current.uncap_weight, entitled);
      value.push_back('\0');
      break;
    case parameter_lpar_name:
      value = partition.definition().name;
      value.push_back('\0');
      break;
    case parameter_processor_modules: {
      // How many types of module; then of each: sockets, chips in one, cores on one.
      Bytes counts(4 * sizeof(u16));
      for (const auto& [at, count] : {std::pair{0, u32{1}}, {2, u32{1}}, {4, u32{1}}, {6, partition.frame().config().processors}})
        emu::store_be(&counts[static_cast<size_t>(at)], static_cast<u16>(count));
      value.assign(counts.begin(), counts.end());
      break;
    }
    default:
      return parameter_error;
  }
  Bytes answer(length_field);
  answer.insert(answer.end(), value.begin(), value.end());
  emu::store_be<u16>(answer.data(), static_cast<u16>(answer.size() - length_field));
  if (answer.size() > length) return -9999;  // a wrong parameter; LoPAR 7.3.16.1 would rather cut the answer off
  return partition.memory().write(buffer, answer) ? success : hardware_error;
}

}  // namespace firmware::rtas

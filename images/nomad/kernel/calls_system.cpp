// SPDX-License-Identifier: GPL-2.0-or-later
// System calls about the partition: time, devices, device tree, NVRAM, shutdown.
#include "kernel/boot_arguments.h"
#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/device_tree.h"
#include "kernel/devices.h"
#include "kernel/kernel_map.h"
#include "kernel/machine.h"
#include "kernel/network.h"
#include "kernel/pages.h"
#include "kernel/shutdown.h"
#include "kernel/system_calls.h"
#include "lib/text.h"

namespace nomad::system_calls {

i64 time_of_day(Call& call) { return call.give(call.argument(0), clock::time_of_day()) ? 0 : i64{Error::bad_address}; }

i64 set_time_of_day(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  return clock::set_time_of_day(call.argument(0)) ? 0 : i64{Error::not_supported};
}

i64 system_info(Call& call) {
  SystemInfo info{};
  info.memory_bytes = pages::total();
  info.free_bytes = pages::free();
  info.kernel_page_bytes = kernel_map::page_size();
  info.timebase_frequency = clock::frequency();
  info.uptime_microseconds = clock::uptime_microseconds();
  info.processors = processors_online();
  info.processor_version = static_cast<u32>(read_spr<spr_pvr>());
  info.address = network::address();
  info.partition_number = static_cast<u32>(tree::number(tree::root(), "ibm,partition-no", 0));
  copy_text(info.partition_name, sizeof info.partition_name, tree::text(tree::root(), "ibm,partition-name", "nomad"));
  copy_text(info.boot_arguments, sizeof info.boot_arguments, boot_arguments::whole());
  return call.give(call.argument(0), info) ? 0 : i64{Error::bad_address};
}

i64 device_info(Call& call) {
  DeviceInfo info{};
  if (!devices::info(static_cast<u32>(call.argument(0)), info)) return Error::no_such_thing;
  return call.give(call.argument(1), info) ? 0 : i64{Error::bad_address};
}

i64 property(Call& call) {
  char path[128], name[64];
  if (!call.process.space.copy_text_in(path, sizeof path, call.argument(0)) ||
      !call.process.space.copy_text_in(name, sizeof name, call.argument(1)))
    return Error::bad_address;
  const tree::Property* found = tree::property(tree::find(path), name);
  if (!found) return Error::no_such_thing;
  const u64 length = found->length < call.argument(3) ? found->length : call.argument(3);
  if (!call.process.space.copy_out(call.argument(2), found->value, length)) return Error::bad_address;
  return found->length;
}

i64 shutdown(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  shutdown::request(static_cast<ShutdownKind>(call.argument(0)));
  return 0;
}

}  // namespace nomad::system_calls

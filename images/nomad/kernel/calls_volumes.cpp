// SPDX-License-Identifier: GPL-2.0-or-later
// System calls on volume groups.
#include "kernel/system_calls.h"
#include "kernel/volumes.h"

namespace nomad::system_calls {

i64 volume_group_info(Call& call) {
  GroupInfo info;
  if (!volumes::describe_group(static_cast<u32>(call.argument(0)), info)) return Error::no_such_thing;
  return call.give(call.argument(1), info) ? 0 : i64{Error::bad_address};
}

i64 volume_info(Call& call) {
  VolumeInfo info;
  if (!volumes::describe_volume(static_cast<u32>(call.argument(0)), info)) return Error::no_such_thing;
  return call.give(call.argument(1), info) ? 0 : i64{Error::bad_address};
}

i64 physical_volume_info(Call& call) {
  PhysicalVolumeInfo info;
  if (!volumes::describe_disk(static_cast<u32>(call.argument(0)), info)) return Error::no_device;
  return call.give(call.argument(1), info) ? 0 : i64{Error::bad_address};
}

i64 volume_change(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  VolumeChange wanted;
  if (!call.take(call.argument(0), wanted)) return Error::bad_address;
  const i64 result = volumes::change(wanted);
  return call.give(call.argument(0), wanted) ? result : i64{Error::bad_address};
}

}  // namespace nomad::system_calls

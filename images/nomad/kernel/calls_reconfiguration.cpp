// SPDX-License-Identifier: GPL-2.0-or-later
// System calls of dynamic reconfiguration.
#include "kernel/dynamic.h"
#include "kernel/extensions.h"
#include "kernel/migration.h"
#include "kernel/reconfiguration.h"
#include "kernel/system_calls.h"

namespace nomad::system_calls {

i64 dr_reconfig(Call& call) {
  switch (static_cast<DrCommand>(call.argument(0))) {
    case DR_QUERY: {
      dr_info info{};
      if (!reconfiguration::current_event(info)) return Error::no_such_thing;
      return call.give(call.argument(1), info) ? 0 : i64{Error::bad_address};
    }
    case DR_RECONFIG_DONE: call.process.dr_answered = true; return 0;
    case DR_EVENT_FAIL:
      // Only authority refuses; the others have answered all the same, and are not waited for.
      call.process.dr_answered = true;
      if (!call.process.root) return Error::not_permitted;
      call.process.dr_refused = true;
      return 0;
  }
  return Error::invalid;
}

i64 dr_script(Call& call) {
  ScriptInfo script{};
  const auto what = static_cast<ScriptOperation>(call.argument(0));
  if (what == ScriptOperation::list) {
    if (!reconfiguration::script(call.argument(1), script)) return Error::no_such_thing;
    return call.give(call.argument(2), script) ? 0 : i64{Error::bad_address};
  }
  if (!call.process.root) return Error::not_permitted;
  if (!call.take(call.argument(2), script)) return Error::bad_address;
  script.file[sizeof script.file - 1] = script.host[sizeof script.host - 1] = 0;
  script.name[sizeof script.name - 1] = script.environment[sizeof script.environment - 1] = script.resource[sizeof script.resource - 1] = 0;
  if (what == ScriptOperation::install) return reconfiguration::install(script);
  return what == ScriptOperation::remove ? reconfiguration::remove(script.name) : i64{Error::invalid};
}

i64 extension(Call& call) {
  const auto what = static_cast<ExtensionOperation>(call.argument(0));
  if (what == ExtensionOperation::list) {
    ExtensionInfo info{};
    if (!extensions::info(call.argument(1), info)) return Error::no_such_thing;
    return call.give(call.argument(2), info) ? 0 : i64{Error::bad_address};
  }
  if (!call.process.root) return Error::not_permitted;
  char name[sizeof ExtensionInfo::name];
  if (!call.process.space.copy_text_in(name, sizeof name, call.argument(1))) return Error::bad_address;
  if (what == ExtensionOperation::load) return extensions::load(name, call.argument(2));
  return what == ExtensionOperation::unload ? extensions::unload(name) : i64{Error::invalid};
}

i64 dr_operation(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  const auto what = static_cast<DrOperation>(call.argument(0));
  if (what > DrOperation::undo) return Error::invalid;
  if (what != DrOperation::status)
    return migration::request(what, call.argument(1), {static_cast<u32>(call.argument(3)), static_cast<u32>(call.argument(4))});
  DrStatus status;
  migration::status(status);
  return call.give(call.argument(2), status) ? 0 : i64{Error::bad_address};
}

i64 dr_resources(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  DrResources request;
  if (!call.take(call.argument(0), request)) return Error::bad_address;
  request.name[sizeof request.name - 1] = 0;
  const i64 result = dynamic::change(request);
  return result < 0 || call.give(call.argument(0), request) ? result : i64{Error::bad_address};
}

i64 device_change(Call& call) {
  if (!call.process.root) return Error::not_permitted;
  char name[sizeof DeviceInfo::name] = "", why[sizeof DrResources::text] = "";
  const auto what = static_cast<DeviceChange>(call.argument(0));
  if (what > DeviceChange::remove_tree) return Error::invalid;
  if (what != DeviceChange::configure_all && !call.process.space.copy_text_in(name, sizeof name, call.argument(1))) return Error::bad_address;
  const i64 result = dynamic::change_devices(what, name, why, sizeof why);
  const u64 room = call.argument(3) < sizeof why ? call.argument(3) : sizeof why;
  return room && !call.process.space.copy_out(call.argument(2), why, room) ? i64{Error::bad_address} : result;
}

}  // namespace nomad::system_calls

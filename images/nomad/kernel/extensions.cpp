// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/extensions.h"

#include "kernel/reconfiguration.h"
#include "lib/text.h"

namespace nomad::extensions {
namespace {

using namespace reconfiguration;

constexpr int ebusy = 16;

// SIMPLIFIED: the toy guest's extensions are part of its kernel; loading one starts it.
struct Extension {
  const char* name;
  bool loaded;
  u64 token;
  long long refused;
  ExtensionInfo seen;
};
Extension known[] = {{"pmig_watch", false, 0, 0, {}}, {"pmig_veto", false, 0, 0, {}}};

int handle(void*, void* argument, long long action, void* resource) {
  Extension& self = *static_cast<Extension*>(argument);
  if (action == DR_MIGRATE_CHECK) self.seen.checks++;
  if (action == DR_MIGRATE_PRE) self.seen.prepares++;
  if (action == DR_MIGRATE_POST) self.seen.posts++;
  if (action == DR_MIGRATE_POST_ERROR) self.seen.post_errors++;
  self.seen.stream = static_cast<u64>(static_cast<const dri_pmig*>(resource)->streamid);
  return self.refused & action ? ebusy : 0;
}

Extension* find_extension(const char* name) {
  for (Extension& each : known)
    if (equal(each.name, name)) return &each;
  return nullptr;
}

}  // namespace

i64 load(const char* name, u64 refused) {
  Extension* extension = find_extension(name);
  if (!extension) return Error::no_such_thing;
  if (extension->loaded) return Error::busy;
  constexpr u64 may_be_refused = DR_MIGRATE_CHECK | DR_MIGRATE_PRE;
  if (refused & ~may_be_refused) return Error::invalid;
  extension->refused = static_cast<long long>(refused);
  extension->seen = {};
  constexpr long long all = DR_MIGRATE_CHECK | DR_MIGRATE_PRE | DR_MIGRATE_POST | DR_MIGRATE_POST_ERROR;
  if (reconfig_register_ext(handle, all, extension, &extension->token, name) != 0) return Error::no_memory;
  extension->loaded = true;
  return 0;
}

i64 unload(const char* name) {
  Extension* extension = find_extension(name);
  if (!extension || !extension->loaded) return Error::no_such_thing;
  reconfig_unregister(extension->token);
  extension->loaded = false;
  return 0;
}

bool info(u64 index, ExtensionInfo& info) {
  for (const Extension& each : known)
    if (each.loaded && index-- == 0) {
      info = each.seen;
      copy_text(info.name, sizeof info.name, each.name);
      return true;
    }
  return false;
}

}  // namespace nomad::extensions

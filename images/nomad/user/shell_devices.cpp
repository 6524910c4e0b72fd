// SPDX-License-Identifier: GPL-2.0-or-later
// lsdev, lspath, cfgmgr, rmdev, lsslot.
#include "user/shell.h"

namespace nomad::shell {

void lsdev(const char* arguments) {
  char word[16], wanted[sizeof DeviceInfo::device_class] = "";
  while (next_word(arguments, word, sizeof word))
    if ((equal(word, "-Cc") || equal(word, "-c")) && !next_word(arguments, wanted, sizeof wanted)) {
      print("lsdev: usage: lsdev [-Cc CLASS]\n");
      return;
    }
  DeviceInfo info;
  for (u64 i = 0; system_call(SystemCall::device_info, i, word_of(&info)) == 0; i++)
    if (!equal(info.device_class, path_class) && (!*wanted || equal(wanted, info.device_class)))
      print("%-10s %-10s %-24s %s\n", info.name, info.status, info.location, info.description);
}

void lspath(const char* arguments) {
  char option[4], wanted[sizeof DeviceInfo::name] = "";
  if (next_word(arguments, option, sizeof option) && (!equal(option, "-l") || !next_word(arguments, wanted, sizeof wanted))) {
    print("lspath: usage: lspath [-l NAME]\n");
    return;
  }
  DeviceInfo info;
  for (u64 i = 0; system_call(SystemCall::device_info, i, word_of(&info)) == 0; i++)
    if (equal(info.device_class, path_class) && (!*wanted || equal(wanted, info.name)))
      print("%s %s %s\n", info.status, info.name, info.location);
}

void cfgmgr(const char*) {
  if (system_call(SystemCall::device_change, static_cast<u64>(DeviceChange::configure_all)) == Error::busy)
    print("cfgmgr: another operation is under way\n");
}

void rmdev(const char* arguments) {
  char option[4], name[sizeof DeviceInfo::name], why[sizeof DrResources::text] = "";
  if (!next_word(arguments, option, sizeof option) || !equal(option, "-l") || !next_word(arguments, name, sizeof name)) {
    print("rmdev: usage: rmdev -l NAME\n");
    return;
  }
  const i64 result = system_call(SystemCall::device_change, static_cast<u64>(DeviceChange::unconfigure), word_of(name), word_of(why), sizeof why);
  if (result == 0) print("%s Defined\n", name);
  else if (result == Error::busy) print("rmdev: another operation is under way\n");
  else print("rmdev: %s\n", why);
}

// A slot is where its device says that it is; a port of the device may be named behind it.
void lsslot(const char* arguments) {
  if (!equal(arguments, "-c slot")) {
    print("lsslot: usage: lsslot -c slot\n");
    return;
  }
  print("# Slot                    Description       Device(s)\n");
  DeviceInfo info;
  for (u64 i = 0; system_call(SystemCall::device_info, i, word_of(&info)) == 0; i++) {
    char slot[48] = "";
    if (equal(info.device_class, path_class)) continue;
    if (system_call(SystemCall::property, word_of(info.location), word_of("ibm,loc-code"), word_of(slot), sizeof slot - 1) < 0) continue;
    for (char* at = slot; *at; at++)
      if (starts_with(at, "-T")) *at = 0;
    print("%-25s Virtual I/O Slot  %s\n", slot, info.name);
  }
}

}  // namespace nomad::shell

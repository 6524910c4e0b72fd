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
  char word[8], name[sizeof DeviceInfo::name] = "", said[sizeof DrResources::text] = "";
  bool removed = false, tree = false, named = false;
  while (next_word(arguments, word, sizeof word)) {
    bool known = word[0] == '-' && word[1];
    for (const char* letter = word + 1; *letter && known; letter++) {
      removed |= *letter == 'd';
      tree |= *letter == 'R';
      named |= *letter == 'l';
      known = *letter == 'd' || *letter == 'R' || (*letter == 'l' && !letter[1] && next_word(arguments, name, sizeof name));
    }
    if (!known) {
      named = false;
      break;
    }
  }
  if (!named) {
    print("rmdev: usage: rmdev [-R] [-d] -l NAME\n");
    return;
  }
  const DeviceChange what = tree ? removed ? DeviceChange::remove_tree : DeviceChange::unconfigure_tree
                                 : removed ? DeviceChange::remove : DeviceChange::unconfigure;
  const i64 result = system_call(SystemCall::device_change, static_cast<u64>(what), word_of(name), word_of(said), sizeof said);
  if (result == Error::busy) print("rmdev: another operation is under way\n");
  else print("%s%s\n", result == 0 ? "" : "rmdev: ", said);
}

bool parse_address(const char* text, u32& address) {
  address = 0;
  for (u32 part = 0; part < 4; part++) {
    u32 value = 0, digits = 0;
    for (; *text >= '0' && *text <= '9' && digits < 4; text++, digits++) value = value * 10 + static_cast<u32>(*text - '0');
    if (!digits || value > 255 || (part < 3 && *text++ != '.')) return false;
    address = address << 8 | value;
  }
  return !*text;
}

// As on AIX; `detach` forgets the address, too.
void ifconfig(const char* arguments) {
  char name[8], word[20];
  u64 number = 0;
  u32 address = 0, mask = 0xFFFFFF00;
  bool good = next_word(arguments, name, sizeof name) && starts_with(name, "en") && parse_number(name + 2, number) &&
              next_word(arguments, word, sizeof word);
  if (good && !equal(word, "detach")) {
    good = parse_address(word, address) && address;
    while (good && next_word(arguments, word, sizeof word) && !equal(word, "up"))
      good = equal(word, "netmask") && next_word(arguments, word, sizeof word) && parse_address(word, mask);
  }
  if (!good) {
    print("ifconfig: usage: ifconfig enN ADDRESS [netmask MASK] [up] | detach\n");
    return;
  }
  const i64 result = system_call(SystemCall::interface_change, number, address, mask);
  if (result == Error::no_device) print("ifconfig: 0821-555 Cannot find interface %s.\n", name);
  else if (result == Error::busy) print("ifconfig: another interface has this address\n");
}

// What RSCT's command shows of this one class; the attributes that nothing here has are empty.
void lsrsrc(const char* arguments) {
  if (!equal(arguments, "IBM.ManagementServer")) {
    print("lsrsrc: usage: lsrsrc IBM.ManagementServer\n");
    return;
  }
  char text[96] = "", address[20];
  const i64 length = system_call(SystemCall::file_read, word_of(managers_file), 0, word_of(text), sizeof text - 1);
  text[length > 0 ? length : 0] = 0;
  for (char* at = text; *at; at++)
    if (*at == '\n') *at = ' ';
  const SystemInfo& info = system_info();
  print("Resource Persistent Attributes for IBM.ManagementServer\n");
  const char* rest = text;
  for (u32 number = 1; next_word(rest, address, sizeof address); number++) {
    print("resource %u:\n        Name             = \"%s\"\n        Hostname         = \"%s\"\n", number, address, address);
    print("        ManagerType      = \"HMC\"\n        LocalHostname    = \"%u.%u.%u.%u\"\n", info.address >> 24, info.address >> 16 & 255,
          info.address >> 8 & 255, info.address & 255);
    print("        ClusterTM        = \"9078-160\"\n        ClusterSNum      = \"\"\n        ActivePeerDomain = \"\"\n");
    print("        NodeNameList     = {\"%s\"}\n", info.partition_name);
  }
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

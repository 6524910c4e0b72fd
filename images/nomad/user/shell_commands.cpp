// SPDX-License-Identifier: GPL-2.0-or-later
#include "user/shell.h"

namespace nomad::shell {
namespace {

void help(const char*) {
  for (const Command* command = commands; command->name; command++)
    if (command->usage) print("%s\n", command->usage);
}

void ps(const char*) {
  print("  PID CPU STATE        TIME_MS    PAGES COMMAND\n");
  ProcessInfo info;
  for (u64 slot = 0; system_call(SystemCall::process_info, slot, word_of(&info)) == 0; slot++)
    if (info.pid)
      print("%5u %3u %-9s %10lu %8lu %s%s%s\n", info.pid, info.processor, info.state, info.microseconds / 1000, info.pages, info.name,
            equal(info.arguments, "[kernel]") ? " " : "",
            equal(info.arguments, "[kernel]") ? info.arguments : info.arguments + strlen(info.name));
}

void kill(const char* arguments) {
  char word[32];
  u64 signal = SIGTERM, pid = 0;
  if (*arguments == '-' && next_word(arguments, word, sizeof word) && !parse_number(word + 1, signal)) {
    print("kill: usage: kill [-signal] pid\n");
    return;
  }
  if (!next_word(arguments, word, sizeof word) || !parse_number(word, pid)) {
    print("kill: usage: kill [-signal] pid\n");
    return;
  }
  const i64 result = system_call(SystemCall::kill, pid, signal);
  if (result == Error::no_such_thing) print("kill: %lu: no such process\n", pid);
  else if (result == Error::not_permitted) print("kill: %lu: not permitted\n", pid);
  else if (result < 0) print("kill: %lu: does not handle signal %lu\n", pid, signal);
}

void date(const char* arguments) {
  TimeOfDay now{};
  u64 seconds = 0;
  char word[32];
  if (starts_with(arguments, "-s ")) {
    arguments += 3;
    if (!next_word(arguments, word, sizeof word) || !parse_number(word, seconds))
      print("date: usage: date [-s seconds_since_1970]\n");
    else if (system_call(SystemCall::set_time_of_day, seconds) < 0)
      print("date: the platform refused\n");
    return;
  }
  system_call(SystemCall::time_of_day, word_of(&now));
  const Date day = date_of(now.seconds);
  print("%04u-%02u-%02u %02u:%02u:%02u.%03lu UTC\n", day.year, day.month, day.day, day.hour, day.minute, day.second,
        now.nanoseconds / 1000000);
}

void errpt(const char* arguments) {
  const bool detailed = equal(arguments, "-a");
  ErrorRecord record;
  if (!detailed) print("IDENTIFIER  TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n");
  for (u64 i = 0; system_call(SystemCall::error_log, i, word_of(&record)) == 0; i++) {
    const Date day = date_of(record.seconds);
    if (detailed) {
      print("---------------------------------------------------------------------------\n");
      print("LABEL:          %s\nIDENTIFIER:     %08X\n\n", record.label, record.identifier);
      print("Date/Time:       %04u-%02u-%02u %02u:%02u:%02u UTC\n", day.year, day.month, day.day, day.hour, day.minute, day.second);
      print("Sequence Number: %u\nClass:           %c\nType:            %c\nResource Name:   %s\n\n", record.sequence, record.error_class,
            record.type, record.resource);
      print("Description\n%s\n", record.description);
      if (record.detail[0]) print("\nDetail Data\n%s\n", record.detail);
    } else {
      print("%08X   %02u%02u%02u%02u%02u %c %c %-14s %s\n", record.identifier, day.month, day.day, day.hour, day.minute, day.year % 100,
            record.type, record.error_class, record.resource, record.description);
    }
  }
}

void uname(const char* arguments) {
  const SystemInfo& info = system_info();
  if (equal(arguments, "-a"))
    print("nomad %s 1.0 ppc64 pvr=0x%08x\n", info.partition_name, info.processor_version);
  else
    print("nomad\n");
}

void mem(const char*) {
  const SystemInfo& info = system_info();
  print("memory: total=%lu KiB free=%lu KiB kernel_page=%lu KiB\n", info.memory_bytes >> 10, info.free_bytes >> 10,
        info.kernel_page_bytes >> 10);
}

void show_property(const char* title, const char* name) {
  char value[128] = {};
  const i64 length = system_call(SystemCall::property, word_of("/"), word_of(name), word_of(value), sizeof value - 1);
  print("%s: %s\n", title, length < 0 ? "-" : value);
}

void prtconf(const char*) {
  const SystemInfo& info = system_info();
  show_property("System Model", "model");
  show_property("Machine Serial Number", "system-id");
  print("Processor Version: 0x%08x\nNumber Of Processors: %u\n", info.processor_version, info.processors);
  print("Time Base Frequency: %lu Hz\nMemory Size: %lu MB\n", info.timebase_frequency, info.memory_bytes >> 20);
  print("LPAR Info: %u %s\n", info.partition_number, info.partition_name);
  print("IP Address: %u.%u.%u.%u\n", info.address >> 24, info.address >> 16 & 255, info.address >> 8 & 255, info.address & 255);
  print("Boot Arguments: %s\n", info.boot_arguments);
}

void nvram(const char* arguments) {
  const i64 size = system_call(SystemCall::nvram_read);
  if (size <= 0) {
    print("nvram: absent\n");
    return;
  }
  print("nvram: %ld bytes\n", size);
  u64 offset = 0;
  char word[24];
  if (next_word(arguments, word, sizeof word) && !parse_number(word, offset, 16)) {
    print("nvram: usage: nvram [offset-hex]\n");
    return;
  }
  u8 bytes[64];
  const i64 count = system_call(SystemCall::nvram_read, offset, word_of(bytes), sizeof bytes);
  for (i64 i = 0; i < count; i++) {
    if (i % 16 == 0) print("%05lx:", offset + static_cast<u64>(i));
    print(" %02x%s", bytes[i], i % 16 == 15 || i + 1 == count ? "\n" : "");
  }
}

void run(const char* arguments) {
  if (!*arguments)
    print("run: usage: run [-u] program [arguments] [&]\n");
  else if (!run_program(arguments))
    print("run: %s: not found\n", arguments);
}

void stop(const char*) { system_call(SystemCall::shutdown, static_cast<u64>(ShutdownKind::power_off)); }
void reboot(const char*) { system_call(SystemCall::shutdown, static_cast<u64>(ShutdownKind::restart)); }

}  // namespace

const Command commands[] = {
    {"help", "help                          this list", help},
    {"ps", "ps                            processes", ps},
    {"kill", "kill [-signal] pid            send a signal (15)", kill},
    {"date", "date [-s seconds]             show or set the time of day", date},
    {"errpt", "errpt [-a]                    error log, newest first", errpt},
    {"lsdev", "lsdev [-Cc CLASS]             devices: adapter, disk, if, memory, processor ...", lsdev},
    {"lspath", "lspath [-l NAME]              the paths to disks: Enabled, Failed", lspath},
    {"cfgmgr", "cfgmgr                        take the devices that have come", cfgmgr},
    {"ifconfig", "ifconfig enN ADDRESS [netmask MASK] [up] | detach", ifconfig},
    {"rmdev", "rmdev [-R] [-d] -l NAME       a device is not used any more, until cfgmgr; -R: with what is behind it; -d: nor listed", rmdev},
    {"lsrsrc", "lsrsrc IBM.ManagementServer   who manages this partition, by RMC", lsrsrc},
    {"lsslot", "lsslot -c slot                virtual slots and their devices", lsslot},
    {"lsvg", "lsvg [-p VG | -l VG]          volume groups; disks, volumes of one", lsvg},
    {"lspv", "lspv                          disks, their identifiers and groups", lspv},
    {"mkvg", "mkvg -y VG [-s MB] hdiskN ...\n"
     "extendvg, reducevg VG hdiskN ...\n"
     "migratepv hdiskN hdiskM       what is on one disk goes to another of its group", mkvg},
    {"extendvg", nullptr, extendvg},
    {"reducevg", nullptr, reducevg},
    {"migratepv", nullptr, migratepv},
    {"mklv", "mklv -y LV VG PARTITIONS, rmlv LV   logical volumes, for bank volume=LV", mklv},
    {"rmlv", nullptr, rmlv},
    {"cat", "cat FILE | cat > FILE <<WORD  show a file; write one, up to a line that is WORD", cat},
    {"ls", "ls                            files", ls},
    {"rm", "rm FILE                       a file is gone", rm},
    {"kextload", "kextload NAME [refuse=check|pre]\n"
     "kextunload NAME, genkex       kernel extensions: load pmig_watch, pmig_veto; unload, list", kextload},
    {"kextunload", nullptr, kextunload},
    {"genkex", nullptr, genkex},
    {"drmgr", "drmgr -l | -u NAME [-D HOST]  reconfiguration scripts: list, uninstall\n"
     "drmgr -i NAME [-w MINUTES] [-f] [-D HOST]   install; -f: another of that name is replaced\n"
     "drmgr -c mem|cpu|slot -a|-r   memory, processors (-q N), an adapter (-s SLOT): add, remove", drmgr},
    {"refuse", "refuse check|pre|off          a script that refuses a reconfiguration in that phase", refuse},
    {"uname", "uname [-a]                    system", uname},
    {"mem", "mem                           memory", mem},
    {"prtconf", "prtconf                       system configuration from the device tree", prtconf},
    {"nvram", "nvram [offset]                NVRAM contents", nvram},
    {"judge", "judge [program]               programs print their verdicts (also: program?)", judge},
    {"run", "run [-u] program [args] [&]   start a program; -u without authority", run},
    {"shutdown", "shutdown                      stop the programs and power off", stop},
    {"reboot", "reboot                        stop the programs and restart", reboot},
    {nullptr, nullptr, nullptr},
};

}  // namespace nomad::shell

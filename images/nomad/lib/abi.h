// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What programs and the kernel agree on: system calls, signals, and the records that calls fill in.
#include "lib/types.h"

namespace nomad {

// `sc` with the number in r0, arguments in r3..r8, result in r3 (negative = Error). One list: the enum here, the kernel's table.
#define NOMAD_SYSTEM_CALLS(X)                                                                                             \
  X(exit)             /* status */                                                                                        \
  X(write)            /* text, length: console, or the capture buffer of a captured process */                            \
  X(read)             /* buffer, length, timeout in ms (-1 none): console */                                              \
  X(foreground)       /* pid that ^C kills, 0 none */                                                                     \
  X(sleep)            /* microseconds; interrupted by a handled signal */                                                 \
  X(time_of_day)      /* TimeOfDay* */                                                                                    \
  X(set_time_of_day)  /* seconds since 1970 */                                                                            \
  X(spawn)            /* command line, SpawnFlag bits -> pid */                                                           \
  X(wait)             /* pid, int* status, buffer for captured output, its size, timeout in ms */                         \
  X(kill)             /* pid, signal */                                                                                   \
  X(process_id)       /* */                                                                                               \
  X(process_info)     /* slot, ProcessInfo* */                                                                            \
  X(signal_handler)   /* signal, function or 0 */                                                                         \
  X(signal_return)    /* only the runtime's trampoline */                                                                 \
  X(memory_map)       /* bytes -> address of zeroed, demand-paged memory */                                               \
  X(real_address)     /* address -> real address of a touched page */                                                     \
  X(device_map)       /* bsr window number, DeviceWindow* -> address of a cache-inhibited mapping */                      \
  X(huge_page_map)    /* privileged: number of a 16 GiB page -> address; it is of one program */                         \
  X(system_info)      /* SystemInfo* */                                                                                   \
  X(device_info)      /* index, DeviceInfo* */                                                                            \
  X(device_change)    /* privileged: DeviceChange, name, buffer for what it says, its size */                               \
  X(interface_change) /* privileged: number, own address or 0 = down, netmask */                                          \
  X(property)         /* node path, name, buffer, size -> length */                                                       \
  X(disk_info)        /* disk, DiskInfo* */                                                                               \
  X(disk_read)        /* disk, first block, blocks, buffer */                                                             \
  X(disk_write)       /* disk, first block, blocks, buffer */                                                             \
  X(disk_flush)       /* disk: SYNCHRONIZE CACHE */                                                                       \
  X(disk_reserve)     /* privileged: disk, 1 = RESERVE(6), 0 = RELEASE(6) */                                              \
  X(volume_group_info) /* index, GroupInfo* */                                                                           \
  X(volume_info)      /* index, VolumeInfo* */                                                                            \
  X(physical_volume_info) /* disk, PhysicalVolumeInfo* */                                                                \
  X(volume_change)    /* privileged: VolumeChange* */                                                                     \
  X(udp_open)         /* port -> socket */                                                                                \
  X(udp_receive)      /* socket, buffer, size, UdpPeer*, timeout in ms -> length */                                       \
  X(udp_send)         /* socket, buffer, length, const UdpPeer* */                                                        \
  X(error_log)        /* index from the newest, ErrorRecord* */                                                           \
  X(nvram_read)       /* offset, buffer, size -> length; size 0 asks for the size of the NVRAM */                         \
  X(file_write)       /* name, bytes, length, whether at the end of it */                                                 \
  X(file_read)        /* name, offset, buffer, size -> length */                                                          \
  X(file_remove)      /* name */                                                                                          \
  X(file_info)        /* index, FileInfo* */                                                                              \
  X(extension)        /* privileged: ExtensionOperation; name, phases refused; or index, ExtensionInfo* */                 \
  X(dr_reconfig)      /* DR_QUERY ..., dr_info* */                                                                        \
  X(dr_script)        /* ScriptOperation, index or 0, ScriptInfo* */                                                      \
  X(dr_operation)     /* privileged: DrOperation, stream id, DrStatus*, minutes, level of detail */                               \
  X(dr_resources)     /* privileged: DrResources*: waits until it is done, or refused */                                  \
  X(kernel_loop)      /* count: reads the MSR so many times in the kernel */                                              \
  X(shutdown)         /* ShutdownKind */

inline constexpr unsigned long command_line_bytes = 512;  // of a program, with the 0 at its end

enum class SystemCall : u64 {
#define X(name) name,
  NOMAD_SYSTEM_CALLS(X)
#undef X
      count
};

enum Error : i64 {
  not_permitted = -1,
  no_such_thing = -2,
  interrupted = -4,
  input_output = -5,
  try_again = -11,
  no_memory = -12,
  bad_address = -14,
  busy = -16,
  no_device = -19,
  invalid = -22,
  not_supported = -95,
  timed_out = -110,
};

// Numbers as on AIX where AIX has them.
enum Signal : u32 { SIGKILL = 9, SIGTERM = 15, SIGUSR1 = 30, SIGRECONFIG = 58, signal_count = 64 };

enum SpawnFlag : u64 { spawn_capture = 1, spawn_without_authority = 2 };

enum class ShutdownKind : u64 { power_off, restart };

struct TimeOfDay {
  u64 seconds;
  u64 nanoseconds;
};

struct ProcessInfo {
  u32 pid;
  u32 parent;
  u32 processor;
  u32 root;
  u64 microseconds;
  u64 pages;
  char state[12];
  char name[20];
  char arguments[96];
};

struct SystemInfo {
  u64 memory_bytes;
  u64 free_bytes;
  u64 kernel_page_bytes;
  u64 timebase_frequency;
  u64 uptime_microseconds;
  u32 processors;
  u32 processor_version;
  u32 partition_number;
  u32 address;  // own IPv4 address, 0 without a network
  char partition_name[64];
  char boot_arguments[256];
};

// Not a device: how one is reached. The name is the disk's, the location its adapter's.
inline constexpr char path_class[] = "path";

struct DeviceInfo {
  char name[16];
  char device_class[12];  // as lsdev -Cc names it; or path_class
  char status[16];
  char location[48];
  char description[64];
};

// Like rmdev and cfgmgr: the driver of a device lets go of it; with -d it is no device any more, with -R what is behind it goes first;
// drivers take what the device tree has.
enum class DeviceChange : u64 { unconfigure, configure_all, remove, unconfigure_tree, remove_tree };

struct DiskInfo {
  u64 blocks;
  u32 block_bytes;
  u32 largest_transfer;  // blocks per call
  u64 retries;           // commands sent again after the partner went away or failed
  u64 logins;
};

struct GroupInfo {
  char name[16];
  u64 id;
  u32 partition_mib;
};

struct VolumeInfo {
  char name[16];
  char group[16];
  u32 number;  // for disk_read and its like
  u32 partitions, disks;
  u32 open;
};

struct PhysicalVolumeInfo {
  char group[16];  // empty: it is of none
  u64 id;          // 0: none
  u32 partitions;
  u32 free_in[5];  // of each fifth of them, from the outer edge
};

// What mkvg, extendvg, reducevg, mklv, rmlv and migratepv ask for.
struct VolumeChange {
  enum class Kind : u32 { make_group, extend_group, reduce_group, make_volume, remove_volume, migrate } kind;
  char group[16];
  char volume[16];
  u32 disks[8];  // of migrate: from, to
  u32 disk_count;
  u32 partition_mib;  // of a new group; 0: as its disks need
  u32 count;          // logical partitions of a new volume
  u32 done;           // so many physical partitions have moved
};

struct UdpPeer {
  u32 address;
  u16 port;
  u32 local;  // own address that it came to; 0 = any, of what is sent
};

struct ErrorRecord {
  u32 identifier;
  u32 sequence;
  u64 seconds;
  char type;
  char error_class;
  char label[22];
  char resource[16];
  char description[48];
  char detail[64];
};

struct DeviceWindow {
  u64 bytes;
  u32 lock_bytes;
  u32 lock_stride;
};

// Dynamic reconfiguration (Redbook 5.8.2). The caller learns what goes on with DR_QUERY and answers with one of the others.
enum DrCommand : u64 { DR_QUERY = 1, DR_RECONFIG_DONE = 2, DR_EVENT_FAIL = 3 };

struct dr_info {
  u32 add : 1;
  u32 rem : 1;
  u32 check : 1;
  u32 pre : 1;
  u32 post : 1;
  u32 posterror : 1;
  u32 cpu : 1;
  u32 mem : 1;
  u32 migrate : 1;
  u32 partition : 1;
  u32 cpu_change;       // how many, of cpu
  u64 req_memsz_change; // bytes, of mem
  u64 streamid;         // of migrate
};

// Written by rmcd, read by lsrsrc.
inline constexpr char managers_file[] = "/var/ct/IBM.ManagementServer";

struct FileInfo {
  char name[64];
  u64 bytes;
};

enum class ExtensionOperation : u64 { load, unload, list };

struct ExtensionInfo {
  char name[24];
  u32 checks, prepares, posts, post_errors;  // how often it was called
  u64 stream;                                // of the last call
};

enum class ScriptOperation : u64 { install, remove, list };

struct ScriptInfo {
  char environment[32];  // "NAME=value " put before the command line, or empty
  char name[24];
  char file[64];       // its copy; empty: a program of that name
  char host[32];       // it runs on this host alone; empty: on all
  u32 seconds;         // how long it may take, as it says itself
  u32 admin_minutes;   // and as who installed it says; 0 = nothing
  char information[64];
  char vendor[24];
  char version[12];
  char date[12];
  char usage[64];
  char resource[16];  // names with a blank between them: pmig mem cpu
};

enum class DrOperation : u64 { status, check, prepare, undo };

struct DrStatus {
  u64 stream;
  u32 running;  // an operation (check, prepare, undo) has not finished yet
  i32 result;   // of the last finished operation: 0, or the error number of the RMC reply
  u32 post_done;
  char state[12];
  char text[128];
};

// What drmgr asks of the kernel, and what has come of it.
struct DrResources {
  enum class Kind : u32 { memory, processor, slot, bridge } kind;
  u32 add;
  u32 count;      // logical memory blocks, processors
  u32 minutes;    // it ends after that time; 0 = it has any time
  u32 detail;     // how much scripts shall say, 0 to 5
  char name[64];  // of a slot, as its connector is called (ibm,drc-names)
  u32 done;       // so many of them
  char text[128]; // why not all
};

}  // namespace nomad

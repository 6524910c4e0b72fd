// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The disks of the partition, hdisk0 and up, whatever driver has them. Callers wait in process context.
#include "lib/abi.h"
#include "lib/types.h"

namespace nomad::disks {

constexpr u32 limit = 16;
constexpr u64 largest_transfer = 64 * 1024;  // bytes

// By the number of the disk. Answers: 0, or an Error.
struct Driver {
  i64 (*transfer)(u32 disk, u64 block, u64 count, void* buffer, bool out);
  i64 (*flush)(u32 disk);
  i64 (*reserve)(u32 disk, bool on);
  bool (*is_ready)(u32 disk);                           // it would be answered now
  void (*describe)(u32 disk, char* location, u64 size);
  void (*statistics)(u32 disk, DiskInfo& info);          // retries, logins
  void (*forget)(u32 disk);                             // it has another number, or none, from now on
};

struct Disk {
  const Driver* driver;  // nullptr: no disk has this number
  bool available;
  u64 users;             // one bit per process
  u64 blocks;
  u32 block_bytes;
  const char* description;  // before its identity
  char identity[32];
};

Disk* known(u32 number);      // nullptr: there is none
Disk* available(u32 number);
u32 number_available();
u32 free_number();            // the first that no disk has; `limit`: all have one
void add(u32 number, const Disk& disk);

bool info(u32 disk, DiskInfo& info);
i64 read(u32 disk, u64 block, u64 count, void* buffer);  // blocks, at most largest_transfer; 0 or Error
i64 write(u32 disk, u64 block, u64 count, const void* buffer);
i64 flush(u32 disk);
i64 reserve(u32 disk, bool on);  // for this partition alone, until it is released or the connection ends
void flush_all();

// Processes, by their place in the table: a bit each. One that has asked for something uses the disk until it ends.
void use(u32 disk, u32 process);
void close_all(u32 process);
u64 users(u32 disk);

void stop(u32 disk);    // it is Defined. The caller has seen that nobody uses it
void forget(u32 disk);
bool describe(u32 index, DeviceInfo& info);

}  // namespace nomad::disks

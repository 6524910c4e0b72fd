// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual SCSI client adapter: its queue, its connection to the server, and the commands on their way. What it leads to is vscsi.cpp's.
#include "drivers/crq.h"
#include "drivers/disks.h"
#include "drivers/srp.h"
#include "drivers/vscsi.h"
#include "kernel/device_tree.h"

namespace nomad::vscsi {

inline constexpr u32 slot_count = 8, management_slot = slot_count;
inline constexpr i64 path_lost = -1000;       // of a command whose connection has ended: never seen outside of this driver

struct Slot {
  enum class State : u8 { unused, queued, sent, done };
  State state;
  bool abort_sent;
  u32 attempts_left;
  u64 tag;
  u64 deadline;    // while sent
  u64 not_before;  // while queued: the target said it is busy
  u64 lun;
  u8 cdb[16];
  u32 length;
  bool out;
  i64 result;
  u8* unit;        // the information unit, and where the answer appears
  u64 unit_io;
  u8* data;
  u64 data_io;
};

struct Adapter {
  const tree::Node* node;                   // nullptr: no adapter has this number
  u32 index;
  bool started;                             // it has a worker
  bool stopping;                            // which shall end
  bool discovered;                          // and has seen what disks there are
  u8* units;
  u64 unit;
  DmaWindow window;
  Crq queue;
  bool ready;
  bool was_suspended;                       // told to the server at the next login
  bool need_reset, need_enable;             // what the worker shall do
  bool partner_initialized, management_done;
  u64 next_tag;
  i32 credit;                               // how many requests the target takes
  u64 retries, logins;
  Slot slots[slot_count + 1];
  srp::AdapterInfo info;
  char partner[64];
};

extern Adapter adapters[4];
extern const char path_channel;       // somebody waits for an adapter that is ready
extern const char discovery_channel;  // or until one has seen what disks there are, or has stopped

void start(Adapter& adapter);  // with a worker, if there is room for it
void stop(Adapter& adapter);   // until its worker has ended
bool all_discovered();

// Waits in process context for the answer: 0, an Error, or path_lost.
i64 run_on(Adapter& adapter, u64 lun, const u8* cdb, void* buffer, u64 length, bool out);
// Discovery needs answers that a dead connection never gives; it runs in the worker, so it may not wait for the worker.
i64 run_once(Adapter& adapter, u64 lun, const u8* cdb, void* buffer, u64 length);

void discover(Adapter& adapter);  // asked by the worker once it is connected: vscsi.cpp

}  // namespace nomad::vscsi

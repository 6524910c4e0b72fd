// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/migration.h"

#include "kernel/clock.h"
#include "kernel/dynamic.h"
#include "kernel/error_log.h"
#include "kernel/hypercall.h"
#include "kernel/machine.h"
#include "kernel/network.h"
#include "kernel/process.h"
#include "kernel/quiesce.h"
#include "kernel/reconfiguration.h"
#include "kernel/rtas.h"
#include "kernel/tree_update.h"
#include "lib/text.h"

namespace nomad::migration {
namespace {

using reconfiguration::Phase;
using reconfiguration::Subject;

enum class State : u8 { idle, checking, prepared, suspending, resumed, completed, aborted };
constexpr const char* state_names[] = {"idle", "checking", "prepared", "suspending", "resumed", "completed", "aborted"};

enum VasiState : u64 { vasi_enabled = 1, vasi_aborted = 2, vasi_suspending = 3, vasi_resumed = 5, vasi_completed = 6 };
enum Failure : i32 { refused = 1, bad_stream = 2, too_late = 16 };
constexpr u64 cancel_signal = 1;
constexpr u64 reason_migrating_partition = 0x06000000;
constexpr u64 poll_milliseconds = 10;

State state = State::idle;
u64 stream = 0;
reconfiguration::Patience patience;
bool operation_running = false;
DrOperation operation = DrOperation::status;
u64 operation_stream = 0;
i32 result = 0;
bool result_fetched = false;
char text[sizeof DrStatus::text];
bool post_done = false;
bool migrating = false;  // between a successful prepare and the end
bool cancel_wanted = false;

void finish_operation(i32 outcome) {
  result_fetched = false;
  result = outcome;
  operation_running = false;
}

// A hypervisor without H_VASI_STATE is taken at its word: go on (as Linux does).
struct Poll {
  i64 status;
  u64 state;
};
Poll poll() {
  const Hypercall answer = hypercall(H_VASI_STATE, stream);
  return {answer.status, answer.out[0]};
}

void cancel(u64 code) { hypercall(H_VASI_SIGNAL, stream, cancel_signal, reason_migrating_partition | (code & 0xFFFFFF)); }

void abort_migration(const char* why) {
  // Before anything that takes time: everybody who asks must hear the same.
  state = State::aborted;
  copy_text(text, sizeof text, why);
  error_log::add(error_log::migration_aborted, why);
  char ignored[sizeof text];
  reconfiguration::run(Phase::undo_prepare, Subject::migration, stream, patience, ignored, sizeof ignored);
  migrating = false;
  if (operation_running) finish_operation(0);  // the undo that asked for it
}

// True when the stream is in Suspending (or unknown to a hypervisor without VASI).
bool wait_for_suspending() {
  constexpr u64 errno_canceled = 125;
  for (;;) {
    if (cancel_wanted) {
      cancel(errno_canceled);
      abort_migration("cancelled by the management console");
      return false;
    }
    const Poll now = poll();
    if (now.status == H_FUNCTION) return true;
    if (now.status != H_SUCCESS) {
      char why[64];
      format(why, sizeof why, "H_VASI_STATE returned %ld", now.status);
      abort_migration(why);
      return false;
    }
    if (now.state == vasi_suspending) return true;
    if (now.state != vasi_enabled) {
      char why[64];
      format(why, sizeof why, "stream state %lu", now.state);
      abort_migration(now.state == vasi_aborted ? "aborted by the platform" : why);
      return false;
    }
    sleep_until(clock::after_milliseconds(poll_milliseconds));
  }
}

bool suspend() {
  constexpr u64 waits[] = {0, 1, 10, 100, 1000};  // milliseconds before each attempt
  constexpr i32 aborted = 9000;
  quiesce::Outcome outcome{};
  for (const u64 wait : waits) {
    if (wait) {
      sleep_until(clock::after_milliseconds(wait));
      const Poll now = poll();
      if (now.status != H_FUNCTION && (now.status != H_SUCCESS || now.state != vasi_suspending)) break;
    }
    outcome = quiesce::suspend();
    if (outcome.joined && outcome.status == 0) return true;
  }
  char why[64];
  format(why, sizeof why, "%s returned %d", outcome.joined ? "ibm,suspend-me" : "H_JOIN", outcome.status);
  // 9000: the platform has given up already; everything else is our decision, and must be told.
  if (outcome.status != aborted) cancel(static_cast<u64>(outcome.status < 0 ? -outcome.status : outcome.status));
  abort_migration(why);
  return false;
}

void wait_for_completed() {
  u64 next_arp = clock::after_milliseconds(1000);
  for (;;) {
    const Poll now = poll();
    // 6, or H_PARAMETER because the stream is gone: done. Anything unexpected cannot be undone here either.
    if (now.status != H_SUCCESS || now.state != vasi_resumed) return;
    sleep_until(clock::after_milliseconds(poll_milliseconds));
    if (timebase() >= next_arp) {
      network::gratuitous_arp();
      next_arp = clock::after_milliseconds(1000);
    }
  }
}

void migrate() {
  if (!wait_for_suspending()) return;
  state = State::suspending;
  if (!suspend()) return;
  // The programs first: they have stood still, and on a new server everything that the kernel does for the first time is slow.
  sleep_until(clock::after_milliseconds(1));
  // Here, wherever that is. An undo that was asked for at the last moment came too late.
  if (operation_running) {
    copy_text(text, sizeof text, "the partition has been suspended already");
    finish_operation(too_late);
  }
  network::gratuitous_arp();
  state = State::resumed;
  clock::read_time_of_day();
  rtas::call("ibm,activate-firmware");
  tree_update::run();
  wait_for_completed();
  error_log::add(error_log::migration_completed);
  char ignored[sizeof text];
  reconfiguration::run(Phase::post, Subject::migration, stream, patience, ignored, sizeof ignored);
  state = State::completed;
  post_done = true;
  migrating = false;
}

void check() {
  state = State::checking;
  if (reconfiguration::run(Phase::check, Subject::migration, operation_stream, patience, text, sizeof text)) {
    state = State::idle;
    finish_operation(0);
    return;
  }
  char ignored[sizeof text];
  reconfiguration::run(Phase::undo_check, Subject::migration, operation_stream, patience, ignored, sizeof ignored);
  state = State::idle;
  finish_operation(refused);
}

void prepare() {
  state = State::checking;
  post_done = false;
  cancel_wanted = false;
  stream = operation_stream;
  char ignored[sizeof text];
  if (!reconfiguration::run(Phase::prepare, Subject::migration, stream, patience, text, sizeof text)) {
    reconfiguration::run(Phase::undo_prepare, Subject::migration, stream, patience, ignored, sizeof ignored);
    state = State::idle;
    finish_operation(refused);
    return;
  }
  const Poll first = poll();
  if (first.status != H_SUCCESS && first.status != H_FUNCTION) {
    format(text, sizeof text, "H_VASI_STATE returned %ld for this stream", first.status);
    reconfiguration::run(Phase::undo_prepare, Subject::migration, stream, patience, ignored, sizeof ignored);
    state = State::idle;
    finish_operation(bad_stream);
    return;
  }
  error_log::add(error_log::migration_started);
  state = State::prepared;
  migrating = true;
  finish_operation(0);
  // The daemon fetches the result and sends its OK: a stream that is in Suspending already must not take the reply with it.
  for (const u64 deadline = clock::after_milliseconds(1000); !result_fetched && timebase() < deadline;) wait_on(&result_fetched, deadline);
  sleep_until(clock::after_milliseconds(5 * poll_milliseconds));
  migrate();
}

// Without a migration under way: the end of a check whose caller goes no further.
void undo() {
  char ignored[sizeof text];
  if (state == State::idle) reconfiguration::run(Phase::undo_check, Subject::migration, operation_stream, patience, ignored, sizeof ignored);
  finish_operation(0);
}

void run(void*) {
  for (;;) {
    while (!operation_running) wait_on(&operation);
    text[0] = 0;
    switch (operation) {
      case DrOperation::check: check(); break;
      case DrOperation::prepare: prepare(); break;
      case DrOperation::undo: undo(); break;
      case DrOperation::status: finish_operation(0); break;
    }
  }
}

// Kernel extensions of our own: what must be right after a move, whoever moved us.
int clock_extension(void*, void*, long long, void*) {
  clock::read_time_of_day();
  return 0;
}

int network_extension(void*, void*, long long, void*) {
  network::gratuitous_arp();
  return 0;
}

}  // namespace

void start() {
  static u64 tokens[2];
  reconfiguration::reconfig_register_ext(clock_extension, reconfiguration::DR_MIGRATE_POST, nullptr, &tokens[0], "clock");
  reconfiguration::reconfig_register_ext(network_extension, reconfiguration::DR_MIGRATE_POST, nullptr, &tokens[1], "network");
  start_thread("pmig", run, nullptr);
}

i64 request(DrOperation wanted, u64 wanted_stream, const reconfiguration::Patience& wanted_patience) {
  if (operation_running || (wanted != DrOperation::undo && dynamic::under_way())) return Error::busy;
  if (migrating) {
    // Past the suspension there is nothing to undo; before it, the polling thread sees the wish and finishes the operation.
    if (wanted != DrOperation::undo || (state != State::prepared && state != State::aborted)) return Error::busy;
    if (wanted_stream != stream) return Error::invalid;
    cancel_wanted = true;
  }
  if (wanted != DrOperation::undo) patience = wanted_patience;
  operation = wanted;
  operation_stream = wanted_stream;
  operation_running = true;
  if (!migrating) wake(&operation);
  return 0;
}

bool under_way() { return operation_running || migrating; }

void status(DrStatus& out) {
  out = {};
  out.stream = stream;
  out.running = operation_running;
  if (!operation_running) {
    result_fetched = true;
    wake(&result_fetched);
  }
  out.result = result;
  out.post_done = post_done;
  copy_text(out.state, sizeof out.state, state_names[static_cast<u32>(state)]);
  copy_text(out.text, sizeof out.text, text);
}

}  // namespace nomad::migration

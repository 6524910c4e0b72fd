// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/shutdown.h"

#include "drivers/disks.h"
#include "drivers/vty.h"
#include "kernel/clock.h"
#include "kernel/error_log.h"
#include "kernel/machine.h"
#include "kernel/panic.h"
#include "kernel/process.h"
#include "kernel/rtas.h"
#include "kernel/signals.h"

namespace nomad::shutdown {
namespace {

constexpr u64 patience_milliseconds = 1000;

bool programs_left() {
  for (const Process& process : processes)
    if (process.state != Process::State::unused && process.state != Process::State::zombie && !process.kernel_thread) return true;
  return false;
}

void signal_all(u32 signal) {
  for (Process& process : processes)
    if (process.state != Process::State::unused && process.state != Process::State::zombie) signals::send(process, signal);
}

void run(void* argument) {
  const bool restart = argument != nullptr;
  console_line("nomad: shutdown%s\n", restart ? ", restart" : "");
  // Whoever asked (the RMC daemon) gets the time to send its reply.
  sleep_until(clock::after_milliseconds(100));
  signal_all(SIGTERM);
  for (const u64 deadline = clock::after_milliseconds(patience_milliseconds); programs_left() && timebase() < deadline;)
    sleep_until(clock::after_milliseconds(10));
  signal_all(SIGKILL);
  disks::flush_all();
  error_log::add(error_log::shutdown_by_user, restart ? "restart" : "power off");
  console_line("nomad: %s\n", restart ? "restart" : "power off");
  if (restart)
    rtas::call("system-reboot");
  else
    rtas::call("power-off", ~0u, ~0u);
  panic("the platform did not %s", restart ? "restart" : "power off");
}

bool requested = false;

}  // namespace

bool under_way() { return requested; }

void request(ShutdownKind kind) {
  if (requested) return;
  requested = true;
  start_thread("shutdown", run, kind == ShutdownKind::restart ? &requested : nullptr);
}

}  // namespace nomad::shutdown

// SPDX-License-Identifier: GPL-2.0-or-later
// System calls about processes, signals, memory and the console.
#include "drivers/vty.h"
#include "kernel/clock.h"
#include "kernel/machine.h"
#include "kernel/signals.h"
#include "kernel/system_calls.h"
#include "lib/text.h"

namespace nomad::system_calls {

i64 exit(Call& call) { exit_process(static_cast<i32>(call.argument(0))); }

i64 write(Call& call) {
  char chunk[256];
  u64 length = call.argument(1);
  for (u64 done = 0; done < length;) {
    const u64 part = length - done < sizeof chunk ? length - done : sizeof chunk;
    if (!call.process.space.copy_in(chunk, call.argument(0) + done, part)) return Error::bad_address;
    if (call.process.capture) {
      for (u64 i = 0; i < part && call.process.captured < page_bytes - 1; i++)
        call.process.capture[call.process.captured++] = chunk[i];
    } else {
      vty::write(chunk, part, call.process.pid);
    }
    done += part;
  }
  return static_cast<i64>(length);
}

i64 read(Call& call) {
  char buffer[128];
  const u64 size = call.argument(1) < sizeof buffer ? call.argument(1) : sizeof buffer;
  const u64 deadline = deadline_of(call.argument(2));
  for (;;) {
    const u64 count = vty::read(buffer, size);
    if (count) return call.process.space.copy_out(call.argument(0), buffer, count) ? static_cast<i64>(count) : i64{Error::bad_address};
    const Wake why = wait_on(&vty::input_channel, deadline, true);
    if (why == Wake::signal) return Error::interrupted;
    if (why == Wake::time_out) return Error::timed_out;
  }
}

i64 foreground(Call& call) {
  vty::set_foreground(static_cast<u32>(call.argument(0)));
  return 0;
}

i64 sleep(Call& call) {
  const u64 us = call.argument(0);
  return sleep_until(clock::after_microseconds(us), true) == Wake::signal ? i64{Error::interrupted} : 0;
}

i64 spawn(Call& call) {
  char line[sizeof call.process.arguments];
  if (!call.process.space.copy_text_in(line, sizeof line, call.argument(0))) return Error::bad_address;
  return nomad::spawn(line, call.argument(1), call.process.root, call.process.pid);
}

i64 wait(Call& call) {
  const u32 pid = static_cast<u32>(call.argument(0));
  const u64 deadline = deadline_of(call.argument(4));
  for (;;) {
    Process* child = find_process(pid);
    if (!child || child->parent != call.process.pid) return Error::no_such_thing;
    if (child->state == Process::State::zombie) {
      i64 result = 0;
      if (call.argument(1) && !call.give(call.argument(1), child->status)) result = Error::bad_address;
      if (child->capture) {
        const u64 room = call.argument(3);
        const u64 length = child->captured < room ? child->captured : room;
        if (call.argument(2) && call.process.space.copy_out(call.argument(2), child->capture, length)) result = static_cast<i64>(length);
      }
      reap(*child);
      return result;
    }
    const Wake why = wait_on(child, deadline, true);
    if (why == Wake::signal) return Error::interrupted;
    if (why == Wake::time_out) return Error::timed_out;
  }
}

i64 kill(Call& call) {
  Process* target = find_process(static_cast<u32>(call.argument(0)));
  if (!target || target->state == Process::State::zombie) return Error::no_such_thing;
  if (target->kernel_thread || (target->root && !call.process.root)) return Error::not_permitted;
  return signals::send(*target, static_cast<u32>(call.argument(1))) ? 0 : i64{Error::invalid};
}

i64 process_id(Call& call) { return call.process.pid; }

i64 process_info(Call& call) {
  static constexpr const char* states[] = {"unused", "ready", "running", "waiting", "ended"};
  if (call.argument(0) >= process_limit) return Error::no_such_thing;
  const Process& process = processes[call.argument(0)];
  ProcessInfo info{};
  info.pid = process.state == Process::State::unused ? 0 : process.pid;
  info.parent = process.parent;
  info.processor = process.processor;
  info.root = process.root;
  u64 time = process.run_time;
  if (process.state == Process::State::running) time += timebase() - process.run_started;
  info.microseconds = clock::microseconds(time);
  info.pages = process.space.page_count();
  copy_text(info.state, sizeof info.state, states[static_cast<u32>(process.state)]);
  copy_text(info.name, sizeof info.name, process.name);
  copy_text(info.arguments, sizeof info.arguments, process.kernel_thread ? "[kernel]" : process.arguments);
  return call.give(call.argument(1), info) ? 0 : i64{Error::bad_address};
}

i64 signal_handler(Call& call) {
  const u64 signal = call.argument(0);
  if (signal >= signal_count || signal == SIGKILL) return Error::invalid;
  call.process.handlers[signal] = call.argument(1);
  return 0;
}

i64 signal_return(Call& call) {
  if (!signals::restore(call.process, call.registers)) call.process.killed = true;
  return 0;
}

i64 memory_map(Call& call) {
  const u64 start = call.process.space.reserve(call.argument(0));
  return start ? static_cast<i64>(start) : i64{Error::no_memory};
}

i64 real_address(Call& call) {
  const void* place = call.process.space.find(call.argument(0), false);
  return place ? static_cast<i64>(real_of(place)) : i64{Error::bad_address};
}

i64 kernel_loop(Call& call) {
  const u64 count = call.argument(0) < 1000000 ? call.argument(0) : 1000000;
  for (u64 i = 0; i < count; i++) read_msr();
  return static_cast<i64>(count);
}

}  // namespace nomad::system_calls

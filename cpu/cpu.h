// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtual processor of a partition. It executes guest code until something needs the hypervisor, and then says what.
//
// All guest code, the guest's kernel included, runs in problem state in Unicorn; everything privileged is plain C++ state
// (cpu/registers.h) that can be read, compared and moved. All processors of a partition share its memory and its hashed page
// table. They run on threads of its dispatcher, one after the other or at the same time (together.h); only functions marked
// "any thread" may be called from elsewhere.

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cpu/code_notes.h"
#include "cpu/hash_page_table.h"
#include "cpu/registers.h"
#include "emu/core/clock.h"
#include "emu/core/guest_memory.h"
#include "emu/core/result.h"

namespace cpu {

class Cpu;

// What a processor asks of its hypervisor. Called on its dispatcher thread, from inside Cpu::run, with the partition's lock; those
// marked "from guest code" without it, beside other processors.
class Supervisor {
 public:
  virtual ~Supervisor() = default;
  // `sc 1` in supervisor state. The number is in gpr 3, arguments in gpr 4 - 12; results go to the same registers through
  // Cpu::gpr / set_gpr. The program counter already points behind the instruction. It may call Cpu::stop.
  virtual void hypercall(Cpu& cpu) = 0;
  // The partition's time base, 512 MHz ticks, never backwards. From guest code.
  virtual u64 time_base() const = 0;
  // Ticks for which this virtual processor had a real one: PURR and SPURR. For whom nobody shares: all of them. From guest code.
  virtual u64 utilization(const Cpu&) const { return time_base(); }
  virtual u64 host_nanoseconds(u64 ticks) const = 0;  // how long so many ticks of it take
  // The guest loaded its decrementer, or a counter is to interrupt: whoever wakes this processor in time must look at
  // decrementer_deadline again. From guest code.
  virtual void decrementer_changed(Cpu& cpu) = 0;
  // The guest has lowered its priority: it waits for something, most likely for another processor. It may be kicked. From guest code.
  virtual void priority_lowered(Cpu&) {}
  // It executes a transaction, during which no other processor of its partition runs: it must be kicked before long.
  virtual void runs_alone(Cpu&) {}
  // A load or store of 1, 2, 4 or 8 bytes at a real address that is no memory: an adapter's. The byte at the lowest address is the
  // lowest of the value. False: nothing answers there.
  virtual bool load_device(u64 address, u32 bytes, u64& value) = 0;
  virtual bool store_device(u64 address, u32 bytes, u64 value) = 0;
};

enum class Stop {
  kicked,       // Cpu::kick was called (a time slice ended, an interrupt came, a timer fired)
  requested,    // the supervisor called Cpu::stop inside a hypercall (it ceded, joined, was suspended ...)
  lost_memory,  // a page that this processor needs will never arrive: it cannot go on
  broken,       // the engine cannot continue (our bug, or the library's): Cpu::trouble says why
};

// Interrupt vectors of Book III that the hypervisor itself may deliver.
enum class Interrupt : u64 { system_reset = 0x100, machine_check = 0x200, program = 0x700 };

struct Counters {      // since the processor was made
  u64 fills = 0;       // TLB fills
  u64 emulated = 0;    // privileged instructions performed in C++
  u64 interrupts = 0;  // interrupts delivered to the guest
  u64 hypercalls = 0;
  u64 flushes = 0;       // whole TLB
  u64 shadow_pages = 0;  // code pages that needed a shadow copy
  u64 blocks = 0;        // blocks of code translated
};

struct CpuOptions {
  u32 number = 0;                                 // interrupt server number, PIR
  u32 pvr = 0x003E0301;                           // what mfspr PVR shows; POWER6 by default
  u32 slb_slots = 64;                             // POWER6: 64; 32 since POWER7. At most 64
  bool transactional_memory = false;              // of a POWER8
  std::function<void(const std::string&)> trace;  // one line per executed instruction, if set: slow
};

class Cpu {
 public:
  // Memory, table, supervisor and clock must outlive the processor. About 1.5 ms and 4 MB, and up to 8 MB for code to come.
  static emu::Result<std::unique_ptr<Cpu>> create(const CpuOptions&, emu::GuestMemory&, HashPageTable&, Supervisor&,
                                                  const emu::Clock&);
  virtual ~Cpu() = default;

  // Runs until a stop; pending interrupts are delivered first. Never throws, never ends the process, whatever the guest does.
  virtual Stop run() = 0;

  virtual u32 number() const = 0;  // of its options
  virtual u64 gpr(int index) const = 0;
  virtual void set_gpr(int index, u64 value) = 0;
  virtual u64 pc() const = 0;
  virtual u64 msr() const = 0;
  virtual void set_msr(u64 value) = 0;    // H_CEDE turns EE on with it
  virtual void set_sprg0(u64 value) = 0;  // H_SET_SPRG0

  // The whole architected state, and back (not between run's entry and exit, but from a hypercall that called stop()).
  virtual Registers save() = 0;
  virtual void load(const Registers&) = 0;

  virtual void stop() = 0;              // only inside Supervisor::hypercall: run returns after this hypercall
  virtual void deliver(Interrupt) = 0;  // at once, whatever MSR[EE] says (system reset: H_SIGNAL_SYS_RESET)
  virtual void flush_tlb() = 0;         // before the next guest instruction
  // H_SET_MODE: interrupts are taken little-endian; vectors at 0xC000000000004000 when `ail` is 3. Part of Registers.
  virtual void set_interrupt_mode(bool little_endian, u32 ail) = 0;

  // ---- code that is translated before it is needed (advice only) ----
  virtual void note_code(bool on) = 0;            // begins, afresh, or ends; between two instructions, as save()
  virtual std::vector<HotCode> noted_code() = 0;  // that was not told before
  // Before the first run: translates until there is no more, or `enough`, which is looked at every 10 us or so. Pages must
  // not be written meanwhile without GuestMemory being told.
  virtual void translate_ahead(std::span<const HotCode>, const std::atomic<bool>& enough) = 0;

  // Is there something to run for, if the processor ceded: an external interrupt, a decrementer that has passed zero?
  virtual bool interrupt_pending() const = 0;
  // Monotonic nanoseconds of the host clock at which the decrementer passes zero; 0 if it has, ~0 if it is far away. While it
  // runs, also an earlier time at which a counter of the performance monitor is to interrupt.
  virtual u64 decrementer_deadline() const = 0;

  virtual void kick() = 0;                        // any thread: run returns soon, at a block boundary
  virtual void set_external_interrupt(bool) = 0;  // any thread: the level of the external interrupt line; kicks if raised

  virtual Counters counters() const = 0;
  virtual std::string trouble() const = 0;
};

// Empty if Unicorn is as this design needs it (version, interposed exit check, floating point compare), else a sentence. A frame
// that does not get an empty one does not start.
std::string engine_trouble();

}  // namespace cpu

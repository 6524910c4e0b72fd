// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What executes code: an interpreter of problem-state PowerPC code that asks for every translation and reports every
// exception. It knows nothing of privileged state. Used by one thread, except where "any thread" is said.
// Behind it is Unicorn, and cpu/unicorn is the only room that knows it.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace cpu {

enum class Access { fetch, read, write };

// The engine's exception numbers (docs/engine.md, Exceptions).
enum class Exception : u32 {
  data_storage = 2,
  alignment = 5,
  program = 6,
  floating_point_unavailable = 7,
  system_call = 8,
  vector_unavailable = 73,
  vsx_unavailable = 94,
  facility_unavailable = 95,
  illegal = 96,
  hypervisor_facility_unavailable = 98,
  alone = 1000,  // ours: this instruction must be executed while no other processor of the partition runs
};

// A page as the engine may use it. Code and data never share a physical page (code_pages.h), so execute comes alone.
struct Mapping {
  u64 physical = 0;
  bool read = false;
  bool write = false;
  bool execute = false;
};

class EngineClient {
 public:
  virtual ~EngineClient() = default;
  // The translation of one page; false ends Engine::run with Exit::fault, the program counter at the instruction.
  virtual bool fill(u64 page_address, Access, Mapping&) = 0;
  // The program counter is already behind the instruction, whatever the exception. Execution goes on there, or where
  // set_pc says, unless stop() is called.
  virtual void exception(Exception) = 0;
  // Before each block of instructions, while report_blocks() is on. Which one, says Engine::block_address.
  virtual void block(u64 key) = 0;
  // Before each instruction, if the engine was created to report them.
  virtual void instruction(u64 pc) = 0;
  // Which one is there; 0 if that cannot be said. It is being executed.
  virtual u32 instruction_at(u64 pc) = 0;
};

enum class Report { exceptions_only, every_instruction };

class Engine {
 public:
  enum class Exit { stopped, fault, failed };

  // Two pages of effective addresses at the very top, where `run` has its way out: a fetch there must be answered.
  static constexpr u64 exit_pages = 0xFFFFFFFFFFFFE000;
  static constexpr u64 exit_address = 0xFFFFFFFFFFFFF000;

  virtual ~Engine() = default;

  // Memory at a physical address; page-aligned, and it must outlive the engine.
  virtual emu::Status map(u64 physical, std::span<u8> memory) = 0;

  virtual Exit run(u64 pc) = 0;
  virtual void stop() = 0;          // from inside a callback: run returns before another instruction is executed
  virtual void request_stop() = 0;  // any thread: run, or the next one, returns at a block boundary

  virtual u64 gpr(int index) const = 0;
  virtual void set_gpr(int index, u64 value) = 0;
  virtual u64 pc() const = 0;
  virtual void set_pc(u64 value) = 0;  // from inside exception(), and only if it does not stop
  virtual u64 lr() const = 0;
  virtual void set_lr(u64 value) = 0;
  virtual u64 ctr() const = 0;
  virtual void set_ctr(u64 value) = 0;
  virtual u32 cr() const = 0;
  virtual void set_cr(u32 value) = 0;

  // TLBs, of which code uses the one that set_mode names. Code is translated for each of them anew. There is one only, 0,
  // where Unicorn's inside is not what we know (cpu/unicorn/engine_inside.h).
  virtual u32 tlbs() const = 0;
  virtual void set_mode(u64 msr, u32 tlb) = 0;
  virtual void flush_tlb(u32 which) = 0;
  virtual void flush_tlbs() = 0;
  virtual void flush_page(u64 page_address, u32 tlbs) = 0;  // `tlbs`: bit n is TLB n
  virtual void flush_translations() = 0;
  // From inside fill(): pc() is the instruction's that needs the translation. It costs 0.2 us.
  virtual void sync_pc() = 0;

  // FPSCR[FEX]. An instruction that sets it while MSR lets it interrupt reports that as an exception.
  virtual bool floating_exception_enabled() const = 0;

  // Before the first run: XER[OV32,CA32] stay 0, as before ISA 3.0. False: that cannot be done.
  virtual bool without_word_carries() = 0;
  // Code that is translated from now on is right beside engines that use the same memory at the same time: atomic instructions are, and
  // barriers hold. False: that cannot be done. An instruction that the host cannot do at once is Exception::alone then.
  virtual bool translate_for_several(bool on) = 0;
  // From inside exception(): one of missing.h, with the word that it loads if it does. The answer: has an exception occurred
  // that is enabled? Empty: it cannot be performed.
  virtual std::optional<bool> perform_missing(u32 word, u32 loaded) = 0;

  // Completed instructions are counted from here on, until it is called with 0; the engine stops, as request_stop() says, at the
  // end of the block in which `stop_after` of them are completed. While it counts, each block costs a call. Between two
  // instructions, or from inside exception().
  virtual void count_instructions(u64 stop_after) = 0;
  static constexpr u64 do_not_count = 0, do_not_stop = ~u64{0};
  // So many were counted since the engine was made. Inside exception() the one that raised it is among them.
  virtual u64 instructions() = 0;

  virtual void report_blocks(bool) = 0;
  // From inside block(): where it begins. 0: that is not known.
  virtual u64 block_address(u64 key) = 0;
  // From inside exception(): what would be executed at `pc` in the present MSR is translated and kept. Its page must be filled.
  virtual void translate(u64 pc) = 0;
  // Has the host provide memory for code that is still to be translated, so that no page of it is faulted in while time counts.
  virtual void make_room() = 0;
  virtual u64 blocks_translated() const = 0;
  virtual std::string error() const = 0;  // after Exit::failed
};

// Makes the engines of one partition, and has what they share: so it outlives them.
class Engines {
 public:
  static std::unique_ptr<Engines> create();
  virtual ~Engines() = default;
  virtual emu::Result<std::unique_ptr<Engine>> make(EngineClient&, Report) = 0;
};

// One sentence if this version of Unicorn will not do.
std::string engine_version_trouble();
// One sentence if it does not let us replace what must be replaced. Known once an engine was made.
std::string engine_inside_trouble();

// The library, and which parts of its inside this program has taken over or found, in words; what it has left alone costs time
// and nothing else. Known once an engine has executed code that goes on in another page, as in engine_trouble().
struct EngineFacts {
  std::string library;  // with its version
  std::vector<std::string> taken_over;
  std::vector<std::string> left_alone;
};
EngineFacts engine_facts();

}  // namespace cpu

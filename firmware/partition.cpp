// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/partition.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "emu/core/huge_pages.h"
#include "emu/core/log.h"
#include "emu/core/page_table_size.h"
#include "emu/core/virtual_slots.h"
#include "firmware/boot.h"
#include "firmware/connections.h"
#include "firmware/dispatcher.h"
#include "firmware/frame.h"
#include "firmware/hcall/call.h"
#include "firmware/model.h"
#include "firmware/rtas/rtas.h"
#include "firmware/trace.h"
#include "firmware/virtual_switch.h"

namespace firmware {

using emu::AdapterKind;

namespace {

constexpr emu::Log log{"partition"};

emu::FarMemory huge_pages(const emu::Configuration& configuration, u64 behind) {
  if (behind == 0 || configuration.desired_num_huge_pages == 0) return {};
  return {emu::first_huge_page(behind), configuration.desired_num_huge_pages * emu::huge_page_bytes};
}

constexpr u64 msr_sf = u64{1} << 63;
constexpr u64 msr_me = u64{1} << 12;

}  // namespace

// What processors call while they run, on the dispatcher's thread.
class Partition::Calls final : public cpu::Supervisor {
 public:
  Calls(Partition& partition, std::shared_ptr<Trace> trace) : partition_(partition), trace_(std::move(trace)) {}

  void hypercall(cpu::Cpu& cpu) override {
    Call call;
    call.processor = of(cpu);
    for (size_t i = 0; i < call.in.size(); ++i) call.in[i] = cpu.gpr(static_cast<int>(i) + 4);
    const u64 number = cpu.gpr(3);
    const Answer answer = run_hcall(partition_, number, call);
    if (trace_) trace_->call(partition_, number, call, answer);
    cpu.set_gpr(3, static_cast<u64>(answer));
    for (u32 i = 0; i < call.outs; ++i) cpu.set_gpr(static_cast<int>(i) + 4, call.out[i]);
  }
  u64 time_base() const override { return partition_.time_base(); }
  void decrementer_changed(cpu::Cpu& cpu) override {
    if (Processor* p = of(cpu)) partition_.dispatcher_->decrementer_changed(*p);
  }
  // It would only wait for the end of its time slice.
  void priority_lowered(cpu::Cpu& cpu) override {
    if (partition_.dispatcher_->another_waits(cpu)) cpu.kick();
  }

 private:
  Processor* of(const cpu::Cpu& cpu) {
    for (const auto& p : partition_.processors_)
      if (p->cpu.get() == &cpu) return p.get();
    return nullptr;
  }
  Partition& partition_;
  const std::shared_ptr<Trace> trace_;  // null: nobody asked
};

Partition::Partition(PartitionSetup setup, Frame& frame)
    : setup_(std::move(setup)),
      frame_(frame),
      nvram_([this](const Bytes& content) { (void)frame_.journal().put_blob(nvram_key(setup_.definition), content); }) {}

Partition::~Partition() {
  stop();
  connect_ethernet(false);
  for (const auto& adapter : adapters()) frame_.connections().remove(id(), *adapter);
}

emu::Result<std::shared_ptr<Partition>> Partition::create(PartitionSetup setup, Frame& frame) {
  std::shared_ptr<Partition> partition(new Partition(std::move(setup), frame));
  if (auto status = partition->build(); !status) return status.error();
  return partition;
}

emu::Status Partition::build() {
  memory_bytes_ = native() ? setup_.native_memory : u64{setup_.configuration.desired_mem} * MiB;
  if (memory_bytes_ == 0 || memory_bytes_ % MiB) return emu::Error{"memory", "A partition needs memory in whole MiB."};
  u64 allocated = memory_bytes_;
  if (!native() && setup_.configuration.bsr_arrays) {
    const u32 arrays = std::min(setup_.configuration.bsr_arrays, devices::Bsr::array_limit);
    bsr_ = std::make_unique<devices::Bsr>(arrays, memory_bytes_);
    allocated += MiB;
  }
  const u64 reserved = u64{setup_.configuration.max_mem} * MiB;
  const emu::FarMemory huge = huge_pages(setup_.configuration, native() ? 0 : std::max(allocated, reserved));
  if (huge.end() > emu::real_address_end) return emu::Error{"memory", "There are no real addresses for so many huge pages."};
  memory_ = std::shared_ptr<emu::GuestMemory>(TRY(emu::GuestMemory::create(allocated, setup_.fault_in, reserved, huge)));
  const u32 count = native() ? 0 : std::max<u32>(1, setup_.configuration.desired_procs);
  interrupts_ = std::make_unique<devices::InterruptController>(count, [this](u32 server, bool level) {
    Processor* p = processor(server);
    if (!p) return;
    p->cpu->set_external_interrupt(level);
    if (level) dispatcher_->wake(p);
  });
  if (!native()) {
    const Model model = model_of(setup_.configuration);
    pvr_ = model.pvr;
    page_table_ = TRY(cpu::HashPageTable::create(emu::page_table_shift(memory_bytes_)));
    dispatcher_ = std::make_unique<Dispatcher>(*this, frame_.clock());
    const auto trace = Trace::open(frame_.config().trace_file, definition().name);
    calls_ = std::make_unique<Calls>(*this, trace);
    for (u32 number = 0; number < count; ++number) {
      auto p = std::make_unique<Processor>();
      p->number = number;
      cpu::CpuOptions options;
      options.number = number;
      options.pvr = model.pvr;
      options.slb_slots = model.slb_slots;
      options.transactional_memory = model.transactional_memory();
      if (trace) options.trace = [trace, number](const std::string& text) { trace->line(number, text); };
      p->cpu = TRY(cpu::Cpu::create(options, *memory_, *page_table_, *calls_, frame_.clock()));
      processors_.push_back(std::move(p));
    }
  }
  nvram_.power_on(frame_.journal().blob(nvram_key(setup_.definition)));
  for (const emu::VirtualAdapter& config : setup_.configuration.adapters) TRY(plug(config));
  // Every partition of a guest has its two terminals, whether its profile lists them or not.
  for (const u32 slot : {0U, 1U}) {
    if (native() || adapter_in_slot(slot)) continue;
    TRY(plug(emu::default_serial_adapter(slot)));
  }
  return emu::success();
}

Processor* Partition::processor(u64 number) { return number < processors_.size() ? processors_[number].get() : nullptr; }

// ---- adapters ----

std::shared_ptr<Adapter> Partition::make_adapter(const emu::VirtualAdapter& config) {
  Adapter::Place place;
  place.memory = memory_;
  place.location = fmt::format("U{}.{}-V{}-C{}", frame_.config().type_model, frame_.config().serial_num, id(), config.slot);
  place.raise = [weak = weak_from_this(), interrupt = interrupt_of(config.slot)] {
    if (const auto partition = weak.lock()) partition->raise(interrupt);
  };
  if (config.slot == 0)
    place.console = [kept = terminal_output_](std::span<const u8> output) { kept->write(output); };
  else
    place.console = [](std::span<const u8>) {};
  return std::make_shared<Adapter>(config, std::move(place));
}

emu::Result<std::shared_ptr<Adapter>> Partition::plug(const emu::VirtualAdapter& wanted, const std::set<u32>& reserved) {
  emu::VirtualAdapter config = wanted;
  const std::lock_guard lock(adapters_mutex_);
  if (config.slot == 0 && config.kind != AdapterKind::serial)
    config.slot = emu::next_free_slot(slots_end(), [&](u32 slot) {
                    return adapters_.contains(slot) || reserved.contains(slot);
                  }).value_or(slots_end());
  if (config.slot >= slots_end())
    return emu::Error{"slots", fmt::format("Partition {} has no free virtual slot: raise max_virtual_slots of its profile.",
                                           definition().name)};
  if (adapters_.contains(config.slot))
    return emu::Error{"slots", fmt::format("Virtual slot {} of partition {} is in use.", config.slot, definition().name)};
  auto adapter = make_adapter(config);
  adapters_.emplace(config.slot, adapter);
  frame_.connections().add(id(), adapter);
  interrupts_->add_source(adapter->interrupt());
  return adapter;
}

std::shared_ptr<Adapter> Partition::partner(const Adapter& adapter) const {
  return frame_.connections().partner(id(), adapter).adapter;
}

u32 Partition::slots_end() const {
  return std::min(slot_limit, std::max<u32>(emu::first_virtual_slot, setup_.configuration.max_virtual_slots));
}

u32 Partition::free_slots(const std::set<u32>& reserved) const {
  const std::lock_guard lock(adapters_mutex_);
  return emu::free_slot_count(slots_end(), [&](u32 slot) { return adapters_.contains(slot) || reserved.contains(slot); });
}

emu::Status Partition::unplug(u32 slot) {
  std::shared_ptr<Adapter> adapter;
  {
    const std::lock_guard lock(adapters_mutex_);
    const auto found = adapters_.find(slot);
    if (found == adapters_.end()) return emu::Error{"slots", fmt::format("Virtual slot {} is empty.", slot)};
    adapter = found->second;
    adapters_.erase(found);
  }
  interrupts_->remove_source(adapter->interrupt());
  if (adapter->ethernet()) frame_.ethernet().detach(id(), slot);
  // The client's side sees that its partner went away, as after H_FREE_CRQ.
  const auto other_end = partner(*adapter);
  frame_.connections().remove(id(), *adapter);
  if (devices::Crq* queue = adapter->queue(); queue && queue->close() && other_end)
    other_end->queue()->event(devices::crq_partner_deregistered);
  return emu::success();
}

std::shared_ptr<Adapter> Partition::adapter_in_slot(u32 slot) const {
  const std::lock_guard lock(adapters_mutex_);
  const auto found = adapters_.find(slot);
  return found == adapters_.end() ? nullptr : found->second;
}

std::shared_ptr<Adapter> Partition::adapter(u64 unit_address) const {
  const u64 slot = unit_address ^ unit_address_of(0);
  return slot < slot_limit ? adapter_in_slot(static_cast<u32>(slot)) : nullptr;
}

std::vector<std::shared_ptr<Adapter>> Partition::adapters() const {
  const std::lock_guard lock(adapters_mutex_);
  std::vector<std::shared_ptr<Adapter>> all;
  for (const auto& [slot, adapter] : adapters_) all.push_back(adapter);
  return all;
}

std::shared_ptr<devices::TceTable> Partition::tce_table(u32 liobn) const {
  if (const u32 slot = liobn ^ liobn_of(0); slot < slot_limit) {
    const auto adapter = adapter_in_slot(slot);
    return adapter ? adapter->window() : nullptr;
  }
  return nullptr;
}

void Partition::connect_ethernet(bool on) {
  for (const auto& adapter : adapters()) {
    if (!adapter->ethernet()) continue;
    if (on)
      frame_.ethernet().attach(id(), adapter);
    else
      frame_.ethernet().detach(id(), adapter->slot());
  }
}

bool Partition::is_memory(u64 address, u64 length) {
  if (memory_->contains(address, length)) return true;
  if (!native() || length == 0 || address + length < address) return false;
  u8 byte = 0;
  return memory_->read(address, {&byte, 1}) && memory_->read(address + length - 1, {&byte, 1});
}

// ---- running ----

void Partition::start() {
  if (native()) {
    connect_ethernet(true);
    return;
  }
  const bool runs = !arrived_ && std::any_of(processors_.begin(), processors_.end(),
                                             [](const auto& p) { return p->state.run != RunState::stopped; });
  if (runs) connect_ethernet(true);
  dispatcher_->start(!runs);
}

void Partition::stop() {
  if (dispatcher_) dispatcher_->stop();
}

void Partition::on_dispatcher(const std::function<void()>& work) {
  if (!dispatcher_) return work();
  dispatcher_->run_there(work);
}

void Partition::flush_tlbs() {
  on_dispatcher([this] {
    for (const auto& p : processors_) p->cpu->flush_tlb();
  });
}

void Partition::note_code(bool on) {
  kept_code_told_ = false;
  on_dispatcher([this, on] {
    for (const auto& p : processors_) p->cpu->note_code(on);
  });
}

void Partition::keep_noted_code() {
  kept_code_ = new_hot_code();
  note_code(false);
}
std::vector<cpu::HotCode> Partition::new_hot_code() {
  std::vector<cpu::HotCode> all;
  on_dispatcher([&] {
    for (const auto& p : processors_) std::ranges::copy(p->cpu->noted_code(), std::back_inserter(all));
  });
  if (!std::exchange(kept_code_told_, true)) all.insert(all.end(), kept_code_.begin(), kept_code_.end());
  std::ranges::sort(all);
  const auto repeated = std::ranges::unique(all);
  all.erase(repeated.begin(), repeated.end());
  return all;
}

void Partition::start_processor(Processor& p, u64 address, u64 r3) {
  cpu::Registers registers;
  registers.pc = address;
  registers.msr = msr_sf | msr_me;
  registers.gpr[3] = r3;
  registers.little_endian_interrupts = little_endian_interrupts_;
  registers.ail = ail_;
  p.cpu->load(registers);
  p.state.prodded = false;
  p.state.run = RunState::running;
  dispatcher_->wake(&p);
}

void Partition::set_interrupt_mode(bool little_endian, u32 ail) {
  little_endian_interrupts_ = little_endian;
  ail_ = ail;
  for (const auto& p : processors_) p->cpu->set_interrupt_mode(little_endian, ail);
}

void Partition::raise(u32 interrupt) {
  if (!native()) return interrupts_->pulse(interrupt);
  const std::lock_guard lock(native_mutex_);
  if (std::find(native_pending_.begin(), native_pending_.end(), interrupt) == native_pending_.end())
    native_pending_.push_back(interrupt);
  native_event_.notify_one();
}

std::vector<u32> Partition::wait_for_interrupts(u64 timeout_ns) {
  constexpr u64 longest = 3600 * emu::nanoseconds_per_second;
  std::unique_lock lock(native_mutex_);
  native_event_.wait_for(lock, std::chrono::nanoseconds(std::min(timeout_ns, longest)),
                         [this] { return native_woken_ || !native_pending_.empty(); });
  native_woken_ = false;
  return std::exchange(native_pending_, {});
}

void Partition::wake() {
  const std::lock_guard lock(native_mutex_);
  native_woken_ = true;
  native_event_.notify_one();
}

void Partition::power_off(bool restart) {
  for (const auto& p : processors_) p->state.run = RunState::stopped;
  dispatcher_->end_soon();
  frame_.partition_stopped(id(), restart);
}

void Partition::fail(const std::string& refcode, const std::string& why) {
  log.error("{}: {} {}", definition().name, refcode, why);
  for (const auto& p : processors_) p->state.run = RunState::stopped;
  dispatcher_->end_soon();
  frame_.partition_failed(id(), refcode, why);
}

bool Partition::type(std::span<const u8> keys) {
  const std::lock_guard lock(input_mutex_);
  if (input_gone_) return false;
  if (input_held_) {
    held_input_.insert(held_input_.end(), keys.begin(), keys.end());
    return true;
  }
  if (const auto terminal = adapter_in_slot(0); terminal && terminal->terminal()) terminal->terminal()->type(keys);
  return true;
}

Bytes Partition::hand_over_input() {
  const std::lock_guard lock(input_mutex_);
  input_gone_ = true;
  return held_input_;
}

}  // namespace firmware

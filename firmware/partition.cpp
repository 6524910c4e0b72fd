// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/partition.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <sched.h>

#include "devices/pci/host_bridge.h"
#include "devices/pci/little_endian.h"
#include "devices/pci/virtio_block.h"
#include "devices/pci/virtio_network.h"
#include "emu/core/huge_pages.h"
#include "emu/core/location_code.h"
#include "emu/core/log.h"
#include "emu/core/page_table_size.h"
#include "emu/core/virtual_slots.h"
#include "firmware/boot.h"
#include "firmware/connections.h"
#include "firmware/devtree/tree.h"
#include "firmware/dispatcher.h"
#include "firmware/dlpar/connectors.h"
#include "firmware/frame.h"
#include "firmware/hcall/call.h"
#include "firmware/model.h"
#include "firmware/physical_slots.h"
#include "firmware/rtas/rtas.h"
#include "firmware/system_clock.h"
#include "firmware/trace.h"
#include "firmware/virtual_switch.h"

namespace firmware {

using devices::pci::HostBridge;
using emu::AdapterKind;

namespace {

constexpr emu::Log log{"partition"};

emu::FarMemory huge_pages(const emu::Configuration& configuration, u64 behind) {
  if (behind == 0 || configuration.desired_num_huge_pages == 0) return {};
  return {emu::first_huge_page(behind), configuration.desired_num_huge_pages * emu::huge_page_bytes};
}

// That this process may use.
u32 host_processors() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<u32>(CPU_COUNT(&set)) : 1;
}

constexpr u64 msr_sf = u64{1} << 63;
constexpr u64 msr_me = u64{1} << 12;

}  // namespace

// What processors call while they run, on the dispatcher's thread.
class Partition::Calls final : public cpu::Supervisor {
 public:
  Calls(Partition& partition, std::shared_ptr<Trace> trace) : partition_(partition), trace_(std::move(trace)) {}

  void hypercall(cpu::Cpu& cpu) override {
    // Another processor has ended the partition while this one waited.
    if (partition_.page_table().together().several() && partition_.dispatcher_->ended()) return cpu.stop();
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
  u64 utilization(const cpu::Cpu& cpu) const override {
    const Processor* p = of(cpu);
    return p ? partition_.utilization(*p) : time_base();
  }
  u64 host_nanoseconds(u64 ticks) const override { return partition_.frame_.system_clock().host_nanoseconds(ticks); }
  void decrementer_changed(cpu::Cpu& cpu) override {
    if (Processor* p = of(cpu)) partition_.dispatcher_->decrementer_changed(*p);
  }
  bool load_device(u64 address, u32 bytes, u64& value) override {
    const auto bridge = reached(address, bytes);
    if (!bridge) return false;
    std::array<u8, sizeof value> all{};
    bridge->load(address, std::span(all).first(bytes));
    value = devices::pci::load_le<u64>(all.data());
    return true;
  }
  bool store_device(u64 address, u32 bytes, u64 value) override {
    const auto bridge = reached(address, bytes);
    if (!bridge) return false;
    std::array<u8, sizeof value> all{};
    devices::pci::store_le(all.data(), value);
    bridge->store(address, std::span(all).first(bytes));
    return true;
  }
  void runs_alone(cpu::Cpu& cpu) override { partition_.dispatcher_->runs_alone(cpu); }
  // It would only wait for the end of its time slice.
  void priority_lowered(cpu::Cpu& cpu) override {
    if (partition_.dispatcher_->another_waits(cpu)) cpu.kick();
  }

 private:
  std::shared_ptr<HostBridge> reached(u64 address, u32 bytes) const {
    if (address < devices::pci::spaces) return nullptr;
    const u32 bus = static_cast<u32>((address - devices::pci::spaces) / devices::pci::space_stride);
    auto bridge = partition_.bridge(bus);
    return bridge && bridge->contains(address, bytes) ? bridge : nullptr;
  }
  Processor* of(const cpu::Cpu& cpu) const { return partition_.processor(cpu.number()); }
  Partition& partition_;
  const std::shared_ptr<Trace> trace_;  // null: nobody asked
};

Partition::Partition(PartitionSetup setup, Frame& frame)
    : setup_(std::move(setup)),
      frame_(frame),
      nvram_([this](const Bytes& content) { (void)frame_.journal().put_blob(nvram_key(setup_.definition), content); }),
      time_difference_(frame.system_clock().difference_of(setup_.definition)) {}

Partition::~Partition() {
  stop();
  bridges_.clear();
  connect_ethernet(false);
  for (const auto& adapter : adapters()) frame_.connections().remove(id(), *adapter);
}

emu::Result<std::shared_ptr<Partition>> Partition::create(PartitionSetup setup, Frame& frame) {
  std::shared_ptr<Partition> partition(new Partition(std::move(setup), frame));
  if (auto status = partition->build(); !status) return status.error();
  return partition;
}

// From 0: the blocks that it has, holes up to what it may grow to, barrier synchronization registers, huge pages.
emu::Status Partition::build_memory() {
  memory_bytes_ = native() ? setup_.native_memory : u64{setup_.configuration.desired_mem} * MiB;
  if (memory_bytes_ == 0 || memory_bytes_ % MiB) return emu::Error{"memory", "A partition needs memory in whole MiB."};
  memory_end_ = native() ? memory_bytes_ : std::max(memory_bytes_, u64{setup_.configuration.max_mem} * MiB);
  const u64 block = u64{frame_.config().lmb_mb} * MiB;
  memory_blocks_ = setup_.memory_blocks;
  if (memory_blocks_.runs().empty()) memory_blocks_ = emu::NumberSet::below(static_cast<u32>(memory_bytes_ / block));
  if (!native() && (!memory_blocks_.contains(0) || u64{memory_blocks_.end()} * block > memory_end_))
    return emu::Error{"memory", "The memory of a partition begins at 0 and ends below its maximum."};
  u64 end = memory_end_;
  if (!native() && setup_.configuration.bsr_arrays) {
    const u32 arrays = std::min(setup_.configuration.bsr_arrays, devices::Bsr::array_limit);
    bsr_ = std::make_unique<devices::Bsr>(arrays, memory_end_);
    end += MiB;
  }
  const emu::FarMemory huge = huge_pages(setup_.configuration, native() ? 0 : end);
  if (huge.end() > emu::real_address_end) return emu::Error{"memory", "There are no real addresses for so many huge pages."};
  memory_ = std::shared_ptr<emu::GuestMemory>(TRY(emu::GuestMemory::create(memory_bytes_, setup_.fault_in, end, huge)));
  if (bsr_) memory_->fill(memory_end_, MiB);
  if (setup_.memory_blocks.runs().empty()) return emu::success();
  memory_->punch(0, memory_bytes_);
  for (const emu::NumberSet::Run& run : memory_blocks_.runs()) memory_->fill(run.first * block, run.count * block);
  return emu::success();
}

emu::Status Partition::build_processors() {
  const emu::Configuration& has = setup_.configuration;
  const u32 count = native() ? 0 : std::max<u32>(1, has.desired_procs);
  const u32 limit = native() ? 0 : std::max(count, has.max_procs);
  interrupts_ = std::make_unique<devices::InterruptController>(limit, [this](u32 server, bool level) {
    Processor* p = processor(server);
    if (!p) return;
    p->cpu->set_external_interrupt(level);
    if (level) dispatcher_->wake(p);
  });
  connectors_ = std::make_unique<dlpar::Connectors>(*this, frame_);
  if (native()) return emu::success();
  pvr_ = model_of(has, frame_.config()).pvr;
  page_table_ = TRY(cpu::HashPageTable::create(emu::page_table_shift(memory_end_, setup_.configuration.hpt_ratio)));
  trace_ = Trace::open(frame_.config().trace_file, definition().name);
  const u32 threads = trace_ ? 1 : std::min(limit, host_processors());
  if (threads > 1) page_table_->together().run_at_the_same_time();
  dispatcher_ = std::make_unique<Dispatcher>(*this, frame_.clock(), threads);
  calls_ = std::make_unique<Calls>(*this, trace_);
  for (u32 number = 0; number < limit; ++number) {
    all_processors_.push_back(std::make_unique<Processor>());
    all_processors_.back()->number = number;
  }
  const emu::NumberSet numbers = setup_.processors.runs().empty() ? emu::NumberSet::below(count) : setup_.processors;
  if (numbers.end() > limit) return emu::Error{"processors", "A processor's number is above the partition's maximum."};
  for (const u32 number : numbers.numbers()) TRY(add_processor(number));
  return emu::success();
}

emu::Status Partition::build() {
  TRY(build_memory());
  TRY(build_processors());
  nvram_.power_on(frame_.journal().blob(nvram_key(setup_.definition)));
  for (const emu::VirtualAdapter& config : setup_.configuration.adapters) TRY(plug(config));
  // Every partition of a guest has its two terminals, whether its profile lists them or not.
  for (const u32 slot : {0U, 1U}) {
    if (native() || adapter_in_slot(slot)) continue;
    TRY(plug(emu::default_serial_adapter(slot)));
  }
  for (const std::string& text : setup_.configuration.io_slots)
    if (const auto claim = emu::slot_claim(text); claim && !native()) TRY(plug_bridge(claim->drc_index));
  return emu::success();
}

Processor* Partition::processor(u64 number) {
  Processor* p = number < all_processors_.size() ? all_processors_[number].get() : nullptr;
  return p && p->there.load(std::memory_order_acquire) ? p : nullptr;
}

// ---- dynamic reconfiguration ----

emu::Status Partition::add_processor(u32 number) {
  Processor& p = *all_processors_[number];
  // One that was given back is kept: others may still look at it.
  if (!p.cpu) {
    const Model model = model_of(setup_.configuration, frame_.config());
    cpu::CpuOptions options;
    options.number = number;
    options.pvr = model.pvr;
    options.slb_slots = model.slb_slots;
    options.transactional_memory = model.transactional_memory();
    if (trace_) options.trace = [trace = trace_, number](const std::string& text) { trace->line(number, text); };
    p.cpu = TRY(cpu::Cpu::create(options, *memory_, *page_table_, *calls_, frame_.clock()));
  }
  p.state = {};
  p.there.store(true, std::memory_order_release);
  processors_.insert(std::ranges::lower_bound(processors_, number, {}, &Processor::number), &p);
  processor_count_ = setup_.configuration.desired_procs = static_cast<u32>(processors_.size());
  return emu::success();
}

void Partition::remove_processor(u32 number) {
  Processor& p = *all_processors_[number];
  p.there.store(false, std::memory_order_release);
  p.state = {};
  std::erase(processors_, &p);
  interrupts_->reset_server(number);
  processor_count_ = setup_.configuration.desired_procs = static_cast<u32>(processors_.size());
}

void Partition::memory_block_is(u32 number, bool owned) {
  owned ? memory_blocks_.add(number) : memory_blocks_.remove(number);
  setup_.configuration.desired_mem = memory_blocks_.count() * frame_.config().lmb_mb;
}

void Partition::memory_block_appears(u32 number, bool there) {
  const u64 block = u64{frame_.config().lmb_mb} * MiB;
  if (there) return memory_->fill(number * block, block);
  memory_->punch(number * block, block);
  flush_tlbs();  // real mode asks no page table
}

void Partition::capacity_is(const emu::Capacity& capacity) {
  on_dispatcher([&] {
    emu::Configuration& has = setup_.configuration;
    has.desired_proc_units = capacity.desired_proc_units;
    has.sharing_mode = capacity.sharing_mode;
    has.uncap_weight = capacity.uncap_weight;
    has.shared_proc_pool = capacity.shared_proc_pool;
    if (dispatcher_) dispatcher_->capacity_changed();
    if (!native()) return;
    has.desired_mem = capacity.desired_mem;
    has.desired_procs = capacity.desired_procs;
  });
}

// ---- adapters ----

std::shared_ptr<Adapter> Partition::make_adapter(const emu::VirtualAdapter& config) {
  Adapter::Place place;
  place.memory = memory_;
  place.location = emu::slot_location(frame_.config().type_model, frame_.config().serial_num, id(), config.slot);
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
  const auto reached = bridge(liobn ^ devices::pci::liobn_of(0));
  return reached ? reached->window() : nullptr;
}

// ---- physical slots ----

std::vector<std::shared_ptr<HostBridge>> Partition::bridges() const {
  const std::lock_guard lock(bridges_mutex_);
  std::vector<std::shared_ptr<HostBridge>> all;
  for (const auto& [bus, bridge] : bridges_) all.push_back(bridge);
  return all;
}

std::shared_ptr<HostBridge> Partition::bridge(u32 bus) const {
  const std::lock_guard lock(bridges_mutex_);
  const auto found = bridges_.find(bus);
  return found == bridges_.end() ? nullptr : found->second;
}

// An empty slot has none.
emu::Status Partition::plug_bridge(u32 drc_index) {
  const emu::PhysicalSlot* slot = find_slot(frame_.config(), drc_index);
  if (!slot || slot->adapter == emu::SlotAdapter::empty) return emu::success();
  auto medium = TRY(frame_.open_medium(*slot));
  devices::pci::BridgePlace place;
  place.bus = slot->bus();
  place.location = slot->location;
  place.interrupt_controller = devtree::phandle_interrupts;
  place.memory = memory_;
  const u32 interrupt = devices::pci::interrupt_of(slot->bus());
  // The bridge goes before we do, and then nobody is inside any more: so a cable's thread never holds us.
  place.line = [interrupts = interrupts_.get(), interrupt](bool high) { interrupts->set_line(interrupt, high); };
  auto bridge =
      std::make_shared<HostBridge>(std::move(place), [&](auto window, auto line) -> std::unique_ptr<devices::pci::Virtio> {
        if (medium.disk)
          return std::make_unique<devices::pci::VirtioBlock>(std::move(window), std::move(line), std::move(medium.disk),
                                                             emu::drc_text(drc_index));
        return std::make_unique<devices::pci::VirtioNetwork>(std::move(window), std::move(line), std::move(medium.cable),
                                                             mac_of(slot->mac_addr));
      });
  interrupts_->add_source(interrupt);
  const std::lock_guard lock(bridges_mutex_);
  bridges_.emplace(slot->bus(), std::move(bridge));
  return emu::success();
}

void Partition::unplug_bridge(u32 bus) {
  std::shared_ptr<HostBridge> gone;
  {
    const std::lock_guard lock(bridges_mutex_);
    const auto found = bridges_.find(bus);
    if (found == bridges_.end()) return;
    gone = std::move(found->second);
    bridges_.erase(found);
  }
  interrupts_->remove_source(devices::pci::interrupt_of(bus));
}

bool Partition::is_device(u64 address, u64 length) const {
  const auto all = bridges();
  return std::ranges::any_of(all, [&](const auto& each) { return each->contains(address, length); });
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
                                             [](const Processor* p) { return p->state.run != RunState::stopped; });
  if (runs) connect_ethernet(true);
  dispatcher_->start(!runs);
}

bool Partition::enter_firmware() {
  if (in_firmware_.exchange(true)) return false;
  connect_ethernet(true);
  return true;
}

void Partition::leave_firmware() {
  in_firmware_ = false;
  const std::lock_guard lock(native_mutex_);
  native_pending_.clear();
}

u64 Partition::used_ns() const { return dispatcher_ ? dispatcher_->used_ns() : 0; }

void Partition::stop() {
  if (dispatcher_) dispatcher_->stop();
}

void Partition::on_dispatcher(const std::function<void()>& work) {
  if (!dispatcher_) return work();
  dispatcher_->run_there(work);
}

void Partition::flush_tlbs() {
  on_dispatcher([this] {
    for (Processor* p : processors_) p->cpu->flush_tlb();
  });
}

void Partition::note_code(bool on) {
  kept_code_told_ = false;
  on_dispatcher([this, on] {
    for (Processor* p : processors_) p->cpu->note_code(on);
  });
}

void Partition::keep_noted_code() {
  kept_code_ = new_hot_code();
  note_code(false);
}
std::vector<cpu::HotCode> Partition::new_hot_code() {
  std::vector<cpu::HotCode> all;
  on_dispatcher([&] {
    for (Processor* p : processors_) std::ranges::copy(p->cpu->noted_code(), std::back_inserter(all));
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
  if (page_table_) page_table_->together().only(nullptr);
  little_endian_interrupts_ = little_endian;
  ail_ = ail;
  for (Processor* p : processors_) p->cpu->set_interrupt_mode(little_endian, ail);
}

void Partition::raise(u32 interrupt) {
  if (!native() && !in_firmware_) return interrupts_->pulse(interrupt);
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
  for (Processor* p : processors_) p->state.run = RunState::stopped;
  dispatcher_->end_soon();
  frame_.partition_stopped(id(), restart);
}

void Partition::fail(const std::string& refcode, const std::string& why) {
  log.error("{}: {} {}", definition().name, refcode, why);
  for (Processor* p : processors_) p->state.run = RunState::stopped;
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

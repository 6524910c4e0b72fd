// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/native.h"

#include "firmware/frame.h"
#include "firmware/hcall/call.h"
#include "firmware/partition.h"
#include "firmware/virtual_switch.h"

namespace firmware {

namespace {

NativeAdapter describe(u32 lpar_id, const Adapter& adapter, const VirtualSwitch& ethernet) {
  NativeAdapter native;
  native.config = adapter.config();
  ethernet.refresh(lpar_id, native.config);
  native.unit_address = adapter.unit_address();
  native.interrupt = adapter.interrupt();
  native.remote_liobn = adapter.remote_liobn();
  if (adapter.window()) {
    native.liobn = adapter.window()->liobn();
    native.window_bytes = adapter.window()->bytes();
  }
  return native;
}

class Native final : public NativePartition {
 public:
  Native(std::shared_ptr<Partition> partition, Frame& frame) : partition_(std::move(partition)), frame_(frame) {}

  const emu::LparDefinition& definition() const override { return partition_->definition(); }
  emu::GuestMemory& memory() override { return partition_->memory(); }

  HcallAnswer hcall(u64 number, std::initializer_list<u64> arguments) override {
    Call call;
    size_t i = 0;
    for (const u64 argument : arguments)
      if (i < call.in.size()) call.in[i++] = argument;
    HcallAnswer answer;
    answer.status = run_hcall(*partition_, number, call);
    answer.out = call.out;
    return answer;
  }

  std::vector<NativeAdapter> adapters() const override {
    std::vector<NativeAdapter> all;
    for (const auto& adapter : partition_->adapters()) all.push_back(describe(partition_->id(), *adapter, frame_.ethernet()));
    return all;
  }

  emu::Result<NativeAdapter> plug(const emu::VirtualAdapter& wanted, Kept kept) override {
    const auto adapter = TRY(partition_->plug(wanted, frame_.slots_of_profile(partition_->id())));
    if (auto stored = frame_.keep_adapter(partition_->id(), adapter->config(), kept); !stored) {
      (void)partition_->unplug(adapter->slot());
      return stored.error();
    }
    if (adapter->ethernet()) partition_->start();  // the new port joins its switch
    return describe(partition_->id(), *adapter, frame_.ethernet());
  }
  emu::Status unplug(u32 slot, Kept kept) override {
    TRY(frame_.drop_adapter(partition_->id(), slot, kept));
    return partition_->unplug(slot);
  }
  u32 free_slots() const override { return partition_->free_slots(frame_.slots_of_profile(partition_->id())); }
  std::vector<emu::Hold> holds() const override { return frame_.holds(partition_->id()); }
  std::string uuid_of(u32 lpar_id) const override { return frame_.uuid_of(lpar_id); }

  u64 time_of_day() const override { return partition_->time_of_day(); }
  emu::Status set_time_of_day(u64 nanoseconds) override { return partition_->set_time_of_day(nanoseconds); }

  std::vector<u32> wait(u64 timeout) override { return partition_->wait_for_interrupts(timeout); }
  void wake() override { partition_->wake(); }

 private:
  std::shared_ptr<Partition> partition_;
  Frame& frame_;
};

}  // namespace

std::unique_ptr<NativePartition> make_native(std::shared_ptr<Partition> partition, Frame& frame) {
  return std::make_unique<Native>(std::move(partition), frame);
}

}  // namespace firmware

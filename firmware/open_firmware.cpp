// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/open_firmware.h"

#include <fmt/format.h>

#include "firmware/native.h"
#include "firmware/partition.h"
#include "firmware/power.h"
#include "firmware/reference_codes.h"

namespace firmware {

namespace {

class Waiting final : public OpenFirmware {
 public:
  Waiting(Power& power, Frame& frame, Turn turn, std::shared_ptr<Partition> partition)
      : power_(power), turn_(turn), partition_(std::move(partition)), machine_(make_native(partition_, frame)) {}
  ~Waiting() override { partition_->leave_firmware(); }

  NativePartition& machine() override { return *machine_; }
  u64 memory_bytes() const override { return partition_->memory_bytes(); }
  bool waits() const override { return power_.waits_in_firmware(partition_->id(), turn_); }
  void show(const std::string& refcode) override { power_.show_in_firmware(partition_->id(), turn_, refcode); }
  void say(std::string_view text) override {
    partition_->terminal_output().write({reinterpret_cast<const u8*>(text.data()), text.size()});
  }
  emu::Status boot(const BootImage& image) override {
    partition_->leave_firmware();
    return power_.boot_from_firmware(partition_->id(), turn_, *partition_, image);
  }

 private:
  Power& power_;
  const Turn turn_;
  const std::shared_ptr<Partition> partition_;
  const std::unique_ptr<NativePartition> machine_;
};

}  // namespace

emu::Result<std::unique_ptr<OpenFirmware>> Power::open_firmware(u32 lpar_id) {
  const auto lpars = lpars_.lock();
  const Lpar* lpar = lpars->find(lpar_id);
  if (!lpar) return no_such_lpar(lpar_id);
  if (lpar->state != LparState::open_firmware || !lpar->partition)
    return emu::Error{"HSCL05DF", fmt::format("Partition {} is not at the prompt of Open Firmware.", lpar->definition.name)};
  if (!lpar->partition->enter_firmware()) return busy(lpar->definition.name);
  return std::unique_ptr<OpenFirmware>(std::make_unique<Waiting>(*this, frame_, lpar->turn, lpar->partition));
}

bool Power::waits_in_firmware(u32 lpar_id, Turn turn) {
  const auto lpars = lpars_.lock();
  const Lpar* lpar = lpars->find(lpar_id, turn);
  return lpar && lpar->state == LparState::open_firmware;
}

void Power::show_in_firmware(u32 lpar_id, Turn turn, const std::string& refcode) {
  const auto lpars = lpars_.lock();
  Lpar* lpar = lpars->find(lpar_id, turn);
  if (lpar && lpar->state == LparState::open_firmware) lpars->show(*lpar, refcode.c_str());
}

emu::Status Power::boot_from_firmware(u32 lpar_id, Turn turn, Partition& partition, const BootImage& image) {
  show_in_firmware(lpar_id, turn, src_loading);
  const auto layout = load_boot_image(partition, image);
  if (!layout) {
    show_in_firmware(lpar_id, turn, src_load_failed);
    return layout.error();
  }
  {
    const auto lpars = lpars_.lock();
    Lpar* lpar = lpars->find(lpar_id, turn);
    if (!lpar || lpar->state != LparState::open_firmware || !lpars->happens(*lpar, LparEvent::run))
      return emu::Error{"power", "The partition has lost its power."};
    lpars->show(*lpar, src_os_running);
  }
  partition.begin(*layout);
  return emu::success();
}

}  // namespace firmware

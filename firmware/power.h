// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Brings partitions up and takes them down. A step that lets the list's lock go (building a partition, loading its image, ending
// its dispatcher) finds the partition again by its turn: whoever has taken it down or removed it meanwhile has won.

#include <functional>
#include <memory>
#include <string>

#include "emu/core/guarded.h"
#include "emu/core/result.h"
#include "firmware/definitions.h"
#include "firmware/frame.h"
#include "firmware/lpars.h"
#include "firmware/open_firmware.h"

namespace firmware {

class Power {
 public:
  using NativeListener = std::function<emu::Status(u32 lpar_id, bool running)>;
  // All of them outlive it. `moves_end`: a move of this partition ends, and a processor that waits for a page stops waiting.
  Power(Frame&, emu::Guarded<Lpars>&, Definitions&, std::function<void(u32 lpar_id)> moves_end);

  // As in firmware/hypervisor.h.
  emu::Status activate(u32 lpar_id, const std::string& profile, std::optional<emu::BootMode> boot_mode, Starter);
  emu::Status power_off(u32 lpar_id, bool restart);
  emu::Result<std::unique_ptr<OpenFirmware>> open_firmware(u32 lpar_id);
  void on_native_change(NativeListener listener) { *native_listener_.lock() = std::move(listener); }
  void take_all_down();  // all partitions that run
  void shut_down();

  // Of firmware/open_firmware.cpp: nothing of a partition that has had another turn.
  bool waits_in_firmware(u32 lpar_id, Turn);
  void show_in_firmware(u32 lpar_id, Turn, const std::string& refcode);
  emu::Status boot_from_firmware(u32 lpar_id, Turn, Partition&, const BootImage&);

  // As in firmware/frame.h.
  void partition_stopped(u32 lpar_id, bool restart);
  void partition_failed(u32 lpar_id, const std::string& refcode, const std::string& why);
  emu::Result<u32> make_shell(u64 stream, const emu::LparDefinition&, bool active);
  emu::Status forget(u32 lpar_id);

  // A guest that restarts while it moves is brought up again when the move is rolled back.
  void restart_when_free(u32 lpar_id);
  // Its move has ended here.
  void is_free(Lpar&);

 private:
  struct Activation {
    u32 lpar_id = 0;
    Turn turn = 0;
    bool native = false;
    emu::LparDefinition definition;
  };
  emu::Result<Activation> take_resources(u32 lpar_id, const std::string& profile, Starter);
  emu::Result<std::shared_ptr<Partition>> build(const Activation&);
  emu::Status start_native(const Activation&, const std::shared_ptr<Partition>&);
  emu::Status start_guest(const Activation&, const std::shared_ptr<Partition>&, std::optional<emu::BootMode> boot_mode);
  emu::Error failed(const Activation&, const char* refcode, const emu::Error&);

  // Stops what runs, tells the partners, and gives back memory and processors. In the end the partition is off, or, after an
  // error, in that state, and shows the code.
  // False: somebody else was faster.
  bool take_down(u32 lpar_id, Turn, LparEvent end, const std::string& refcode);
  // Ends the dispatcher; partners learn of it by the event.
  void disconnect(Partition&, u64 event);
  emu::Status tell_native(u32 lpar_id, bool running);

  Frame& frame_;
  emu::Guarded<Lpars>& lpars_;
  Definitions& definitions_;
  std::function<void(u32)> moves_end_;
  emu::Guarded<NativeListener> native_listener_;
  emu::Guarded<bool> shut_down_{false};
};

}  // namespace firmware

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A virtio device behind its PCI function: features, status, queues. What it is for, a class of its own says: virtio_block.h,
// virtio_network.h. It has a mutex: the partition's thread stores into it, and the thread of a cable brings packets. (VIRTIO 2.4)
//
//   driver:  reset -> ACKNOWLEDGE -> DRIVER -> features -> FEATURES_OK -> queues -> DRIVER_OK -> notify ...

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "devices/pci/virtqueue.h"

namespace devices::pci {

namespace feature {
inline constexpr u64 version_1 = u64{1} << 32;
inline constexpr u64 access_platform = u64{1} << 33;  // its addresses are those of the bridge's window, not the partition's
}  // namespace feature

namespace status {
inline constexpr u8 acknowledge = 1, driver = 2, driver_ok = 4, features_ok = 8, needs_reset = 64, failed = 128;
}

// How it is found on the bus.
struct Identity {
  u16 device = 0;         // PCI device ID: 0x1040 and the device's number
  u32 class_code = 0;     // three bytes
  const char* name = "";  // of its node
};

class Virtio {
 public:
  // `line`: its interrupt, up or down.
  Virtio(std::shared_ptr<TceTable> window, std::function<void(bool)> line, u64 features, u16 queues);
  virtual ~Virtio() = default;
  Virtio(const Virtio&) = delete;
  Virtio& operator=(const Virtio&) = delete;

  virtual Identity identity() const = 0;

  // The structures that the function's base address register leads to: any bytes of them.
  void read_common(u32 at, std::span<u8> to);
  void write_common(u32 at, std::span<const u8> from);
  void read_device(u32 at, std::span<u8> to);
  u8 take_interrupt();  // reading it takes the interrupt back
  void notify(u16 queue);

  void reset();
  void let_work(bool on);       // it may reach memory: bus master
  void let_interrupt(bool on);  // INTx is not disabled
  bool in_use() const;          // a driver has it

 protected:
  // With the lock, of a device that a driver runs.
  virtual void work(u16 queue) = 0;
  virtual Bytes device_configuration() const = 0;

  std::mutex& mutex() { return mutex_; }
  bool running(u16 queue) const;  // with the lock
  bool accepted(u64 feature) const { return state_.driver_features & feature; }
  Virtqueue queue(u16 number) { return {state_.queues[number], *window_}; }
  void used(u16 number);  // something was put into the used ring
  void broken();          // the driver has to begin anew

 private:
  struct State {
    u32 device_select = 0;
    u32 driver_select = 0;
    u64 driver_features = 0;
    u8 status = 0;
    u16 queue_select = 0;
    u8 interrupt = 0;
    std::vector<QueueState> queues;
  };

  Bytes common() const;
  void set_status(u8 wanted);
  void raise(u8 why);
  void drive_line();
  void reset_locked();

  mutable std::mutex mutex_;
  std::shared_ptr<TceTable> window_;
  std::function<void(bool)> line_;
  const u64 features_;
  State state_;
  bool may_work_ = false;
  bool may_interrupt_ = true;
};

}  // namespace devices::pci

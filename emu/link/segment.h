// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// An Ethernet segment: a small switch in shared memory. Whoever wants to be on the network opens the segment and plugs a
// port; it learns which address is behind which port, and floods what it does not know. A file in the lab's runtime folder
// says which processes have the memory open.
//
// Between each two ports there is one lock-free ring (single producer, single consumer), and each port has a doorbell, so
// nothing is held by a process that dies. A port belongs to whoever holds a lock on its byte of the memory; the kernel
// releases that, and the next one to plug in takes the port over. A ring that is full drops packets, as a switch does.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu {

inline constexpr unsigned segment_ports = 16;

// Where a segment of a lab lies.
inline std::string segment_file(const std::string& runtime_folder, const std::string& name) {
  return runtime_folder + "/" + name + ".segment";
}

// One thread may send while another receives; not more than one each. wait() may be called from a third.
class Port {
 public:
  virtual ~Port() = default;  // unplugs
  // False: dropped (no room at every receiver, or no packet of an acceptable length). Never blocks.
  virtual bool send(std::span<const u8> packet) = 0;
  // Nothing after `timeout` nanoseconds (0: does not wait).
  virtual std::optional<Bytes> receive(u64 timeout) = 0;
  // True once a packet may be there; false after `timeout` nanoseconds.
  virtual bool wait(u64 timeout) = 0;
  virtual void wake() = 0;  // any thread: as if a packet had come
  virtual unsigned number() const = 0;
};

struct PortInfo {
  unsigned number = 0;
  std::string name;
};

class Segment {
 public:
  // Makes the segment if nobody has it open. Error "segment" if something else lies there.
  static Result<std::unique_ptr<Segment>> open(const std::string& path);
  virtual ~Segment() = default;
  // `name` says who it is, for people. The port may outlive the Segment object. Error "segment" if all ports are taken.
  virtual Result<std::unique_ptr<Port>> plug(const std::string& name) = 0;
  virtual std::vector<PortInfo> ports() const = 0;  // those whose owner is alive
};

// A thread that calls `ring` whenever packets may be waiting at a port, and then not again before `taken()`: it lets a
// thread that waits for something else wait for packets too.
class Doorman {
 public:
  Doorman(Port& port, std::function<void()> ring);
  ~Doorman();
  bool waiting() const { return rung_.load(std::memory_order_acquire); }
  void taken();  // before the packets are received, so that none is forgotten

 private:
  Port& port_;
  std::function<void()> ring_;
  std::atomic<bool> rung_{false};
  std::atomic<bool> end_{false};
  std::thread thread_;
};

}  // namespace emu

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What two movers have between them: a pool of large buffers each way in shared memory, and queues of descriptors that
// say which buffer holds something. The bytes themselves are written once by the source's hypervisor and read once by the
// destination's; the link never copies them. Everything is mapped and present before a partition is suspended.
//
//   target = MoverLink::listen(path); source = MoverLink::connect(path)
//   a.take_free() -> index; fill a.out(index); a.send({index, ...}); b.receive() -> from; read b.in(from.index);
//   b.give_back(from.index); a.take_free() finds it again.
//
// One thread uses a link, except ring(), cut() and limit_rate(). What the peer writes is hostile: descriptors are checked,
// buffers are only bytes. Nonsense ends the link, as the peer's death would.

#include <memory>
#include <optional>
#include <string>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu {

inline constexpr u32 mover_buffer_bytes = 68 * KiB;  // 64 KiB of pages, and a page for what is said about them
inline constexpr u32 mover_buffers_down = 64;        // source to target
inline constexpr u32 mover_buffers_up = 16;          // target to source
inline constexpr u64 mover_link_bytes = u64{mover_buffers_down + mover_buffers_up} * mover_buffer_bytes;

class MoverLink {
 public:
  struct Descriptor {
    u32 index = 0;   // of the buffer
    u32 offset = 0;  // where its content begins
    u32 length = 0;
    bool urgent = false;  // overtakes what is not
  };

  // `window`: where mover_link_bytes of buffers shall lie; null: anywhere. It stays reserved when the link ends.
  static Result<std::unique_ptr<MoverLink>> listen(const std::string& path, u8* window = nullptr);
  static Result<std::unique_ptr<MoverLink>> connect(const std::string& path, u64 timeout, u8* window = nullptr);
  virtual ~MoverLink() = default;

  // Has the other side come? Stays true when it has gone again.
  virtual bool connected() = 0;
  // Is it there, and the link whole? Asks the kernel, at most every 10 ms.
  virtual bool up() = 0;
  virtual bool peer_alive() = 0;  // the same, but a cut does not count

  // All buffers: those down first, then those up. out_first(), out_count(): which of them this side fills.
  virtual std::span<u8> buffers() = 0;
  virtual u32 out_first() const = 0;
  virtual u32 out_count() const = 0;

  virtual std::optional<u32> take_free() = 0;       // a buffer of ours that the peer has given back
  virtual bool send(const Descriptor&) = 0;         // false: not now (cut, or the rate's limit)
  virtual std::optional<Descriptor> receive() = 0;  // urgent ones first
  virtual void give_back(u32 index) = 0;            // a buffer of the peer's that was received
  virtual bool waiting() const = 0;                 // is there something to receive or to take?

  // Sleeps until the peer has done something, ring() was called or the time is up. Spins a little first.
  virtual void wait(u64 nanoseconds) = 0;
  virtual void ring() = 0;  // any thread

  // Faults. A cut link carries nothing until it is restored; what is on the way stays on the way, as in TCP's buffers.
  virtual void cut(bool on) = 0;
  virtual void limit_rate(u64 bytes_per_second) = 0;  // 0: none
};

}  // namespace emu

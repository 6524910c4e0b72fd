// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A channel carries messages (byte strings) both ways between two processes through shared memory: two lock-free
// single-producer rings and two semaphores as doorbells. There is no lock in it that a dead process could hold; a lock on
// a file, which the kernel releases, says whether the peer still lives. A message of any size up to `max_message` passes.
// One thread may send while another receives; not more than one each.

#include <memory>
#include <string>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu {

inline constexpr size_t max_message = 4 * MiB;
inline constexpr u32 most_connections = 128;  // of one listener, at the same time

class Channel {
 public:
  virtual ~Channel() = default;  // closes: the peer's receive fails with code "closed" after what was sent before
  virtual Status send(std::span<const u8> message) = 0;  // waits for room; "closed" if the peer is gone
  // `timeout` in nanoseconds. Errors: "timeout", "closed".
  virtual Result<Bytes> receive(u64 timeout) = 0;
  virtual bool open() const = 0;
  // Any thread: a receive that waits ends with "timeout"; if none does, the next one that would have to wait.
  virtual void wake() = 0;
};

// Where others connect to: a name in the lab's runtime folder that leads to the shared memory. Removed when closed; one that
// a dead process left behind is replaced.
class Listener {
 public:
  static Result<std::unique_ptr<Listener>> create(const std::string& path);
  virtual ~Listener() = default;
  virtual Result<std::unique_ptr<Channel>> accept(u64 timeout) = 0;  // "timeout" if nobody came
  virtual void wake() = 0;                                           // any thread: accept ends with "timeout", as a receive does
};

// Within `timeout` nanoseconds; then "absent" if nobody listens at `path`, "busy" if all its places are taken.
Result<std::unique_ptr<Channel>> connect(const std::string& path, u64 timeout);

}  // namespace emu

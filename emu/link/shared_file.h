// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What links are made of: a file whose pages several processes share, semaphores in it, and locks on it. The kernel
// releases a lock when its process dies, however it dies: so a lock that is held is a sign of life. No exceptions leave.

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu {

class SharedFile {
 public:
  // A new file of zeros under a name of its own; `publish` moves it to `path` when it is ready to be seen.
  static Result<std::unique_ptr<SharedFile>> create(const std::string& path, u64 size);
  static Result<std::unique_ptr<SharedFile>> open(const std::string& path, u64 size);  // "absent"; must have that size
  ~SharedFile();                                                                       // unmaps, unlocks; the file stays
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;

  // "taken" if a living process has published the same name; what a dead one left behind is replaced.
  Status publish();
  void unpublish();  // removes the name, if it still is ours

  u8* data() const { return data_; }
  u64 size() const { return size_; }

  // Maps a part of the file again, all pages present: at `address` (replacing what is mapped there) or, if null, anywhere.
  Result<u8*> map_present(u64 offset, u64 length, void* address) const;
  // Undoes it. `keep_address`: the addresses stay taken by empty memory, so that nothing else comes to lie there.
  static void unmap(u8* address, u64 length, bool keep_address);

  // Locks by byte. They belong to this object, not to the process: two objects of one process exclude each other too.
  bool lock(u64 byte);  // false if somebody else holds it
  void unlock(u64 byte);
  bool held(u64 byte) const;  // by somebody else

 private:
  SharedFile() = default;
  Status map(u64 size);
  std::string path_;
  std::string name_now_;
  bool published_ = false;
  int file_ = -1;
  u8* data_ = nullptr;
  u64 size_ = 0;
  std::shared_ptr<void> region_;
};

// A semaphore in shared memory: who waits is woken by who rings, in any process. Rings are counted, up to a limit that
// nobody needs. DOUBT: glibc ends a process that waits on a semaphore full of garbage, so here a peer is trusted.
class Doorbell {
 public:
  void construct();  // by whoever creates the memory, once
  void ring();
  bool wait(u64 nanoseconds);  // false: nobody rang in time
  bool try_wait();

 private:
  alignas(64) std::array<u8, 64> storage_;
};

// Orders everything before against everything after, loads after stores included. The race detector knows no fences, but
// takes an exchange on one common word for the same.
inline void full_fence() {
#ifdef __SANITIZE_THREAD__
  static std::atomic<u32> common{0};
  common.fetch_add(1, std::memory_order_seq_cst);
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

// Where one side says "I am going to sleep" and the other asks "must I ring?". Both sides of the handshake are sequentially
// consistent: either the sleeper sees what came, or the other sees that it sleeps.
class Bell {
 public:
  void construct() {
    doorbell_.construct();
    sleeping_.store(0);
  }
  // After something was published with at least release order.
  void ring_if_needed() {
    full_fence();
    if (sleeping_.load(std::memory_order_relaxed) && sleeping_.exchange(0)) doorbell_.ring();
  }
  void ring() { doorbell_.ring(); }
  // Sleeps until rung, at most `nanoseconds`, unless `ready` says that there is no reason to.
  template <class Ready>
  void sleep(u64 nanoseconds, Ready&& ready) {
    sleeping_.store(1);
    full_fence();
    if (!ready()) doorbell_.wait(nanoseconds);
    sleeping_.store(0);
  }

 private:
  Doorbell doorbell_;
  alignas(64) std::atomic<u32> sleeping_;
};

}  // namespace emu

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What links are made of: memory that several processes share, doorbells in it, and locks on it. The kernel releases a lock
// when its process dies, however it dies: so a lock that is held is a sign of life. No exceptions leave.
//
// The memory is a sealed memfd: nobody can make it shorter, so no access to it ends a process, whatever another process
// does. Its name in a folder is a link to `/proc/PID/fd/N` of a process that has it open.
// (docs/decisions/0006-shared-memory-is-sealed.md)

#include <atomic>
#include <memory>
#include <string>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu {

class SharedFile {
 public:
  // New memory, all zeros. `publish` gives it the name `path` when it is ready to be seen.
  static Result<std::unique_ptr<SharedFile>> create(const std::string& path, u64 size);
  // "absent" unless it is memory of that size that cannot shrink. `path`: a name, or what `address` says.
  static Result<std::unique_ptr<SharedFile>> open(const std::string& path, u64 size);
  ~SharedFile();  // unmaps, unlocks; the memory goes with the last who has it
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;

  // "taken" if a living process has published the same name; what a dead one left behind is replaced, and other names of
  // dead ones in the folder are removed.
  Status publish();
  void unpublish();  // removes the name, if it still is ours

  std::string address() const;  // where other processes of this user find the memory, as long as this object lives
  u8* data() const { return data_; }
  u64 size() const { return size_; }

  // Maps a part of the memory again, all pages present: at `address` (replacing what is mapped there) or, if null, anywhere.
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
  bool published_ = false;
  int file_ = -1;
  u8* data_ = nullptr;
  u64 size_ = 0;
};

// A bell in shared memory: who waits is woken by who rings, in any process. Rings that nobody waited for count as one.
// One word, and a futex on it: whatever a peer writes there can make a wait too short, and no more.
// (Semaphores of glibc and Boost end the process when they find garbage.)
class Doorbell {
 public:
  void construct() { state_.store(silent); }  // by whoever creates the memory, once
  void ring();
  bool wait(u64 nanoseconds);  // false: nobody rang in time

 private:
  enum State : u32 { silent = 0, rung = 1, awaited = 2 };  // everything else is garbage, and counts as rung
  alignas(64) std::atomic<u32> state_;
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

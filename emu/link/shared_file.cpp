// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/shared_file.h"

#include "emu/core/clock.h"
#include "emu/core/paths.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <ctime>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace emu {

namespace {

std::string reason() { return std::string(std::strerror(errno)) + "."; }

struct flock range(u64 byte, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(byte);
  lock.l_len = 1;
  return lock;
}

bool lock_byte(int file, u64 byte) {
  auto lock = range(byte, F_WRLCK);
  return fcntl(file, F_OFD_SETLK, &lock) == 0;
}

bool same_file(int file, const std::string& path) {
  struct stat ours {
  }, theirs{};
  return fstat(file, &ours) == 0 && stat(path.c_str(), &theirs) == 0 && ours.st_ino == theirs.st_ino &&
         ours.st_dev == theirs.st_dev;
}

// Follows a name's link to the memory. Does not wait for whoever would open the other end of a pipe that lies there.
int open_any(const std::string& path) { return ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); }

// What makes memory safe to look at: nobody can change its size, nor take the seals off.
constexpr int fixed_size = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

// Names in the folder of `path` that lead to memory of processes which are gone: nobody else removes them.
void remove_dead_names(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::directory_iterator entry(fs::path(path).parent_path(), failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    std::error_code ignored;
    if (!fs::read_symlink(entry->path(), ignored).string().starts_with("/proc/")) continue;
    if (!is_there(entry->path())) fs::remove(entry->path(), ignored);
  }
}

}  // namespace

Status SharedFile::map(u64 size) {
  void* mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
  if (mapped == MAP_FAILED) return Error{"link", "Cannot map " + path_ + ": " + reason()};
  data_ = static_cast<u8*>(mapped);
  size_ = size;
  return success();
}

Result<std::unique_ptr<SharedFile>> SharedFile::create(const std::string& path, u64 size) {
  std::unique_ptr<SharedFile> shared(new SharedFile);
  shared->path_ = path;
  shared->file_ = memfd_create("twinframe-link", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (shared->file_ < 0 || ftruncate(shared->file_, static_cast<off_t>(size)) != 0 ||
      fcntl(shared->file_, F_ADD_SEALS, fixed_size) != 0)
    return Error{"link", "There is no shared memory for " + path + ": " + reason()};
  TRY(shared->map(size));
  return shared;
}

Result<std::unique_ptr<SharedFile>> SharedFile::open(const std::string& path, u64 size) {
  std::unique_ptr<SharedFile> shared(new SharedFile);
  shared->path_ = path;
  shared->file_ = open_any(path);
  if (shared->file_ < 0) return Error{"absent", "Nobody listens at " + path + "."};
  struct stat found {};
  // Memory that is shorter than we think, or could become so, would end the process with SIGBUS.
  if (const int seals = fcntl(shared->file_, F_GET_SEALS); seals < 0 || (seals & fixed_size) != fixed_size)
    return Error{"absent", path + " is no memory that processes may share: remove it."};
  if (fstat(shared->file_, &found) != 0 || static_cast<u64>(found.st_size) != size)
    return Error{"absent", path + " is not what this build expects there: start both programs from the same build."};
  TRY(shared->map(size));
  return shared;
}

SharedFile::~SharedFile() {
  if (data_) munmap(data_, size_);
  if (file_ >= 0) close(file_);
}

std::string SharedFile::address() const { return fmt::format("/proc/{}/fd/{}", getpid(), file_); }

Status SharedFile::publish() {
  const int there = open_any(path_);
  if (there >= 0) {
    auto lock = range(0, F_WRLCK);
    const bool alive = fcntl(there, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(there);
    if (alive) return Error{"taken", "Another process already listens at " + path_ + "."};
  }
  if (!lock_byte(file_, 0)) return Error{"link", "Cannot lock the memory of " + path_ + ": " + reason()};
  // Under another name first: a name is never seen that leads nowhere.
  const std::string fresh = fmt::format("{}.new-{}-{}", path_, getpid(), file_);
  unlink(fresh.c_str());
  if (symlink(address().c_str(), fresh.c_str()) != 0 || rename(fresh.c_str(), path_.c_str()) != 0) {
    const Error failed{"link", "Cannot create " + path_ + ": " + reason()};
    unlink(fresh.c_str());
    return failed;
  }
  published_ = true;
  remove_dead_names(path_);
  return success();
}

void SharedFile::unpublish() {
  if (published_ && same_file(file_, path_)) unlink(path_.c_str());
  published_ = false;
}

Result<u8*> SharedFile::map_present(u64 offset, u64 length, void* address) const {
  const int flags = MAP_SHARED | MAP_POPULATE | (address ? MAP_FIXED : 0);
  void* mapped = mmap(address, length, PROT_READ | PROT_WRITE, flags, file_, static_cast<off_t>(offset));
  if (mapped == MAP_FAILED) return Error{"link", "Cannot map " + path_ + ": " + reason()};
  auto* begin = static_cast<u8*>(mapped);
#ifdef MADV_POPULATE_WRITE
  // Present is not yet writable: the first write to each page would still fault.
  if (madvise(begin, length, MADV_POPULATE_WRITE) == 0) return begin;
#endif
  for (u64 at = 0; at < length; at += 4096) {
    auto& first = reinterpret_cast<std::atomic<u8>&>(begin[at]);
    first.fetch_or(0, std::memory_order_relaxed);
  }
  return begin;
}

void SharedFile::unmap(u8* address, u64 length, bool keep_address) {
  if (keep_address)
    mmap(address, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  else
    munmap(address, length);
}

bool SharedFile::lock(u64 byte) { return lock_byte(file_, byte); }

void SharedFile::unlock(u64 byte) {
  auto lock = range(byte, F_UNLCK);
  fcntl(file_, F_OFD_SETLK, &lock);
}

bool SharedFile::held(u64 byte) const {
  auto lock = range(byte, F_WRLCK);
  return fcntl(file_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void Doorbell::ring() {
  if (state_.exchange(rung, std::memory_order_acq_rel) == awaited)
    syscall(SYS_futex, &state_, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

bool Doorbell::wait(u64 nanoseconds) {
  const HostClock clock;
  const u64 deadline = clock.monotonic() + std::min(nanoseconds, u64{1} << 62);
  for (;;) {
    u32 state = silent;
    if (!state_.compare_exchange_strong(state, awaited) && state != awaited) {
      state_.store(silent);
      return true;
    }
    const u64 now = clock.monotonic();
    if (now >= deadline) return false;
    const timespec left{static_cast<time_t>((deadline - now) / nanoseconds_per_second),
                        static_cast<long>((deadline - now) % nanoseconds_per_second)};
    syscall(SYS_futex, &state_, FUTEX_WAIT, awaited, &left, nullptr, 0);  // returns at once if it is not awaited any more
  }
}

}  // namespace emu

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/shared_file.h"

#include <boost/date_time/posix_time/posix_time_types.hpp>
#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/sync/interprocess_semaphore.hpp>

#include <atomic>
#include <cerrno>
#include <new>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ipc = boost::interprocess;

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

}  // namespace

Status SharedFile::map(u64 size) {
  size_ = size;
  try {
    const ipc::file_mapping mapping(name_now_.c_str(), ipc::read_write);
    auto region = std::make_shared<ipc::mapped_region>(mapping, ipc::read_write, 0, size);
    data_ = static_cast<u8*>(region->get_address());
    region_ = std::move(region);
  } catch (const ipc::interprocess_exception& e) {
    return Error{"link", "Cannot map " + name_now_ + ": " + e.what() + "."};
  }
  return success();
}

Result<std::unique_ptr<SharedFile>> SharedFile::create(const std::string& path, u64 size) {
  static std::atomic<u32> counter{0};
  std::unique_ptr<SharedFile> shared(new SharedFile);
  shared->path_ = path;
  shared->name_now_ = path + ".new-" + std::to_string(getpid()) + "-" + std::to_string(counter++);
  shared->file_ = ::open(shared->name_now_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (shared->file_ < 0) return Error{"link", "Cannot create " + shared->name_now_ + ": " + reason()};
  if (ftruncate(shared->file_, static_cast<off_t>(size)) != 0) {
    unlink(shared->name_now_.c_str());
    return Error{"link", "Cannot size " + shared->name_now_ + ": " + reason()};
  }
  if (auto mapped = shared->map(size); !mapped) {
    unlink(shared->name_now_.c_str());
    return mapped.error();
  }
  return shared;
}

Result<std::unique_ptr<SharedFile>> SharedFile::open(const std::string& path, u64 size) {
  std::unique_ptr<SharedFile> shared(new SharedFile);
  shared->path_ = shared->name_now_ = path;
  shared->file_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (shared->file_ < 0) return Error{"absent", "Nobody listens at " + path + "."};
  struct stat found {};
  // A file that is shorter than we think would end the process with SIGBUS.
  if (fstat(shared->file_, &found) != 0 || static_cast<u64>(found.st_size) != size)
    return Error{"absent", path + " is not what this build expects there: start both programs from the same build."};
  TRY(shared->map(size));
  // Between open and map the name may have changed hands: then the mapping is not of the file we lock.
  if (!same_file(shared->file_, path)) return Error{"absent", "Nobody listens at " + path + " any more."};
  return shared;
}

SharedFile::~SharedFile() {
  if (name_now_ != path_) unlink(name_now_.c_str());  // created, never published
  if (file_ >= 0) close(file_);
}

Status SharedFile::publish() {
  const int there = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (there >= 0) {
    auto lock = range(0, F_WRLCK);
    const bool alive = fcntl(there, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(there);
    if (alive) return Error{"taken", "Another process already listens at " + path_ + "."};
  }
  if (!lock_byte(file_, 0)) return Error{"link", "Cannot lock " + name_now_ + ": " + reason()};
  if (rename(name_now_.c_str(), path_.c_str()) != 0) return Error{"link", "Cannot create " + path_ + ": " + reason()};
  name_now_ = path_;
  published_ = true;
  return success();
}

void SharedFile::unpublish() {
  if (published_ && same_file(file_, path_)) unlink(path_.c_str());
  published_ = false;
}

Result<u8*> SharedFile::map_present(u64 offset, u64 length, void* address) const {
  // Not through Boost: its regions leave a hole behind when they end, and a fixed address must stay ours.
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

namespace {
ipc::interprocess_semaphore& semaphore(std::array<u8, 64>& storage) {
  static_assert(sizeof(ipc::interprocess_semaphore) <= sizeof storage);
  return *std::launder(reinterpret_cast<ipc::interprocess_semaphore*>(storage.data()));
}
}  // namespace

void Doorbell::construct() { new (storage_.data()) ipc::interprocess_semaphore(0); }

void Doorbell::ring() {
  try {
    semaphore(storage_).post();
  } catch (const ipc::interprocess_exception&) {
    // The count is at its end (the peer has written it): whoever waits will find it so.
  }
}

bool Doorbell::wait(u64 nanoseconds) {
  // Boost waits for a time of day. A clock that is set back would lengthen the wait: callers wait in short slices.
  const auto until = boost::posix_time::microsec_clock::universal_time() +
                     boost::posix_time::microseconds(static_cast<s64>((nanoseconds + 999) / 1000));
  try {
    return semaphore(storage_).timed_wait(until);
  } catch (const ipc::interprocess_exception&) {
    return false;
  }
}

bool Doorbell::try_wait() {
  try {
    return semaphore(storage_).try_wait();
  } catch (const ipc::interprocess_exception&) {
    return false;
  }
}

}  // namespace emu

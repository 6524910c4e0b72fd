// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/memory_segment.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace emu {

namespace {

constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
// Of Linux 6.1, and not yet in the headers of Debian 12. A kernel that does not know it refuses.
constexpr int advice_collapse = 25;

Error no_room(u64 size) {
  return Error{"memory", "The host has no room for " + std::to_string(size / MiB) + " MiB of partition memory."};
}

}  // namespace

Result<std::unique_ptr<MemorySegment>> MemorySegment::create(u64 size) {
  size = (size + huge_page - 1) / huge_page * huge_page;
  Descriptor file(memfd_create("partition", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file || ftruncate(file.number(), static_cast<off_t>(size)) != 0 || fcntl(file.number(), F_ADD_SEALS, seals) != 0)
    return no_room(size);
  // On a huge page's boundary: huge pages fault in ten times faster than small ones, and keep the host's own TLB out of the way.
  void* reserved = mmap(nullptr, size + huge_page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return no_room(size);
  auto* begin = static_cast<u8*>(reserved);
  auto* data = reinterpret_cast<u8*>((reinterpret_cast<std::uintptr_t>(begin) + huge_page - 1) & ~(huge_page - 1));
  if (data != begin) munmap(begin, static_cast<size_t>(data - begin));
  if (const u64 rest = huge_page - static_cast<u64>(data - begin)) munmap(data + size, rest);
  if (mmap(data, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, file.number(), 0) == MAP_FAILED) {
    munmap(data, size);
    return no_room(size);
  }
  madvise(data, size, MADV_HUGEPAGE);  // where the host gives them to shared memory that asks
  madvise(data, size, MADV_DONTFORK);  // a child shares no partition's memory
  return std::unique_ptr<MemorySegment>(new MemorySegment(std::move(file), data, size));
}

Result<std::unique_ptr<MemorySegment>> MemorySegment::adopt(Descriptor file, u64 size) {
  // A file that could shrink would end this process with SIGBUS.
  const int found = fcntl(file.number(), F_GET_SEALS);
  struct stat is {};
  if (found < 0 || (found & seals) != seals || fstat(file.number(), &is) != 0 || !S_ISREG(is.st_mode))
    return Error{"memory", "The memory that the source offers is not sealed."};
  if (static_cast<u64>(is.st_size) < size) return Error{"memory", "The memory that the source offers is too small."};
  void* mapped = mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_NORESERVE, file.number(), 0);
  if (mapped == MAP_FAILED) return Error{"memory", "The memory that the source offers cannot be mapped."};
  madvise(mapped, size, MADV_DONTFORK);
  return std::unique_ptr<MemorySegment>(new MemorySegment(std::move(file), static_cast<u8*>(mapped), size));
}

MemorySegment::~MemorySegment() { munmap(data_, size_); }

Result<Descriptor> MemorySegment::for_readers() const {
  const std::string name = "/proc/self/fd/" + std::to_string(file_.number());
  Descriptor readers(open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!readers)
    return Error{"memory",
                 "A partition's memory cannot be opened for the destination: " + std::string(std::strerror(errno)) + "."};
  return readers;
}

MemorySegment::Stretch MemorySegment::data_from(u64 offset) const {
  if (offset >= size_) return {size_, size_};
  const off_t begin = lseek(file_.number(), static_cast<off_t>(offset), SEEK_DATA);
  if (begin < 0) return errno == ENXIO ? Stretch{size_, size_} : Stretch{offset, size_};
  const off_t end = lseek(file_.number(), begin, SEEK_HOLE);
  return {std::min(static_cast<u64>(begin), size_), end < 0 ? size_ : std::min(static_cast<u64>(end), size_)};
}

void MemorySegment::punch(u64 offset, u64 length) {
  if (fallocate(file_.number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                static_cast<off_t>(length)) != 0)
    std::memset(data_ + offset, 0, length);
}

bool MemorySegment::provide_huge(u64 offset) {
  u8* const begin = data_ + offset / huge_page * huge_page;
  // A hole is not collapsed: there must be something in it. Nothing changes in memory that is in use.
  __atomic_fetch_or(begin, u8{0}, __ATOMIC_RELAXED);
  return madvise(begin, huge_page, advice_collapse) == 0;
}

}  // namespace emu

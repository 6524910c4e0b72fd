// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/memory_segment.h"

#include "tests/support/catch.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using emu::Descriptor;
using emu::MemorySegment;

TEST_CASE("who holds a segment's descriptor reads it when its owner is gone", "[memory]") {
  auto owner = std::move(*MemorySegment::create(MiB));
  CHECK(owner->size() == MemorySegment::huge_page);
  owner->data()[5] = 42;
  auto reader = MemorySegment::adopt(std::move(*owner->for_readers()), MiB);
  REQUIRE(reader);
  owner->data()[6] = 43;
  owner.reset();
  CHECK((*reader)->data()[5] == 42);
  CHECK((*reader)->data()[6] == 43);
  CHECK((*reader)->size() == MiB);
}

TEST_CASE("a segment's size stays what it is, and a reader cannot write it", "[memory]") {
  const auto owner = std::move(*MemorySegment::create(4 * MiB));
  const Descriptor reader = std::move(*owner->for_readers());
  CHECK(fcntl(reader.number(), F_GET_SEALS) == (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
  CHECK((fcntl(reader.number(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(write(reader.number(), "x", 1) == -1);
  CHECK(mmap(nullptr, MiB, PROT_READ | PROT_WRITE, MAP_SHARED, reader.number(), 0) == MAP_FAILED);
}

TEST_CASE("memory that is not sealed, or too small, or none, is refused with a sentence", "[memory]") {
  const auto refused = [](Descriptor file, u64 size) {
    const auto adopted = MemorySegment::adopt(std::move(file), size);
    REQUIRE_FALSE(adopted);
    CHECK(adopted.error().code == "memory");
    return adopted.error().text;
  };
  Descriptor unsealed(memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  REQUIRE(ftruncate(unsealed.number(), MiB) == 0);
  REQUIRE(fcntl(unsealed.number(), F_ADD_SEALS, F_SEAL_GROW) == 0);
  CHECK(refused(std::move(unsealed), MiB) == "The memory that the source offers is not sealed.");
  CHECK(refused(Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)), MiB) == "The memory that the source offers is not sealed.");
  const auto small = std::move(*MemorySegment::create(4 * MiB));
  CHECK(refused(std::move(*small->for_readers()), 6 * MiB) == "The memory that the source offers is too small.");
}

TEST_CASE("holes are found without being filled", "[memory]") {
  const auto segment = std::move(*MemorySegment::create(32 * MiB));
  CHECK(segment->data_from(0).begin == segment->size());
  segment->data()[20 * MiB] = 1;
  const auto data = segment->data_from(0);
  CHECK(data.begin == 20 * MiB);
  CHECK(data.end > data.begin);
  CHECK(data.end <= 22 * MiB);
  CHECK(segment->data_from(data.end).begin == segment->size());
  CHECK(segment->data_from(segment->size()).begin == segment->size());

  emu::HoleFinder holes(*segment);
  CHECK(holes.is_hole(0, 4096));
  CHECK_FALSE(holes.is_hole(20 * MiB, 4096));
  CHECK(holes.is_hole(24 * MiB, 4096));
  CHECK(holes.is_hole(MiB, 4096));  // backwards
  segment->data()[MiB] = 1;
  holes.forget();
  CHECK_FALSE(holes.is_hole(MiB, 4096));
}

TEST_CASE("a child that is forked does not share a segment", "[memory]") {
  const auto segment = std::move(*MemorySegment::create(2 * MiB));
  segment->data()[0] = 1;
  // The kernel looks at the memory for us: where there is none, it says so. A sanitizer may have put memory of its own there.
  const auto sees_it = [&] {
    int ends[2];
    u8 byte = 0;
    return pipe(ends) == 0 && write(ends[1], segment->data(), 1) == 1 && read(ends[0], &byte, 1) == 1 && byte == 1;
  };
  REQUIRE(sees_it());
  const pid_t child = fork();
  if (child == 0) _exit(sees_it() ? 1 : 0);
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

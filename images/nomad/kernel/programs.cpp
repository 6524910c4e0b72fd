// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/programs.h"

#include "kernel/machine.h"
#include "lib/text.h"

extern "C" const nomad::programs::Program program_table[];  // made by the build from its list of programs; ends with a null name

namespace nomad::programs {
namespace {

struct ElfHeader {
  u8 identification[16];
  u16 type, machine;
  u32 version;
  u64 entry, program_headers, section_headers;
  u32 flags;
  u16 header_size, program_header_size, program_header_count;
};

struct ProgramHeader {
  u32 type, flags;
  u64 offset, address, physical, file_bytes, memory_bytes, alignment;
};

// New instructions were written as data: push them out of the data cache and drop what the instruction cache holds. (Book II)
void make_executable(const void* page) {
  auto* bytes = static_cast<const u8*>(page);
  for (u64 i = 0; i < page_bytes; i += 32) asm volatile("dcbst 0, %0" : : "r"(bytes + i) : "memory");
  asm volatile("sync" : : : "memory");
  for (u64 i = 0; i < page_bytes; i += 32) asm volatile("icbi 0, %0" : : "r"(bytes + i) : "memory");
  asm volatile("sync; isync" : : : "memory");
}

}  // namespace

const Program* find(const char* name) {
  for (u32 i = 0; program_table[i].name; i++)
    if (equal(program_table[i].name, name)) return &program_table[i];
  return nullptr;
}

bool load(const Program& program, AddressSpace& space, u64& entry) {
  ElfHeader header;
  memcpy(&header, program.start, sizeof header);
  entry = header.entry;
  for (u32 i = 0; i < header.program_header_count; i++) {
    ProgramHeader part;
    memcpy(&part, program.start + header.program_headers + i * header.program_header_size, sizeof part);
    if (part.type != 1) continue;  // PT_LOAD
    const u64 access = (part.flags & 2 ? u64{AddressSpace::write} : 0) | (part.flags & 1 ? u64{AddressSpace::execute} : 0);
    // Written through our own window, so a read-only page is no obstacle.
    for (u64 page = part.address & ~0xFFFul; page < part.address + part.memory_bytes; page += page_bytes) {
      if (!space.add_page(page, access)) return false;
      auto* target = static_cast<u8*>(space.find(page, false));
      const u64 from = page > part.address ? page : part.address;
      const u64 until = part.address + part.file_bytes < page + page_bytes ? part.address + part.file_bytes : page + page_bytes;
      if (from < until) memcpy(target + (from - page), program.start + part.offset + (from - part.address), until - from);
      if (access & AddressSpace::execute) make_executable(target);
    }
  }
  return true;
}

}  // namespace nomad::programs

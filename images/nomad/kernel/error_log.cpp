// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/error_log.h"

#include "drivers/nvram.h"
#include "kernel/clock.h"
#include "lib/text.h"

namespace nomad::error_log {
namespace {

struct Template {
  u32 identifier;
  const char* label;
  char type, error_class;
  const char* resource;  // a digit is appended for devices of which there may be several
  bool numbered;
  const char* description;
};

// Identifiers, labels and texts of AIX where AIX has them; virtual_scsi_event is our own.
constexpr Template templates[kinds] = {
    {0x9DBCFDEE, "ERRLOG_ON", 'T', 'O', "errdemon", false, "ERROR LOGGING TURNED ON"},
    {0x2BFA76F6, "REBOOT_ID", 'T', 'S', "SYSPROC", false, "SYSTEM SHUTDOWN BY USER"},
    {0x08917DC6, "CLIENT_PMIG_STARTED", 'I', 'S', "pmig", false, "Client Partition Migration Started"},
    {0xA5E6DB96, "CLIENT_PMIG_DONE", 'I', 'S', "pmig", false, "Client Partition Migration Completed"},
    {0x5E075ADF, "CLIENT_PMIG_ABORTED", 'I', 'S', "pmig", false, "Client Partition Migration Aborted"},
    {0x0D5C5101, "VSCSI_EVENT", 'T', 'H', "vscsi", true, "Virtual SCSI connection interrupted"},
};

// As stored, in memory and in NVRAM.
struct Record {
  u32 sequence;  // 0 = empty
  u32 identifier;
  u64 seconds;
  char resource[16];
  char detail[64];
};
static_assert(sizeof(Record) == 96);

constexpr u32 record_count = 64;
Record records[record_count];
u32 last_sequence = 0;
u32 nvram_offset = 0;  // of the first record; 0 = NVRAM is not used

// NVRAM partition header (CHRP binding 8.3): lengths count 16-byte blocks and include the header.
struct Header {
  u8 signature, checksum;
  u16 blocks;
  char name[12];
};
static_assert(sizeof(Header) == 16);
constexpr u8 system_signature = 0xA0, free_signature = 0x7F;
constexpr char own_name[12] = "nomad-errlg";
constexpr u16 own_blocks = static_cast<u16>((sizeof(Header) + sizeof records) / 16);

u8 checksum(const Header& header) {
  auto* bytes = reinterpret_cast<const u8*>(&header);
  u32 sum = bytes[0];
  for (u32 i = 2; i < sizeof header; i++) sum = (sum + bytes[i]) > 255 ? (sum + bytes[i] + 1) & 255 : sum + bytes[i];
  return static_cast<u8>(sum);
}

bool write_header(u32 offset, u8 signature, u32 blocks, const char* name) {
  Header header{};
  header.signature = signature;
  header.blocks = static_cast<u16>(blocks);
  memcpy(header.name, name, sizeof header.name);
  header.checksum = checksum(header);
  return nvram::store(offset, &header, sizeof header);
}

// Our partition, or a new one cut from free space, or from NVRAM that was never formatted.
void find_partition() {
  static constexpr char free_name[12] = {0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77};
  for (u32 offset = 0; offset + sizeof(Header) <= nvram::size();) {
    Header header;
    if (!nvram::fetch(offset, &header, sizeof header)) return;
    const bool blank = header.blocks == 0;
    const u32 blocks = blank ? (nvram::size() - offset) / 16 : header.blocks;
    if (!blank && memcmp(header.name, own_name, sizeof own_name) == 0) {
      if (blocks == own_blocks) nvram_offset = offset + static_cast<u32>(sizeof header);
      return;
    }
    if ((blank || header.signature == free_signature) && blocks > own_blocks + 1) {
      const u32 rest = offset + own_blocks * 16u;
      static constexpr Record empty{};
      bool good = true;
      for (u32 i = 0; i < record_count; i++) good = good && nvram::store(offset + 16 + i * 96, &empty, sizeof empty);
      if (good && write_header(rest, free_signature, blocks - own_blocks > 0xFFFF ? 0xFFFF : blocks - own_blocks, free_name) &&
          write_header(offset, system_signature, own_blocks, own_name))
        nvram_offset = offset + static_cast<u32>(sizeof header);
      return;
    }
    if (blank) return;
    offset += blocks * 16;
  }
}

const Template* template_of(u32 identifier) {
  for (const Template& entry : templates)
    if (entry.identifier == identifier) return &entry;
  return nullptr;
}

}  // namespace

void start() {
  if (nvram::size()) find_partition();
  if (nvram_offset && nvram::fetch(nvram_offset, records, sizeof records)) {
    for (Record& record : records) {
      if (!template_of(record.identifier)) record.sequence = 0;
      record.resource[sizeof record.resource - 1] = record.detail[sizeof record.detail - 1] = 0;
      if (record.sequence > last_sequence) last_sequence = record.sequence;
    }
  }
  add(logging_started);
}

void add(Kind kind, const char* detail, u32 unit) {
  const Template& what = templates[kind];
  const u32 place = last_sequence++ % record_count;
  Record& record = records[place];
  memset(&record, 0, sizeof record);
  record.sequence = last_sequence;
  record.identifier = what.identifier;
  record.seconds = clock::time_of_day().seconds;
  if (what.numbered)
    format(record.resource, sizeof record.resource, "%s%u", what.resource, unit);
  else
    copy_text(record.resource, sizeof record.resource, what.resource);
  copy_text(record.detail, sizeof record.detail, detail);
  if (nvram_offset) nvram::store(nvram_offset + place * static_cast<u32>(sizeof record), &record, sizeof record);
}

bool get(u64 index, ErrorRecord& out) {
  if (index >= record_count || index >= last_sequence) return false;
  const Record& record = records[(last_sequence - 1 - index) % record_count];
  const Template* what = template_of(record.identifier);
  if (!record.sequence || !what) return false;
  out = {};
  out.identifier = record.identifier;
  out.sequence = record.sequence;
  out.seconds = record.seconds;
  out.type = what->type;
  out.error_class = what->error_class;
  copy_text(out.label, sizeof out.label, what->label);
  copy_text(out.resource, sizeof out.resource, record.resource);
  copy_text(out.description, sizeof out.description, what->description);
  copy_text(out.detail, sizeof out.detail, record.detail);
  return true;
}

}  // namespace nomad::error_log

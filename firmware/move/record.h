// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The stream between the two hypervisors of a move is a sequence of records, each alone in a buffer of the movers'. A
// record describes itself, and the receiver believes nothing: it is hostile input until its checksum, its place in the
// sequence and its content were found good. A refusal names the section. (LoPAR leaves the content of streams open.)
//
//   0 u32 magic   4 u16 version   6 u8 kind   7 u8 lane   8 u64 stream   16 u64 sequence
//  24 u32 length of the payload   28 u32 count   32 u64 XXH3 of the first 32 bytes and the payload   40 payload

#include <array>
#include <string_view>

#include "devices/vasi_messages.h"
#include "emu/core/guest_memory.h"
#include "emu/core/result.h"

namespace firmware::move {

enum class Kind : u8 {
  hello = 1,     // source: who is coming; the target compares
  welcome,       // target: it may come
  pages,         // `count` page numbers (u32), then their contents
  zero_pages,    // `count` page numbers
  table,         // as pages, of the hashed page table
  empty_table,   // as zero_pages
  pass_end,      // count: which pass
  pass_done,     // target: it has worked off everything up to there
  state,         // a piece of the partition's archive; count: its index
  residual,      // a piece of the map of pages that are still to come: u32 index of the first word, then words
  suspended,     // the source has stopped the partition, and everything but the residual pages has been sent
  ready,         // target: everything was verified; count 1: it holds the source's memory
  go,            // source: the partition is yours
  request,       // target: `count` page numbers that it wants now
  all_sent,      // source: no residual page is left
  all_received,  // target: the same
  code,          // `count` blocks of code that run often (code_ahead.h)
  code_done,     // target: it has translated as many as it could
  abort,         // a sentence why
  started,       // target: the witness says that the partition is mine, and it runs
  taken,         // target: `count` page numbers that it has taken out of the source's memory by itself
  taken_empty,   // the same, and they were empty
};

// Records of one lane arrive in the order in which they were sent; an urgent one may overtake the others.
enum class Lane : u8 { normal = 1, urgent };

inline constexpr u32 record_magic = 0x54464D56;  // "TFMV"
inline constexpr u16 record_version = 1;
inline constexpr u32 record_header = 40;
inline constexpr u32 pages_per_record = 16;
// So that the pages lie on cache lines of the buffer, whose record begins at devices::vasi::data_offset.
inline constexpr u32 contents_offset = 192 - devices::vasi::data_offset - record_header;
static_assert(contents_offset >= pages_per_record * 4);
inline constexpr u32 largest_record = record_header + contents_offset + pages_per_record * emu::page_size;

std::string_view name_of(Kind);

struct Record {
  Kind kind = Kind::hello;
  Lane lane = Lane::normal;
  u64 sequence = 0;
  u32 count = 0;
  std::span<const u8> payload;
};

// Completes a record whose payload of `length` bytes already lies at buffer[record_header]; returns the record's size.
u32 seal(std::span<u8> buffer, Kind, Lane, u64 stream, u64 sequence, u32 count, u32 length);

// What comes in on one direction of a stream: checks each record against what must come next.
class RecordReader {
 public:
  explicit RecordReader(u64 stream) : stream_(stream) {}
  emu::Result<Record> read(std::span<const u8> bytes);

 private:
  u64 stream_;
  std::array<u64, 2> due_{};  // by lane
};

// The list of page numbers in front of a record's pages. Empty: it does not fit the payload.
struct PageList {
  std::span<const u8> numbers;
  std::span<const u8> contents;  // empty for zero pages
  u32 number(u32 i) const { return emu::load_be<u32>(numbers.data() + u64{i} * 4); }
  std::span<const u8> content(u32 i) const { return contents.subspan(u64{i} * emu::page_size, emu::page_size); }
};
emu::Result<PageList> read_pages(const Record&);    // pages, table
emu::Result<PageList> read_numbers(const Record&);  // zero_pages, empty_table, request, taken ...

u64 checksum_of(std::span<const u8> state);  // the same sum, of the whole partition archive

emu::Error damaged(const Record&, std::string_view what);  // "The section ... of the stream ..."

}  // namespace firmware::move

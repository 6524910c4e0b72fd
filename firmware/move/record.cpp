// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/move/record.h"

#include <fmt/format.h>

#ifdef __x86_64__
#include <xxh_x86dispatch.h>  // the same functions, in the widest vectors that the processor has
#else
#include <xxhash.h>
#endif

namespace firmware::move {

using emu::Error;
using emu::load_be;
using emu::Result;
using emu::store_be;

namespace {

struct KindName {
  Kind kind;
  std::string_view name;
};
constexpr KindName kinds[] = {
    {Kind::hello, "hello"},
    {Kind::welcome, "welcome"},
    {Kind::pages, "pages"},
    {Kind::zero_pages, "zero_pages"},
    {Kind::table, "table"},
    {Kind::empty_table, "empty_table"},
    {Kind::pass_end, "pass_end"},
    {Kind::pass_done, "pass_done"},
    {Kind::state, "state"},
    {Kind::residual, "residual"},
    {Kind::suspended, "suspended"},
    {Kind::ready, "ready"},
    {Kind::go, "go"},
    {Kind::request, "request"},
    {Kind::all_sent, "all_sent"},
    {Kind::all_received, "all_received"},
    {Kind::code, "code"},
    {Kind::code_done, "code_done"},
    {Kind::abort, "abort"},
    {Kind::started, "started"},
    {Kind::taken, "taken"},
    {Kind::taken_empty, "taken_empty"},
};
static_assert(std::size(kinds) == static_cast<size_t>(Kind::taken_empty));

constexpr u32 checked_header = 32;

u64 checksum(std::span<const u8> header, std::span<const u8> payload) {
  const u64 seed = XXH3_64bits(header.data(), checked_header);
  return payload.empty() ? seed : XXH3_64bits(payload.data(), payload.size()) ^ seed;
}

Error refused(std::string_view section, u64 sequence, std::string_view what) {
  return {"stream", fmt::format("The section \"{}\" of the stream (record {}) {}.", section, sequence, what)};
}

}  // namespace

std::string_view name_of(Kind kind) {
  const auto index = static_cast<size_t>(kind) - 1;
  return index < std::size(kinds) ? kinds[index].name : "unknown";
}

Error damaged(const Record& record, std::string_view what) { return refused(name_of(record.kind), record.sequence, what); }

u32 seal(std::span<u8> buffer, Kind kind, Lane lane, u64 stream, u64 sequence, u32 count, u32 length) {
  assert(buffer.size() >= u64{record_header} + length);
  u8* at = buffer.data();
  store_be(at, record_magic);
  store_be(at + 4, record_version);
  at[6] = static_cast<u8>(kind);
  at[7] = static_cast<u8>(lane);
  store_be(at + 8, stream);
  store_be(at + 16, sequence);
  store_be(at + 24, length);
  store_be(at + 28, count);
  store_be(at + 32, checksum(buffer.first(checked_header), buffer.subspan(record_header, length)));
  return record_header + length;
}

Result<Record> RecordReader::read(std::span<const u8> bytes) {
  if (bytes.size() < record_header) return refused("record header", due_[0], "is cut short");
  // Copied first: the peer can change its buffer while we look at it.
  std::array<u8, record_header> header;
  std::memcpy(header.data(), bytes.data(), record_header);
  const u8* at = header.data();
  Record record;
  record.kind = static_cast<Kind>(at[6]);
  record.lane = static_cast<Lane>(at[7]);
  record.sequence = load_be<u64>(at + 16);
  record.count = load_be<u32>(at + 28);
  const std::string_view section = name_of(record.kind);
  if (load_be<u32>(at) != record_magic) return refused("record header", due_[0], "is none");
  if (const u16 version = load_be<u16>(at + 4); version != record_version)
    return refused(section, record.sequence,
                   fmt::format("has format version {}, this firmware reads version {}", version, record_version));
  if (record.kind < Kind::hello || record.kind > Kind::taken_empty)
    return refused(fmt::format("number {}", at[6]), record.sequence, "is of a kind that this firmware does not know");
  const u32 length = load_be<u32>(at + 24);
  if (length != bytes.size() - record_header)
    return refused(section, record.sequence, length > bytes.size() - record_header ? "is cut short" : "is too long");
  record.payload = bytes.subspan(record_header);
  if (load_be<u64>(at + 32) != checksum(header, record.payload))
    return refused(section, record.sequence, "does not match its checksum");
  if (load_be<u64>(at + 8) != stream_)
    return refused(section, record.sequence, fmt::format("belongs to stream {:#x}, not to {:#x}", load_be<u64>(at + 8), stream_));
  if (record.lane != Lane::normal && record.lane != Lane::urgent) return refused(section, record.sequence, "is in no known lane");
  u64& due = due_[record.lane == Lane::urgent];
  if (record.sequence != due) return refused(section, record.sequence, fmt::format("is out of order: record {} was due", due));
  ++due;
  return record;
}

u64 checksum_of(std::span<const u8> state) { return XXH3_64bits(state.data(), state.size()); }

Result<PageList> read_pages(const Record& record) {
  if (record.count == 0 || record.count > pages_per_record) return damaged(record, "lists an impossible number of pages");
  if (record.payload.size() != contents_offset + u64{record.count} * emu::page_size)
    return damaged(record, "is not as long as its list of pages");
  return PageList{record.payload.first(u64{record.count} * 4), record.payload.subspan(contents_offset)};
}

Result<PageList> read_numbers(const Record& record) {
  if (record.payload.size() != u64{record.count} * 4) return damaged(record, "is not as long as its list of pages");
  return PageList{record.payload, {}};
}

}  // namespace firmware::move

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/archive.h"

namespace emu {

namespace {
// One byte in front of every name says what follows, so that a reader which is lost says so at once.
constexpr u8 section_mark = 'S';
constexpr u8 field_mark = 'F';
}  // namespace

Archive Archive::loading_from(std::span<const u8> input) {
  Archive ar;
  ar.loading_ = true;
  ar.input_ = input;
  return ar;
}

u16 Archive::section(std::string_view name, u16 version) {
  section_ = name;
  field_.clear();
  if (failed()) return version;
  if (!loading_) {
    put_number(section_mark);
    put_number(static_cast<u8>(name.size()));
    put({reinterpret_cast<const u8*>(name.data()), name.size()});
    put_number(version);
    return version;
  }
  const u8 mark = get_number<u8>();
  const u8 length = get_number<u8>();
  const auto found = get(length);
  if (failed()) return 0;
  if (mark != section_mark || std::string_view(reinterpret_cast<const char*>(found.data()), found.size()) != name) {
    fail("is not where it belongs");
    return 0;
  }
  const u16 version_found = get_number<u16>();
  if (!failed() && (version_found == 0 || version_found > version))
    fail("has version " + std::to_string(version_found) + ", this build reads up to version " + std::to_string(version));
  return version_found;
}

size_t Archive::begin_field(std::string_view name) {
  field_ = name;
  put_number(field_mark);
  put_number(static_cast<u8>(name.size()));
  put({reinterpret_cast<const u8*>(name.data()), name.size()});
  put_number(u32{0});
  return output_.size() - sizeof(u32);
}

void Archive::end_field(size_t length_at) {
  store_be(output_.data() + length_at, static_cast<u32>(output_.size() - length_at - sizeof(u32)));
}

std::span<const u8> Archive::field(std::string_view name) {
  field_ = name;
  const u8 mark = get_number<u8>();
  const u8 name_length = get_number<u8>();
  const auto found = get(name_length);
  if (failed()) return {};
  if (mark != field_mark || std::string_view(reinterpret_cast<const char*>(found.data()), found.size()) != name) {
    fail("is not where it belongs");
    return {};
  }
  const u32 length = get_number<u32>();
  if (failed()) return {};
  return get(length);
}

std::span<const u8> Archive::get(size_t length) {
  if (failed()) return {};
  if (length > remaining()) {
    fail("is cut short");
    return {};
  }
  const auto bytes = input_.subspan(at_, length);
  at_ += length;
  return bytes;
}

void Archive::fail(std::string sentence) {
  if (failed()) return;
  const std::string where = field_.empty() ? section_ : section_ + "." + field_;
  error_ = Error{"state", where + " " + std::move(sentence)};
}

Status Archive::finish() {
  if (!failed() && loading_ && remaining() != 0) fail("is followed by " + std::to_string(remaining()) + " bytes too many");
  if (failed()) return *error_;
  return success();
}

}  // namespace emu

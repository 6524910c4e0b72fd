// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What one partition executes, as text: `twinframe up --trace`. See docs/tracing.md for the lines. Very slow.

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "firmware/hcall/call.h"

namespace firmware {

// The partition's dispatcher is the only one that writes: processors of a partition that is traced take turns, so their lines are in
// the order in which they were executed.
class Trace {
 public:
  static constexpr u64 usual_limit = 128 * MiB;

  // `file` with the partition's name in front of its ending. When it has grown beyond `limit` bytes it is renamed to
  // <file>.1, whose former content is lost. Null if `frame_file` is empty or cannot be written.
  static std::shared_ptr<Trace> open(const std::string& frame_file, const std::string& lpar_name, u64 limit = usual_limit);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  void line(u32 processor, std::string_view text);
  void call(Partition&, u64 number, const Call&, Answer);  // and what was written so far is in the file

 private:
  Trace(std::string file, u64 limit) : file_(std::move(file)), limit_(limit) {}
  bool begin_file();

  std::string file_;
  u64 limit_;
  u64 written_ = 0;
  std::FILE* out_ = nullptr;
};

}  // namespace firmware

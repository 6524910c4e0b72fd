// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The VIOS's error log: what `errlog` shows. Kept in a file, up to a number of entries, so that it survives a restart. An entry
// is appended, never rewritten: one is made in the suspend window of a move.

#include <mutex>
#include <string>
#include <vector>

#include "emu/core/archive.h"
#include "emu/core/clock.h"
#include "vios/error_log_sink.h"

namespace vios {

struct ErrorLogEntry {
  u32 sequence = 0;
  std::string identifier;
  u64 wall = 0;  // nanoseconds since 1970
  char type = 'I';
  char error_class = 'S';
  std::string resource;
  std::string description;
};
void archive(emu::Archive&, ErrorLogEntry&);

// What errlog calls the letters: INFO, PERM, TEMP; Hardware, Software, Operator.
std::string_view label_of_type(char type);
std::string_view label_of_class(char error_class);
// Labels as in the Redbook's table B-3; an identifier without one is its own label.
std::string_view label_of(std::string_view identifier);

class ErrorLog final : public ErrorLogSink {
 public:
  // `file` empty: in memory only. A file that cannot be read is started anew.
  ErrorLog(std::string file, const emu::Clock&);
  void record(std::string_view identifier, char type, char error_class, std::string_view resource,
              std::string_view description) override;
  std::vector<ErrorLogEntry> entries() const;  // newest first
  void remove_older_than(u64 wall);            // all: ~0

 private:
  void append(const ErrorLogEntry&) const;
  void rewrite() const;
  std::string file_;
  const emu::Clock& clock_;
  mutable std::mutex mutex_;
  u32 last_sequence_ = 0;
  std::vector<ErrorLogEntry> entries_;  // oldest first
};

}  // namespace vios

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The SQLite files of a lab: the frames' journals, the HMC's, and the witness. They are write-ahead logs without fsync: what was
// committed is in the file system's cache, and survives the death of any process at any instant.

#include <memory>
#include <string>

#include "emu/core/result.h"
#include "emu/core/types.h"

struct sqlite3;
struct sqlite3_stmt;

namespace emu {

// A statement that is compiled once and run often. With the owner's lock held.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // From the first parameter on, in their order.
  template <class... Values>
  Statement& with(const Values&... values) {
    reset();
    int at = 0;
    (bind(++at, values), ...);
    return *this;
  }
  bool row();              // one more row is there
  bool done();             // it has run to its end
  u64 number(int column);  // of the present row
  std::string text(int column);
  Bytes content(int column);
  bool is_null(int column);
  void reset();

 private:
  void bind(int at, u64 number);
  void bind(int at, const std::string& text);
  void bind(int at, const Bytes& content);
  sqlite3_stmt* statement_ = nullptr;
};

class Database {
 public:
  // Opens it or makes it, runs `set_up`, and looks through all of it for damage. `what`: "The frame's journal", for errors.
  // ":memory:" for tests.
  static Result<std::unique_ptr<Database>> open(const std::string& file, const std::string& what, const std::string& set_up);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  sqlite3* handle() { return handle_; }
  const std::string& file() const { return file_; }
  u64 changes() const;   // rows that the latest statement has changed
  u64 last_row() const;  // the number of the row that was inserted last
  bool execute(const char* sql);
  bool has_column(const std::string& table, const std::string& column);
  Error damaged(const std::string& why) const;
  Error unwritable() const;    // with SQLite's reason
  std::string reason() const;  // alone

 private:
  Database(sqlite3* handle, std::string file, std::string what)
      : handle_(handle), file_(std::move(file)), what_(std::move(what)) {}
  sqlite3* handle_;
  std::string file_;
  std::string what_;
};

// The sum of a row: of everything that is in it, in the order of its columns. A file with it in its rows that somebody has changed is an
// error, and never another truth.
class RowSum {
 public:
  RowSum& add(u64 number);
  RowSum& add(const std::string& text);
  RowSum& add(const Bytes& content);
  u64 value() const { return sum_; }

 private:
  RowSum& add(const void* data, size_t size);
  u64 sum_ = 0;
};

}  // namespace emu

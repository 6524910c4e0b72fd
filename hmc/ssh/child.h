// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A program that a channel runs: with a terminal of its own, or with three pipes. One thread uses it; the program dies with that thread.

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace hmc::ssh {

struct Terminal {
  std::string type;  // "xterm"
  u16 columns = 80;
  u16 rows = 24;
};

// How it ended: a status, or the signal's name without SIG.
struct Ended {
  int status = 0;
  std::string signal;
};

// What is started. The words' first is looked for in PATH.
struct Start {
  std::vector<std::string> words;
  std::string called;               // what the program believes to be called
  std::vector<std::string> hidden;  // more of them, each with a zero byte behind it, in the file descriptor `hidden_words`
};
inline constexpr int hidden_words = 197;

class Child {
 public:
  // `door`: becomes the file descriptor wire::door of the program; -1: it has none. The program runs when it returns.
  static emu::Result<Child> start(const Start&, const std::optional<Terminal>&, int door);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();  // kills it, and all that it has started

  // Its ends, not blocking; -1: closed. With a terminal all is one.
  int input() const { return input_; }
  int output() const { return output_; }
  int errors() const { return errors_; }
  int life() const { return life_; }  // readable when it has ended
  bool has_terminal() const { return terminal_; }

  void close_input();
  void close_output();
  void close_errors();
  void resize(u16 columns, u16 rows);
  void signal(int number);       // to all that it has started
  std::optional<Ended> ended();  // nothing: it runs

 private:
  Child() = default;
  pid_t pid_ = -1;
  int life_ = -1, input_ = -1, output_ = -1, errors_ = -1;
  bool terminal_ = false;
  std::optional<Ended> ended_;
};

// For probes: what it printed on both outputs, at most 4 KiB.
struct Outcome {
  int status = 0;
  std::string output;
};
emu::Result<Outcome> run_to_end(const Start&);

// The number of a signal that ssh names; 0: none that may be sent. (RFC 4254 6.9)
int signal_of(std::string_view name);

}  // namespace hmc::ssh

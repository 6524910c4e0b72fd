// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who typed a command: where its output goes, and where input comes from. One thread uses it.

#include <string>
#include <string_view>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace hmc {

class Session {
 public:
  virtual ~Session() = default;
  // The console's user who typed it. Commands that are given on the host act as hscroot.
  virtual std::string user() const { return "hscroot"; }
  // When that user was made, if the session began with a log-in: another one may have the name now. 0: whoever has it.
  virtual u64 user_made() const { return 0; }
  virtual void write(std::string_view text) = 0;  // standard output; errors go there too, as on a real HMC
  // Standard input. Some bytes, at least one. Errors: "timeout" (nanoseconds), "closed" (end of input).
  virtual emu::Result<std::string> read(u64 timeout) = 0;
  // What is typed is wanted key by key, without echo: a terminal's part.
  virtual void raw() {}
  // A file of the user's that the command line names (Hmc::files_of): its content has come with the command. The console itself reads
  // no files for anybody.
  virtual emu::Result<std::string> file(const std::string& name) const = 0;
  // The client is gone. What only shows something ends; a move goes on.
  virtual bool cancelled() const = 0;
};

}  // namespace hmc

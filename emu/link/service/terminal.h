// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual terminals.

#include <string>

#include "emu/core/fields.h"
#include "emu/link/service/empty.h"

namespace emu::service {

struct VtermToken {
  u64 token = 0;
  bool taken = false;
  FIELDS(VtermToken, token, taken)
};  // taken: somebody else has it
struct OpenVterm {
  using Reply = VtermToken;
  u32 lpar_id = 0;
  std::string holder;
  FIELDS(OpenVterm, lpar_id, holder)
};
struct VtermOutput {
  Bytes output;
  bool closed = false;  // and the input was not taken
  std::string reason;
  FIELDS(VtermOutput, output, closed, reason)
};
struct ExchangeVterm {
  using Reply = VtermOutput;
  u64 token = 0;
  Bytes input;
  FIELDS(ExchangeVterm, token, input)
};  // polls; input may be empty
struct CloseVterm {
  using Reply = Empty;
  u32 lpar_id = 0;
  u64 token = 0;
  FIELDS(CloseVterm, lpar_id, token)
};  // token 0: whoever holds it (rmvterm)
// Reading along without holding the terminal: the whole output since the partition was activated, from `offset` on.
struct ConsoleLog {
  u64 next_offset = 0;
  Bytes output;
  FIELDS(ConsoleLog, next_offset, output)
};
struct ReadConsoleLog {
  using Reply = ConsoleLog;
  u32 lpar_id = 0;
  u64 offset = 0;
  FIELDS(ReadConsoleLog, lpar_id, offset)
};

}  // namespace emu::service

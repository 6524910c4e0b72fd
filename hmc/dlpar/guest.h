// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The operating system's part in a dynamic operation: the console asks it by RMC, as a real one does, to run drmgr, which takes what
// the hypervisor offers, or gives back what the partition has.

#include <string>

#include "hmc/console.h"

namespace hmc::dlpar {

// The same options as on the command line of chhwres.
struct Patience {
  u32 minutes = 5;  // 0: no limit
  u32 detail = 0;   // drmgr's -d
};

struct OsAnswer {
  u32 status = 0;      // drmgr's exit status
  std::string output;  // the end of what it has printed, with line ends
};

// Why it has not done all of it, for the end of a message.
std::string words_of(const Result<OsAnswer>&);

// Runs "drmgr ARGUMENTS" there and waits for its end. Errors: RmcClient::call.
Result<OsAnswer> run_drmgr(Console&, const Lpar&, const std::string& arguments, Patience);

}  // namespace hmc::dlpar

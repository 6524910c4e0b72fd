// SPDX-License-Identifier: GPL-2.0-or-later
// The script behind the shell's `refuse check|pre`: says no in the phase that REFUSE names.
#include "user/program.h"

using namespace nomad;

int program_main(int count, char** words) {
  const char* phase = option_text(count, words, "REFUSE", "");
  if (has_word(count, words, "scriptinfo")) {
    print("DR_VERSION=1.0\nDR_DATE=27032007\nDR_SCRIPTINFO=Refuses a partition migration\nDR_VENDOR=nomad\n");
  } else if (has_word(count, words, "usage")) {
    print("DR_USAGE=refuse command [parameter]\n");
  } else if (has_word(count, words, "register")) {
    print("DR_RESOURCE=pmig\n");
  } else if ((has_word(count, words, "checkmigrate") && equal(phase, "check")) ||
             (has_word(count, words, "premigrate") && equal(phase, "pre"))) {
    print("DR_ERROR=refused on request\n");
    return 1;
  }
  return 0;
}

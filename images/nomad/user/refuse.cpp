// SPDX-License-Identifier: GPL-2.0-or-later
// The script behind the shell's `refuse check|pre`: says no in the phase that REFUSE names, to a migration as to memory and processors.
#include "user/program.h"

using namespace nomad;

int program_main(int count, char** words) {
  const char* phase = option_text(count, words, "REFUSE", "");
  if (has_word(count, words, "scriptinfo")) {
    print("DR_VERSION=1.0\nDR_DATE=27032007\nDR_SCRIPTINFO=Refuses a reconfiguration\nDR_VENDOR=nomad\n");
  } else if (has_word(count, words, "usage")) {
    print("DR_USAGE=refuse command [parameter]\n");
  } else if (has_word(count, words, "register")) {
    print("DR_RESOURCE=pmig\nDR_RESOURCE=mem\nDR_RESOURCE=cpu\n");
  } else {
    for (int i = 0; *phase && i < count; i++)
      if (starts_with(words[i], phase)) {
        print("DR_ERROR=refused on request\n");
        return 1;
      }
  }
  return 0;
}

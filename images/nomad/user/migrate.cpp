// SPDX-License-Identifier: GPL-2.0-or-later
// A reconfiguration script in the form of Redbook example 5-3: says what it was called with. `drmgr -i migrate` registers it.
#include "user/program.h"

using namespace nomad;

int program_main(int count, char** words) {
  const char* command = count ? words[0] : "";
  if (equal(command, "scriptinfo")) {
    print("DR_VERSION=1.0\nDR_DATE=27032007\nDR_SCRIPTINFO=Partition migration test script\nDR_VENDOR=IBM\n");
  } else if (equal(command, "usage")) {
    print("DR_USAGE=migrate command [parameter]\n");
  } else if (equal(command, "register")) {
    print("DR_RESOURCE=pmig\n");
  } else if (!equal(command, "checkmigrate") && !equal(command, "premigrate") && !equal(command, "postmigrate") &&
             !equal(command, "undocheckmigrate") && !equal(command, "undopremigrate")) {
    print("DR_ERROR=Script usage error\n");
    return 10;
  }
  return 0;
}

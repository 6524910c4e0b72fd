// SPDX-License-Identifier: GPL-2.0-or-later
// A program that is aware of reconfiguration (Redbook 5.8.2): catches SIGRECONFIG and answers.  aware [refuse=check|pre]
#include "user/program.h"

using namespace nomad;

namespace {

const char* refused_phase = "";
u64 events = 0, refused = 0;

const char* name_of(const dr_info& info) {
  if (info.check) return "check";
  if (info.pre) return "pre";
  if (info.post) return "post";
  return info.posterror ? "posterror" : "unknown";
}

void reconfigure(u32) {
  dr_info info{};
  if (system_call(SystemCall::dr_reconfig, DR_QUERY, word_of(&info)) < 0) return;
  events++;
  const char* phase = name_of(info);
  const bool refuse = equal(phase, refused_phase);
  const i64 result = system_call(SystemCall::dr_reconfig, refuse ? DR_EVENT_FAIL : DR_RECONFIG_DONE, word_of(&info));
  if (refuse && result == 0) refused++;
  char change[48] = "";  // nothing of a migration
  if (info.mem) format(change, sizeof change, " mem=%s%lu", info.add ? "+" : "-", info.req_memsz_change >> 20);
  if (info.cpu) format(change, sizeof change, " cpu=%s%u", info.add ? "+" : "-", info.cpu_change);
  print("aware: event=%s%s answer=%s\n", phase, change, !refuse ? "done" : result == 0 ? "fail" : "fail, not permitted");
}

}  // namespace

int program_main(int count, char** words) {
  accept_judge();
  refused_phase = option_text(count, words, "refuse", "");
  handle_signal(SIGRECONFIG, reconfigure);
  print("aware: ready\n");
  while (!end_wanted()) {
    sleep_milliseconds(1000);
    if (judge_wanted() || end_wanted()) print("aware: events=%lu refused=%lu verdict=OK\n", events, refused);
  }
  return 0;
}

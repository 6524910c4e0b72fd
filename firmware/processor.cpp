// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/processor.h"

namespace firmware {

void archive(emu::Archive& ar, ProcessorState& state) {
  auto& [run, prodded, vpa, slb_shadow, slb_shadow_bytes, dispatch_log, dispatch_log_bytes, suspend_answer, used] = state;
  const u16 version = ar.section("processor", 2);
  ar("run", run);
  if (ar.loading() && (run < RunState::stopped || run > RunState::suspended)) ar.fail("is no state of a processor");
  ar("prodded", prodded);
  ar("vpa", vpa);
  ar("slb_shadow", slb_shadow);
  ar("slb_shadow_bytes", slb_shadow_bytes);
  ar("dispatch_log", dispatch_log);
  ar("dispatch_log_bytes", dispatch_log_bytes);
  ar("suspend_answer", suspend_answer);
  if (version >= 2) ar("used", used);
}

}  // namespace firmware

// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/service_state.h"

namespace hmc {

Result<emu::ServiceState> service_state(FrameLink& link) { return ask(link, service::ReadServiceState{}); }

Status change_service_state(FrameLink& link, const std::function<Status(emu::ServiceState&)>& change) {
  for (;;) {
    const emu::ServiceState before = TRY(service_state(link));
    emu::ServiceState after = before;
    TRY(change(after));
    if (after == before) return emu::success();
    const auto written = ask(link, service::WriteServiceState{before, after});
    if (written) return emu::success();
    if (written.error().code != "changed-meanwhile") return written.error();
  }
}

}  // namespace hmc

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/frames.h"

#include "emu/core/clock.h"

#include <fmt/format.h>

namespace emu::app {

Result<std::unique_ptr<Channel>> connect_frame(const NamedLab& lab, std::string_view frame) {
  if (!lab.lab.frame(frame)) return Error{"frame", fmt::format("Lab {} has no frame {}.", lab.lab.name, frame)};
  auto channel = connect(lab.service_file(frame), nanoseconds_per_second);
  if (!channel) return Error{"frame", fmt::format("Frame {} does not answer: start it again with `twinframe up`.", frame)};
  return channel;
}

Result<service::LparInfo> find_lpar(Channel& frame, std::string_view frame_name, const std::string& name_or_id) {
  const service::Lpars all = TRY(service::ask(frame, service::ListLpars{}));
  for (const service::LparInfo& info : all.lpars)
    if (info.definition.name == name_or_id || std::to_string(info.definition.lpar_id) == name_or_id) return info;
  return Error{"lpar", fmt::format("Frame {} has no partition {}.", frame_name, name_or_id)};
}

Result<FoundLpar> find_lpar_by_uuid(const NamedLab& lab, const std::string& uuid) {
  std::optional<FoundLpar> found;
  for (const FrameConfig& frame : lab.lab.frames) {
    const auto channel = connect(lab.service_file(frame.name), nanoseconds_per_second / 5);
    if (!channel) continue;
    const auto all = service::ask(**channel, service::ListLpars{});
    if (!all) continue;
    for (const service::LparInfo& info : all->lpars) {
      if (info.definition.uuid != uuid) continue;
      if (!found || (found->info.state != LparState::running && info.state == LparState::running) || found->info.migration_target)
        found = FoundLpar{frame.name, info};
    }
  }
  if (!found) return Error{"lpar", fmt::format("No frame of lab {} has the partition any more.", lab.lab.name)};
  return *found;
}

}  // namespace emu::app

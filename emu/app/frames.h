// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The frames of a running lab, for programs that look at them without the HMC.

#include <memory>
#include <string>

#include "emu/app/labs.h"
#include "emu/link/service.h"

namespace emu::app {

Result<std::unique_ptr<Channel>> connect_frame(const NamedLab&, std::string_view frame);

struct FoundLpar {
  std::string frame;
  service::LparInfo info;
};
// A partition of a frame, by name or id.
Result<service::LparInfo> find_lpar(Channel& frame, std::string_view frame_name, const std::string& name_or_id);
// Where the partition with this uuid is; the frame on which it runs, if a move shows it on two.
Result<FoundLpar> find_lpar_by_uuid(const NamedLab&, const std::string& uuid);

}  // namespace emu::app

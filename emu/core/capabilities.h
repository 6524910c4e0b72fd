// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a system has been licensed for, or its hardware can do: the names of lssyscfg -r sys. (Redbook 2.2.1, 3.1)

#include "emu/core/fields.h"

namespace emu {

struct Capabilities {
  bool active_lpar_mobility_capable = true;  // its firmware must be new enough besides, as for the next
  bool inactive_lpar_mobility_capable = true;
  bool bsr_capable = true;
  bool huge_page_mem_capable = true;
  bool lpar_proc_compat_mode_capable = true;
  bool micro_lpar_capable = true;
  bool redundant_err_path_reporting_capable = true;
  FIELDS(Capabilities, active_lpar_mobility_capable, inactive_lpar_mobility_capable, bsr_capable, huge_page_mem_capable,
         lpar_proc_compat_mode_capable, micro_lpar_capable, redundant_err_path_reporting_capable)
};

}  // namespace emu

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the rows of the table of steps do (hmc/lpm/steps.cpp), in its order. Each is one or a few questions to the frames; asked again after
// a death of the console, it does what is left of it. Nobody but the table calls them.

#include "hmc/lpm/move.h"

namespace hmc::work {

Status lock(Move&);
Status unlock(Move&);
Status create_shell(Move&);
Status remove_shell(Move&);
Status open_movers(Move&);
Status close_movers(Move&);
Status prepare(Move&);
Status undo_prepare(Move&);
Status map_scsi(Move&);
Status unmap_target(Move&);
Status begin_passes(Move&);
Status keep_on_source(Move&);
Status await_suspended(Move&);
Status await_verified(Move&);
Status hand_over(Move&);
Status start(Move&);
Status await_completed(Move&);
Status post(Move&);
Status unmap_source(Move&);
Status write_profile(Move&);
Status finish_source(Move&);
Status finish_target(Move&);
Status unlock_systems(Move&);

}  // namespace hmc::work

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Fencing of the frames of this host (hmc/fence.h): the frame's process is ended by a descriptor that means this process and no
// other, its locks fall with it, and a process of ours takes its place, so that the frame cannot be started meanwhile. That one has the
// frame's journal and its Virtual I/O Servers, starts no partition, and answers to the console alone, which it does not outlive.

#include <memory>

#include "emu/app/labs.h"
#include "hmc/fence.h"

namespace emu::app {

std::shared_ptr<hmc::Fence> fence_of(const NamedLab&);

}  // namespace emu::app

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is behind the adapters in a frame's physical slots: a file of the lab, or a port of one of its Ethernet segments.

#include <string>

#include "devices/pci/medium.h"
#include "emu/core/lab.h"

namespace emu::frame {

// SIMPLIFIED: the adapters are of virtio, and a disk is in its adapter.

// The file of a disk; one of the lab's own is made if it is not there.
Result<std::string> disk_file(const PhysicalSlot&, const std::string& frame, const LabFolders&);

// A disk without a path of its own is <state>/slots/FRAME-INDEX.img, which begins empty, sparse, unless it is there as a copy of an image.
Result<devices::pci::Medium> open_medium(const PhysicalSlot&, const std::string& frame, const LabFolders&);

}  // namespace emu::frame

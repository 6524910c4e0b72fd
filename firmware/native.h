// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A Partition as its native program sees it.

#include <memory>

#include "firmware/native_partition.h"

namespace firmware {

class Frame;
class Partition;

std::unique_ptr<NativePartition> make_native(std::shared_ptr<Partition>, Frame&);  // which outlives it

}  // namespace firmware

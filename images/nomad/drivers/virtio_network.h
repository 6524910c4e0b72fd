// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A physical network port: a virtio network device. (VIRTIO 5.1)
#include "drivers/ethernet.h"

namespace nomad::virtio_network {

extern const ethernet::Driver driver;

}  // namespace nomad::virtio_network

// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/vasi.h"

namespace devices {

Node Vasi::describe() const {
  Node node = common("IBM,VASI", "IBM,VASI-1", {"IBM,VASI-1"});
  node.cell("ibm,#buffer-pools", 4).cell("ibm,crq-size", 4096).cell("ibm,#vasi-streams", 4);
  return node;
}

}  // namespace devices

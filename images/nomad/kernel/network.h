#pragma once
#include "lib/abi.h"
namespace nomad::network {
inline void poll() {}
}

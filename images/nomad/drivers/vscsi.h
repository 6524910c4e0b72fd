#pragma once
#include "lib/abi.h"
namespace nomad::vscsi {
inline void check_time_outs() {}
}

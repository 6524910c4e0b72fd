#include "kernel/devices.h"
namespace nomad::devices {
void start() {}
bool info(u32, DeviceInfo&) { return false; }
}

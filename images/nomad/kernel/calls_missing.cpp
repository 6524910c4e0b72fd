#include "kernel/system_calls.h"
namespace nomad::system_calls {
#define X(name) i64 __attribute__((weak)) name(Call&) { return Error::not_supported; }
X(device_map) X(disk_info) X(disk_read) X(disk_write) X(disk_flush) X(udp_open) X(udp_receive) X(udp_send) X(error_log) X(nvram_read) X(dr_reconfig) X(dr_script) X(dr_operation)
}

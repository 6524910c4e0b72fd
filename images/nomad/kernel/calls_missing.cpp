#include "kernel/system_calls.h"
namespace nomad::system_calls {
#define X(name) i64 __attribute__((weak)) name(Call&) { return Error::not_supported; }
X(dr_reconfig) X(dr_script) X(dr_operation)
}

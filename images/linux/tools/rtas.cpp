// SPDX-License-Identifier: GPL-2.0-or-later
// Calls a run-time service of the platform, one that the kernel lets programs call: what drmgr does, a step at a time.
//   rtas get-sensor-state 9003 0x80000002          "status=0 1"
//   rtas set-indicator 9001 0x80000002 0
#include <endian.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: rtas SERVICE INPUT...\n");
    return 2;
  }
  const std::string property = std::string("/proc/device-tree/rtas/") + words[1];
  uint32_t token = 0;
  FILE* const file = std::fopen(property.c_str(), "re");
  if (!file || std::fread(&token, sizeof token, 1, file) != 1) {
    std::fprintf(stderr, "rtas: the platform has no service %s\n", words[1]);
    return 2;
  }
  std::fclose(file);
  // struct rtas_args: all of it is big-endian.
  constexpr int most = 16;
  constexpr uint32_t outputs = 2;
  const std::string_view service = words[1];
  struct {
    uint32_t token, inputs, outputs, values[most];
    uint64_t kernel_pointer;
  } call{token, htobe32(static_cast<uint32_t>(count - 2)), htobe32(service == "get-sensor-state" ? outputs : 1), {}, 0};
  for (int i = 2; i < count && i < most; i++)
    call.values[i - 2] = htobe32(static_cast<uint32_t>(std::strtoul(words[i], nullptr, 0)));
  if (syscall(SYS_rtas, &call) != 0) {
    std::perror("rtas");
    return 2;
  }
  const auto status = static_cast<int32_t>(be32toh(call.values[count - 2]));
  std::printf("status=%d", status);
  if (be32toh(call.outputs) > 1) std::printf(" %u", be32toh(call.values[count - 1]));
  std::printf("\n");
  return status == 0 ? 0 : 1;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/trace.h"

#include <cstdio>
#include <memory>

#include "emu/core/log.h"

namespace firmware {

std::function<void(const std::string&)> trace_to(const std::string& file, u32 lpar_id, u32 processor) {
  if (file.empty()) return {};
  const std::shared_ptr<std::FILE> out(std::fopen(file.c_str(), "a"), [](std::FILE* open) {
    if (open) std::fclose(open);
  });
  if (!out) {
    emu::Log("trace").error("{} cannot be written", file);
    return {};
  }
  return [out, lpar_id, processor](const std::string& line) {
    std::fprintf(out.get(), "%u.%u %s\n", lpar_id, processor, line.c_str());
  };
}

}  // namespace firmware

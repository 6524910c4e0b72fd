// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/trace.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "emu/core/log.h"
#include "emu/core/names.h"
#include "firmware/rtas/rtas.h"

namespace firmware {

namespace {

constexpr u64 rtas_number = 0xF000;

std::string name_of(Partition& partition, u64 number, const Call& call) {
  const Hcall* row = find_hcall(number);
  if (!row) return fmt::format("hypercall {:#x}", number);
  u32 token = 0;
  if (number != rtas_number || !partition.memory().read_be(call.in[0], token)) return std::string(row->name);
  const auto services = rtas::services();
  const auto service = std::ranges::find(services, token, &rtas::Row::token);
  return service == services.end() ? fmt::format("rtas {:#x}", token) : fmt::format("rtas {}", service->name);
}

}  // namespace

std::shared_ptr<Trace> Trace::open(const std::string& frame_file, const std::string& lpar_name, u64 limit) {
  if (frame_file.empty()) return nullptr;
  std::filesystem::path file = frame_file;
  file.replace_extension("." + emu::file_part(lpar_name) + file.extension().string());
  std::shared_ptr<Trace> trace(new Trace(file.string(), limit));
  if (trace->begin_file()) return trace;
  emu::Log("trace").error("{} cannot be written", file.string());
  return nullptr;
}

Trace::~Trace() {
  if (out_) std::fclose(out_);
}

bool Trace::begin_file() {
  out_ = std::fopen(file_.c_str(), "w");
  written_ = 0;
  return out_ != nullptr;
}

void Trace::line(u32 processor, std::string_view text) {
  if (!out_) return;
  const int length = std::fprintf(out_, "%u %.*s\n", processor, static_cast<int>(text.size()), text.data());
  written_ += static_cast<u64>(std::max(length, 0));
  if (written_ < limit_) return;
  std::fclose(out_);
  std::error_code ignored;
  std::filesystem::rename(file_, file_ + ".1", ignored);
  (void)begin_file();
}

void Trace::call(Partition& partition, u64 number, const Call& call, Answer answer) {
  std::string text = fmt::format("> {}", name_of(partition, number, call));
  for (size_t i = 0; i < 4; ++i) text += fmt::format(" {:#x}", call.in[i]);
  text += fmt::format(" -> {}", answer);
  for (u32 i = 0; i < call.outs; ++i) text += fmt::format(" {:#x}", call.out[i]);
  line(call.processor ? call.processor->number : 0, text);
  // A guest that waits, or hangs, has made a call before it did.
  if (out_) std::fflush(out_);
}

}  // namespace firmware

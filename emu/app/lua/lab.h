// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The objects that a lab hands to scripts, and how they are made.

#include "emu/app/lua/script.h"
#include "emu/app/lua/world.h"
#include "hmc/hmc.h"

namespace emu::app::lua {

class LabObject final : public Object {
 public:
  explicit LabObject(std::shared_ptr<LabHandle> handle) : handle_(std::move(handle)) {}
  const std::shared_ptr<LabHandle>& handle() const { return handle_; }

 private:
  std::shared_ptr<LabHandle> handle_;
};

Json as_json(const service::StreamInfo&);
Json as_json(const hmc::MoveStatus&);

std::shared_ptr<Object> make_terminal(std::shared_ptr<LabHandle>, const std::string& frame, const service::LparInfo&);
// `hmc_file`: of the console that runs it.
std::shared_ptr<Object> make_task(std::shared_ptr<LabHandle>, std::string hmc_file, std::vector<std::string> command);
std::shared_ptr<Object> make_watch(std::shared_ptr<LabHandle>, std::string lpar_uuid, u64 address);
// `folder`: where what it prints goes. `options`: of `twinframe console`.
Result<std::shared_ptr<Object>> open_window(const NamedLab&, const std::string& folder, std::vector<std::string> options);
Result<std::shared_ptr<Object>> make_pinger(const NamedLab&, const std::string& address, u64 interval);
Result<std::shared_ptr<Object>> make_connection(const NamedLab&, const std::string& address, u16 port, u64 blocks_per_second);

}  // namespace emu::app::lua

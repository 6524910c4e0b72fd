// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The makers of all commands, for their table. Each is in the file of its name.

#include "emu/app/command.h"

namespace emu::app {

std::unique_ptr<Command> make_changes();
std::unique_ptr<Command> make_console();
std::unique_ptr<Command> make_down();
std::unique_ptr<Command> make_balance();
std::unique_ptr<Command> make_consolidate();
std::unique_ptr<Command> make_evacuate();
std::unique_ptr<Command> make_roll();
std::unique_ptr<Command> make_events();
std::unique_ptr<Command> make_fault();
std::unique_ptr<Command> make_frame_process();
std::unique_ptr<Command> make_ha();
std::unique_ptr<Command> make_hmc();
std::unique_ptr<Command> make_hmc_commands();
std::unique_ptr<Command> make_hmc_process();
std::unique_ptr<Command> make_import();
std::unique_ptr<Command> make_ping();
std::unique_ptr<Command> make_recover();
std::unique_ptr<Command> make_san();
std::unique_ptr<Command> make_asmi();
std::unique_ptr<Command> make_scenario();
std::unique_ptr<Command> make_ssh();
std::unique_ptr<Command> make_ssh_process();
std::unique_ptr<Command> make_status();
std::unique_ptr<Command> make_up();
std::unique_ptr<Command> make_vios();
std::unique_ptr<Command> make_vterm();

// An HMC command under its own name (argv[0]), as the bin folder has them.
int run_as_hmc_command(const std::vector<std::string>& argv);

}  // namespace emu::app

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Command lines as both programs read them: the only user of CLI11 is command_line.cpp.

#include <span>
#include <string>

#include "emu/app/command.h"

namespace emu::app {

// `program COMMAND ...`: runs the command that is meant, and answers its exit status.
int run_one_of(std::span<const CommandRow> rows, const std::string& program, const std::string& summary, int argc, char** argv);
// A program that is one command.
int run_only(Command& command, const std::string& program, const std::string& summary, int argc, char** argv);

}  // namespace emu::app

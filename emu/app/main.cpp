// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe, one program: `twinframe COMMAND ...`, or, called by the name of an HMC command, that command.
#include "emu/app/command_line.h"
#include "emu/app/commands.h"

#include "hmc/hmc.h"

#include <filesystem>

int main(int argc, char** argv) {
  const std::string called_as = std::filesystem::path(argv[0]).filename().string();
  if (hmc::Hmc::knows_command(called_as)) {
    std::vector<std::string> words(argv, argv + argc);
    words[0] = called_as;
    return emu::app::run_as_hmc_command(words);
  }
  return emu::app::run_one_of(emu::app::commands(), "twinframe",
                              "Twinframe: two emulated IBM POWER servers, and partitions that move between them while they run.",
                              argc, argv);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"

#include "emu/core/names.h"

#include "emu/app/command.h"

#include <cstdio>

namespace emu::app {

namespace {
// In the order in which --help shows them.
constexpr CommandRow table[] = {
    {"up", "Start a lab: a process for each frame, and one for the HMC", make_up},
    {"down", "Stop a lab; its state stays, unless it is wiped", make_down},
    {"status", "Labs that run, their processes, systems and partitions", make_status},
    {"hmc", "Run a command of the HMC, such as: migrlpar -o m -m frameA -t frameB -p mobile", make_hmc},
    {"changes", "What has changed in a lab, as its HMC knows it: systems, partitions, profiles, states, migrations",
     make_changes},
    {"events", "What changes in a lab from now on, an object of JSON a line, for programs", make_events},
    {"evacuate", "Empty a system: who goes where, in parallel, and home again", make_evacuate},
    {"balance", "Make systems equally full: who goes where, in parallel", make_balance},
    {"consolidate", "Empty as many systems as can be: who goes where, in parallel", make_consolidate},
    {"roll", "Start each system again with the program as it is now: emptied before, filled again afterwards", make_roll},
    {"fault", "Make something go wrong: links, networks, memory, processes, commands of the HMC", make_fault},
    {"ha", "Packages, which are partitions that are kept running: watched, restarted elsewhere, moved", make_ha},
    {"san", "Work on the SAN: LUNs made, made larger, shown to servers or hidden, taken offline", make_san},
    {"asmi", "A service processor's own settings: memory blocks, power, mains", make_asmi},
    {"vios", "Run a command on a Virtual I/O Server, as padmin", make_vios},
    {"console", "A window on a lab: systems, partitions, terminals, migrations", make_console},
    {"ssh", "Log in to the console of a lab, as clients of an HMC do", make_ssh},
    {"vterm", "A terminal on a partition's console; ~. ends it", make_vterm},
    {"ping", "Ping an address of a lab's network", make_ping},
    {"scenario", "Run a Lua script that starts a lab of its own, drives it and judges it", make_scenario},
    {"import", "A lab file from what the console of a real site has listed, to rehearse there", make_import},
    {"recover", "What the files of a lab that does not start say, and putting them right", make_recover},
    {"frame-process", "One frame (started by up)", make_frame_process, Shown::to_nobody},
    {"hmc-commands", "The names of the HMC's commands (for the build)", make_hmc_commands, Shown::to_nobody},
    {"hmc-process", "The HMC (started by up)", make_hmc_process, Shown::to_nobody},
    {"ssh-process", "The console's ssh server (started by up)", make_ssh_process, Shown::to_nobody},
};
}  // namespace

std::span<const CommandRow> commands() { return table; }

int failed(const Error& error, int exit_status) {
  std::fprintf(stderr, "%s\n", shown(error.text).c_str());
  return exit_status;
}

}  // namespace emu::app

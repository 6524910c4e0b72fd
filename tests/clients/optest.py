# SPDX-License-Identifier: GPL-2.0-or-later
# The class HMCUtil of the op-test suite, unchanged, against our consoles: power, profiles, migration to the other console's server.
# Arguments: the suite's folder, address and password of the first console, address and password of the second.
import os
import sys
import tempfile

folder, here, password, there, other_password = sys.argv[1:]
sys.path.insert(0, folder)
os.chdir(folder)  # where it looks for its CONFIG.YAML

import OpTestConfiguration  # noqa: E402  first: the suite's modules need each other
from common.OpTestHMC import HMCUtil, OpHmcState  # noqa: E402


def util(address, secret, system):
    return HMCUtil(address, "hscroot", secret, logfile=open(tempfile.mktemp(), "w"), managed_system=system, lpar_name="mobile",
                   lpar_vios="viosA" if system == "frameA" else "viosB", lpar_prof="default")


def check(condition, sentence):
    print(("ok  " if condition else "FAILED  ") + sentence, flush=True)
    if not condition:
        sys.exit(1)


first, second = util(here, password, "frameA"), util(there, other_password, "frameB")
check(first.get_system_state() == "Operating", "the system operates")
check(first.get_lpar_state() == OpHmcState.RUNNING, "the partition runs")
check(first.is_lpar_in_managed_system("frameA", "mobile"), "it is on frameA")
check(first.get_lpar_cfg()["lpar_name"] == "mobile", "its profile is read")
first.set_lpar_cfg("desired_procs=1")
check(first.get_lpar_cfg()["desired_procs"] == "1", "and changed")
check(first.is_msp_enabled("frameA", "viosA"), "its server is a mover")
check(int(first.get_lmb_size()[0]) == 16, "the memory block size")
check(int(first.get_available_mem_resources()[0]) > 0, "memory is available")
check(first.get_proc_mode()[0] == "shared", "processors are shared")
# Where a command fails, the suite opens a terminal for another try, and needs more of itself than this class for that.
first.ssh.run_command("mkauthkeys -u hscroot --ip %s --passwd %s" % (there, other_password))
first.cross_hmc_migration("frameA", "frameB", there, "hscroot", other_password)
check(second.is_lpar_in_managed_system("frameB", "mobile"), "it has moved to the other console's server")
check(second.get_lpar_state() == OpHmcState.RUNNING, "and runs there")
second.poweroff_lpar()
check(second.get_lpar_state() == OpHmcState.NOT_ACTIVE, "it is powered off")
second.poweron_lpar()
check(second.get_lpar_state() == OpHmcState.RUNNING, "and on")

-- SPDX-License-Identifier: GPL-2.0-or-later
-- A guest that writes 512 MiB as fast as it can, for so many seconds: beside it, something else can be measured.
--   twinframe scenario tests/bench/busy_guest.lua SECONDS
package.path = package.path .. ";tests/scenarios/?.lua"
local guest = require "lib.guest"
local pair = lab.up { file = lab.variant { { "  desired_mem = 256\n", "  desired_mem = 1024\n" } } }
local console = guest.boot(pair)
guest.run(console, "churn set=512 rate=max")
guest.wait_for_work(console, "churn", "passes", 1)
say("busy")
let_pass(1000 * tonumber(arg[1]), "others measure")
pair:down()

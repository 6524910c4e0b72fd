-- SPDX-License-Identifier: GPL-2.0-or-later
-- How long a partition is out of reach when one of two Virtual I/O Servers ends, and when it comes back: pings, 50 a second.
--   twinframe scenario tests/bench/ethernet.lua [TURNS]
package.path = "tests/scenarios/?.lua;" .. package.path
local guest = require "lib.guest"
local dual = guest.start { file = lab.default_file():gsub("pair%.toml", "dual-vios.toml") }
local function become(vios, state)
  local sea = dual:vios("frameA", vios, "lsdev").output:match("(ent%d+)%s+Available%s+Shared Ethernet Adapter")
  wait_until(vios .. " is " .. state, function()
    return dual:vios("frameA", vios, "entstat -all " .. sea).output:find("    State: " .. state, 1, true)
  end)
end

local function measure(what, go, come_back)
  for _, step in ipairs { { "goes", go, "viosA2" }, { "comes back", come_back, "viosA1" } } do
    local pinger = dual:pinger("10.0.2.15", 20)
    wait_until("it answers", function() local r = pinger:result() return r.sent - r.lost >= 25 end)
    step[2]()
    become(step[3], "PRIMARY")
    local sent = pinger:result().sent
    wait_until("it answers still", function() return pinger:result().sent >= sent + 50 end)
    local r = pinger:stop()
    say(("%s %s: %.0f ms without an answer, %d of %d pings lost"):format(what, step[1], r.longest_gap_ms, r.lost, r.sent))
  end
end

become("viosA1", "PRIMARY")
for _ = 1, tonumber(arg[1] or 3) do
  measure("a server", function() dual:hmc "chsysstate -r lpar -m frameA -o shutdown --immed -n viosA1" end,
    function() dual:hmc "chsysstate -r lpar -m frameA -o on -n viosA1 -f default" end)
  measure("a cable", function() dual:fault("frameA", "unplug-network", "viosA1") end,
    function() dual:fault("frameA", "plug-network", "viosA1") end)
end

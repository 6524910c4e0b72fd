-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.2.2, 2.5.3, 2.5.7, 5.2, 6.2
-- teaches: a second network for movers, set up with mktcpip while the servers run: which pairs reach each other, one of them chosen, and another one when its network has failed
-- verdict: as in the book
-- simplified: no router between the networks
-- Redbook 2.2.2, 2.5.3, 2.5.7, 5.2 and 6.2: the movers get a network of their own beside the one that all share. Validation and listing
-- tell which pairs reach each other; when the network of a migration fails, the next one finds the other.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local with_second = [=[segments = ["lan0"]

    [[frame.vios.adapter]]
    kind = "ethernet"
    slot = 7
    port_vlan_id = 9
    is_trunk = true

    [[frame.vios.bridge]]
    trunk_slot = 7
    segment = "movers"
]=]
local file = lab.variant {
  { '[[segment]]\nname = "lan0"', '[[segment]]\nname = "movers"\nnetwork = "10.0.9.0/24"\n\n[[segment]]\nname = "lan0"' },
  { 'name = "viosA"\n  id = 1\n  ip_address = "10.0.2.11"\n  luns = ["mobile_root"]\n  segments = ["lan0"]',
    'name = "viosA"\n  id = 1\n  ip_address = "10.0.2.11"\n  luns = ["mobile_root"]\n  ' .. with_second },
  { 'name = "viosB"\n  id = 1\n  ip_address = "10.0.2.12"\n  luns = ["mobile_root"]\n  segments = ["lan0"]',
    'name = "viosB"\n  id = 1\n  ip_address = "10.0.2.12"\n  luns = ["mobile_root"]\n  ' .. with_second },
}
local pair, console = guest.start { file = file }
guest.run(console, "ticker", "bank rate=50", "churn set=64 rate=0")
local run, refused = guest.commands(pair)
local function vios(frame, server, line)
  local done = pair:vios(frame, server, line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
-- The interface over the second shared adapter, which has no address yet.
local function second_of(frame, server)
  for name, address in vios(frame, server, "lstcpip -interfaces"):gmatch("(en%d+)%s+(%S+)") do
    if address == "-" then return name end
  end
  fail("no interface is free")
end
local function mappings()
  return run("lslparmigr -r msp -m frameA -t frameB --filter lpar_names=mobile -F ipaddr_mappings")
end

check_equal(mappings(), "10.0.2.11//1/viosB/10.0.2.12/\n", "one network leads from mover to mover")
local second_a, second_b = second_of("frameA", "viosA"), second_of("frameB", "viosB")
vios("frameA", "viosA", "mktcpip -hostname viosA -inetaddr 10.0.9.11 -interface " .. second_a .. " -netmask 255.255.255.0")
check_equal(mappings(), "10.0.2.11//1/viosB/10.0.2.12/\n", "an address of one side alone is no network")
vios("frameB", "viosB", "mktcpip -hostname viosB -inetaddr 10.0.9.12 -interface " .. second_b .. " -netmask 255.255.255.0")
check_equal(mappings(), '"10.0.2.11//1/viosB/10.0.2.12/,10.0.9.11//1/viosB/10.0.9.12/"\n', "two networks do, each by itself")

-- 2.5.3: what validation says of a pair that does not reach each other.
refused('migrlpar -o v -m frameA -t frameB -p mobile -i "source_msp_ipaddr=10.0.9.11,dest_msp_ipaddr=10.0.2.12"', "HSCLF232")
refused('migrlpar -o v -m frameA -t frameB -p mobile -i "source_msp_ipaddr=10.0.9.99"', "HSCLF204")

-- 2.2.2: on the network for movers, and there it fails.
pair:fault("frameA", "slow-mover:3000000")
local task = pair:start('migrlpar -o m -m frameA -t frameB -p mobile -i "source_msp_ipaddr=10.0.9.11,dest_msp_ipaddr=10.0.9.12"')
guest.wait_phase(pair, "passes", 30)
local kept = pair:vios("frameA", "viosA", "rmtcpip -f -interface " .. second_a)
check(kept.output:find "0514%-062", "a mover keeps its addresses until the migration has ended: " .. kept.output)
pair:fault("frameB", "unplug-cable:ent1", "viosB")
local failed = task:wait(60)
check_equal(failed.code, 1, "a migration ends with its network: " .. failed.output)
guest.check_owner(pair, "frameA", "Running")
pair:fault("frameA", "slow-mover:0")

-- 6.2: validation finds what prevented it, and another way.
refused('migrlpar -o v -m frameA -t frameB -p mobile -i "dest_msp_ipaddr=10.0.9.12"', "HSCLF232")
check_equal(mappings(), "10.0.2.11//1/viosB/10.0.2.12/\n", "one network is left")
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")

-- The way back over the repaired one, after the server's own network is gone and its addresses have outlived a restart.
pair:fault("frameB", "plug-cable:ent1", "viosB")
run("chsysstate -r lpar -m frameA -o shutdown --immed -n viosA")
pair:wait_state("frameA", "viosA", "Not Activated", 60)
run("chsysstate -r lpar -m frameA -o on -f default -n viosA")
pair:wait_state("frameA", "viosA", "Running", 60)
guest.wait_for_rmc(pair)
check(vios("frameA", "viosA", "lstcpip -num"):find("10.0.9.11", 1, true), "the address is there after a restart")
local back = pair:hmc('migrlpar -o m -m frameB -t frameA -p mobile -i "dest_msp_ipaddr=10.0.9.11"')
check_equal(back.code, 0, "it moves back over the other network" .. (back.code == 0 and "" or ": " .. back.output))
guest.check_owner(pair, "frameA", "Running")
guest.all_well(console, "ticker", "bank", "churn")

-- A first address that changes: RMC knows the server by the new one.
vios("frameB", "viosB", "chtcpip -interface " .. vios("frameB", "viosB", "lstcpip -num"):match("(en%d+)%s+1500%s+10%.0%.2") ..
  " -inetaddr 10.0.2.112 -netmask 255.255.255.0")
check_equal(run("lssyscfg -r lpar -m frameB --filter lpar_names=viosB -F rmc_ipaddr"), "10.0.2.112\n", "the console knows the new address")
guest.wait_for_rmc(pair)
check_equal(mappings(), '"10.0.2.11//1/viosB/10.0.2.112/,10.0.9.11//1/viosB/10.0.9.12/"\n', "and movers do")
pair:kill("frameB")
pair:wait_dead("frameB", 20)
pair:restart()
guest.wait_for_rmc(pair)
check_equal(mappings(), '"10.0.2.11//1/viosB/10.0.2.112/,10.0.9.11//1/viosB/10.0.9.12/"\n', "also when its system has died")

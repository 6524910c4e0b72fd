-- SPDX-License-Identifier: GPL-2.0-or-later
-- Processing units: capped partitions that compute get what they are entitled to and no more; uncapped ones what their pool has, by their
-- weights. Each counts what it computes in the same seconds, so that the ratios say who had how much.
local guest = require "lib.guest"

local function partition(name, id, address, units)
  return ([==[
  [[frame.partition]]
  name = "%s"
  id = %d
  ip_address = "%s"
  desired_mem = 128
  desired_proc_units = %d
  sharing_mode = "cap"
  vlans = [1]
  boot_image = "nomad"
  boot_arguments = "ip=%s"
  auto_start = true

]==]):format(name, id, address, units, address)
end
local next_frame = '[[frame]]\nname = "frameB"'
local pair = lab.up { file = lab.variant {
  { next_frame, partition("lesser", 4, "10.0.2.21", 20) .. partition("greater", 5, "10.0.2.22", 60) .. next_frame },
} }
local run = guest.commands(pair)
local consoles = {}
for _, name in ipairs { "lesser", "greater" } do
  consoles[name] = pair:console("frameA", name)
  consoles[name]:wait("# ", 60)
end
guest.wait_for_rmc(pair)

-- How much more one computes than the other, both at the same time.
local function ratio(seconds)
  local seen, speed = {}, {}
  for name, console in pairs(consoles) do
    seen[name] = #console:text()
    console:run("spin int seconds=" .. seconds)
  end
  for name, console in pairs(consoles) do
    speed[name] = wait_until(name .. " has computed", function()
      return tonumber(console:text():match("mips=([%d.]+)", seen[name] + 1)), console:text():sub(seen[name] + 1)
    end, 60)
  end
  print(("lesser %.1f, greater %.1f"):format(speed.lesser, speed.greater))
  return speed.greater / speed.lesser
end
-- A host that is busy with others may not have had the time for both: then they compute again.
local function about(wanted, what)
  local found
  for _ = 1, 4 do
    found = ratio(3)
    if math.abs(found / wanted - 1) < 0.2 then break end
  end
  check(math.abs(found / wanted - 1) < 0.2, ("%s: %.2f, and not %.2f"):format(what, found, wanted))
end

about(3, "0.6 units are three times 0.2")

-- A pool of one processor: 0.2 each, and of the rest 64 and 192 parts.
run 'chhwres -r procpool -m frameA -o s --poolid 1 -a "new_name=Web,max_pool_proc_units=1"'
run "chhwres -r proc -m frameA -p greater -o r --procunits 0.4"
for name, weight in pairs { lesser = 64, greater = 192 } do
  run(("chhwres -r procpool -m frameA -o s -p %s -a shared_proc_pool_name=Web"):format(name))
  run(('chhwres -r proc -m frameA -p %s -o s -a "sharing_mode=uncap,uncap_weight=%d"'):format(name, weight))
end
about(0.65 / 0.35, "what is left goes by weight")

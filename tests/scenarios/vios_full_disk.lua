-- SPDX-License-Identifier: GPL-2.0-or-later
-- The host's disk is full: what a Virtual I/O Server is told to change and cannot store is refused, and is as before after a restart. A move
-- that cannot take away the source's mapping is not finished; recovery repeats it when there is room again.
local guest = require "lib.guest"
local host = require "lib.host"

local pair, console = guest.start()
guest.run(console, "bank rate=50")
console:wait("bank: formatted", 20)

local function process(name)
  for _, each in ipairs(pair:status().processes) do
    if each.name == name then return each.pid end
  end
end
-- No file of this process gets longer than `bytes`.
local function limit(name, bytes)
  local said, status = host(("prlimit --pid %d --fsize=%s:unlimited"):format(process(name), bytes))
  check_equal(status, 0, name .. "'s files are limited to " .. bytes .. said)
end
local function seen(letter)
  local all = ""
  for _, line in ipairs { "lsdev", "lsmap -all", "lsmap -all -net", "lsdev -dev hdisk2 -attr" } do
    all = all .. pair:vios("frame" .. letter, "vios" .. letter, line).output
  end
  return all
end

-- What padmin does on frameB, whose server has no client.
local disk = pair:vios("frameB", "viosB", "lspv -fmt : -field name").output:match("(hdisk[1-9]%d*)")
local lines = {
  "chdev -dev " .. disk .. " -attr queue_depth=8",
  "chdev -dev " .. disk .. " -attr reserve_policy=single_path",
  "rmdev -dev " .. pair:vios("frameB", "viosB", "lsmap -all -net -field sea -fmt :").output:match("ent%d+"),
}
local before = seen("B")
limit("frameB", 0)
for _, line in ipairs(lines) do
  local done = pair:vios("frameB", "viosB", line)
  check(done.code ~= 0 and done.output:find("0514-001 System error:", 1, true), line .. " is refused: " .. done.output)
end
limit("frameB", "unlimited")
check_equal(seen("B"), before, "viosB is as before")
pair:kill("frameB")
pair:restart()
check_equal(seen("B"), before, "and after a restart")
guest.wait_for_rmc(pair)

-- Only the server's device database cannot be written: everything else of the move goes well.
local in_the_way = pair:state_folder() .. "/frameA.viosA.odm.new"
host(("mkdir '%s'"):format(in_the_way))
local moved = pair:hmc("migrlpar -o m -m frameA -t frameB -p mobile")
check(moved.code ~= 0 and moved.output:find("HSCLF305", 1, true) and moved.output:find("0514-001 System error:", 1, true),
  "the move is not finished: " .. moved.output)
local map = pair:vios("frameA", "viosA", "lsmap -all").output
check(map:find("Backing device"), "viosA still maps the disk: " .. map)
check(pair:hmc("migrlpar -o r -m frameA -p mobile").code ~= 0, "recovery cannot finish it either")
host(("rmdir '%s'"):format(in_the_way))
local recovered = pair:hmc("migrlpar -o r -m frameA -p mobile")
check_equal(recovered.code, 0, "with room, recovery finishes it" .. (recovered.code == 0 and "" or ": " .. recovered.output))
guest.check_owner(pair, "frameB", "Running")
guest.check_clean(pair)
guest.all_well(console, "bank")
check(not pair:vios("frameA", "viosA", "lsmap -all").output:find("vhost"), "viosA serves nobody")
pair:kill("frameA")
pair:restart()
check(not pair:vios("frameA", "viosA", "lsmap -all").output:find("vhost"), "nor does it after a restart")

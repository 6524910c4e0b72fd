-- SPDX-License-Identifier: GPL-2.0-or-later
-- A server is emptied onto two others, by a plan; whoever dies meanwhile, it goes on; and everybody comes home.
local guest = require "lib.guest"

local site = lab.up { file = lab.default_file():gsub("pair%.toml$", "evacuation.toml") }
local name = site:name()
local webs = { "web1", "web2", "web3", "web4", "web5", "web6" }
for _, web in ipairs(webs) do
  local console = site:console("frameA", web)
  console:wait(web .. "# ", 60)
  guest.run(console, "ticker", "bank rate=20")
  console:wait("bank: formatted", 20)
end
wait_until("RMC is active", function()
  local listed = site:hmc("lssyscfg -r lpar -m frameA -F name,rmc_state").output
  for _, web in ipairs(webs) do
    if not listed:find(web .. ",active", 1, true) then return false, listed end
  end
  return true
end, 60)

local function evacuate(words)
  local done = lab.program(("evacuate --lab %s %s"):format(name, words))
  return done.code, done.output
end
-- Where everybody is: each on one server, and running unless it is named.
local function check_places(what, wanted, off)
  for web, frames in pairs(wanted) do
    local found, names = site:where(web), {}
    for frame in pairs(found) do names[#names + 1] = frame end
    check(#names == 1 and frames:find(names[1], 1, true), ("%s: %s is on %s"):format(what, web, table.concat(names, " ")))
    check_equal(found[names[1]], web == off and "Not Activated" or "Running", what .. ": " .. web)
  end
end
local function everybody(frames)
  local wanted = {}
  for _, web in ipairs(webs) do wanted[web] = frames end
  return wanted
end

-- The plan: each command could be typed. Nothing has happened.
local code, text = evacuate "frameA --plan --apart web1,web2"
check_equal(code, 0, "everybody can go: " .. text)
local to = {}
for target, web in text:gmatch "migrlpar %-o m %-m frameA %-t (%w+) %-p (%w+)" do to[web] = target end
for _, web in ipairs(webs) do check(to[web] == "frameB" or to[web] == "frameC", web .. " has a place") end
check(to.web1 ~= to.web2, "two stay apart")
check_places("after a plan", everybody "frameA")
local _, nowhere = evacuate "frameA --plan --to frameB --apart web1,web2"
check(nowhere:find("# web2 stays: frameB: web1 goes there", 1, true), "or one of them stays, with the reason: " .. nowhere)

-- Its process dies in the middle, and so do the console and a destination.
site:fault("frameA", "slow-mover:30000000")
local program = io.popen "readlink /proc/$PPID/exe":read "l"
local pid = io.popen((program .. " evacuate --lab %s frameA --shutdown web6 --parallel 2 >/dev/null 2>&1 & echo $!"):format(name)):read "l"
wait_until("it is on its way", function()
  local moves = site:moves()
  return #moves >= 3, #moves .. " migrations"
end, 60)
local _, busy = evacuate "frameA --resume"
check(busy:find("Another process is busy", 1, true), "one process at a time: " .. busy)
os.execute("kill -9 " .. pid)
check_equal(evacuate "frameA", 1, "a second one does not begin")
code, text = evacuate "frameB --to frameA"
check(code == 1 and text:find("frameA is in maintenance", 1, true), "nor does anybody come here: " .. text)
site:kill("hmc")
site:kill("frameB")
site:restart()
site:clear_faults()
wait_until("all systems answer", function()
  local listed = site:hmc("lssyscfg -r sys -F name,state").output
  return not listed:find("No Connection", 1, true) and select(2, listed:gsub("Operating", "")) == 3, listed
end, 60)
-- Those that ran on the server that died are off; they have moved all the same.
wait_until("it goes on to its end", function()
  code, text = evacuate "frameA --resume"
  return code == 0, text
end, 120)
check(text:find("frameA is empty, and in maintenance", 1, true), "all are gone: " .. text)
local left = site:hmc("lssyscfg -r lpar -m frameA -F name,state").output
check_equal(left, "viosA,Running\nweb6,Not Activated\n", "but for the one that was to be shut down")
for _, web in ipairs { "web1", "web2", "web3", "web4", "web5" } do
  local found, count = site:where(web), 0
  for frame in pairs(found) do count = count + 1; check(frame ~= "frameA", web .. " has left") end
  check_equal(count, 1, web .. " is in one place")
end

-- Home again, and nobody is in maintenance any more.
wait_until("RMC is active again", function()
  for _, frame in ipairs { "frameB", "frameC" } do
    local listed = site:hmc("lssyscfg -r lpar -m " .. frame .. " -F name,state,rmc_state").output
    if listed:find("Running,[^a]") then return false, listed end
  end
  return true
end, 60)
code, text = evacuate "frameA --back"
check_equal(code, 0, "everybody comes home: " .. text)
for _, web in ipairs(webs) do check(site:where(web).frameA, web .. " is at home") end
check_equal(site:where("web6").frameA, "Running", "who was shut down runs again")
check_equal(evacuate "frameA --back", 1, "once")
code, text = evacuate "frameB --plan --json"
check(code == 0 and text:find('"partitions": []', 1, true), "frameB is empty: " .. text)

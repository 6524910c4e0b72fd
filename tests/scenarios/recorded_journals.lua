-- SPDX-License-Identifier: GPL-2.0-or-later
-- What earlier versions left in a lab's state folder is read: each was killed at some moment of a move (tests/fixtures/record.lua). After
-- `migrlpar -o r`, if that is due, the partition is where it belongs, boots, and finds everything on its disk.
local guest = require "lib.guest"
local host = require "lib.host"
local fixtures = lab.default_file():gsub("images/labs/pair%.toml$", "tests/fixtures")

-- `before`: the states of the migration as frames A and B know them, if there is one to recover.
local moments = {
  { name = "settled", owner = "B", other = "A", logged = "Client Partition Migration Completed" },
  { name = "in_passes", owner = "A", other = "B", before = { "Invalid", "Migration Failed" }, logged = "Client Partition Migration Started" },
  { name = "handed_over", owner = "B", other = "A", before = { "Invalid", "Invalid" }, logged = "Client Partition Migration Started" },
}

local function read(version, moment)
  say(("- version %s, %s"):format(version, moment.name))
  local name = ("recorded-%s-%s"):format((version:gsub("%.", "_")), moment.name)
  local state = lab.state_folder(name)
  local said, status = host(("tar --extract --file='%s/%s/%s.tar.gz' --directory='%s'"):format(fixtures, version, moment.name, state))
  check_equal(status, 0, "it is unpacked" .. said)
  local pair = lab.up { file = fixtures .. "/recorded.toml", name = name }

  if moment.before then
    for i, frame in ipairs { "frameA", "frameB" } do
      local found = pair:hmc("lslparmigr -r lpar -F migration_state --filter lpar_names=mobile -m " .. frame).output
      check_equal(found, moment.before[i] .. "\n", frame .. " knows of the migration")
    end
    local recovered = pair:hmc("migrlpar -o r -m frameA -p mobile")
    check_equal(recovered.code, 0, "it is recovered" .. (recovered.code == 0 and "" or ": " .. recovered.output))
  end
  local owner, other = "frame" .. moment.owner, "frame" .. moment.other

  -- The HMC's and the Virtual I/O Servers' view of both frames.
  guest.check_owner(pair, owner)
  local facts = {
    { "lssyscfg -r lpar -F name,lpar_id,lpar_env,state,default_profile,curr_profile,rmc_ipaddr,uuid",
      "mobile,3,aixlinux,Not Activated,default,default,10.0.2.15,E1357EE0-DEB3-436F-B36A-B75B2307F29B" },
    { "lssyscfg -r prof -F name,desired_mem,boot_image,virtual_scsi_adapters",
      ("default,64,nomad,2/client/1/vios%s/11/1"):format(moment.owner) },
    { "lslparmigr -r lpar -F migration_state", "Not Migrating" },
  }
  for _, fact in ipairs(facts) do
    check_equal(pair:hmc(fact[1] .. " --filter lpar_names=mobile -m " .. owner).output, fact[2] .. "\n", fact[1])
  end
  local map = pair:vios(owner, "vios" .. moment.owner, "lsmap -all").output
  check(map:find("vhost0[^\n]*%-C11%s+0x00000003\n.*VTD%s+vtscsi0\nStatus%s+Available\n.*Backing device%s+hdisk1\n"),
    "the Virtual I/O Server there maps its disk")
  check(not pair:vios(other, "vios" .. moment.other, "lsmap -all").output:find("Backing device"), "the other one does not")
  check(pair:vios("frameB", "viosB", "lsdev -dev hdisk1 -attr").output:find("\nqueue_depth%s+16 "),
    "viosB's disk has the attribute that it was given")
  if moment.name == "settled" then
    for _, letter in ipairs { "A", "B" } do
      check(pair:vios("frame" .. letter, "vios" .. letter, "errlog").output:find("3EB09F5A"), "vios" .. letter .. "'s error log has the move")
    end
  end

  -- The partition's: its disk, and its error log, which is in NVRAM.
  check_equal(pair:hmc(("chsysstate -m %s -r lpar -o on -n mobile"):format(owner)).code, 0, "it is activated")
  local console = guest.boot(pair, owner)
  guest.run(console, "bank rate=50")
  local sequence, verdict = console:wait("bank: recovered sequence=(%d+) [^\n]*verdict=(%u+)%s", 20)
  check(tonumber(sequence) > 0 and verdict == "OK", ("bank finds its %s transactions"):format(sequence))
  guest.all_well(console, "bank")
  console:skip()
  console:run("errpt")
  check(console:wait("(IDENTIFIER.-)mobile# "):find(moment.logged, 1, true), "errpt shows: " .. moment.logged)

  local complaints = host(("grep -hE ' error: |cannot be read' '%s'/log/*.log"):format(state))
  check_equal(complaints, "", "no process has found anything that it could not read")
end

local versions = 0
for version in host(("ls -d '%s'/*/"):format(fixtures)):gmatch("([^/\n]+)/\n") do
  versions = versions + 1
  for _, moment in ipairs(moments) do read(version, moment) end
end
check(versions > 0, "versions whose recordings were read: " .. versions)

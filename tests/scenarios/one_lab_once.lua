-- SPDX-License-Identifier: GPL-2.0-or-later
-- A lab runs once, whatever becomes of its runtime folder, and whoever starts and stops it at the same time: what runs is known by its state.
-- Names lead out of no folder.
local guest = require "lib.guest"
local host = require "lib.host"

local pair = guest.start()
local name, state, runtime = pair:name(), pair:state_folder(), pair:runtime_folder()
local program = host("readlink /proc/$PPID/exe"):gsub("\n", "")
local function twinframe(words, before)
  local output, status = host(("%s '%s' %s"):format(before or "", program, words))
  return { output = output, code = status }
end
local function processes()
  local output = host(("ls '%s'/*.process | wc -l"):format(state))
  return tonumber(output)
end
local elsewhere = os.tmpname()
host(("rm -f '%s'; mkdir -m 700 '%s'"):format(elsewhere, elsewhere))

say("- names that lead elsewhere")
for _, words in ipairs { "down --wipe ..", "down --wipe .", "down ..", "up --name ..", "up --name x/y", "hmc --lab .. lssyscfg -r sys", "recover --name .." } do
  local refused = twinframe(words)
  check(refused.code ~= 0 and refused.output:find("no name for a lab", 1, true), words .. ": " .. refused.output)
end

say("- another runtime folder")
local up = ("up --name %s '%s'"):format(name, lab.default_file())
local refused = twinframe(up, ("XDG_RUNTIME_DIR='%s'"):format(elsewhere))
check(refused.code ~= 0 and refused.output:find("its links are not in", 1, true), "it does not start twice: " .. refused.output)
check_equal(processes(), 4, "there are four processes")
check_equal(pair:hmc("lssyscfg -r lpar -m frameA -F state --filter lpar_names=mobile").output, "Running\n", "the lab runs on")

say("- the runtime folder is removed")
host(("mv '%s' '%s/kept'"):format(runtime, elsewhere))
refused = twinframe(up)
check(refused.code ~= 0 and refused.output:find("twinframe down " .. name, 1, true), "it does not start twice, and the way out is named: " .. refused.output)
check_equal(processes(), 4, "there are four processes")
host(("rm -rf '%s'; mv '%s/kept' '%s'"):format(runtime, elsewhere, runtime))
check_equal(twinframe(up).code, 0, "with its links it is what runs already")

say("- up and down at the same time")
for _, gone in ipairs { "nothing", "hmc.process", "frameB.process", "frameA.process", "lab" } do
  host(("'%s' down %s >/dev/null & while [ -e '%s/%s' ]; do :; done; '%s' %s; wait"):format(program, name, state, gone, program, up))
  local status = twinframe("status --lab " .. name)
  local alive = processes() or 0
  if status.code == 0 then
    check_equal(alive, 4, "all of it runs")
    check(not status.output:find("NOT RUNNING", 1, true), "and status sees it")
  else
    check_equal(alive, 0, "nothing of it runs")
  end
end
twinframe(up)

say("- up twice, after all have died")
for _, process in ipairs { "frameA", "frameB", "hmc", "ssh" } do pair:kill(process) end
host(("('%s' %s & '%s' %s; wait)"):format(program, up, program, up))
check_equal(processes(), 4, "there are four processes")
check_equal(twinframe("hmc --lab " .. name .. " lssyscfg -r lpar -m frameA -F state --filter lpar_names=mobile").output, "Running\n",
  "what is to start with the lab has started")

say("- its file is not there any more")
host(("cp '%s' '%s/own.toml'"):format(lab.default_file(), elsewhere))
twinframe("down " .. name)
check_equal(twinframe(("up --name %s '%s/own.toml'"):format(name, elsewhere)).code, 0, "it starts from a file of its own")
host(("mv '%s/own.toml' '%s/kept.toml'"):format(elsewhere, elsewhere))
refused = twinframe("down --wipe " .. name)
check(refused.code ~= 0, "its state is not wiped while it runs: " .. refused.output)
check_equal(processes(), 4, "there are four processes")
host(("mv '%s/kept.toml' '%s/own.toml'"):format(elsewhere, elsewhere))

say("- a link in place of a sign of life")
twinframe("down " .. name)
host(("touch '%s/victim'; ln -s '%s/victim' '%s/frameA.process'; ln -s '%s/victim' '%s/lab'"):format(elsewhere, elsewhere, state, elsewhere, state))
refused = twinframe(up)
check(refused.code ~= 0, "it is not followed: " .. refused.output)
check_equal(host(("cat '%s/victim'"):format(elsewhere)), "", "the file behind it is as it was")
host(("rm -f '%s/frameA.process' '%s/lab'"):format(state, state))
local started = twinframe(up)
check_equal(started.code, 0, "without it the lab starts" .. (started.code == 0 and "" or ": " .. started.output))
twinframe("down " .. name)
host(("rm -rf '%s'"):format(elsewhere))

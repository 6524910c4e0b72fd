-- SPDX-License-Identifier: GPL-2.0-or-later
-- A partition has moved, and all processes die. Then a journal or the witness is lost, cut short or changed: `up` refuses, names the file,
-- and runs the partition nowhere. `twinframe recover` mends what everything else agrees about, and nothing else.
local guest = require "lib.guest"
local host = require "lib.host"

local pair, console = guest.start()
guest.run(console, "bank rate=50")
console:wait("bank: formatted", 20)
check_equal(pair:hmc("migrlpar -o m -m frameA -t frameB -p mobile").code, 0, "mobile moves to frameB")
local name, state, kept = pair:name(), pair:state_folder(), os.tmpname()
for _, process in ipairs { "frameA", "frameB", "hmc" } do pair:kill(process) end
host(("rm -f '%s'; cp -a '%s' '%s'"):format(kept, state, kept))

local function spoil(file)
  return ("printf x | dd of='%s' bs=1 seek=$(($(stat -c %%s '%s') / 2)) conv=notrunc"):format(file, file)
end
local a, hmc, witness = state .. "/frameA.journal", state .. "/hmc.journal", state .. "/luns/witness"
local losses = {
  { what = "a journal that is gone", how = ("rm '%s'*"):format(a), file = a },
  { what = "a journal that is empty", how = (": > '%s'; rm -f '%s-wal'"):format(a, a), file = a },
  { what = "a journal without its log", how = ("rm -f '%s-wal' '%s-shm'"):format(a, a), file = a },
  { what = "a journal with half of its log", how = ("truncate -s $(($(stat -c %%s '%s-wal') / 2)) '%s-wal'"):format(a, a), file = a },
  { what = "a journal of whose log a byte was changed", how = spoil(a .. "-wal"), file = a },
  { what = "an HMC's journal that is no database", how = ("rm -f '%s-wal' '%s-shm'; echo nothing of the kind > '%s'"):format(hmc, hmc, hmc), file = hmc, mends = true },
  { what = "a witness that is gone", how = ("rm '%s'*"):format(witness), file = witness, mends = true },
  { what = "a witness of whose log a byte was changed", how = spoil(witness .. "-wal"), file = witness, mends = true },
}

local function up() return lab.program(("up --name %s '%s'"):format(name, lab.default_file())) end
local function recover(option) return lab.program(("recover --name %s %s '%s'"):format(name, option, lab.default_file())) end
local function down()
  lab.program("down " .. name)
  host(("rm -rf '%s'; cp -a '%s' '%s'"):format(state, kept, state))
end
local function states()
  return lab.program("hmc --lab " .. name .. " lssyscfg -r lpar -m frameA -F name,state --filter lpar_names=mobile").output
end

down()
for _, loss in ipairs(losses) do
  say("- " .. loss.what)
  local output, status = host(loss.how)
  check_equal(status, 0, "it is made" .. (status == 0 and "" or ": " .. output))
  local refused = up()
  check(refused.code ~= 0, "up refuses")
  local named = refused.output:find(loss.file, 1, true)
  check(named, "it names the file" .. (named and "" or ": " .. refused.output))
  check(refused.output:find("twinframe recover --explain", 1, true), "and the remedy")
  check(not states():find("Running"), "the partition runs nowhere")
  lab.program("down " .. name)
  check_equal(recover("--explain").code, 1, "recover --explain tells that something is wrong")
  local mended = recover("")
  if loss.mends then
    check_equal(mended.code, 0, "it can be mended" .. (mended.code == 0 and "" or ": " .. mended.output))
    local started = up()
    check_equal(started.code, 0, "then the lab starts" .. (started.code == 0 and "" or ": " .. started.output))
    check_equal(recover("--explain").code, 0, "its files agree")
  elseif mended.code ~= 0 then
    check(mended.output:find("Nothing was changed", 1, true), "it cannot be mended, and nothing was changed")
  end
  down()
end
check_equal(up().code, 0, "as it was kept, the lab starts")
local owner = lab.program("hmc --lab " .. name .. " lssyscfg -r lpar -m frameB -F name --filter lpar_names=mobile").output
check_equal(owner, "mobile\n", "and the partition is frameB's")
lab.program("down " .. name)
host(("rm -rf '%s'"):format(kept))

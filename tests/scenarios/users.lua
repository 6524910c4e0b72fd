-- SPDX-License-Identifier: GPL-2.0-or-later
-- Users of the console, their password policy, and the list of who did what outlive the HMC's process.
local pair = lab.up()

local function run(line, code)
  local done = pair:hmc(line)
  check_equal(done.code, code or 0, line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end

run [[mkhmcusr -u anna -a hmcviewer -d "sees, and no more" --passwd Secret_word]]
run [[mkhmcusr -i "name=berta,taskrole=hmcoperator,passwd=Secret_word"]]
run [[mkauthkeys -u anna --add "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPFH3gXLrTlJ7bY5XIYZu1oYzj0JF8y3GkYn6E6B1v1w desk"]]
run [[chpwdpolicy -o a -n "HMC Medium Security Password Policy"]]
run("chhmcusr -u berta -t passwd -v UPPERCASE", 1)
local users = run "lshmcusr -F name,taskrole,description"
check_equal(users, 'anna,hmcviewer,"sees, and no more"\nberta,hmcoperator,HMC User\nhscroot,hmcsuperadmin,HMC Super User\n',
            "there are three users")

pair:kill("hmc")
pair:restart()
check_equal(run "lshmcusr -F name,taskrole,description", users, "and they are there when the HMC's process has died")
check_equal(run "lspwdpolicy -t s -F active", "1\n", "so is the active policy")
run "mkauthkeys -u anna --remove desk"
run "rmhmcusr -u berta"
local events = run "lssvcevents -t console"
check(events:find("User name hscroot: the command mkhmcusr %-u anna"), "what was done before is in the list of events")
check(events:find("User name hscroot: the command rmhmcusr %-u berta"), "and what was done since")
check(not events:find("Secret") and not events:find("UPPERCASE"), "without passwords")

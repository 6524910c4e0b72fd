-- SPDX-License-Identifier: GPL-2.0-or-later
-- A lab, and an ssh client of this host that knows its console.
local shared = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "../../scenarios/lib/"
local host = dofile(shared .. "host.lua")
local client = { host = host, guest = dofile(shared .. "guest.lua") }

local function quoted(word) return "'" .. word:gsub("'", "'\\''") .. "'" end
client.quoted = quoted

-- Answers: the lab, and a table with the client's configuration file, its name for the console, and what `status` says of ssh.
function client.start(options)
  local pair = lab.up(options or {})
  local said = lab.program("ssh --lab " .. pair:name() .. " --config")
  check_equal(said.code, 0, "a client configuration is printed")
  local ssh = pair:status().ssh
  ssh.file = pair:state_folder() .. "/client.config"
  ssh.name = pair:name() .. "-hmc"
  local file = assert(io.open(ssh.file, "w"))
  file:write(said.output)
  file:close()
  -- One line on the console, as a client sends it: what it printed on both outputs, and its status.
  function ssh.run(line, before)
    return host(("%sssh -F %s %s %s %s"):format(before or "", ssh.file, ssh.options or "", ssh.name, quoted(line)))
  end
  -- The same, which must end well.
  function ssh.well(line)
    local output, status = ssh.run(line)
    check_equal(status, 0, line .. (status == 0 and "" or ": " .. output))
    return output
  end
  return pair, ssh
end

-- A lab of two servers, each with a console of its own, whose partition can be migrated; the two as `status` tells of them. Skipped where a
-- console cannot have port 22: some clients know no other.
function client.two_consoles()
  local pair = client.start { file = lab.variant { client.guest.two_consoles } }
  local here, there = table.unpack(pair:status().consoles)
  if here.port ~= 22 then skip "port 22 may not be bound, and this client knows no other" end
  client.guest.boot(pair)
  for where, frame in pairs { hmc1 = "frameA", hmc2 = "frameB" } do
    wait_until("RMC is active at " .. where, function()
      return not pair:hmc("lssyscfg -r lpar -m " .. frame .. " -F state,rmc_state", where).output:find "Running,[^a]"
    end, 60)
  end
  return pair, here, there
end

return client

-- SPDX-License-Identifier: GPL-2.0-or-later
-- A lab, and an ssh client of this host that knows its console.
local host = dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "../../scenarios/lib/host.lua")
local client = { host = host }

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

return client

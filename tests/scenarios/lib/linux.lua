-- What the scenarios with Debian Linux have in common: images that may be missing, a login, judges, moves.
local guest = require "lib.guest"
local linux = {}

linux.file = lab.default_file():gsub("pair%.toml$", "linux.toml")

-- A lab of ours: no fixed port of this machine, half of the memory; `changes` as for lab.variant.
function linux.lab(changes)
  local readable, reason = lab.try(linux.file)
  if not readable then skip(reason .. " (images/linux/make makes it, and says why if it cannot)") end
  local all = { { "host_port = 2222", "host_port = 0" }, { "desired_mem = 1024", "desired_mem = 512" } }
  for _, change in ipairs(changes or {}) do all[#all + 1] = change end
  return lab.up { file = lab.variant(all, linux.file) }
end

-- Logs in on the console. The kernel's own lines would run into what programs say there.
function linux.login(console, seconds)
  console:wait("login: ", seconds or 200)
  console:run("root")
  console:wait("linux# ", 60)
  linux.run(console, "dmesg -n 1")
end

-- Runs a command in the shell; answers what it printed, and its exit status.
local runs = 0
function linux.run(console, line, seconds)
  runs = runs + 1
  console:skip()
  console:run(("%s; echo end$((%d))=$?"):format(line, runs))
  local output, status = console:wait("\n(.-)end" .. runs .. "=(%d+)", seconds or 60)
  return output, tonumber(status)
end

function linux.boot(changes)
  local pair = linux.lab(changes)
  local console = pair:console("frameA", "linux")
  linux.login(console)
  guest.wait_for_rmc(pair)
  return pair, console
end

-- Starts judges in the background.
function linux.start(console, ...)
  for _, line in ipairs { ... } do linux.run(console, "(" .. line .. " &)") end
end

-- The other end of the judge `stream`, once it listens.
function linux.connect(pair, console)
  local deadline = now_ms() + 60000
  while not console:text():find("stream: listening", 1, true) do
    if now_ms() > deadline then fail("stream does not listen") end
    sleep(20)
  end
  return pair:connection("10.0.2.15", 7001)
end

-- Asks the judges, and waits until each of these has said that all is well: name to its numbers.
function linux.all_well(console, ...)
  console:skip()
  local before = #console:text()
  console:run("judge")
  local verdicts, deadline = {}, now_ms() + 90000
  for _, name in ipairs { ... } do
    local line
    repeat
      line = console:text():sub(before + 1):match(name .. ": [^\n]*verdict=%u+")
      if not line then sleep(20) end
      if now_ms() > deadline then fail(name .. " does not answer") end
    until line
    if not line:find("verdict=OK", 1, true) then fail(line) end
    verdicts[name] = {}
    for key, value in line:gmatch("([%w_]+)=(%d+)") do verdicts[name][key] = tonumber(value) end
  end
  return verdicts
end

function linux.migrate(pair, from, to, more)
  return pair:hmc(("migrlpar -o m -m %s -t %s -p linux %s"):format(from, to, more or ""))
end

function linux.check_owner(pair, frame)
  local found, names = pair:where("linux"), {}
  for name in pairs(found) do names[#names + 1] = name end
  check_equal(names, { frame }, "linux is on " .. frame .. " and nowhere else")
end

-- Warnings are shown; what follows must not be among them. (A host that gives the guest no time makes its kernel complain of stalls:
-- these are not ours to judge.)
function linux.check_kernel_log(console)
  for line in linux.run(console, "dmesg -r | grep '^<[0-4]>'"):gmatch("[^\r\n]+") do
    if line:find("^<") then say("  kernel: " .. line) end
  end
  local log = linux.run(console, "dmesg")
  for _, pattern in ipairs { "Oops", "BUG", "WARNING:", "Unable to handle", "I/O error", "EXT4%-fs error", "EXT4%-fs warning", "link down" } do
    check(not log:find(pattern), "the kernel's log has no " .. pattern:gsub("%%", ""))
  end
end

return linux

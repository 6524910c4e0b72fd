-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios with Debian Linux have in common: images that may be missing, a login, judges, moves.
local guest = require "lib.guest"
local host = require "lib.host"
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
  -- What is typed before the shell has shown its prompt is shown once more by its line editor, on a line of its own.
  return (output:gsub("^.*=%$%?%s*\n", "")), tonumber(status)
end

function linux.boot(changes)
  local pair = linux.lab(changes)
  local console = pair:console("frameA", "linux")
  linux.login(console)
  guest.wait_for_rmc(pair)
  return pair, console
end

-- Starts judges in the background, and waits until all of them can be asked: on a busy host one with a low priority takes its time.
function linux.start(console, ...)
  local function listening()
    return tonumber((linux.run(console, "for file in /run/judges/*; do read -r pid <$file && kill -0 $pid && echo; done 2>/dev/null | wc -l"):match("%d+")))
  end
  local wanted = listening() + select("#", ...)
  for _, line in ipairs { ... } do linux.run(console, "(" .. line .. " &)") end
  wait_until("the judges listen", function()
    local now = listening()
    return now >= wanted, ("%d of %d do"):format(now, wanted)
  end, 120)
end

-- The other end of the judge `stream`, once it listens.
function linux.connect(pair, console)
  wait_until("stream listens", function() return console:text():find("stream: listening", 1, true) end, 60)
  return pair:connection("10.0.2.15", 7001)
end

-- Asks the judges, and waits until each of these has said that all is well: name to its numbers.
function linux.all_well(console, ...)
  console:skip()
  local before = #console:text()
  console:run("judge")
  local verdicts, began = {}, now_ms()
  for _, name in ipairs { ... } do
    local line = wait_until(name .. " answers", function()
      return console:text():sub(before + 1):match(name .. ": [^\n]*verdict=%u+%s")
    end, 240 - (now_ms() - began) / 1000)
    if not line:find("verdict=OK", 1, true) then fail(line) end
    verdicts[name] = {}
    for key, value in line:gmatch("([%w_]+)=(%d+)") do verdicts[name][key] = tonumber(value) end
  end
  return verdicts
end

-- OpenSSH's client, through the lab's forwarded port. Nobody is there to be asked; a guest that is silent for a minute is given up.
function linux.ssh_line(pair, options, command)
  for _, forward in ipairs(pair:status().forwards) do
    if forward.guest_address == "10.0.2.15" and forward.guest_port == 22 then
      return ("ssh %s -p %d -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR " ..
        "-o ConnectTimeout=60 -o ServerAliveInterval=15 root@127.0.0.1 %s"):format(options, forward.host_port, command)
    end
  end
  fail("no forwarded port leads to ssh")
end

-- What a user would see who logs in and types these lines: on a terminal of its own, in a login shell.
function linux.typed_by_ssh(pair, ...)
  local lines = { ... }
  lines[#lines + 1] = "exit\n"
  return host(("printf '%s' | %s"):format(table.concat(lines, "\\n"), linux.ssh_line(pair, "-tt", "")))
end

-- A session that stays open until it is closed; run() as linux.run().
function linux.open_ssh(pair)
  local session, heard, commands = {}, os.tmpname(), 0
  local pipe = assert(io.popen(("%s >%s 2>&1"):format(linux.ssh_line(pair, "-T", "sh"), heard), "w"))
  function session.run(line, seconds)
    commands = commands + 1
    pipe:write(("echo begin%d; %s; echo end%d=$?\n"):format(commands, line, commands))
    pipe:flush()
    local output, status = wait_until("ssh answers to \"" .. line .. "\"", function()
      local file = assert(io.open(heard))
      local text = file:read("a")
      file:close()
      local output, status = text:match(("begin%d\n(.*)end%d=(%%d+)\n"):format(commands, commands))
      return output, status or "it has said: " .. text
    end, seconds or 60)
    return output, tonumber(status)
  end
  function session.close()
    pipe:close()
    os.remove(heard)
  end
  return session
end

-- It powers itself off; then the host looks at its disk. e2fsck changes nothing here, and says so if there is something in the journal.
function linux.check_disk(pair, console, frame)
  console:run("poweroff")
  pair:wait_state(frame, "linux", "Not Activated", 60)
  check(true, "it powers itself off")
  local said, status = host(("e2fsck -fn '%s/luns/linux_root.img'"):format(pair:state_folder()))
  check(status == 0 and not said:find("journal recovery", 1, true), "its file system is clean: " ..
    (status == 0 and said:match("[^\n]*files.*blocks") or said))
end

function linux.migrate(pair, from, to, more)
  return pair:hmc(("migrlpar -o m -m %s -t %s -p linux %s"):format(from, to, more or ""))
end

-- Begins a migration, and waits until the partition runs on the destination and pages are missing. From then on they come slowly, but for
-- those that somebody touches. The link is slow from the moment on when the kernel may suspend itself: within a second, in which more is
-- written than such a link carries. If hardly a page is missing all the same, it is tried once more, the other way. Answers the source,
-- the destination, the task and the stream.
function linux.move_until_pages_are_missing(pair, from, to)
  for _ = 1, 5 do
    pair:fault(to, "slow-pages:20000")
    local going = pair:start(("migrlpar -o m -m %s -t %s -p linux"):format(from, to))
    local stream = guest.wait_phase(pair, "passes", 60).stream
    wait_until("the passes end", function()   -- the destination's begin first, while the source's stream is "opened"
      local phase = pair:stream(from, stream).phase
      return phase ~= "opened" and phase ~= "passes"
    end, 60)
    pair:fault(from, "slow-mover:2000000")
    local now = wait_until("it is resumed", function()
      local now = pair:stream(to, stream)
      return (now.phase == "resumed" and now.residual_pages > 0 or now.phase == "completed") and now, "it is " .. now.phase
    end, 60)
    if now.bytes_remaining >= 50 * 4096 then return from, to, going, stream end
    pair:fault(from, "slow-mover:0")
    pair:fault(to, "slow-pages:0")
    say(("  of %d pages hardly one was missing: once more"):format(now.residual_pages))
    local moved = going:wait(60)
    check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
    guest.wait_for_rmc(pair)
    from, to = to, from
  end
  fail("the partition never runs without its pages")
end

function linux.check_owner(pair, frame)
  local found, names = pair:where("linux"), {}
  for name in pairs(found) do names[#names + 1] = name end
  check_equal(names, { frame }, "linux is on " .. frame .. " and nowhere else")
end

-- From now on, the kernel notes each command to a disk that ends with something else than success, or does not end in time.
function linux.watch_commands(console)
  local _, status = linux.run(console, "mount -t tracefs none /sys/kernel/tracing; cd /sys/kernel/tracing/events/scsi && " ..
    "echo 'result != 0' >scsi_dispatch_cmd_done/filter && echo 1 >scsi_dispatch_cmd_done/enable && echo 1 >scsi_dispatch_cmd_timeout/enable && cd")
  check_equal(status, 0, "the kernel watches its commands to the disk")
end

-- In a migration, those that wait for an answer when the queue goes are given back, to be sent again (DID_REQUEUE). Nothing else may
-- happen to one.
function linux.check_commands(console)
  local again = 0
  for line in linux.run(console, "cat /sys/kernel/tracing/trace"):gmatch("[^\r\n]*scsi_dispatch_cmd_[^\r\n]*") do
    local requeued = line:find("scsi_dispatch_cmd_done", 1, true) and line:find("host=DID_REQUEUE", 1, true)
    if not requeued then fail("a command to the disk: " .. line) end
    again = again + 1
  end
  check(true, ("no command to the disk was lost; %d had to be sent again"):format(again))
end

-- What the kernel may warn of: at boot; and in a migration, also of a real server, where a command meets the queue that is gone.
local usual = {
  "hrtimer: interrupt took %d+ ns",
  "vas: API is supported only with radix page tables",
  "SED: plpks not available",                                -- no key store of the platform
  "lun33024 has a LUN larger than allowed by the host adapter",
  "ibmvscsi %d+: send warning%. Receive queue closed, will retry%.",
}
-- A host that gives the guest no time makes its kernel complain of stalls, over many lines: these are not ours to judge.
local stalls = { "rcu: INFO: ", "hard LOCKUP", "soft lockup", "blocked for more than" }

-- Warnings are shown. There is none but the usual ones, and `more` ones, and nothing says that a command was given up.
function linux.check_kernel_log(console, more)
  local log, strange = linux.run(console, "dmesg -r"), {}
  for line in log:gmatch("<[0-4]>[^\r\n]+") do
    say("  kernel: " .. line)
    local known = false
    for _, list in ipairs { usual, more or {} } do
      for _, pattern in ipairs(list) do known = known or line:find(pattern) end
    end
    if not known then strange[#strange + 1] = line end
  end
  local stalled = false
  for _, word in ipairs(stalls) do stalled = stalled or log:find(word, 1, true) end
  log = log:gsub("BUG: soft lockup", "soft lockup")
  if stalled then say("  (the host was busy: the kernel has complained of stalls)") else
    check_equal(strange, {}, "the kernel warns of nothing else")
  end
  for _, pattern in ipairs { "Oops", "BUG", "WARNING:", "Unable to handle", "I/O error", "EXT4%-fs error", "EXT4%-fs warning", "link down",
    "aborting command", "timing out event", "resetting device" } do
    check(not log:find(pattern), "the kernel's log has no " .. pattern:gsub("%%", ""))
  end
end

return linux

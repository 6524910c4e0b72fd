-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.2.1, 3.7
-- teaches: storage work while everything runs: a LUN is made, shown to one server and then to both, exported, goes along, becomes larger, is hidden, goes offline and is removed; cfgdev finds, rmdev forgets
-- verdict: as in the book
-- simplified: a LUN is shown to a server by the server's name, not by the names of its ports
-- Redbook 2.2.1 and 3.7: the SAN is configured so that both servers see a disk, by `twinframe san`.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair = guest.start {}
local function san(line, code)
  local done = lab.program("san --lab " .. pair:name() .. " " .. line)
  check_equal(done.code, code or 0, "san " .. line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function vios(frame, line, code)
  local done = pair:vios(frame, "vios" .. frame:sub(-1), line)
  check_equal(done.code, code or 0, line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function shown() return san("list"):match("\nsecond[^\n]*") end

-- A LUN that nobody sees is found by nobody.
san("create second size_mb=96 subsystem=box1 pvid=none")
check(shown():find "second%s+96%s+online%s+box1%s+%-$", "it is there, and nobody sees it")
vios("frameA", "cfgdev")
check(not vios("frameA", "lspv"):find "hdisk2", "nor finds it")
san("map second frameA/viosA")
check(not vios("frameA", "lspv"):find "hdisk2", "a disk that is shown is no device yet")
vios("frameA", "cfgdev")
check(vios("frameA", "lspv"):find "hdisk2%s+none%s+None", "cfgdev finds it, without physical identifier")
check_equal(vios("frameA", "lspv -size hdisk2"), "96\n", "with its size")

-- Exported where only one server sees it, it holds the partition there.
vios("frameA", "mkvdev -vdev hdisk2 -vadapter vhost0 -dev second")
local refused = pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile")
check_equal(refused.code, 1, "the other system's server does not see it")
check(refused.output:find("hdisk2", 1, true) or refused.output:find("virtual SCSI", 1, true), "which is said: " .. refused.output)
san("map second frameB/viosB")
vios("frameB", "cfgdev")
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")
check(vios("frameB", "lsmap -all"):find "hdisk2", "it has gone along")

-- Larger, and never smaller.
san("resize second 160")
vios("frameB", "cfgdev")
check_equal(vios("frameB", "lspv -size hdisk2"), "160\n", "cfgdev finds the new size")
check(san("resize second 100", 1):find("does not become smaller", 1, true), "what is behind the new end would be lost")

-- Hidden from the server that no longer needs it.
san("unmap second frameA/viosA")
vios("frameA", "rmdev -dev hdisk2")
vios("frameA", "cfgdev")
check(not vios("frameA", "lsdev"):find "hdisk2", "rmdev has forgotten what is not shown any more")
local back = pair:hmc("migrlpar -o v -m frameB -t frameA -p mobile")
check_equal(back.code, 1, "the way back is closed")

-- Offline, and back.
san("offline second")
check(vios("frameB", "errlog"):find("PATH HAS FAILED", 1, true), "its path fails")
check(shown():find("offline", 1, true), "the list says so")
san("online second")
check(vios("frameB", "errlog"):find("PATH HAS RECOVERED", 1, true), "and recovers")

-- All of it is still so when the frame's process has died.
pair:kill("frameB")
pair:restart()
wait_until("its Virtual I/O Server answers", function() return pair:vios("frameB", "viosB", "hostname").code == 0 end, 60)
check_equal(vios("frameB", "lspv -size hdisk2"), "160\n", "the disk has its name and its size")
check(shown():find "second%s+160%s+online%s+box1%s+frameB/viosB$", "and one server sees it")

-- Removed: only what nobody sees.
check(san("remove second", 1):find("frameB/viosB sees LUN second", 1, true), "not while a server sees it")
check(san("remove mobile_root", 1):find("is in the lab file", 1, true), "nor what the lab file has")
san("mask second")
check(vios("frameB", "lsmap -all"):find "hdisk2", "what was exported stays so, and answers nothing")
vios("frameB", "rmvdev -vtd second")
vios("frameB", "rmdev -dev hdisk2")
san("remove second")
check(not shown(), "it is gone")
san("create second size_mb=64")
san("map second frameB/viosB frameA/viosA")
vios("frameB", "cfgdev")
check_equal(vios("frameB", "lspv -size hdisk2"), "64\n", "a new one of that name is another disk")
san("mask second frameA/viosA")
check(shown():find "frameA/viosA$", "mask leaves it to one server")

-- A server that is made anew is another one, though it has the name of one that saw something.
local made = "mksyscfg -r lpar -m frameB -i 'name=viosN,profile_name=default,lpar_env=vioserver,min_mem=256,desired_mem=256," ..
  "max_mem=512,proc_mode=shared,min_procs=1,desired_procs=1,max_procs=1,min_proc_units=0.1,desired_proc_units=0.1,max_proc_units=1.0'"
check_equal(pair:hmc(made).code, 0, "a server is made")
san("map second frameB/viosN")
check(shown():find "frameB/viosN", "it sees the LUN")
check_equal(pair:hmc("rmsyscfg -r lpar -m frameB -n viosN").code, 0, "it is removed")
check_equal(pair:hmc(made).code, 0, "and made again")
check(not shown():find "frameB/viosN", "the new one does not")
-- While its system is down it still counts.
san("mask second frameB/viosN")
pair:kill("frameB")
check(shown():find "frameB/viosN", "it is listed")
check(san("remove second", 1):find("frameB/viosN sees LUN second", 1, true), "and holds the LUN")
san("mask second frameA/viosA")
pair:restart()
wait_until("its Virtual I/O Server answers", function() return pair:vios("frameB", "viosB", "hostname").code == 0 end, 60)
check(shown():find "frameA/viosA$", "hidden is hidden")

-- Mistakes change nothing.
check(san("map second frameB/mobile", 1):find("no Virtual I/O Server", 1, true), "a client sees no SAN")
check(san("map nothing frameA/viosA", 1):find("has no LUN nothing", 1, true), "what is not there is not shown")
check(san("create second", 1):find("twice", 1, true), "names are unique")
check(san("create third size=5", 1):find("no key size", 1, true), "keys are those of the lab file")
check(san("create third size_mb=0", 1):find("1 MiB to 1 TiB", 1, true), "a LUN has a size")
check(san("create frameA.viosA.hdisk0", 1):find("choose another name", 1, true), "a server's own disk is not overwritten")
check(san("create third image=/nowhere", 1):find("there is no file", 1, true), "an image is there")
check(not san("list"):find "third", "and nothing of all that is left")
san("mirror second", 2)
san("--json remove second", 2)

-- SPDX-License-Identifier: GPL-2.0-or-later
-- A lab file with a mistake gets one line with file, line and reason, exit status 2, and nothing is started.
local function refused(file, reason)
  local done = lab.program("up " .. file)
  check_equal(done.code, 2, "up refuses it")
  local line = done.output:gsub("\n$", "")
  check(not line:find("\n"), "with one line")
  check(line:find(file, 1, true) == 1 and line:match(":%d+: "), "that names file and line: " .. line)
  check(line:find(reason, 1, true), "and the reason: " .. reason)
  check_equal(lab.program("status").output, "no lab runs\n", "nothing is started")
end

refused(lab.variant { { "lmb_mb = 16", "lmb_mbs = 16" } }, "a frame has no key lmb_mbs")
refused(lab.variant { { '[[lun]]\nname = "mobile_root"', '[[lun]]\nname = "another"' } }, "there is no LUN mobile_root")
refused(lab.variant { { "id = 3", "id = 1" } }, "partition id 1 is there twice")
refused(lab.variant { { "auto_start = true", '[[frame.partition.adapter]]\n  kind = "ethernet"\n  slot = 4\n' ..
  '  [[frame.partition.adapter]]\n  kind = "ethernet"\n  slot = 4\n' } }, "slot 4 of mobile is taken already")
refused(lab.variant { { "desired_mem = 256", "desired_mem = 250" } }, "no multiple of the frame's LMB")
refused(lab.variant { { "[[lun]]", "[[lun]" } }, "")
check(select(2, lab.try("/nowhere.toml")):find("cannot be read"), "a file that is not there is refused too")

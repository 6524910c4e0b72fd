-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian's own tests: Python's of numbers, which want floating point that is exact in all of its bits, and a digest that is known.
-- And its perf counts cycles and instructions. The decimal module takes longer: name the test. (images/linux/make checks makes the disk.)
--   twinframe scenario tests/scenarios/linux_self_checks.lua [TEST...]
local linux = require "lib.linux"

local tested = { "root.img", "checks.img" }
local readable, reason = lab.try(lab.variant({ tested }, linux.file))
if not readable then skip(reason .. " (images/linux/make checks makes it)") end
local pair = linux.lab { tested }
local console = pair:console("frameA", "linux")
linux.login(console)

local tests = #arg > 0 and table.concat(arg, " ")
  or "test_float test_math test_cmath test_complex test_fractions test_numeric_tower"
local began = now_ms()
local said, status = linux.run(console, "python3 -m test " .. tests, 1200)
say(("  %s: %.0f s"):format(tests, (now_ms() - began) / 1000))
check(status == 0 and said:find("[Rr]esult: SUCCESS"), "Python's own tests pass" .. (status == 0 and "" or ": " .. said:sub(-2000)))

local digest = linux.run(console, "printf abc | openssl dgst -sha256 -r")
check(digest:find("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 1, true), "openssl's digest of abc is the known one")
-- Twice as many rounds are twice as many instructions, and a cycle is not shorter than the processor's clock has it.
local function counted(rounds)
  local loop = ("i=0; while [ $i -lt %d ]; do i=$((i+1)); done"):format(rounds)
  local output, ended = linux.run(console, ("perf stat -x, -e cycles:u,instructions:u -- sh -c '%s' 2>&1"):format(loop), 120)
  check_equal(ended, 0, "perf stat counts " .. rounds .. " rounds: " .. output)
  return tonumber(output:match("(%d+),[^,]*,cycles:u")), tonumber(output:match("(%d+),[^,]*,instructions:u"))
end
local few_cycles, few = counted(2000)
local many_cycles, many = counted(6000)
check(few > 0 and math.abs((many - few) / few - 2) < 0.1, ("three times as many: %d and %d instructions"):format(few, many))
check(many_cycles > few_cycles, ("%d and %d cycles"):format(few_cycles, many_cycles))
linux.check_kernel_log(console)

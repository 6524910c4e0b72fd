-- SPDX-License-Identifier: GPL-2.0-or-later
-- Commands of the console that go wrong on demand, for whoever tests what drives it: a code instead of an answer, a delay, for some of
-- them, so many times; listed, and forgotten again.
local pair = lab.up()
local name = pair:name()
local function fault(words, code)
  local done = lab.program(("fault --lab %s %s"):format(name, words))
  check_equal(done.code, code or 0, words .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function hmc(line) return pair:hmc(line) end

check_equal(fault "hmc answer:HSCL3205 command=chsyscfg object=mobile skip=1 count=2", "fault 1\n", "a fault has a number")
local change = "chsyscfg -r lpar -m frameA -i name=mobile,description=%s"
check_equal(hmc(change:format "a").code, 0, "one is spared")
for _ = 1, 2 do
  local done = hmc(change:format "b")
  check_equal(done.output, "HSCL3205 The partition named mobile is busy with another operation. Retry when it has ended.\n", "the next two answer the code, in the console's words")
  check_equal(done.code, 1, "and fail")
end
check_equal(hmc(change:format "c").code, 0, "then it is over")
check_equal(hmc("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F description").output, "c\n", "what answered a code has done nothing")
check_equal(fault "--list", "1 chsyscfg of mobile: answers HSCL3205; met 2 of 2\n", "it is listed")

check_equal(fault "hmc delay:600 command=lssyscfg jitter_ms=100", "fault 2\n", "a delay")
local began = now_ms()
check_equal(hmc("lssyscfg -r sys -F name").code, 0, "it answers all the same")
check(now_ms() - began >= 500, "but later")
fault "--clear 2"
check_equal(fault("hmc answer:HSCLA2CF command=migrlpar probability=50 'text=Nothing goes.'"), "fault 3\n", "a code that is not in the console's list, now and then")
local hit, spared = 0, 0
wait_until("some are met and some are not", function()
  local done = hmc "migrlpar -o v -m frameA -t frameB -p nobody"
  if done.output == "HSCLA2CF Nothing goes.\n" then hit = hit + 1 elseif done.output:find "^HSCL8012" then spared = spared + 1 end
  return hit > 0 and spared > 0
end)
fault "--clear all"
check_equal(fault "--list", "", "all are forgotten")

-- What cannot be.
for _, words in ipairs { "hmc answer:3205", "hmc answer", "hmc answer:HSCL3205 command=nosuch", "hmc answer:HSCL3205 colour=red", "hmc delay:soon",
  "hmc answer:HSCL3205 probability=0", "frameA answer:HSCL3205", "hmc slow-mover:1", "frameA nosuch", "frameC cut-mover-link", "--clear 9" } do
  local output = fault(words, 1)
  check(output:find "%.\n$" or output:find "is%.\n$", words .. " is refused with a sentence: " .. output)
end
fault("--clear x", 2)
fault("frameA", 2)
check(lab.program("fault --kinds").output:find("slow-mover:bytes_per_second", 1, true), "the kinds are listed")
-- Of a frame, as before.
check_equal(fault "frameA slow-mover:1000000 vios=viosA", "fault 1\n", "a server's fault has a number")
check_equal(fault "--list", "frameA 1 slow-mover:1000000 vios=viosA\n", "and is listed, with the server")
check_equal(fault "--list hmc", "", "the console has none")
check_equal(fault "frameA slow-mover:0", "", "what takes it back has none")
check_equal(fault "--list", "", "and it is gone")

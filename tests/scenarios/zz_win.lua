local guest = require "lib.guest"
local pair = lab.up()
local console = guest.boot(pair)
console:run("run ticker &")
local counter = tonumber((console:wait("ticker: counter at real (0x%x+)", 20)))
if arg[1] then guest.run(console, arg[1]) end
guest.wait_for_rmc(pair)
local watch = pair:watch("frameA", "mobile", counter)
sleep(500)
for i = 1, 6 do
  local from, to = "frameA", "frameB"
  if i % 2 == 0 then from, to = to, from end
  watch:begin()
  check_equal(pair:hmc(("migrlpar -o m -m %s -t %s -p mobile"):format(from, to)).code, 0, "moved")
  sleep(300)
  say(("move %d: window %.2f ms, longest gap there %.2f ms"):format(i, watch:window_ms(from, to), watch:longest_gap_ms(to)))
end

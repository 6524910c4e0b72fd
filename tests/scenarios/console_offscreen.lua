-- SPDX-License-Identifier: GPL-2.0-or-later
-- The console without a display: faults and what they look like, validation errors, help, themes; bad use. [FOLDER for pictures]
local guest = require "lib.guest"
local window = require "lib.window"
local pictures = arg[1] or "."

check_equal(lab.program("console no_such_lab").code, 1, "a lab that does not run is no lab")
local pair, console = guest.start()
local unknown = lab.program("console no_such_lab").output
check(unknown:find(pair:name(), 1, true), "and those that run are named: " .. unknown)
local blind = lab.program("console " .. pair:name())
check_equal(blind.code, 2, "without a display it is misused")
check(blind.output:find("--screenshot", 1, true) and blind.output:find("--record", 1, true), "and names what needs none: " .. blind.output)
local picture = pictures .. "/offscreen_screenshot.png"
check_equal(lab.program("console " .. pair:name() .. " --look-on --screenshot " .. picture).code, 0, "it saves a picture")
local file = assert(io.open(picture, "rb"))
check(file:read("a"):sub(2, 4) == "PNG", "which is a PNG")
file:close()

local w = pair:open_window { size = "1440x900", theme = "light" }
window.wait_frame(w, "frameA", "attached on frameA")
w:press("F1")
w:wait("help", "Two or more servers")
w:screenshot(pictures .. "/offscreen_help.png")
w:press("F1")

-- Chooses a fault with the arrow keys.
local function fault(group, name)
  w:press("F8")
  for _ = 1, 80 do
    local text = w:text("faults")
    local at = text:find(name .. " <", 1, true)
    local heading = at and text:sub(1, at):match(".*\n(%w[%w ]*)\n[^\n]*") and text:sub(1, at)
    -- The list is longer than its window: what has just been chosen scrolls into sight.
    if at and not heading then
      window.wait_picture(w)
      text = w:text("faults")
      at = text:find(name .. " <", 1, true)
      heading = at and text:sub(1, at)
    end
    if at then
      local last
      for _, title in ipairs { "frameA", "frameB", "HMC and lab", "Guest", "In force" } do
        local found = heading:match(".*()\n" .. title .. "\n") or (heading:find("^" .. title) and 1)
        if found and (not last or found > last.at) then last = { at = found, title = title } end
      end
      if last and last.title == group then
        w:press("Return")
        return
      end
    end
    w:press("Down")
  end
  fail("there is no fault " .. name .. " of " .. group .. ":\n" .. w:text("faults"))
end

-- The guest refuses: the validation says so, and goes no further.
fault("Guest", "It refuses in the check phase")
console:wait("refuse: check", 10)
w:press("F3")
w:wait("wizard", "Source system")
w:press("Return")
w:wait("wizard", "Errors:.-HSCL", 60)
w:screenshot(pictures .. "/offscreen_errors.png")
w:press("Escape")
w:wait("wizard", "There are errors")
w:press("F4")
check(w:text("wizard"):find("There are errors", 1, true), "with errors it does not migrate")
w:press("Escape")
fault("Guest", "It refuses no more")
console:wait("refuse: off", 10)

-- The mover link breaks while pages flow: the partition stays, and the pictures say so.
pair:fault("frameA", "slow-mover:800000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes", 60)
w:wait("move", "Copy [1-9]%d* %%")
fault("frameA", "Cut its mover link")
check_equal(task:wait(60).code, 1, "the migration fails")
w:wait("move", "mobile runs on where it was, on frameA")
w:screenshot(pictures .. "/offscreen_cut.png")
w:wait("bottom", "Cut its mover link: done")
w:wait("menu", "2 faults in force")
-- What is in force can be taken back, whoever has set it.
fault("In force", "frameA 2 cut-mover-link")
w:wait("bottom", "cut%-mover%-link: done")
w:wait("menu", "1 fault in force")
check_equal(pair:faults(), { "frameA 1 slow-mover:800000" }, "it was taken back")
pair:fault("frameA", "slow-mover:0")
window.wait_frame(w, "frameA", "attached on frameA")

-- A frame dies, and comes back.
fault("frameB", "Kill it (kill -9)")
w:wait("frames", "No Connection")
w:screenshot(pictures .. "/offscreen_dead.png")
fault("HMC and lab", "Start again what is dead")
wait_until("the frame comes back", function() return not w:text("frames"):find("No Connection", 1, true) end)
check(true, "a dead frame is seen as such, and comes back when it does")

-- So does the HMC.
fault("HMC and lab", "Kill the HMC (kill -9)")
w:wait("menu", "HMC ■ No Connection")
fault("HMC and lab", "Start again what is dead")
w:wait("menu", "HMC ● connected")
w:press("F9")
window.wait_picture(w)
w:screenshot(pictures .. "/offscreen_dark.png")
w:close()

-- SPDX-License-Identifier: GPL-2.0-or-later
-- What scenarios of the console's window have in common.
local window = {}

-- The part of the frames that belongs to one of them.
function window.frame(w, name)
  local text = w:text("frames")
  local begin = text:find(name .. " 9117-MMA", 1, true)
  if not begin then return "" end
  local next_frame = text:find("\nframe%u 9117-MMA", begin + 1)
  return text:sub(begin, next_frame or #text)
end

-- Waits until what a frame shows has a pattern.
function window.wait_frame(w, name, pattern, seconds)
  return wait_until(name .. " shows \"" .. pattern .. "\"", function()
    local text = window.frame(w, name)
    return text:match(pattern), text
  end, seconds)
end

-- What has just come up is laid out with one picture, and stands where it belongs in the next one.
function window.wait_picture(w)
  local before = w:pictures()
  wait_until("the window draws", function() return w:pictures() >= before + 2 end)
end

function window.wait_closed(w)
  wait_until("the window is gone", function() return not w:is_open() end)
end

-- A line for the guest's shell, typed with the keyboard in the terminal.
function window.enter(w, line)
  w:type(line)
  w:press("Return")
end

-- Goes to the page of the wizard with that title. While the HMC is asked, the wizard stays where it is.
function window.next_page(w, title)
  wait_until("the HMC has answered", function()
    local text = w:text("wizard")
    return not text:find("The HMC is asked", 1, true), text
  end, 60)
  w:press("Return")
  w:wait("wizard", "▶ " .. title:gsub("%p", "%%%0"), 60)
end

-- A sheet of properties that has its answers.
function window.sheet(w)
  wait_until("the HMC has answered", function()
    local text = w:text("sheet")
    return text ~= "" and not text:find("The HMC is asked", 1, true) and not text:find("The HMC works", 1, true), text
  end, 60)
  return w:text("sheet")
end

-- Goes on until a part shows the text.
local function press_until(w, part, key, text)
  for _ = 1, 60 do
    if window.shown(w, part):find(text, 1, true) then return end
    w:press(key)
  end
  fail("there is no " .. text .. ":\n" .. w:text(part))
end
function window.shown(w, part) return part == "sheet" and window.sheet(w) or w:text(part) end
function window.tab(w, title) press_until(w, "sheet", "PageDown", "[ ▶ " .. title .. " ]") end
-- To a line of a form, or to a row of a table by what is in its first column.
function window.line(w, label, part) press_until(w, part or "sheet", "Down", "▶ " .. label) end
-- What a line of a form says.
function window.said(w, label)
  return window.sheet(w):match("[▶ ]+" .. label:gsub("%p", "%%%0") .. " ([^\n]*)")
end
-- Types into a line of a sheet; its former text goes.
function window.fill(w, label, text)
  window.line(w, label)
  window.wait_picture(w)
  w:press("ctrl+A")
  w:type(text)
  w:wait("sheet", "▶ " .. label:gsub("%p", "%%%0") .. "[^\n]-{ " .. text:gsub("%p", "%%%0") .. " }")
end
-- Enter: the commands are run, and the HMC answers well.
function window.save(w)
  w:press("Return")
  return w:wait("sheet", "✓ ([^\n]+)", 60)
end

function window.count(text, pattern)
  local _, count = text:gsub(pattern, "")
  return count
end

return window

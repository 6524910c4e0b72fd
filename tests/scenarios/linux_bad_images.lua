-- SPDX-License-Identifier: GPL-2.0-or-later
-- Images that cannot be booted: one line says why, and nothing is started.
local linux = require "lib.linux"

local function line_of(reason) return (reason:gsub("\n+$", "")) end
local missing, reason = lab.try(lab.variant({ { 'image = "../../build/linux/root.img"', 'image = "nowhere.img"' } }, linux.file))
check(not missing and reason:find("there is no file"), "a root disk that is not there: " .. line_of(reason))

local folder = os.tmpname()
os.remove(folder)
local function file_of(name, bytes, size)
  local file = assert(io.open(folder .. name, "wb"))
  file:write(bytes)
  if size then
    file:seek("set", size - 1)
    file:write("\0")
  end
  file:close()
  return folder .. name
end
local text, huge = file_of(".txt", "this is no kernel\n"), file_of(".cpio", "070701", 400 << 20)
local own = file_of(".elf", assert(io.open("/proc/self/exe", "rb")):read(4096))

local function refused(what, changes)
  changes[#changes + 1] = { "auto_start = true", "auto_start = false" }
  local pair = linux.lab(changes)
  local done = pair:hmc("chsysstate -m frameA -r lpar -o on -n linux")
  check(done.code ~= 0, what .. ": " .. line_of(done.output))
  check(not line_of(done.output):find("\n"), "that is one line")
  local state = pair:where("linux").frameA
  check(state ~= "Running" and state ~= "Starting", "and nothing runs: " .. state)
  check_equal(pair:vios("frameA", "viosA", "ioslevel").code, 0, "the VIOS beside it lives")
  pair:down()
end
local kernel, initrd = 'boot_image = "../../build/linux/vmlinux"', 'boot_initrd = "../../build/linux/initrd.cpio"'
refused("a kernel that is a text", { { kernel, ('boot_image = "%s"'):format(text) } })
refused("a kernel for another processor", { { kernel, ('boot_image = "%s"'):format(own) } })
refused("an initrd that is too large", { { initrd, ('boot_initrd = "%s"'):format(huge) } })
for _, name in ipairs { text, huge, own } do os.remove(name) end

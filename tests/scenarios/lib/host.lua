-- SPDX-License-Identifier: GPL-2.0-or-later
-- A command of the host, and whatever it prints; its exit status.
return function(line)
  local pipe = assert(io.popen("LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; " .. line .. " 2>&1; echo status=$?"))
  local output, status = pipe:read("a"):match("^(.*)status=(%d+)\n$")
  pipe:close()
  return output, tonumber(status)
end

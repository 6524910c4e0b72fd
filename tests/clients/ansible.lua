-- SPDX-License-Identifier: GPL-2.0-or-later
-- IBM's Ansible collection, unchanged: users, policies, keys between two consoles, and a migration to the other console's server. It is not in
-- Debian: TWINFRAME_ANSIBLE_POWER_HMC names a folder with it (docs/hmc.md).
local client = require "lib.client"
local host = client.host
local collection = os.getenv "TWINFRAME_ANSIBLE_POWER_HMC"
if not collection then skip "TWINFRAME_ANSIBLE_POWER_HMC does not name the folder of IBM's collection power_hmc" end
for _, each in ipairs { "ansible-playbook", "sshpass" } do
  if select(2, host("command -v " .. each)) ~= 0 then skip(each .. " is not installed (Debian packages ansible-core, sshpass)") end
end

local pair, here, there = client.two_consoles()
local function secret(of) return assert(io.open(of.password_file)):read("l") end
local folder = pair:state_folder() .. "/ansible"
host(("mkdir -p %s/collections/ansible_collections/ibm && ln -s %s %s/collections/ansible_collections/ibm/power_hmc"):format(
  folder, client.quoted(collection), folder))
local playbook = debug.getinfo(1, "S").source:match("^@(.*/)") .. "ansible/migrate.yml"
local output, status = host(("HOME=%s ANSIBLE_COLLECTIONS_PATHS=%s/collections ANSIBLE_HOST_KEY_CHECKING=False ANSIBLE_NOCOLOR=1 " ..
  "ansible-playbook -i localhost, -e hmc=%s -e password=%s -e remote=%s -e remote_password=%s %s"):format(
  folder, folder, here.address, secret(here), there.address, secret(there), client.quoted(playbook)))
say(output)
check_equal(status, 0, "the playbook ends well")
client.guest.check_owner(pair, "frameB", "Running")

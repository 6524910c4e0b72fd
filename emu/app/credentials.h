// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How the owner of a lab gets into its console by ssh. Files of this user alone, in the folder `ssh` of the lab's state:
//
//   hscroot.password               a random one, made with the lab
//   hscroot_key, hscroot_key.pub   a key pair for clients
//   ssh_host_ed25519_key, ...      by which the console is known
//   known_hosts                    the same for clients, with its address

#include <optional>
#include <string>

#include "emu/app/labs.h"

namespace emu::app {

std::string ssh_folder(const LabFolders&);
inline std::string hscroot_key_file(const LabFolders& folders) { return ssh_folder(folders) + "/hscroot_key"; }
inline std::string hscroot_password_file(const LabFolders& folders) { return ssh_folder(folders) + "/hscroot.password"; }

struct Credentials {
  std::string password;
  std::string key;  // the public half: "ssh-ed25519 AAAA..."
};
// Made if they are not there.
Result<Credentials> credentials(const LabFolders&);

// Where the ssh server listens, as it says itself in <runtime>/ssh.endpoint while it runs.
struct SshEndpoint {
  std::string address;
  u16 port = 0;
  std::string fingerprint;     // SHA256:...
  std::string host_key;        // "ssh-ed25519 AAAA..."
  std::string why_no_sandbox;  // in a sentence; empty: users have a shell
};
Status publish(const LabFolders&, const SshEndpoint&);
void withdraw(const LabFolders&);
std::optional<SshEndpoint> ssh_endpoint(const LabFolders&);

}  // namespace emu::app

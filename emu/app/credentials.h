// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How the owner of a lab gets into a console of it by ssh. Files of this user alone, in the folder `ssh` of the lab's state (of another
// console than the first: `ssh-NAME`):
//
//   hscroot.password               a random one, made with the lab
//   hscroot_key, hscroot_key.pub   a key pair for clients
//   ssh_host_ed25519_key, ...      by which the console is known
//   known_hosts                    the same for clients, with its address

#include <optional>
#include <string>

#include "emu/app/labs.h"

namespace emu::app {

inline std::string hscroot_key_file(const ConsolePlace& place) { return place.ssh_folder() + "/hscroot_key"; }
inline std::string hscroot_password_file(const ConsolePlace& place) { return place.ssh_folder() + "/hscroot.password"; }

struct Credentials {
  std::string password;
  std::string key;  // the public half: "ssh-ed25519 AAAA..."
};
// Made if they are not there.
Result<Credentials> credentials(const ConsolePlace&);

// The public half of the key by which a user of the console is known at other ones. One who has the name of a former user has another key.
Result<std::string> user_key(const ConsolePlace&, const std::string& user, u64 made);

// Where the ssh server listens, as it says itself in <runtime>/ssh[-NAME].endpoint while it runs.
struct SshEndpoint {
  std::string address;
  u16 port = 0;
  std::string fingerprint;     // SHA256:...
  std::string host_key;        // "ssh-ed25519 AAAA..."
  std::string why_no_sandbox;  // in a sentence; empty: users have a shell
};
Status publish(const ConsolePlace&, const SshEndpoint&);
void withdraw(const ConsolePlace&);
std::optional<SshEndpoint> ssh_endpoint(const ConsolePlace&);

}  // namespace emu::app

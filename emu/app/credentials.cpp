// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/credentials.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "emu/core/paths.h"
#include "emu/core/secret.h"
#include "emu/core/text.h"
#include "hmc/ssh/transport.h"

namespace emu::app {

namespace {

std::string endpoint_file(const LabFolders& folders) { return folders.runtime + "/ssh.endpoint"; }

}  // namespace

std::string ssh_folder(const LabFolders& folders) { return folders.state + "/ssh"; }

Result<Credentials> credentials(const LabFolders& folders) {
  TRY(own_folder(ssh_folder(folders)));
  Credentials made;
  made.password = TRY(lab_secret(hscroot_password_file(folders)));
  made.key = TRY(hmc::ssh::key_pair(hscroot_key_file(folders), "hscroot"));
  return made;
}

Status publish(const LabFolders& folders, const SshEndpoint& endpoint) {
  const std::string host = endpoint.port == 22 ? endpoint.address : fmt::format("[{}]:{}", endpoint.address, endpoint.port);
  const std::string file = endpoint_file(folders), known = ssh_folder(folders) + "/known_hosts";
  std::ofstream(known) << host << ' ' << endpoint.host_key << '\n';
  std::ofstream stream(file + ".new");
  stream << endpoint.address << '\n'
         << endpoint.port << '\n'
         << endpoint.fingerprint << '\n'
         << endpoint.host_key << '\n'
         << endpoint.why_no_sandbox << '\n';
  std::error_code failed;
  if (stream.flush()) std::filesystem::rename(file + ".new", file, failed);
  return stream && !failed ? success() : Status(Error{"files", fmt::format("{} cannot be written.", file)});
}

void withdraw(const LabFolders& folders) {
  std::error_code ignored;
  std::filesystem::remove(endpoint_file(folders), ignored);
}

std::optional<SshEndpoint> ssh_endpoint(const LabFolders& folders) {
  std::ifstream stream(endpoint_file(folders));
  SshEndpoint endpoint;
  std::string port;
  for (std::string* line : {&endpoint.address, &port, &endpoint.fingerprint, &endpoint.host_key, &endpoint.why_no_sandbox})
    if (!std::getline(stream, *line)) return std::nullopt;
  const auto number = parse_number<u16>(port);
  if (!number) return std::nullopt;
  endpoint.port = *number;
  return endpoint;
}

}  // namespace emu::app

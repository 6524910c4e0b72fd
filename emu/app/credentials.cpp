// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/credentials.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "emu/core/names.h"
#include "emu/core/paths.h"
#include "emu/core/secret.h"
#include "emu/core/text.h"
#include "hmc/ssh/transport.h"

namespace emu::app {

Result<Credentials> credentials(const ConsolePlace& place) {
  TRY(own_folder(place.ssh_folder()));
  Credentials made;
  made.password = TRY(lab_secret(hscroot_password_file(place)));
  made.key = TRY(hmc::ssh::key_pair(hscroot_key_file(place), "hscroot"));
  return made;
}

Result<std::string> user_key(const ConsolePlace& place, const std::string& user, u64 made) {
  const std::string folder = place.ssh_folder() + "/user_keys";
  TRY(own_folder(folder));
  return hmc::ssh::key_pair(fmt::format("{}/{}-{:x}", folder, file_part(user), made), user);
}

Status publish(const ConsolePlace& place, const SshEndpoint& endpoint) {
  const std::string host = endpoint.port == 22 ? endpoint.address : fmt::format("[{}]:{}", endpoint.address, endpoint.port);
  const std::string file = place.endpoint_file(), known = place.ssh_folder() + "/known_hosts";
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

void withdraw(const ConsolePlace& place) {
  std::error_code ignored;
  std::filesystem::remove(place.endpoint_file(), ignored);
}

std::optional<SshEndpoint> ssh_endpoint(const ConsolePlace& place) {
  std::ifstream stream(place.endpoint_file());
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

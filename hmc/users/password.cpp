// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/password.h"

#include <memory>

#include <crypt.h>

#include "emu/core/secret.h"
#include "hmc/messages.h"

namespace hmc::users {

namespace {

constexpr const char* method = "$6$";
constexpr const char* nobody = "$6$nobodyisknown000$";  // a salt without a hash: only for its work

// Empty if the library refuses.
std::string crypted(const std::string& password, const std::string& setting) {
  const auto work = std::make_unique<crypt_data>();  // 32 KiB; zero as it must be
  const char* hash = crypt_r(password.c_str(), setting.c_str(), work.get());
  return hash && hash[0] == '$' ? hash : "";
}

}  // namespace

emu::Result<std::string> hash_of(const std::string& password) {
  char salt[CRYPT_GENSALT_OUTPUT_SIZE];
  const char* setting = crypt_gensalt_rn(method, 0, nullptr, 0, salt, sizeof salt);
  const std::string hash = setting ? crypted(password, setting) : "";
  if (hash.empty()) return say("HSCLF050");
  return hash;
}

bool matches(const std::string& password, const std::string& hash) {
  const bool possible = hash.starts_with(method) && password.find('\0') == password.npos;
  const std::string found = crypted(possible ? password : "", possible ? hash : nobody);
  return emu::same_secret(found, hash) && possible;
}

}  // namespace hmc::users

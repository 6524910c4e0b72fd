// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Hashes of passwords: SHA-512 of crypt(3), as a real console keeps them (password_encryption=sha512).

#include <string>

#include "emu/core/result.h"

namespace hmc::users {

emu::Result<std::string> hash_of(const std::string& password);

// Does the same work whatever the hash is, so that nobody learns from the time whether there is a user.
bool matches(const std::string& password, const std::string& hash);

}  // namespace hmc::users

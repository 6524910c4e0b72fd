// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Public keys of users, as lines of an authorized_keys file without options: type, base64, comment.

#include <optional>
#include <string>
#include <vector>

#include "emu/core/result.h"

namespace hmc::users {

struct Key {
  std::string type;
  std::string blob;  // base64
  std::string comment;
  std::string text() const { return type + " " + blob + (comment.empty() ? "" : " " + comment); }
};

// None: it is no key of a known type. What is in the base64 is looked at only as far as its own name of the type.
std::optional<Key> key_of(const std::string& text);

// Where the same key is, whatever its comment; the size of the list: nowhere.
size_t find_key(const std::vector<std::string>& keys, const Key&);

// Adds it, or changes its comment.
emu::Status add_key(std::vector<std::string>& keys, const std::string& text);
// The one that is given, or all with this comment.
emu::Status remove_key(std::vector<std::string>& keys, const std::string& text);

}  // namespace hmc::users

// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/keys.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "emu/core/types.h"
#include "hmc/messages.h"

namespace hmc::users {

namespace {

constexpr std::string_view types[] = {"ssh-ed25519",
                                      "ssh-rsa",
                                      "ecdsa-sha2-nistp256",
                                      "ecdsa-sha2-nistp384",
                                      "ecdsa-sha2-nistp521",
                                      "sk-ssh-ed25519@openssh.com",
                                      "sk-ecdsa-sha2-nistp256@openssh.com"};
constexpr size_t longest = 16'384;
constexpr size_t most_keys = 100;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Whole groups of four, with = at the end alone; empty if it is anything else.
std::string decoded(std::string_view base64) {
  std::string bytes;
  if (base64.size() % 4) return "";
  const size_t padding = base64.ends_with("==") ? 2 : base64.ends_with("=") ? 1 : 0;
  const std::string_view digits = base64.substr(0, base64.size() - padding);
  u32 bits = 0;
  u32 held = 0;
  for (const char c : digits) {
    const size_t digit = alphabet.find(c);
    if (digit == alphabet.npos) return "";
    bits = bits << 6 | static_cast<u32>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xFF);
  }
  return bytes;
}

// The first string of the key is the name of its type again, with its length before it. (RFC 4253)
bool is_of_type(std::string_view bytes, std::string_view type) {
  return bytes.size() > 4 + type.size() && bytes.substr(0, 3) == std::string_view("\0\0\0", 3) &&
         static_cast<u8>(bytes[3]) == type.size() && bytes.substr(4, type.size()) == type;
}

}  // namespace

std::optional<Key> key_of(const std::string& text) {
  if (text.size() > longest || std::ranges::any_of(text, [](char c) { return static_cast<u8>(c) < ' ' || c == '\x7F'; }))
    return std::nullopt;
  std::string_view rest = text;
  const auto next = [&] {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    return std::string(word);
  };
  Key key;
  key.type = next();
  key.blob = next();
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  key.comment = rest.substr(0, rest.find_last_not_of(' ') + 1);
  if (!std::ranges::count(types, key.type) || !is_of_type(decoded(key.blob), key.type)) return std::nullopt;
  return key;
}

size_t find_key(const std::vector<std::string>& keys, const Key& wanted) {
  const auto found = std::ranges::find_if(keys, [&](const std::string& each) {
    const std::optional<Key> key = key_of(each);
    return key && key->type == wanted.type && key->blob == wanted.blob;
  });
  return static_cast<size_t>(found - keys.begin());
}

emu::Status add_key(std::vector<std::string>& keys, const std::string& text) {
  const std::optional<Key> key = key_of(text);
  if (!key) return say("HSCLF054", "added", "it is not the line of a public key, \"type base64 comment\"");
  const size_t where = find_key(keys, *key);
  if (where == keys.size() && keys.size() == most_keys)
    return say("HSCLF054", "added", "the user has as many as a user can have");
  if (where == keys.size()) keys.emplace_back();
  keys[where] = key->text();
  return emu::success();
}

emu::Status remove_key(std::vector<std::string>& keys, const std::string& text) {
  const std::optional<Key> key = key_of(text);
  const size_t removed = std::erase_if(keys, [&](const std::string& each) {
    const std::optional<Key> present = key_of(each);
    return present && (key ? present->blob == key->blob : !text.empty() && present->comment == text);
  });
  if (!removed) return say("HSCLF054", "removed", "the user has no such key, and none with such a comment");
  return emu::success();
}

}  // namespace hmc::users

// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/boot_arguments.h"

#include "kernel/device_tree.h"
#include "lib/text.h"

namespace nomad::boot_arguments {

const char* whole() { return tree::text(tree::find("/chosen"), "bootargs", ""); }

bool value(const char* name, char* buffer, u64 size) {
  const u64 name_length = strlen(name);
  for (const char* at = whole(); *at;) {
    while (*at == ' ') at++;
    const bool wanted = starts_with(at, name) && at[name_length] == '=';
    if (wanted) at += name_length + 1;
    u64 length = 0;
    bool quoted = false;
    for (; *at && (quoted || *at != ' '); at++) {
      if (*at == '"')
        quoted = !quoted;
      else if (wanted && length + 1 < size)
        buffer[length++] = *at;
    }
    if (wanted) {
      buffer[length] = 0;
      return true;
    }
  }
  return false;
}

u32 address(const char* name, u32 otherwise) {
  char text[32];
  if (!value(name, text, sizeof text)) return otherwise;
  u32 result = 0, part = 0, dots = 0;
  for (const char* at = text;; at++) {
    if (*at >= '0' && *at <= '9') {
      part = part * 10 + static_cast<u32>(*at - '0');
      if (part > 255) return otherwise;
    } else if (*at == '.' || !*at) {
      result = result << 8 | part;
      part = 0;
      if (!*at) break;
      dots++;
    } else {
      return otherwise;
    }
  }
  return dots == 3 ? result : otherwise;
}

}  // namespace nomad::boot_arguments

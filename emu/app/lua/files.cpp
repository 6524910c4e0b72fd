// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/lua/api.h"

namespace emu::app::lua {

namespace {

Status write(Call& call) {
  const std::string file = TRY(call.text(1));
  const Json value = TRY(call.value(2));
  return write_json(file, value);
}

Status read(Call& call) {
  const std::string file = TRY(call.text(1));
  call.give(TRY(read_json(file)));
  return success();
}

Status text(Call& call) {
  call.give(TRY(call.value(1)).text());
  return success();
}

constexpr Function functions[] = {
    {"write", "file, value", "Writes a table (list, or names to values) as JSON; names are sorted", write},
    {"read", "file", "Reads a JSON file into a table", read},
    {"text", "value", "A value as JSON text", text},
};

}  // namespace

const Type json_type{"json", "json.", "JSON files.", functions};

}  // namespace emu::app::lua

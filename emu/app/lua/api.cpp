// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/lua/api.h"

#include <fmt/format.h>

namespace emu::app::lua {

std::span<const Type* const> api() {
  static constexpr const Type* types[] = {&checks_type, &labs_type,       &lab_type,   &terminal_type, &task_type,
                                          &pinger_type, &connection_type, &watch_type, &viewer_type,   &json_type};
  return types;
}

std::string api_as_markdown() {
  std::string text;
  for (const Type* type : api()) {
    text += fmt::format("\n### {}\n\n{}\n\n| call | meaning |\n|---|---|\n", type->name, type->meaning);
    for (const Function& function : type->functions)
      text += fmt::format(
          "| `{}{}{}` | {} |\n", type->written, function.name,
          function.arguments.starts_with("{") ? std::string(function.arguments) : fmt::format("({})", function.arguments),
          function.meaning);
  }
  return text;
}

}  // namespace emu::app::lua

// SPDX-License-Identifier: GPL-2.0-or-later
// Lua 5.4, and nothing but this file knows it. Lua's errors are long jumps: no C++ object may be alive on the way, so every
// function of ours returns first, and the trampoline raises the error afterwards.
#include "emu/app/lua/script.h"
#include "emu/app/lua/world.h"
#include "emu/core/paths.h"

#include <lua.hpp>

#include <algorithm>
#include <filesystem>
#include <new>

#include <fmt/format.h>

namespace emu::app::lua {

namespace {

constexpr const char* metatable_of_types = "twinframe.types";
constexpr int deepest = 32;  // tables within tables

struct Held {
  std::shared_ptr<Object> object;
};

World& world_of(lua_State* state) { return **static_cast<World**>(lua_getextraspace(state)); }

Error wrong(int number, std::string_view expected) {
  return {"script", fmt::format("Argument {} must be {}.", number, expected)};
}

// ---- values ----

void push(lua_State* state, const Json& json) {
  luaL_checkstack(state, 4, "too deep");
  if (const auto* flag = std::get_if<bool>(&json.value)) {
    lua_pushboolean(state, *flag);
  } else if (const auto* whole = std::get_if<s64>(&json.value)) {
    lua_pushinteger(state, *whole);
  } else if (const auto* number = std::get_if<double>(&json.value)) {
    lua_pushnumber(state, *number);
  } else if (const auto* text = std::get_if<std::string>(&json.value)) {
    lua_pushlstring(state, text->data(), text->size());
  } else if (const auto* list = std::get_if<Json::List>(&json.value)) {
    lua_createtable(state, static_cast<int>(list->size()), 0);
    for (size_t i = 0; i < list->size(); ++i) {
      push(state, (*list)[i]);
      lua_rawseti(state, -2, static_cast<lua_Integer>(i + 1));
    }
  } else if (const auto* object = std::get_if<Json::Object>(&json.value)) {
    lua_createtable(state, 0, static_cast<int>(object->size()));
    for (const auto& [name, member] : *object) {
      lua_pushlstring(state, name.data(), name.size());
      push(state, member);
      lua_rawset(state, -3);
    }
  } else {
    lua_pushnil(state);
  }
}

std::string text_at(lua_State* state, int index) {
  size_t length = 0;
  const char* text = lua_tolstring(state, index, &length);
  return {text, length};
}

Result<Json> pull(lua_State* state, int index, int depth) {
  index = lua_absindex(state, index);
  switch (lua_type(state, index)) {
    case LUA_TNIL:
      return Json();
    case LUA_TBOOLEAN:
      return Json(lua_toboolean(state, index) != 0);
    case LUA_TNUMBER:
      return lua_isinteger(state, index) ? Json(static_cast<s64>(lua_tointeger(state, index))) : Json(lua_tonumber(state, index));
    case LUA_TSTRING:
      return Json(text_at(state, index));
    case LUA_TTABLE:
      break;
    default:
      return Error{"script", fmt::format("A {} cannot be written down.", lua_typename(state, lua_type(state, index)))};
  }
  if (depth > deepest || !lua_checkstack(state, 4)) return Error{"script", "The table is nested too deep."};
  const auto length = static_cast<lua_Integer>(lua_rawlen(state, index));
  if (length > 0) {
    Json::List list;
    for (lua_Integer i = 1; i <= length; ++i) {
      lua_rawgeti(state, index, i);
      auto element = pull(state, -1, depth + 1);
      lua_pop(state, 1);
      if (!element) return element.error();
      list.push_back(std::move(*element));
    }
    return Json(std::move(list));
  }
  Json::Object object;
  lua_pushnil(state);
  while (lua_next(state, index)) {
    auto member = pull(state, -1, depth + 1);
    lua_pop(state, 1);
    if (!member || lua_type(state, -1) != LUA_TSTRING) {
      lua_pop(state, 1);
      return member ? Error{"script", "The names in a table must be texts."} : member.error();
    }
    object.emplace_back(text_at(state, -1), std::move(*member));
  }
  // A script's table has no order: the same table shall always be the same text.
  std::ranges::sort(object, {}, &std::pair<std::string, Json>::first);
  return Json(std::move(object));
}

// ---- functions ----

int finish_call(lua_State* state, const Function& function, bool is_method) {
  Call call(state, world_of(state), is_method ? 2 : 1);
  const Status status = function.run(call);
  if (status) return call.answers();
  const std::string text = status.error().text;
  lua_pushlstring(state, text.data(), text.size());
  return -1;
}

int trampoline(lua_State* state) {
  const auto* function = static_cast<const Function*>(lua_touserdata(state, lua_upvalueindex(1)));
  const bool is_method = lua_toboolean(state, lua_upvalueindex(2)) != 0;
  const int answers = finish_call(state, *function, is_method);
  if (answers >= 0) return answers;
  luaL_where(state, 1);
  lua_insert(state, -2);
  lua_concat(state, 2);
  return lua_error(state);
}

void push_functions(lua_State* state, const Type& type, bool methods) {
  lua_createtable(state, 0, static_cast<int>(type.functions.size()));
  for (const Function& function : type.functions) {
    lua_pushlightuserdata(state, const_cast<Function*>(&function));
    lua_pushboolean(state, methods);
    lua_pushcclosure(state, trampoline, 2);
    lua_setfield(state, -2, std::string(function.name).c_str());
  }
}

int let_go(lua_State* state) {
  static_cast<Held*>(lua_touserdata(state, 1))->~Held();
  return 0;
}

std::string metatable_name(const Type& type) { return fmt::format("{}.{}", metatable_of_types, type.name); }

void open_type(lua_State* state, const Type& type) {
  const bool methods = !type.written.empty() && type.written.back() == ':';
  if (methods) {
    luaL_newmetatable(state, metatable_name(type).c_str());
    push_functions(state, type, true);
    lua_setfield(state, -2, "__index");
    lua_pushcfunction(state, let_go);
    lua_setfield(state, -2, "__gc");
    lua_pushlstring(state, type.name.data(), type.name.size());
    lua_setfield(state, -2, "__name");
    lua_pop(state, 1);
    return;
  }
  push_functions(state, type, false);
  if (!type.written.empty()) {
    lua_setglobal(state, std::string(type.name).c_str());
    return;
  }
  for (const Function& function : type.functions) {
    lua_getfield(state, -1, std::string(function.name).c_str());
    lua_setglobal(state, std::string(function.name).c_str());
  }
  lua_pop(state, 1);
}

int with_traceback(lua_State* state) {
  const char* message = lua_tostring(state, 1);
  luaL_traceback(state, state, message ? message : "an error that is no text", 1);
  return 1;
}

void look_for_interruption(lua_State* state, lua_Debug*) {
  if (interrupted()) luaL_error(state, "interrupted");
}

}  // namespace

// ---- Call ----

bool Call::given(int number) const { return !lua_isnoneornil(state_, first_ + number - 1); }

Result<std::string> Call::text(int number) const {
  const int index = first_ + number - 1;
  if (lua_type(state_, index) != LUA_TSTRING && lua_type(state_, index) != LUA_TNUMBER) return wrong(number, "a text");
  lua_pushvalue(state_, index);  // lua_tolstring would turn a number of the script into a text
  std::string text = text_at(state_, -1);
  lua_pop(state_, 1);
  return text;
}
Result<std::string> Call::text(int number, std::string otherwise) const { return given(number) ? text(number) : otherwise; }

Result<double> Call::number(int number) const {
  const int index = first_ + number - 1;
  if (lua_type(state_, index) != LUA_TNUMBER) return wrong(number, "a number");
  return lua_tonumber(state_, index);
}
Result<double> Call::number(int argument, double otherwise) const { return given(argument) ? number(argument) : otherwise; }

// Addresses come from consoles as texts too: "0x1f0008".
Result<u64> Call::integer(int number) const {
  const int index = first_ + number - 1;
  int is_integer = 0;
  const lua_Integer value = lua_tointegerx(state_, index, &is_integer);
  if (!is_integer) return wrong(number, "a whole number");
  return static_cast<u64>(value);
}

bool Call::truth(int number) const { return lua_toboolean(state_, first_ + number - 1) != 0; }

Result<Json> Call::value(int number) const {
  const int index = first_ + number - 1;
  if (lua_isnone(state_, index)) return Json();
  return pull(state_, index, 0);
}

std::optional<std::string> Call::member(int number, const char* name) const {
  const int index = first_ + number - 1;
  if (!lua_istable(state_, index)) return {};
  std::optional<std::string> found;
  lua_getfield(state_, index, name);
  if (lua_isboolean(state_, -1)) {
    if (lua_toboolean(state_, -1)) found = "true";
  } else if (lua_isstring(state_, -1)) {
    found = text_at(state_, -1);
  }
  lua_pop(state_, 1);
  return found;
}

std::shared_ptr<Object> Call::self_object() const {
  if (lua_type(state_, 1) != LUA_TUSERDATA) return nullptr;
  return static_cast<Held*>(lua_touserdata(state_, 1))->object;
}

void Call::give(const Json& value) {
  push(state_, value);
  ++answers_;
}

void Call::give(std::shared_ptr<Object> object, const Type& type) {
  void* memory = lua_newuserdatauv(state_, sizeof(Held), 0);
  new (memory) Held{std::move(object)};
  luaL_setmetatable(state_, metatable_name(type).c_str());
  ++answers_;
}

Result<std::optional<Call::Match>> Call::match(const std::string& text, const std::string& pattern, size_t begin) const {
  const int top = lua_gettop(state_);
  lua_getglobal(state_, "string");
  lua_getfield(state_, -1, "find");
  lua_pushlstring(state_, text.data(), text.size());
  lua_pushlstring(state_, pattern.data(), pattern.size());
  lua_pushinteger(state_, static_cast<lua_Integer>(begin + 1));
  if (lua_pcall(state_, 3, LUA_MULTRET, 0) != LUA_OK) {
    Error error{"script", text_at(state_, -1)};
    lua_settop(state_, top);
    return error;
  }
  const int first = top + 2;  // above the string library
  std::optional<Match> found;
  if (lua_isinteger(state_, first)) {
    found =
        Match{static_cast<size_t>(lua_tointeger(state_, first)) - 1, static_cast<size_t>(lua_tointeger(state_, first + 1)), {}};
    for (int i = first + 2; i <= lua_gettop(state_); ++i)
      found->captures.push_back(lua_isstring(state_, i) ? text_at(state_, i) : "");
    if (found->captures.empty()) found->captures.push_back(text.substr(found->begin, found->end - found->begin));
  }
  lua_settop(state_, top);
  return found;
}

Result<Call::Asked> Call::ask(int number) {
  const int index = first_ + number - 1;
  if (lua_type(state_, index) != LUA_TFUNCTION) return wrong(number, "a function");
  const int top = lua_gettop(state_);
  lua_pushvalue(state_, index);
  if (lua_pcall(state_, 0, LUA_MULTRET, 0) != LUA_OK) {
    Error error{"script", text_at(state_, -1)};
    lua_settop(state_, top);
    return error;
  }
  const int first = top + 1;
  if (lua_toboolean(state_, first)) {
    answers_ += lua_gettop(state_) - top;
    return Asked{true, ""};
  }
  Asked asked{false, lua_isstring(state_, first + 1) ? text_at(state_, first + 1) : ""};
  lua_settop(state_, top);
  return asked;
}

// ---- a script ----

Status run_script(const std::string& file, const std::vector<std::string>& arguments, World& world) {
  lua_State* state = luaL_newstate();
  if (!state) return Error{"script", "There is no memory for a script."};
  *static_cast<World**>(lua_getextraspace(state)) = &world;
  luaL_openlibs(state);
  for (const Type* type : api()) open_type(state, *type);
  lua_createtable(state, static_cast<int>(arguments.size()), 0);
  for (size_t i = 0; i < arguments.size(); ++i) {
    lua_pushlstring(state, arguments[i].data(), arguments[i].size());
    lua_rawseti(state, -2, static_cast<lua_Integer>(i + 1));
  }
  lua_setglobal(state, "arg");
  // `require` finds what lies beside the script, and nothing else.
  const std::string beside = (made_absolute(file).parent_path() / "?.lua").string();
  lua_getglobal(state, "package");
  lua_pushlstring(state, beside.data(), beside.size());
  lua_setfield(state, -2, "path");
  lua_pushliteral(state, "");
  lua_setfield(state, -2, "cpath");
  lua_pop(state, 1);
  lua_sethook(state, look_for_interruption, LUA_MASKCOUNT, 10'000);

  Status status = success();
  lua_pushcfunction(state, with_traceback);
  if (luaL_loadfile(state, file.c_str()) != LUA_OK || lua_pcall(state, 0, 0, 1) != LUA_OK)
    status = Error{"script", text_at(state, -1)};
  lua_close(state);  // objects go here, while the world still is
  return status;
}

}  // namespace emu::app::lua

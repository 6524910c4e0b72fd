// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What scripts can call, and how: tables of functions that get their arguments from a Call and answer through it. Only
// engine.cpp knows Lua. An error that a function returns ends the script with its sentence and the script's line.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/app/json.h"
#include "emu/core/result.h"

struct lua_State;

namespace emu::app::lua {

class World;

// Something that a script holds: a lab, a console ... Gone when the script lets go of it.
class Object {
 public:
  virtual ~Object() = default;
};

struct Type;

class Call {
 public:
  Call(lua_State* state, World& world, int first) : state_(state), world_(world), first_(first) {}

  World& world() { return world_; }

  // Arguments, counted from 1, the object before the colon not included. The wrong kind is an error that says so.
  bool given(int number) const;
  Result<std::string> text(int number) const;
  Result<std::string> text(int number, std::string otherwise) const;
  Result<double> number(int number) const;
  Result<double> number(int number, double otherwise) const;
  Result<u64> integer(int number) const;
  bool truth(int number) const;  // Lua's: everything but nil and false
  Result<Json> value(int number) const;
  // A named member of a table argument; nothing if it is not there.
  std::optional<std::string> member(int number, const char* name) const;

  // What is before the colon.
  template <class T>
  Result<std::shared_ptr<T>> self() const {
    auto object = std::dynamic_pointer_cast<T>(self_object());
    if (!object) return Error{"script", "Call this with a colon, on what it belongs to."};
    return object;
  }

  // Answers, in order.
  void give(const Json& value);
  void give(std::shared_ptr<Object> object, const Type& type);

  // The first place from `begin` on where `text` matches a Lua pattern: its end, and the captures (the whole match if the
  // pattern has none).
  struct Match {
    size_t begin;
    size_t end;
    std::vector<std::string> captures;
  };
  Result<std::optional<Match>> match(const std::string& text, const std::string& pattern, size_t begin) const;

  // Calls a function argument. What it answers is what we answer, if that is true for Lua; else its second answer, if that is a
  // text, tells what there is instead.
  struct Asked {
    bool holds;
    std::string instead;
  };
  Result<Asked> ask(int number);

  int answers() const { return answers_; }

 private:
  std::shared_ptr<Object> self_object() const;
  lua_State* state_;
  World& world_;
  int first_;
  int answers_ = 0;
};

struct Function {
  std::string_view name;
  std::string_view arguments;  // as documented: "pattern, [seconds]"
  std::string_view meaning;
  Status (*run)(Call&);
};

// Functions that belong together: methods of objects ("lab:"), members of a global table ("json."), or globals ("").
struct Type {
  std::string_view name;
  std::string_view written;  // what stands before a function's name: "lab:", "json.", ""
  std::string_view meaning;
  std::span<const Function> functions;
};

// The one list of what scripts can use (api.cpp): the engine, docs/scenarios.md and their test are made of it.
std::span<const Type* const> api();
std::string api_as_markdown();

// Runs a script to its end. The error's text has the line and a traceback.
Status run_script(const std::string& file, const std::vector<std::string>& arguments, World&);

}  // namespace emu::app::lua

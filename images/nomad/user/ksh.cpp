// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a script from a file, in what the Korn shell's language has for reconfiguration scripts (Redbook example 5-3): if, case, [[ ]],
// variables, echo, exit, programs, > and >>.
#include "user/program.h"

using namespace nomad;

namespace {

constexpr u64 script_bytes = 8192;
constexpr u64 word_bytes = 256;
constexpr i32 syntax_status = 2, not_found_status = 127;

enum class Kind { end, separator, case_end, close, bar, write, append, word };

struct Script {
  char text[script_bytes + 1];
  const char* at;
  u32 line;
  Kind kind;
  char word[word_bytes];  // with its quotes
};
Script script;

bool failed = false, ended = false;
i32 status = 0;

struct Variable {
  char name[32];
  char value[word_bytes];
};
constexpr u32 variable_limit = 16;
Variable variables[variable_limit];
constexpr int parameter_limit = 10;
const char* parameters[parameter_limit];
int parameter_count = 0;  // with $0

// ---- words ----

bool ends_word(char c) { return !c || c == ' ' || c == '\t' || c == '\n' || c == ';' || c == ')' || c == '|' || c == '>'; }

void read_word() {
  u64 length = 0;
  char quote = 0;
  for (; *script.at && (quote || !ends_word(*script.at)); script.at++) {
    const char c = *script.at;
    if (quote ? c == quote : c == '"' || c == '\'') quote = quote ? char{} : c;
    if (c == '\n') script.line++;
    if (length + 1 < word_bytes) script.word[length++] = c;
  }
  script.word[length] = 0;
  script.kind = Kind::word;
  failed |= quote != 0;
}

void advance() {
  while (*script.at == ' ' || *script.at == '\t' || *script.at == '\r') script.at++;
  if (*script.at == '#')
    while (*script.at && *script.at != '\n') script.at++;
  const char c = *script.at;
  script.word[0] = 0;
  if (!c) {
    script.kind = Kind::end;
    return;
  }
  const bool twice = script.at[1] == c;
  if (c == '\n') script.line++, script.kind = Kind::separator;
  else if (c == ';') script.kind = twice ? Kind::case_end : Kind::separator;
  else if (c == ')') script.kind = Kind::close;
  else if (c == '|') script.kind = Kind::bar;
  else if (c == '>') script.kind = twice ? Kind::append : Kind::write;
  else return read_word();
  script.at += script.kind == Kind::case_end || script.kind == Kind::append ? 2 : 1;
}

bool is(const char* word) { return script.kind == Kind::word && equal(script.word, word); }

void expect(const char* word) {
  if (ended) return;
  if (!is(word)) failed = true;
  else advance();
}

// ---- variables ----

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'); }

const char* value_of(const char* name) {
  static char number[16];
  u64 index = 0;
  if (equal(name, "#")) format(number, sizeof number, "%d", parameter_count - 1);
  else if (equal(name, "?")) format(number, sizeof number, "%d", status);
  else if (parse_number(name, index)) return index < static_cast<u64>(parameter_count) ? parameters[index] : "";
  else {
    for (const Variable& each : variables)
      if (equal(each.name, name)) return each.value;
    return "";
  }
  return number;
}

void set(const char* name, const char* value) {
  Variable* place = nullptr;
  for (Variable& each : variables)
    if (equal(each.name, name) || (!each.name[0] && !place)) place = &each;
  if (!place) {
    failed = true;
    return;
  }
  copy_text(place->name, sizeof place->name, name);
  copy_text(place->value, sizeof place->value, value);
}

// Without quotes, and with the values of variables.
void expand(const char* raw, char (&to)[word_bytes]) {
  u64 length = 0;
  const auto put = [&](char c) {
    if (length + 1 < word_bytes) to[length++] = c;
  };
  char quote = 0;
  for (const char* at = raw; *at; at++) {
    if (quote ? *at == quote : *at == '"' || *at == '\'') {
      quote = quote ? char{} : *at;
    } else if (*at == '\\' && quote != '\'' && at[1]) {
      put(*++at);
    } else if (*at == '$' && quote != '\'') {
      char name[32];
      u64 used = 0;
      const bool braces = at[1] == '{';
      const char* from = at + 1 + braces;
      if (*from == '#' || *from == '?') name[used++] = *from++;
      else
        while (is_name(*from) && used + 1 < sizeof name) name[used++] = *from++;
      name[used] = 0;
      if (!used || (braces && *from != '}')) {
        put('$');
        continue;
      }
      for (const char* value = value_of(name); *value; value++) put(*value);
      at = from + braces - 1;
    } else {
      put(*at);
    }
  }
  to[length] = 0;
}

// A whole word, or its beginning and a star.
bool matches(const char* pattern, const char* text) {
  const u64 length = strlen(pattern);
  if (!length || pattern[length - 1] != '*') return equal(pattern, text);
  return memcmp(pattern, text, strlen(text) < length - 1 ? strlen(text) + 1 : length - 1) == 0;
}

// ---- commands ----

struct Command {
  static constexpr u32 limit = 12;
  char words[limit][word_bytes];
  u32 count = 0;
  char file[word_bytes] = "";
  bool append = false;
};

void say(const Command& command, const char* text, u64 length) {
  if (!command.file[0]) {
    system_call(SystemCall::write, word_of(text), length);
  } else if (system_call(SystemCall::file_write, word_of(command.file), word_of(text), length, 1) < 0) {
    print("ksh: %s: no space is left\n", command.file);
    status = 1;
  }
}

bool compare(const Command& c, u32 from, u32 until) {
  const u32 count = until - from;
  if (count == 1) return c.words[from][0] != 0;
  if (count == 2 && equal(c.words[from], "-z")) return !c.words[from + 1][0];
  if (count == 2 && equal(c.words[from], "-n")) return c.words[from + 1][0] != 0;
  if (count == 2 && equal(c.words[from], "!")) return !c.words[from + 1][0];
  if (count != 3) return failed = true, false;
  const char *left = c.words[from], *what = c.words[from + 1], *right = c.words[from + 2];
  if (equal(what, "=") || equal(what, "==")) return matches(right, left);
  if (equal(what, "!=")) return !matches(right, left);
  u64 a = 0, b = 0;
  if (!parse_number(left, a) || !parse_number(right, b)) return failed = true, false;
  if (equal(what, "-eq")) return a == b;
  if (equal(what, "-ne")) return a != b;
  if (equal(what, "-lt")) return a < b;
  if (equal(what, "-le")) return a <= b;
  if (equal(what, "-gt")) return a > b;
  if (equal(what, "-ge")) return a >= b;
  return failed = true, false;
}

void run_program(const Command& command) {
  static char line[command_line_bytes], output[4096];
  u64 needed = 0;
  for (u32 i = 0; i < command.count; i++) needed += strlen(command.words[i]) + 1;
  if (needed > sizeof line) {
    print("ksh: 0403-027 The parameter list is too long.\n");
    status = not_found_status;
    return;
  }
  u64 length = 0;
  for (u32 i = 0; i < command.count; i++) length += format(line + length, sizeof line - length, i ? " %s" : "%s", command.words[i]);
  const i64 pid = system_call(SystemCall::spawn, word_of(line), spawn_capture);
  if (pid < 0) {
    print("ksh: %s:  not found.\n", command.words[0]);
    status = not_found_status;
    return;
  }
  const i64 count = system_call(SystemCall::wait, static_cast<u64>(pid), word_of(&status), word_of(output), sizeof output, ~0ul);
  for (u64 at = 0; count > 0 && at < static_cast<u64>(count); at += 512)
    say(command, output + at, static_cast<u64>(count) - at < 512 ? static_cast<u64>(count) - at : 512);
}

void run(const Command& command) {
  if (command.file[0] && !command.append) system_call(SystemCall::file_write, word_of(command.file), 0, 0, 0);
  if (!command.count) return;
  const char* name = command.words[0];
  const auto closed = [&](const char* end) { return command.count > 1 && equal(command.words[command.count - 1], end); };
  if (equal(name, "exit")) {
    u64 number = 0;
    if (command.count > 1) status = parse_number(command.words[1], number) ? static_cast<i32>(number & 255) : syntax_status;
    ended = true;
  } else if (equal(name, "echo") || equal(name, "print")) {
    char line[512];
    u64 length = 0;
    for (u32 i = 1; i < command.count; i++) length += format(line + length, sizeof line - length, i > 1 ? " %s" : "%s", command.words[i]);
    length += format(line + length, sizeof line - length, "\n");
    status = 0;
    say(command, line, length);
  } else if (equal(name, "[[") || equal(name, "[")) {
    if (!closed(name[1] ? "]]" : "]")) failed = true;
    else status = !compare(command, 1, command.count - 1);
  } else if (equal(name, "test")) {
    status = !compare(command, 1, command.count);
  } else if (equal(name, ":") || equal(name, "true") || equal(name, "false")) {
    status = equal(name, "false");
  } else {
    run_program(command);
  }
}

void simple(bool live) {
  static Command command;
  command.count = 0;
  command.file[0] = 0;
  for (; script.kind == Kind::word || script.kind == Kind::write || script.kind == Kind::append; advance()) {
    if (script.kind != Kind::word) {
      command.append = script.kind == Kind::append;
      advance();
      if (script.kind != Kind::word) {
        failed = true;
        return;
      }
      if (live) expand(script.word, command.file);
      continue;
    }
    const char* equals = find(script.word, '=');
    bool assignment = equals && equals != script.word && command.count == 0;
    for (const char* at = script.word; assignment && at < equals; at++) assignment = is_name(*at);
    if (assignment) {
      if (!live) continue;
      char name[32], value[word_bytes];
      copy_text(name, static_cast<u64>(equals - script.word) + 1 < sizeof name ? static_cast<u64>(equals - script.word) + 1 : sizeof name, script.word);
      expand(equals + 1, value);
      set(name, value);
    } else if (command.count == Command::limit) {
      failed = true;
      return;
    } else if (live) {
      expand(script.word, command.words[command.count++]);
    }
  }
  if (script.kind == Kind::close || script.kind == Kind::bar) failed = true;
  else if (live) run(command);
}

void list(bool live);

void conditional(bool live) {
  bool done = false;
  do {
    advance();  // if, elif
    list(live && !done);
    expect("then");
    const bool chosen = live && !done && status == 0;
    list(chosen);
    done |= chosen;
  } while (!failed && !ended && is("elif"));
  if (is("else")) {
    advance();
    list(live && !done);
  }
  expect("fi");
}

void choice(bool live) {
  advance();  // case
  char subject[word_bytes] = "";
  if (live) expand(script.word, subject);
  advance();
  expect("in");
  bool done = false;
  for (;;) {
    while (script.kind == Kind::separator) advance();
    if (failed || ended || is("esac")) break;
    bool chosen = false;
    for (;; advance()) {
      if (script.kind != Kind::word) {
        failed = true;
        return;
      }
      char pattern[word_bytes];
      expand(script.word, pattern);
      chosen |= live && !done && matches(pattern, subject);
      advance();
      if (script.kind != Kind::bar) break;
    }
    if (script.kind != Kind::close) {
      failed = true;
      return;
    }
    advance();
    list(chosen);
    done |= chosen;
    if (ended) break;
    if (script.kind == Kind::case_end) advance();
    else if (!is("esac")) failed = true;
  }
  expect("esac");
}

// Up to what ends the list that it is in, which stays the token. After `exit` nothing is read any more.
void list(bool live) {
  while (!failed && !ended) {
    while (script.kind == Kind::separator) advance();
    if (script.kind == Kind::end || script.kind == Kind::case_end) return;
    static constexpr const char* ends[] = {"then", "elif", "else", "fi", "esac"};
    for (const char* end : ends)
      if (is(end)) return;
    if (is("if")) conditional(live);
    else if (is("case")) choice(live);
    else simple(live);
  }
}

}  // namespace

// The file comes first of the words that are no variables of the environment.
int program_main(int count, char** words) {
  for (int i = 0; i < count && parameter_count < parameter_limit; i++) {
    const char* equals = find(words[i], '=');
    if (equals && !parameter_count) {
      char name[32];
      copy_text(name, static_cast<u64>(equals - words[i]) + 1 < sizeof name ? static_cast<u64>(equals - words[i]) + 1 : sizeof name, words[i]);
      set(name, equals + 1);
    } else {
      parameters[parameter_count++] = words[i];
    }
  }
  if (!parameter_count) {
    print("ksh: usage: ksh FILE [argument ...]\n");
    return syntax_status;
  }
  u64 length = 0;
  for (i64 part = 1; part > 0; length += static_cast<u64>(part)) {
    part = system_call(SystemCall::file_read, word_of(parameters[0]), length, word_of(script.text + length), script_bytes - length);
    if (part < 0) {
      print("ksh: %s:  not found.\n", parameters[0]);
      return not_found_status;
    }
  }
  script.text[length] = 0;
  script.at = script.text;
  script.line = 1;
  advance();
  list(true);
  if (failed || (!ended && script.kind != Kind::end)) {
    print("ksh: %s: syntax error at line %u\n", parameters[0], script.line);
    return syntax_status;
  }
  return status;
}

// SPDX-License-Identifier: GPL-2.0-or-later
// drmgr -c: memory, processors and virtual adapters are added and removed. Run by the shell, and by rmcd for chhwres of the console.
//   drmgr -c mem|cpu -a|-r -q COUNT [-w MINUTES] [-d LEVEL]    COUNT logical memory blocks, processors
//   drmgr -c slot|phb -s NAME -a|-r [-w MINUTES] [-d LEVEL]    NAME as lsslot shows it, or 'PHB 3': in quotes
// The last line tells how many; the status is 0 if that is all.
#include "user/program.h"

using namespace nomad;

namespace {

constexpr struct {
  const char* name;
  DrResources::Kind kind;
} kinds[] = {{"mem", DrResources::Kind::memory}, {"cpu", DrResources::Kind::processor}, {"slot", DrResources::Kind::slot}, {"phb", DrResources::Kind::bridge}};

const char* value_of(int count, char** words, const char* name) {
  for (int i = 0; i + 1 < count; i++)
    if (equal(words[i], name)) return words[i + 1];
  return "";
}

// What is in quotes has come as several words.
void copy_name(int count, char** words, DrResources& request) {
  copy_text(request.name, sizeof request.name, value_of(count, words, "-s"));
  if (request.name[0] != '\'') return;
  int at = 0;
  while (at + 1 < count && !equal(words[at], "-s")) at++;
  char whole[sizeof request.name] = "";
  bool closed = false;
  for (at++; at < count && !closed; at++) {
    char longer[sizeof whole];
    format(longer, sizeof longer, whole[0] ? "%s %s" : "%s%s", whole, words[at]);
    copy_text(whole, sizeof whole, longer);
    const u64 length = strlen(whole);
    closed = length > 1 && whole[length - 1] == '\'';
    if (closed) whole[length - 1] = 0;
  }
  copy_text(request.name, sizeof request.name, whole + 1);
}

bool read_request(int count, char** words, DrResources& request) {
  u64 quantity = 1, minutes = 0, detail = 0;
  bool known = false;
  for (const auto& each : kinds)
    if (equal(value_of(count, words, "-c"), each.name)) {
      request.kind = each.kind;
      known = true;
    }
  const bool slot = request.kind == DrResources::Kind::slot || request.kind == DrResources::Kind::bridge;
  const bool add = has_word(count, words, "-a"), remove = has_word(count, words, "-r");
  const char* patience = value_of(count, words, "-w");
  const char* level = value_of(count, words, "-d");
  if (!known || add == remove || (*patience && !parse_number(patience, minutes)) || (*level && !parse_number(level, detail))) return false;
  if (slot ? !*value_of(count, words, "-s") : !parse_number(value_of(count, words, "-q"), quantity) || quantity == 0) return false;
  request.add = add;
  request.count = static_cast<u32>(quantity);
  request.minutes = static_cast<u32>(minutes);
  request.detail = static_cast<u32>(detail);
  copy_name(count, words, request);
  return true;
}

}  // namespace

int program_main(int count, char** words) {
  DrResources request{};
  if (!read_request(count, words, request)) {
    print("drmgr: usage: drmgr -c mem|cpu -a|-r -q COUNT | -c slot|phb -s NAME -a|-r [-w MINUTES] [-d LEVEL]\n");
    return 1;
  }
  const i64 result = system_call(SystemCall::dr_resources, word_of(&request));
  if (result == Error::busy) copy_text(request.text, sizeof request.text, "another operation is under way");
  else if (result < 0) copy_text(request.text, sizeof request.text, result == Error::not_permitted ? "not permitted" : "invalid");
  if (request.text[0]) print("drmgr: %s\n", request.text);
  if (request.kind == DrResources::Kind::memory || request.kind == DrResources::Kind::processor)
    print("DR_TOTAL_RESOURCES=%u\n", request.done);
  return request.done == request.count ? 0 : 1;
}

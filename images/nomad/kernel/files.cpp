// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/files.h"

#include "lib/text.h"

namespace nomad::files {
namespace {

struct File {
  char name[sizeof FileInfo::name];
  u64 length;
  char bytes[file_bytes];
};
File files[file_limit];

File* find_file(const char* name) {
  for (File& file : files)
    if (file.name[0] && equal(file.name, name)) return &file;
  return nullptr;
}

File* make_file(const char* name) {
  for (File& file : files)
    if (!file.name[0]) {
      copy_text(file.name, sizeof file.name, name);
      file.length = 0;
      return &file;
    }
  return nullptr;
}

}  // namespace

i64 write(const char* name, const char* bytes, u64 length, bool append) {
  if (!name[0]) return Error::invalid;
  File* file = find_file(name);
  const u64 before = file && append ? file->length : 0;
  if (length > file_bytes - before) return Error::no_memory;
  if (!file && !(file = make_file(name))) return Error::no_memory;
  memcpy(file->bytes + before, bytes, length);
  file->length = before + length;
  return static_cast<i64>(length);
}

i64 read(const char* name, u64 offset, char* to, u64 size) {
  const File* file = find_file(name);
  if (!file) return Error::no_such_thing;
  const u64 rest = offset < file->length ? file->length - offset : 0;
  const u64 count = rest < size ? rest : size;
  memcpy(to, file->bytes + offset, count);
  return static_cast<i64>(count);
}

bool exists(const char* name) { return find_file(name) != nullptr; }

i64 remove(const char* name) {
  File* file = find_file(name);
  if (!file) return Error::no_such_thing;
  file->name[0] = 0;
  return 0;
}

bool info(u64 index, FileInfo& info) {
  for (const File& file : files)
    if (file.name[0] && index-- == 0) {
      copy_text(info.name, sizeof info.name, file.name);
      info.bytes = file.length;
      return true;
    }
  return false;
}

}  // namespace nomad::files

// SPDX-License-Identifier: GPL-2.0-or-later
// System calls about files.
#include "kernel/files.h"
#include "kernel/system_calls.h"

namespace nomad::system_calls {
namespace {

bool take_name(Call& call, char (&name)[sizeof FileInfo::name]) {
  return call.process.space.copy_text_in(name, sizeof name, call.argument(0));
}

}  // namespace

i64 file_write(Call& call) {
  char name[sizeof FileInfo::name], chunk[512];
  if (!take_name(call, name)) return Error::bad_address;
  const u64 length = call.argument(2);
  if (length > sizeof chunk) return Error::invalid;
  if (!call.process.space.copy_in(chunk, call.argument(1), length)) return Error::bad_address;
  return files::write(name, chunk, length, call.argument(3) != 0);
}

i64 file_read(Call& call) {
  char name[sizeof FileInfo::name], chunk[512];
  if (!take_name(call, name)) return Error::bad_address;
  const i64 count = files::read(name, call.argument(1), chunk, call.argument(3) < sizeof chunk ? call.argument(3) : sizeof chunk);
  if (count > 0 && !call.process.space.copy_out(call.argument(2), chunk, static_cast<u64>(count))) return Error::bad_address;
  return count;
}

i64 file_remove(Call& call) {
  char name[sizeof FileInfo::name];
  return take_name(call, name) ? files::remove(name) : i64{Error::bad_address};
}

i64 file_info(Call& call) {
  FileInfo info{};
  if (!files::info(call.argument(0), info)) return Error::no_such_thing;
  return call.give(call.argument(1), info) ? 0 : i64{Error::bad_address};
}

}  // namespace nomad::system_calls

// SPDX-License-Identifier: GPL-2.0-or-later
// Loaded before the real library: says that it is the version of $UNICORN_VERSION, a hexadecimal number as the real one answers.
#include <cstdlib>

extern "C" [[gnu::visibility("default")]] unsigned uc_version(unsigned*, unsigned*) {
  const char* version = std::getenv("UNICORN_VERSION");
  return version ? static_cast<unsigned>(std::strtoul(version, nullptr, 16)) : 0;
}

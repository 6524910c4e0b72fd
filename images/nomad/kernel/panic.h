// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace nomad {

// Says why on the console and stops the partition: ibm,os-term when ibm,extended-os-term is there, else power-off.
[[noreturn]] void panic(const char* pattern, ...) __attribute__((format(printf, 1, 2)));

}  // namespace nomad

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Identities: new ones, and those that are always the same for the same names, so that a lab keeps them from one start to
// the next.

#include <string>
#include <string_view>

namespace emu {

bool is_uuid(std::string_view text);
std::string random_uuid();  // version 4 of RFC 4122, in capitals

// Of what a lab file does not say; `of` is made of the lab's name and those of the things inside.
std::string derived_uuid(std::string_view of);
std::string derived_mac(std::string_view of);
std::string derived_pvid(std::string_view of);
std::string derived_udid(std::string_view of);
std::string derived_serial(std::string_view of);

// Of a managed system, by its machine type, model and serial number.
std::string system_uuid(std::string_view mtms);

}  // namespace emu

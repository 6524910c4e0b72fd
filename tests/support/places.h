// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where tests find what is not theirs: the checkout. One source knows the folder (places.cpp), so that
// the others are the same to the compiler's cache in every checkout.
#include <filesystem>

namespace support {

std::filesystem::path checkout();

}  // namespace support

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/words.h"

#include "emu/core/configuration.h"
#include "tests/support/catch.h"

using namespace emu;

TEST_CASE("each word is that of its value, and of no other", "[words]") {
  const auto all = []<class E>(E) {
    for (const E each : all_of<E>()) CHECK(from_word<E>(word_of(each)) == each);
    CHECK(from_word<E>("unknown") == std::nullopt);
    CHECK(from_word<E>("") == std::nullopt);
  };
  all(ProcMode::unknown);
  all(SharingMode::unknown);
  all(BootMode::unknown);
  all(CompatMode::unknown);
  CHECK(word_rule<ProcMode>("proc_mode") == "proc_mode is one of shared, ded");
}

TEST_CASE("a word that another build has stored is read as one that nobody knows", "[words][archive]") {
  Archive saving = Archive::saving();
  std::string word = "turbo";
  BootMode known = BootMode::sms;
  saving("mode", word);
  saving("known", known);
  const Bytes stored = saving.take();
  Archive loading = Archive::loading_from(stored);
  BootMode mode = BootMode::norm;
  loading("mode", mode);
  loading("known", word);
  CHECK(loading.finish());
  CHECK(mode == BootMode::unknown);
  CHECK(word == "sms");
  CHECK(word_of(mode) == "unknown");
}

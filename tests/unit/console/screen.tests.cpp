// SPDX-License-Identifier: GPL-2.0-or-later
// The terminal: what guests write, however broken, and what keys send.
#include <random>

#include "emu/app/console/screen.h"
#include "tests/support/catch.h"

using namespace emu::app::console;

namespace {
void write(Screen& screen, std::string_view text) { screen.write({reinterpret_cast<const u8*>(text.data()), text.size()}); }
}  // namespace

TEST_CASE("lines, colors, scrollback and selection", "[console]") {
  Screen screen(3, 10);
  write(screen, "one\r\n\x1b[31mred\x1b[0m\r\n\x1b[7mturned\x1b[0m");
  CHECK(screen.text() == "one\nred\nturned");
  CHECK(screen.line(1)[0].ink == 1);
  CHECK(screen.line(0)[0].ink == default_color);
  CHECK(screen.line(2)[0].paper == default_color + 1);
  write(screen, "\r\nfour\r\nfive");
  CHECK(screen.scrollback() == 2);
  CHECK(screen.text({-1, 0}, {0, 5}) == "red\nturned");
  CHECK(screen.text({-2, 1}, {-2, 1}) == "n");
  CHECK(screen.cursor().row == 2);
  CHECK(screen.cursor().column == 4);
  screen.resize(24, 80);
  CHECK(screen.rows() == 24);
  screen.clear();
  CHECK(screen.scrollback() == 0);
}

TEST_CASE("characters of several bytes, also cut in two", "[console]") {
  Screen screen(2, 20);
  write(screen, "gr\xc3");
  write(screen, "\xbc\xc3\x9f \xe2\x94\x80");
  CHECK(screen.text({0, 0}, {0, 19}) == "gr\u00fc\u00df \u2500");
}

TEST_CASE("noise and broken sequences are shown as a terminal would, and break nothing", "[console]") {
  Screen screen(24, 80);
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    std::string noise;
    for (int i = 0; i < 400; ++i) noise += static_cast<char>(random() % 4 ? random() : "\x1b[];?0m\x9b"[random() % 8]);
    write(screen, noise);
    if (round % 20 == 0) screen.resize(1 + static_cast<int>(random() % 60), 1 + static_cast<int>(random() % 200));
    for (int row = -screen.scrollback(); row < screen.rows(); row += 7) (void)screen.line(row);
    (void)screen.answers();
  }
  write(screen,
        "\x1b\\\x1b"
        "c");
  screen.clear();
  screen.resize(24, 80);
  write(screen, "well again");
  CHECK(screen.text({0, 0}, {0, 79}) == "well again");
}

TEST_CASE("keys send what terminals send, and questions are answered apart from them", "[console]") {
  Screen screen(24, 80);
  CHECK(screen.bytes_of_key("Return", false, false, false) == "\r");
  CHECK(screen.bytes_of_key("Up", false, false, false) == "\x1b[A");
  CHECK(screen.bytes_of_key("C", true, false, false) == "\x03");
  CHECK(screen.bytes_of_key("F5", false, false, false) == "\x1b[15~");
  CHECK(screen.bytes_of_key("Backspace", false, false, false) == "\x7f");
  CHECK(screen.bytes_of_key("A", false, false, false).empty());  // text comes as text
  write(screen, "\x1b[6n");
  CHECK(screen.bytes_of_key("Return", false, false, false) == "\r");
  CHECK(screen.answers() == "\x1b[1;1R");
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/site/record.h"

#include "tests/support/catch.h"

using emu::app::site::parts_of;
using emu::app::site::Record;

TEST_CASE("a line of a listing is taken apart at its commas, not at those of its lists", "[site]") {
  const auto record =
      Record::parse(R"(name=a b,"modes=default,POWER6",empty=,"eth=""3/1/1/20,30/1/1"",4/0/2//0/0",io=none,units=1.05)");
  REQUIRE(record);
  CHECK(record->text("name") == "a b");
  CHECK(record->entries("modes") == std::vector<std::string>{"default", "POWER6"});
  CHECK(record->find("empty"));
  CHECK(record->entries("empty").empty());
  CHECK(record->entries("eth") == std::vector<std::string>{"3/1/1/20,30/1/1", "4/0/2//0/0"});
  CHECK(record->entries("io").empty());
  CHECK(record->units("units") == 105u);
  CHECK_FALSE(record->find("nothing"));
}

TEST_CASE("what is no line of a listing is none", "[site]") {
  for (const char* line :
       {"", "name", "=a", "a b=c", "name=a,name=b", "name=\"a", "name=a,", "HSCL8012 The partition was not found."})
    CHECK_FALSE(Record::parse(line));
  CHECK_FALSE(parts_of("\"a"));
  const auto record = Record::parse("a=1.234,b=-1,c=99999999999,d=.5,e=07");
  REQUIRE(record);
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) CHECK_FALSE(record->units(name));
  CHECK_FALSE(record->number("b"));
}

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Of the reader of lab files alone: [[package]].

#include "emu/core/lab/keys.h"
#include "emu/core/services.h"

namespace emu::lab_file {

inline constexpr Key<Package> package_table[] = {
    {"name", "name", "the partition's name", "how commands call it", into<&Package::name>},
    {"partition", "partition", "-", "which one it is", into<&Package::partition>},
    {"frames", "list of servers", "-", "where it may run, in the order in which they are tried", into<&Package::frames>},
    {"watch", "rmc, program, port", "\"rmc\"",
     "how it is watched: RMC answers; a program runs, as RMC says; a port that a `forward` leads to takes connections",
     into<&Package::watch>},
    {"program", "name", "none", "of `watch = \"program\"`: which one", into<&Package::program>},
    {"port", "port", "none", "of `watch = \"port\"`: the guest's TCP port", into<&Package::port>},
    {"interval_ms", "100 to 600000", "1000", "between two questions", into<&Package::interval_ms>},
    {"misses", "1 to 1000", "5", "questions in a row without an answer, after which it hangs; none counts while it is suspended",
     into<&Package::misses>},
    {"force", "true, false", "false", "whether a server that hangs is fenced although it may run others that are not restarted",
     into<&Package::force>},
};

// Its partition is marked as one that can be restarted elsewhere.
Services read_services_of(Reading&, Lab&, const toml::array* packages);

}  // namespace emu::lab_file

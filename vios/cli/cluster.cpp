// SPDX-License-Identifier: GPL-2.0-or-later
// Clusters of Virtual I/O Servers share a storage pool. This one is in none.
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-clustername", Takes::one},
                              {"-field", Takes::many},
                              {"-fmt", Takes::one},
                              {"-list", Takes::nothing},
                              {"-status", Takes::nothing}};

constexpr std::string_view list_fields[] = {"cluster_name", "cluster_id"};

Output show(const Arguments& arguments, Devices&) {
  if (arguments.has("-list") == arguments.has("-status"))
    return usage_error(cluster, "Command requires option \"-list\" or \"-status\".");
  if (arguments.has("-status")) {
    if (!arguments.has("-clustername")) return usage_error(cluster, "Command requires option \"-clustername\".");
    return no_cluster(arguments.value("-clustername"));
  }
  if (auto fields = chosen_fields(arguments, list_fields); !fields) return usage_error(cluster, fields.error().text);
  if (arguments.has("-clustername")) return usage_error(cluster, "Option flag is not valid: -clustername");
  return {};
}

}  // namespace

constexpr Command cluster = {"cluster", "Displays the clusters that the Virtual I/O Server is in.",
                             "-list [-field FieldName ...] [-fmt Delimiter]\n       cluster -status -clustername ClusterName",
                             options, show};

}  // namespace vios::cli

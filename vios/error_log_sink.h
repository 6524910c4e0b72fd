// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where parts of a VIOS report to its error log (errlog).

#include <string_view>

namespace vios {

class ErrorLogSink {
 public:
  virtual ~ErrorLogSink() = default;
  // One entry. Any thread. `identifier`: 8 hex digits. `type`: I information, P permanent, T temporary. `error_class`:
  // H hardware, S software, O operator. `resource`: a device's name, or empty.
  virtual void record(std::string_view identifier, char type, char error_class, std::string_view resource,
                      std::string_view description) = 0;
};

}  // namespace vios

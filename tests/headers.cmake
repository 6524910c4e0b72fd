# SPDX-License-Identifier: GPL-2.0-or-later
# Every header of ours compiles alone, so that nobody has to know what to include before it. A header whose source includes it first is
# compiled alone by the build itself; this test sees that its source does so. The others are sources of the target `headers`.
#   cmake -DROOT=... -P tests/headers.cmake
include(${CMAKE_CURRENT_LIST_DIR}/headers_of.cmake)
headers_of(${ROOT} with_source without_source)
foreach(header IN LISTS with_source)
  string(REGEX REPLACE "\\.h$" ".cpp" source ${header})
  file(STRINGS ${ROOT}/${source} first REGEX "^#include" LIMIT_COUNT 1)
  if(NOT first STREQUAL "#include \"${header}\"")
    message(SEND_ERROR "${source}: its own header comes first, so that the header is known to compile alone")
  endif()
endforeach()

# SPDX-License-Identifier: GPL-2.0-or-later
# Every file of the repository says its licence: in one of its first three lines, or REUSE.toml says it for a kind of files that
# have no place for such a line. A kind that REUSE.toml names and nobody has any more is found, too.
cmake_minimum_required(VERSION 3.25)

# The list below "path" in REUSE.toml. ** is anything, * is anything within a folder.
file(READ ${ROOT}/REUSE.toml page)
string(REGEX MATCH "path = \\[([^]]*)\\]" list "${page}")
string(REGEX MATCHALL "\"[^\"]+\"" kinds "${CMAKE_MATCH_1}")
if(NOT kinds)
  message(FATAL_ERROR "REUSE.toml has no list of paths")
endif()
list(TRANSFORM kinds REPLACE "\"" "")

execute_process(COMMAND git ls-files WORKING_DIRECTORY ${ROOT} OUTPUT_VARIABLE files RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "git does not list the files of ${ROOT}")
endif()
string(REGEX MATCHALL "[^\n]+" files "${files}")
list(FILTER files EXCLUDE REGEX "^LICENSE")  # the text of the licence, and its place for REUSE

foreach(kind IN LISTS kinds)
  string(REPLACE "." "\\." pattern "${kind}")
  string(REPLACE "**" "<any>" pattern "${pattern}")
  string(REPLACE "*" "[^/]*" pattern "${pattern}")
  string(REPLACE "<any>" ".*" pattern "${pattern}")
  list(LENGTH files before)
  list(FILTER files EXCLUDE REGEX "^${pattern}$")
  list(LENGTH files after)
  if(before EQUAL after)
    message(SEND_ERROR "REUSE.toml names ${kind}, and no such file is there that needs it")
  endif()
endforeach()

foreach(file IN LISTS files)
  if(NOT EXISTS ${ROOT}/${file})  # removed, and not yet committed
    continue()
  endif()
  file(STRINGS ${ROOT}/${file} first LIMIT_COUNT 3)
  if(NOT "${first}" MATCHES "SPDX-License-Identifier: GPL-2\\.0-or-later")
    message(SEND_ERROR "${file} has no line \"SPDX-License-Identifier: GPL-2.0-or-later\" among its first three")
  endif()
endforeach()

# SPDX-License-Identifier: GPL-2.0-or-later
# The version is one number: that of project() is the newest one in CHANGELOG.md, and what both programs say. Where there is a git
# repository, they also name a commit and its date.
#   cmake -DROOT=... -DNUMBER=0.2.0 -DBIN=<folder of the programs> -P tests/version.cmake
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${ROOT}/CHANGELOG.md headings REGEX "^## ")
list(GET headings 0 newest)
if(NOT newest MATCHES "^## ([0-9.]+) - (unreleased|[0-9]+-[0-9]+-[0-9]+)$")
  message(FATAL_ERROR "CHANGELOG.md begins with \"${newest}\", not with \"## NUMBER - DATE\"")
endif()
if(NOT CMAKE_MATCH_1 STREQUAL NUMBER)
  message(SEND_ERROR "CHANGELOG.md begins with ${CMAKE_MATCH_1}, CMakeLists.txt has ${NUMBER}")
endif()
set(commit)
if(EXISTS ${ROOT}/.git)
  set(commit " \\([^ ()]+, [0-9]+-[0-9]+-[0-9]+\\)")
endif()
string(REPLACE "." "\\." number "${NUMBER}")
foreach(program IN ITEMS twinframe twinframe-console)
  execute_process(COMMAND ${BIN}/${program} --version OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE status)
  if(NOT status EQUAL 0 OR NOT said MATCHES "^twinframe ${number}${commit}\n$")
    message(SEND_ERROR "${program} --version says \"${said}\" (exit status ${status})")
  endif()
endforeach()

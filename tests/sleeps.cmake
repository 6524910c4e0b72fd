# SPDX-License-Identifier: GPL-2.0-or-later
# No script of a lab sleeps until something is probably ready: it waits for it (wait_until, or a wait of what it waits for), and time
# that passes on purpose says why (let_pass). A shell's sleep, here or in a guest, is a sleep too.
cmake_minimum_required(VERSION 3.25)
file(GLOB_RECURSE scripts RELATIVE ${ROOT} ${ROOT}/tests/*.lua ${ROOT}/docs/*.lua ${ROOT}/images/*.lua)
if(NOT scripts)
  message(SEND_ERROR "no script has been found")
endif()
foreach(script IN LISTS scripts)
  file(STRINGS ${ROOT}/${script} lines REGEX "sleep")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "--.*" "" code "${line}")
    if(code MATCHES "(^|[^A-Za-z0-9_])sleep([^A-Za-z0-9_]|$)")
      message(SEND_ERROR "${script}: sleeps: ${line}")
    endif()
  endforeach()
endforeach()

# SPDX-License-Identifier: GPL-2.0-or-later
# Writes version.cpp (version.h says what it is). Runs in every build: the file is touched only if the text is a new one, so a
# commit costs one small compilation.
#   cmake -DROOT=... -DNUMBER=0.2.0 -DOUT=... -P emu/app/version.cmake
cmake_minimum_required(VERSION 3.25)
set(VERSION_TEXT "twinframe ${NUMBER}")
if(EXISTS ${ROOT}/.git)
  set(git git --no-optional-locks -C ${ROOT})
  execute_process(COMMAND ${git} describe --always --dirty --tags OUTPUT_VARIABLE commit RESULT_VARIABLE failed
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(COMMAND ${git} show --no-patch --format=%cs OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    string(APPEND VERSION_TEXT " (${commit}, ${date})")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
#include "emu/app/version.h"

std::string_view emu::app::version() { return "@VERSION_TEXT@"; }
]])

# SPDX-License-Identifier: GPL-2.0-or-later
# The file functions of the standard library that throw are called through emu/core/paths.h, or with a place for the error: a name that is
# too long, or a folder that may not be searched, must not end a process.
cmake_minimum_required(VERSION 3.25)
set(throwing "(fs|filesystem)::(absolute|canonical|copy|copy_file|create_directories|create_directory|equivalent|exists|file_size|is_directory|is_empty|is_regular_file|is_symlink|last_write_time|permissions|read_symlink|remove|remove_all|rename|resize_file|space|status|temp_directory_path|weakly_canonical|directory_iterator|recursive_directory_iterator)\\(")
file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/cpu/* ${ROOT}/devices/* ${ROOT}/emu/* ${ROOT}/firmware/* ${ROOT}/hmc/* ${ROOT}/vios/*)
list(REMOVE_ITEM sources emu/core/paths.h)
foreach(source IN LISTS sources)
  file(STRINGS ${ROOT}/${source} lines REGEX "${throwing}")
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "(error|failed|ignored)\\)")
      string(STRIP "${line}" line)
      message(SEND_ERROR "${source}: this may throw: ${line}")
    endif()
  endforeach()
endforeach()

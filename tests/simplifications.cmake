# SPDX-License-Identifier: GPL-2.0-or-later
# Every SIMPLIFIED: in the code has its file named in docs/simplifications.md, and no file is named there without one.
file(READ ${ROOT}/docs/simplifications.md page)
file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/cpu/* ${ROOT}/devices/* ${ROOT}/emu/* ${ROOT}/firmware/* ${ROOT}/hmc/* ${ROOT}/images/*
     ${ROOT}/vios/*)
foreach(source IN LISTS sources)
  file(STRINGS ${ROOT}/${source} marks REGEX "SIMPLIFIED:")
  string(FIND "${page}" "`${source}`" named)
  if(marks AND named EQUAL -1)
    message(SEND_ERROR "${source} simplifies something that docs/simplifications.md does not tell")
  elseif(NOT marks AND NOT named EQUAL -1)
    message(SEND_ERROR "docs/simplifications.md names ${source}, which simplifies nothing (any more)")
  endif()
endforeach()

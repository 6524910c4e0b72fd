# Every header of ours compiles alone, so that nobody has to know what to include before it. One compiler run over one
# file per header would cost a minute; a translation unit per folder, with each header first in its own namespace-free
# order, would not prove it. So: one run per header, with -fsyntax-only, as many at once as there are processors.
#   cmake -DROOT=... -DCXX=... -DFLAGS="..." -P tests/headers.cmake
file(GLOB_RECURSE headers RELATIVE ${ROOT} ${ROOT}/emu/*.h ${ROOT}/cpu/*.h ${ROOT}/devices/*.h ${ROOT}/firmware/*.h ${ROOT}/vios/*.h
     ${ROOT}/hmc/*.h)
list(JOIN headers "\n" lines)
file(WRITE ${OUT}/headers.txt "${lines}\n")
execute_process(
  COMMAND sh -c "xargs -P \$(nproc) -I{} sh -c 'printf \"#include \\\"{}\\\"\\n\" | ${CXX} ${FLAGS} -std=c++20 -fsyntax-only -x c++ -I. - || { echo \"{} does not compile alone\"; exit 255; }' < ${OUT}/headers.txt"
  WORKING_DIRECTORY ${ROOT}
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "a header does not compile alone")
endif()

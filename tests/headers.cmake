# Every header of ours compiles alone, so that nobody has to know what to include before it. One compiler run per header,
# as many at once as there are processors.
#   cmake -DROOT=... -DCXX=... -DOUT=<scratch folder> -DFLAGS="..." -P tests/headers.cmake
file(GLOB_RECURSE headers RELATIVE ${ROOT} ${ROOT}/emu/*.h ${ROOT}/cpu/*.h ${ROOT}/devices/*.h ${ROOT}/firmware/*.h
     ${ROOT}/vios/*.h ${ROOT}/hmc/*.h)
list(JOIN headers "\n" lines)
file(WRITE ${OUT}/headers.txt "${lines}\n")
file(WRITE ${OUT}/one_header.sh
     "printf '#include \"%s\"\\n' \"$1\" | ${CXX} ${FLAGS} -std=c++20 -fsyntax-only -x c++ -I. - || { echo \"$1 does not compile alone\"; exit 255; }\n")
execute_process(
  COMMAND sh -c "xargs -P $(nproc) -n 1 sh ${OUT}/one_header.sh < ${OUT}/headers.txt"
  WORKING_DIRECTORY ${ROOT}
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "a header does not compile alone")
endif()

# SPDX-License-Identifier: GPL-3.0-or-later
# Run by tidings_embed (CMakeLists.txt): writes OUT, where every file below ROOT is readable by FUNCTION(), named by its
# path below ROOT (see indexer/base/resource.h).
file(GLOB_RECURSE names LIST_DIRECTORIES false RELATIVE ${ROOT} ${ROOT}/*)
set(index 0)
foreach(name IN LISTS names)
  set(symbol ${FUNCTION}_${index})
  string(APPEND assembly "asm(\".section .rodata\\n.global ${symbol}\\n${symbol}:\\n.incbin \\\"${ROOT}/${name}\\\"\\n"
                         ".global ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.previous\\n\");\n")
  string(APPEND declarations "extern const char ${symbol}[], ${symbol}_end[];\n")
  string(APPEND rows "      {\"${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT} "// Made by CMake: the files below, embedded.
#include \"indexer/base/resource.h\"
${assembly}
extern \"C\" {
${declarations}}
namespace tidings {
const std::vector<Resource>& ${FUNCTION}() {
  static const std::vector<Resource> all = {
${rows}  };
  return all;
}
}  // namespace tidings
")

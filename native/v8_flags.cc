#include "v8_flags.h"

#include <link.h>
#include <v8.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace unblock {

namespace {

using Words = std::span<uint32_t>;

// Where the main program's variables are.
Words ProgramVariables() {
  Words found;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        for (int index = 0; index < info->dlpi_phnum; index++) {
          const ElfW(Phdr)& segment = info->dlpi_phdr[index];
          if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0)
            continue;
          const uintptr_t begin = (info->dlpi_addr + segment.p_vaddr + 3) & ~3;
          const uintptr_t end =
              info->dlpi_addr + segment.p_vaddr + segment.p_memsz;
          *static_cast<Words*>(data) = {reinterpret_cast<uint32_t*>(begin),
                                        (end - begin) / sizeof(uint32_t)};
        }
        return 1;  // The first object is the program.
      },
      &found);
  return found;
}

// A hash that has changed differs in about half of its bits. Flags, counters
// and locks, which other threads may change meanwhile, do not.
bool LooksLikeHash(uint32_t before, uint32_t after) {
  constexpr uint32_t kLeastHash = 1 << 16;
  constexpr int kFewestBits = 6;
  return before >= kLeastHash && after >= kLeastHash &&
         std::popcount(before ^ after) >= kFewestBits;
}

// V8 refuses all code that was compiled under other flags, and Node's own
// modules, which come with compiled code, would take twice as long to load. This
// flag changes no compiled code: so V8's hash of its flags, a word that has just
// changed and on which its version tag depends, is put back. Where it is not
// found, modules merely load slower.
void KeepCodeCache(Words variables,
                   const std::vector<uint32_t>& before,
                   uint32_t tag) {
  for (size_t index = 0; index < before.size(); index++) {
    const uint32_t after = variables[index];
    if (!LooksLikeHash(before[index], after)) continue;
    variables[index] = before[index];
    if (v8::ScriptCompiler::CachedDataVersionTag() == tag) return;
    variables[index] = after;
  }
}

bool SetFlag() {
  const uint32_t tag = v8::ScriptCompiler::CachedDataVersionTag();
  const Words variables = ProgramVariables();
  const std::vector<uint32_t> before(variables.begin(), variables.end());
  v8::V8::SetFlagsFromString("--no-wasm-code-gc");
  if (v8::ScriptCompiler::CachedDataVersionTag() != tag)
    KeepCodeCache(variables, before, tag);
  return true;
}

}  // namespace

void TurnOffWasmCodeGC() {
  // The flag is the process's, whatever number of environments there are.
  [[maybe_unused]] static const bool is_set = SetFlag();
}

}  // namespace unblock

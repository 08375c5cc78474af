#include "debugger_pause.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

namespace unblock {

// Node has no accessor for this, but the loop's function is exported: while it
// runs, its return address lies on the stack. A stale copy in unused space may
// answer true once too often, which refuses one blocking call under a debugger.
bool IsPausedByDebugger(uintptr_t stack_start) {
  void* const loop = dlsym(
      RTLD_DEFAULT,
      "_ZN4node9inspector19NodeInspectorClient21runMessageLoopOnPauseEi");
  if (loop == nullptr) return false;
  Dl_info info;
  void* entry = nullptr;
  if (dladdr1(loop, &info, &entry, RTLD_DL_SYMENT) == 0 || entry == nullptr)
    return false;
  const auto* const symbol = static_cast<const ElfW(Sym)*>(entry);
  const auto begin = reinterpret_cast<uintptr_t>(loop);
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  for (uintptr_t at = here & ~uintptr_t{7}; at < stack_start;
       at += sizeof(uintptr_t)) {
    const uintptr_t word = *reinterpret_cast<const uintptr_t*>(at);
    if (word > begin && word < begin + symbol->st_size) return true;
  }
  return false;
}

}  // namespace unblock

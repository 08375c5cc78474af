// The one place that knows which machine this is. A port is two assembly
// symbols and the layout of the frame that its switch pushes.

#ifndef UNBLOCK_PLATFORM_SELECT_H_
#define UNBLOCK_PLATFORM_SELECT_H_

#include <cstddef>
#include <cstdint>

namespace unblock {

// What a context runs. It must never return: there is nobody below it.
using ContextEntry = void (*)(void* argument);

namespace platform {

// The frame a suspended context ends in, in words counted from its stack
// pointer: what unblock_switch_context pops before it jumps.
struct FrameLayout {
  size_t words;
  size_t resume;     // where the switch jumps to
  size_t entry;      // the register unblock_context_entry calls
  size_t argument;   // the register it passes on
  uint64_t control;  // word 0 of a new frame: the floating-point controls
};

#if defined(__linux__) && defined(__x86_64__) && defined(__LP64__)
// context_x64_sysv.S: x87 control word : MXCSR, r15-r12, rbx, rbp, rip.
// The controls are those of a new process (all exceptions masked, round to
// nearest), not the maker's: a greenlet must not depend on who spawned it.
inline constexpr FrameLayout kFrame = {8, 7, 5, 4, 0x037F'0000'1F80};
#elif defined(__linux__) && defined(__aarch64__) && defined(__LP64__)
// context_arm64_aapcs.S: x19-x28, x29, x30, d8-d15.
inline constexpr FrameLayout kFrame = {20, 11, 0, 1, 0};
#elif defined(_WIN32)
#error "unblock has no port to Windows yet: add platform/context_x64_win.asm"
#elif defined(__APPLE__)
#error "unblock has no port to macOS yet: add its symbol names to platform/*.S"
#elif defined(__linux__)
#error "unblock has no port to this processor: add platform/context_<arch>.S"
#else
#error "unblock has no port to this system: add it to platform/select.h"
#endif

}  // namespace platform
}  // namespace unblock

// Hidden, so that two add-ons that carry them can never share them by accident
// and the call needs no PLT.
extern "C" {
// Pushes the callee-saved registers, stores the stack pointer in *save_sp,
// takes load_sp and pops. Returns when another switch loads what was saved.
[[gnu::visibility("hidden")]] void unblock_switch_context(void** save_sp,
                                                          void* load_sp);
// Where a new context resumes. Not for calling: its arguments are callee-saved
// registers.
[[gnu::visibility("hidden")]] void unblock_context_entry();
}

#endif  // UNBLOCK_PLATFORM_SELECT_H_

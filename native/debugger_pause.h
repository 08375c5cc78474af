// Whether the debugger holds this thread at a breakpoint.

#ifndef UNBLOCK_DEBUGGER_PAUSE_H_
#define UNBLOCK_DEBUGGER_PAUSE_H_

#include <cstdint>

namespace unblock {

// True if code runs on behalf of a paused debugger (an expression in its
// console, say) on the stack that ends at stack_start. The pause is a message
// loop nested on that stack: leaving it would leave the debugger behind.
bool IsPausedByDebugger(uintptr_t stack_start);

}  // namespace unblock

#endif  // UNBLOCK_DEBUGGER_PAUSE_H_

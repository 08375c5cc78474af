// The seam between greenlets and the machine: two stacks and the jump between
// them. Nothing here or below knows V8.
//
// A suspended context is one word, its stack pointer: its callee-saved
// registers lie on its own stack, where the switch pushed them. So a context
// costs nothing beyond its stack, and is gone when the stack is.
//
// Order of use: Stack::Allocate, Context::Make on its top, SwitchContext into
// it from any context of the same thread, and from inside it LeaveContext as
// the last thing. After that the stack may serve another Make.
//
// The C++ runtime's list of caught exceptions belongs to the thread and is not
// switched: never switch inside a catch block.

#ifndef UNBLOCK_CONTEXT_H_
#define UNBLOCK_CONTEXT_H_

#include <cstddef>
#include <cstdint>

#include "platform/select.h"
#include "sanitizer.h"

namespace unblock {

class Context;
// Declared first because a friend declaration cannot carry the attribute.
[[noreturn]] void LeaveContext(const Context& to);

class Context {
 public:
  // The main stack's context, or one not made yet. It can be switched into
  // only after it was switched from.
  Context() = default;

  // A context that will call entry(argument) on the stack that ends at
  // stack_top. The highest bytes of the stack are written now, the rest stays
  // untouched.
  static Context Make(void* stack_top, ContextEntry entry, void* argument);

  // Of a suspended context: the lowest address of its stack that is in use.
  void* stack_pointer() const { return sp_; }

 private:
  void* sp_ = nullptr;

  friend void SwitchContext(Context* from, const Context& to);
  friend void LeaveContext(const Context& to);
};

inline Context Context::Make(void* stack_top,
                             ContextEntry entry,
                             void* argument) {
  sanitizer::NoteMake(&stack_top, &entry, &argument);
  // Both ABIs want the entry function called with 16-byte alignment, which
  // the frame's own size keeps.
  static_assert(platform::kFrame.words * sizeof(uint64_t) % 16 == 0);
  uintptr_t top = reinterpret_cast<uintptr_t>(stack_top) & ~uintptr_t{15};
  uint64_t* frame = reinterpret_cast<uint64_t*>(top) - platform::kFrame.words;
  // Zero in the frame pointer's slot ends every walk along frame pointers, and
  // a pooled stack still holds the words of the context before.
  for (size_t i = 0; i < platform::kFrame.words; i++) frame[i] = 0;
  frame[0] = platform::kFrame.control;
  frame[platform::kFrame.entry] = reinterpret_cast<uintptr_t>(entry);
  frame[platform::kFrame.argument] = reinterpret_cast<uintptr_t>(argument);
  frame[platform::kFrame.resume] =
      reinterpret_cast<uintptr_t>(&unblock_context_entry);
  Context context;
  context.sp_ = frame;
  return context;
}

// Suspends the running context into *from and resumes `to`. Returns when
// somebody switches to *from.
inline void SwitchContext(Context* from, const Context& to) {
  sanitizer::SwitchNote note(to.sp_);
  unblock_switch_context(&from->sp_, to.sp_);
}

// The last switch of a context: nothing on its stack will run again. Not
// instrumented, because the note frees the memory in which AddressSanitizer
// may keep the locals of an instrumented frame.
[[gnu::no_sanitize_address]] inline void LeaveContext(const Context& to) {
  void* const target = to.sp_;
  void* unused;
  sanitizer::NoteLeave(target);
  unblock_switch_context(&unused, target);
  __builtin_unreachable();
}

}  // namespace unblock

#endif  // UNBLOCK_CONTEXT_H_

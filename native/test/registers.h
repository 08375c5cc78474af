// The registers that a call must give back, seen from C++.

#ifndef UNBLOCK_TEST_REGISTERS_H_
#define UNBLOCK_TEST_REGISTERS_H_

#include <cstdint>

namespace unblock::test {

// The compiler keeps a variable pinned to a callee-saved register in it across
// the switch, which is the very promise under test.
#if defined(__x86_64__)
#define PINNED(X) X(rbx, 1) X(r12, 2) X(r13, 3) X(r14, 4) X(r15, 5)
#define PINNED_FLOAT(X)
#define FRAME_POINTER "%%rbp"
#define MOVE_TO_OUTPUT(from) "mov " from ", %0"
#elif defined(__aarch64__)
#define PINNED(X)                                              \
  X(x19, 1) X(x20, 2) X(x21, 3) X(x22, 4) X(x23, 5) X(x24, 6)  \
  X(x25, 7) X(x26, 8) X(x27, 9) X(x28, 10)
#define PINNED_FLOAT(X)                                        \
  X(d8, 1) X(d9, 2) X(d10, 3) X(d11, 4) X(d12, 5) X(d13, 6)    \
  X(d14, 7) X(d15, 8)
#define FRAME_POINTER "x29"
#define MOVE_TO_OUTPUT(from) "mov %0, " from
#endif

// Switches with a pattern made of seed in all registers and returns how many
// of them came back different.
template <typename Switch>
[[gnu::noinline]] int64_t RegistersLost(int64_t seed, Switch switch_away) {
#define FILL(name, n)                            \
  register int64_t name asm(#name) = seed + n;   \
  asm volatile("" : "+r"(name));
#define FILL_FLOAT(name, n)                      \
  register double name asm(#name) = seed + n;    \
  asm volatile("" : "+w"(name));
#define READ(name, n) asm volatile("" : "+r"(name));
#define READ_FLOAT(name, n) asm volatile("" : "+w"(name));
#define COUNT(name, n) lost += name != seed + n;
  // No variable can be pinned to the frame pointer: it is compared as it is,
  // right around the call, for the compiler may use it for something else.
  uintptr_t frame_pointer_before;
  uintptr_t frame_pointer_after;
  PINNED(FILL)
  PINNED_FLOAT(FILL_FLOAT)
  asm volatile(MOVE_TO_OUTPUT(FRAME_POINTER) : "=r"(frame_pointer_before));
  switch_away();
  asm volatile(MOVE_TO_OUTPUT(FRAME_POINTER) : "=r"(frame_pointer_after));
  PINNED(READ)
  PINNED_FLOAT(READ_FLOAT)
  int64_t lost = frame_pointer_after != frame_pointer_before;
  PINNED(COUNT)
  PINNED_FLOAT(COUNT)
  return lost;
#undef FILL
#undef FILL_FLOAT
#undef READ
#undef READ_FLOAT
#undef COUNT
}

#undef PINNED
#undef PINNED_FLOAT
#undef FRAME_POINTER
#undef MOVE_TO_OUTPUT

}  // namespace unblock::test

#endif  // UNBLOCK_TEST_REGISTERS_H_

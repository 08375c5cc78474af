// What the claims about contexts and stacks share.

#ifndef UNBLOCK_TEST_RUNNER_H_
#define UNBLOCK_TEST_RUNNER_H_

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "context.h"
#include "stack.h"

namespace unblock::test {

inline const size_t kPage = static_cast<size_t>(sysconf(_SC_PAGESIZE));

// Under an emulator or a checker the limits met are the host program's, and a
// claim about the kernel's proves nothing.
inline const bool kBareKernel = getenv("UNBLOCK_TEST_HOSTED") == nullptr;

inline Stack MustAllocate(size_t size = 64 * 1024, bool guard = true) {
  std::optional<Stack> stack = Stack::Allocate({size, guard});
  if (!stack) {
    perror("Stack::Allocate");
    exit(1);
  }
  return std::move(*stack);
}

// A context on a stack of its own that runs body(*this) once.
class Runner {
 public:
  using Body = void (*)(Runner& self);

  explicit Runner(Body body, size_t size = 64 * 1024)
      : stack_(MustAllocate(size)), body_(body) {
    Restart();
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  void Restart() {
    done_ = false;
    inside_ = Context::Make(stack_.top(), Main, this);
  }
  void Resume() { SwitchContext(&outside_, inside_); }
  void Suspend() { SwitchContext(&inside_, outside_); }

  bool done() const { return done_; }
  Stack& stack() { return stack_; }
  const Context& context() const { return inside_; }

  int64_t value = 0;

 private:
  static void Main(void* self) {
    Runner* runner = static_cast<Runner*>(self);
    runner->body_(*runner);
    runner->done_ = true;
    LeaveContext(runner->outside_);
  }

  Stack stack_;
  Body body_;
  Context inside_;
  Context outside_;
  bool done_ = false;
};

}  // namespace unblock::test

#endif  // UNBLOCK_TEST_RUNNER_H_

// The V8-free half of the add-on, without Node.

#include "context.h"

#include <alloca.h>
#include <signal.h>
#include <unwind.h>

#include <algorithm>
#include <cfenv>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>

#include "claim.h"
#include "registers.h"
#include "runner.h"
#include "stack.h"

using unblock::Context;
using unblock::LeaveContext;
using unblock::Stack;
using unblock::SwitchContext;
using unblock::test::kBareKernel;
using unblock::test::kPage;
using unblock::test::MustAllocate;
using unblock::test::RegistersLost;
using unblock::test::Runner;

namespace {

CLAIM("a ping-pong keeps callee-saved registers and locals on both sides") {
  Runner runner([](Runner& self) {
    char local[512];
    memset(local, 7, sizeof(local));
    for (int64_t i = 0; i < 1000; i++) {
      self.value += RegistersLost(-1000 * i, [&self] { self.Suspend(); });
    }
    CHECK(std::count(local, local + sizeof(local), 7) == sizeof(local));
  });
  int64_t lost = 0;
  for (int64_t i = 0; i < 1000; i++) {
    lost += RegistersLost(1000 * i, [&runner] { runner.Resume(); });
  }
  CHECK(!runner.done());
  runner.Resume();
  CHECK(runner.done());
  CHECK(lost == 0);
  CHECK(runner.value == 0);
}

CLAIM("the argument arrives at the entry function") {
  struct Visit {
    Context outside;
    void* seen = nullptr;
  } visit;
  Stack stack = MustAllocate();
  SwitchContext(&visit.outside, Context::Make(stack.top(), [](void* argument) {
    Visit* visit = static_cast<Visit*>(argument);
    visit->seen = argument;
    LeaveContext(visit->outside);
  }, &visit));
  CHECK(visit.seen == &visit);
}

CLAIM("the entry frame is aligned to 16 bytes, at an odd stack top too") {
  struct Visit {
    Context outside;
    uintptr_t frame = 1;
  } visit;
  Stack stack = MustAllocate();
  for (int odd = 0; odd < 32; odd++) {
    void* top = stack.top() - odd;
    SwitchContext(&visit.outside, Context::Make(top, [](void* argument) {
      Visit* visit = static_cast<Visit*>(argument);
      visit->frame = reinterpret_cast<uintptr_t>(__builtin_dwarf_cfa());
      LeaveContext(visit->outside);
    }, &visit));
    CHECK(visit.frame % 16 == 0);
    CHECK(visit.frame <= reinterpret_cast<uintptr_t>(top));
  }
}

CLAIM("walks by unwind table and by frame pointer end at the entry") {
  struct Visit {
    Context outside;
    uintptr_t last_address = 0;
    void* outermost_frame = nullptr;
  } visit;
  Stack stack = MustAllocate();
  // What lies above looks like callers, as on a stack full of old words.
  uintptr_t* top = reinterpret_cast<uintptr_t*>(stack.top()) - 32;
  uintptr_t* bottom = reinterpret_cast<uintptr_t*>(stack.bottom());
  std::fill(bottom, top + 32, reinterpret_cast<uintptr_t>(&RunClaims) + 8);
  SwitchContext(&visit.outside, Context::Make(top, [](void* argument) {
    Visit* visit = static_cast<Visit*>(argument);
    _Unwind_Backtrace([](_Unwind_Context* frame, void* last_address) {
      // The walk's last step has no address.
      const uintptr_t address = _Unwind_GetIP(frame);
      if (address != 0) *static_cast<uintptr_t*>(last_address) = address;
      return _URC_NO_REASON;
    }, &visit->last_address);
    void** frame = static_cast<void**>(__builtin_frame_address(0));
    while (*frame != nullptr) frame = static_cast<void**>(*frame);
    visit->outermost_frame = frame;
    LeaveContext(visit->outside);
  }, &visit));
  const uintptr_t entry = reinterpret_cast<uintptr_t>(&unblock_context_entry);
  CHECK(visit.last_address > entry && visit.last_address < entry + 16);
  CHECK(visit.outermost_frame > bottom && visit.outermost_frame < top);
}

[[gnu::noinline]] int64_t DepthTo(const char* limit, int64_t depth) {
  volatile char local[64];
  local[0] = static_cast<char>(depth);
  // Not the address of the local, which AddressSanitizer may keep elsewhere.
  if (static_cast<char*>(__builtin_frame_address(0)) < limit) return depth;
  const int64_t deepest = DepthTo(limit, depth + 1);
  CHECK(local[0] == static_cast<char>(depth));
  return deepest;
}

CLAIM("recursion may use the whole stack") {
  Runner runner([](Runner& self) {
    self.value = DepthTo(self.stack().bottom() + kPage, 0);
  }, 1024 * 1024);
  runner.Resume();
  CHECK(runner.value > 1000);
}

char* guard_page;

CLAIM("an overflow hits the guard page: SIGSEGV") {
  Runner runner([](Runner& self) { DepthTo(nullptr, self.value); });
  guard_page = runner.stack().bottom() - kPage;
  const int status = StatusOfChild([&runner] {
    // The handler needs a stack of its own: the fault was on the other.
    static char handler_stack[64 * 1024];
    stack_t alternate = {};
    alternate.ss_sp = handler_stack;
    alternate.ss_size = sizeof(handler_stack);
    sigaltstack(&alternate, nullptr);
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    action.sa_sigaction = [](int, siginfo_t* info, void*) {
      char* fault = static_cast<char*>(info->si_addr);
      _exit(fault >= guard_page && fault < guard_page + kPage ? 42 : 43);
    };
    sigaction(SIGSEGV, &action, nullptr);
    runner.Resume();
  });
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

#if defined(__x86_64__)
bool RoundsIn(int mode) {
  // glibc's own answer looks at the x87 word alone; MXCSR has the same two
  // bits, three places higher.
  const int sse = static_cast<int>(__builtin_ia32_stmxcsr()) >> 3;
  return fegetround() == mode && (sse & FE_TOWARDZERO) == mode;
}
#endif

CLAIM("each context keeps its own rounding mode, in both units") {
#if defined(__x86_64__)
  fesetround(FE_UPWARD);
  Runner runner([](Runner& self) {
    // A new context starts with the default, whoever made it.
    self.value = RoundsIn(FE_TONEAREST);
    fesetround(FE_DOWNWARD);
    self.Suspend();
    self.value += RoundsIn(FE_DOWNWARD);
  });
  runner.Resume();
  CHECK(RoundsIn(FE_UPWARD));
  runner.Resume();
  CHECK(RoundsIn(FE_UPWARD));
  CHECK(runner.value == 2);
  fesetround(FE_TONEAREST);
#else
  SKIP_UNLESS(false, "this ABI gives the rounding mode to the program");
#endif
}

CLAIM("contexts by the thousand run side by side") {
  // Valgrind searches its list of stacks at every switch.
  const int64_t count = kBareKernel ? 10000 : 1000;
  std::vector<std::unique_ptr<Runner>> runners;
  for (int64_t i = 0; i < count; i++) {
    runners.push_back(std::make_unique<Runner>([](Runner& self) {
      const int64_t mine = self.value;
      for (int round = 0; round < 3; round++) {
        self.value = mine + round;
        self.Suspend();
      }
    }, 16 * 1024));
    runners.back()->value = i;
  }
  for (int round = 0; round < 3; round++) {
    for (auto& runner : runners) runner->Resume();
    for (int64_t i = 0; i < count; i++) CHECK(runners[i]->value == i + round);
  }
  for (auto& runner : runners) runner->Resume();
  for (auto& runner : runners) CHECK(runner->done());
}

CLAIM("contexts switch straight to each other, past the main stack") {
  static struct {
    Context main;
    Context inside[2];
    int64_t sum = 0;
  } shared;
  const auto body = [](void* argument) {
    const int64_t self = static_cast<Context*>(argument) - shared.inside;
    volatile int64_t kept[100];
    for (int i = 0; i < 100; i++) kept[i] = self + 1;
    for (int i = 0; i < 100; i++) {
      SwitchContext(&shared.inside[self], shared.inside[1 - self]);
      shared.sum += kept[i];
    }
    LeaveContext(shared.main);
  };
  Stack stacks[] = {MustAllocate(), MustAllocate()};
  for (int i : {0, 1}) {
    shared.inside[i] = Context::Make(stacks[i].top(), body, &shared.inside[i]);
  }
  SwitchContext(&shared.main, shared.inside[0]);
  // The first to start has finished first, the other has a round to go.
  SwitchContext(&shared.main, shared.inside[1]);
  CHECK(shared.sum == 300);
}

// Stands for a library without AddressSanitizer: it must find the stack clean.
[[gnu::noinline, gnu::no_sanitize_address]] void FillLocal(size_t size) {
  char local[8192];
  memset(local, 1, size);
  asm volatile("" : : "r"(local) : "memory");
}

CLAIM("a stack serves one context after the other, finished or not") {
  Runner runner([](Runner& self) {
    FillLocal(8192);
    // Always on the stack itself, with marks around it.
    volatile char* local = static_cast<char*>(alloca(1000 + self.value));
    local[0] = 1;
    if (++self.value % 2 == 0) self.Suspend();
  });
  for (int i = 0; i < 1000; i++) {
    runner.Resume();
    runner.Restart();
  }
  CHECK(runner.value == 1000);
}

CLAIM("an exception is caught in its own context while others throw too") {
  const auto body = [](Runner& self) {
    struct Unwound {
      int64_t* count;
      ~Unwound() { ++*count; }
    };
    for (int i = 0; i < 100; i++) {
      int caught = -1;
      try {
        Unwound unwound{&self.value};
        self.Suspend();
        throw i;
      } catch (int thrown) {
        caught = thrown;
      }
      self.Suspend();
      CHECK(caught == i);
    }
  };
  Runner one(body);
  Runner other(body);
  one.Resume();
  while (!one.done() || !other.done()) {
    if (!one.done()) one.Resume();
    if (!other.done()) other.Resume();
  }
  CHECK(one.value == 100);
  CHECK(other.value == 100);
}

CLAIM("an exception nobody catches terminates, it does not run off the stack") {
  const int status = StatusOfChild([] {
    std::set_terminate([] { _exit(42); });
    Runner runner([](Runner&) { throw 1; });
    runner.Resume();
  });
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

}  // namespace

int main() {
  return RunClaims();
}

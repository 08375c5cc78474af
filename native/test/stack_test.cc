// The memory of contexts: what a stack costs and what happens at the limits.

#include "stack.h"

#include <alloca.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "claim.h"
#include "runner.h"

using unblock::Stack;
using unblock::test::kBareKernel;
using unblock::test::kPage;
using unblock::test::MustAllocate;
using unblock::test::Runner;

namespace {

constexpr char kHosted[] = "the limits here are those of the host program";

size_t ResidentPages(const Stack& stack) {
  std::vector<unsigned char> resident(stack.size() / kPage);
  mincore(stack.bottom(), stack.size(), resident.data());
  size_t count = 0;
  for (unsigned char page : resident) count += page & 1;
  return count;
}

size_t Mappings() {
  FILE* maps = fopen("/proc/self/maps", "r");
  size_t count = 0;
  for (int c; (c = fgetc(maps)) != EOF;) count += c == '\n';
  fclose(maps);
  return count;
}

size_t AddressSpace() {
  FILE* statm = fopen("/proc/self/statm", "r");
  size_t pages = 0;
  CHECK(fscanf(statm, "%zu", &pages) == 1);
  fclose(statm);
  return pages * kPage;
}

// As many stacks as there are to be had, up to count.
std::vector<Stack> AllocateUpTo(size_t count, size_t size, bool guard) {
  std::vector<Stack> stacks;
  stacks.reserve(count);
  while (stacks.size() < count) {
    std::optional<Stack> stack = Stack::Allocate({size, guard});
    if (!stack) break;
    stacks.push_back(std::move(*stack));
  }
  return stacks;
}

CLAIM("the size is rounded up to pages and all of it is usable") {
  const std::pair<size_t, size_t> wanted_and_pages[] = {
      {0, 1}, {1, 1}, {kPage - 1, 1}, {kPage, 1}, {kPage + 1, 2}};
  for (const auto& [wanted, pages] : wanted_and_pages) {
    for (bool guard : {true, false}) {
      const Stack stack = MustAllocate(wanted, guard);
      CHECK(stack.size() == pages * kPage);
      CHECK(stack.top() == stack.bottom() + stack.size());
      CHECK(reinterpret_cast<uintptr_t>(stack.bottom()) % kPage == 0);
      memset(stack.bottom(), 1, stack.size());
    }
  }
}

CLAIM("a fresh stack has no page in memory, a touched one just that page") {
  SKIP_UNLESS(kBareKernel, kHosted);
  // Longer than a huge page, which must not be used.
  const Stack stack = MustAllocate(8 << 20, false);
  CHECK(ResidentPages(stack) == 0);
  stack.top()[-1] = 1;
  CHECK(ResidentPages(stack) == 1);
}

CLAIM("huge pages are off for the whole stack") {
  SKIP_UNLESS(kBareKernel, kHosted);
  const Stack stack = MustAllocate(8 << 20, false);
  FILE* smaps = fopen("/proc/self/smaps", "r");
  char line[512];
  bool inside = false;
  bool off = false;
  while (fgets(line, sizeof(line), smaps) != nullptr) {
    uintptr_t start, end;
    const uintptr_t bottom = reinterpret_cast<uintptr_t>(stack.bottom());
    if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
      inside = start <= bottom && bottom < end;
    }
    if (inside && strncmp(line, "VmFlags:", 8) == 0) {
      off = strstr(line, " nh") != nullptr;
    }
  }
  fclose(smaps);
  CHECK(off);
}

CLAIM("Trim gives the pages below a suspended context back, keeps the rest") {
  Runner runner([](Runner& self) {
    char kept[1000];
    memset(kept, 5, sizeof(kept));
    // Dirties the pages below, as a deeper call would have done.
    char* below = self.stack().bottom();
    memset(below, 9, 100 * kPage);
    self.Suspend();
    for (char byte : kept) self.value += byte;
  }, 128 * kPage);
  runner.Resume();
  Stack& stack = runner.stack();
  CHECK(!kBareKernel || ResidentPages(stack) > 100);
  char* sp = static_cast<char*>(runner.context().stack_pointer());
  CHECK(sp > stack.bottom() && sp < stack.top());
  // Even a pointer into the middle of a page must spare that page.
  stack.bottom()[100 * kPage - 1] = 3;
  stack.Trim(stack.bottom() + 100 * kPage - 1);
  CHECK(stack.bottom()[100 * kPage - 1] == 3);
  CHECK(stack.bottom()[99 * kPage - 1] == 0);
  stack.Trim(sp);
  CHECK(stack.bottom()[100 * kPage - 1] == 0);
  CHECK(!kBareKernel || ResidentPages(stack) <= 2);
  runner.Resume();
  CHECK(runner.done());
  CHECK(runner.value == 5000);
}

CLAIM("Trim at the top empties an idle stack, at the bottom does nothing") {
  Stack stack = MustAllocate(16 * kPage);
  memset(stack.bottom(), 1, stack.size());
  stack.Trim(stack.bottom());
  CHECK(stack.bottom()[0] == 1);
  stack.Trim(stack.top());
  CHECK(stack.bottom()[0] == 0);
  CHECK(stack.top()[-1] == 0);
}

CLAIM("a stack moves, and is unmapped once") {
  static_assert(!std::is_copy_constructible_v<Stack>);
  static_assert(std::is_nothrow_move_constructible_v<Stack>);
  static_assert(std::is_nothrow_move_assignable_v<Stack>);
  Stack first = MustAllocate(4 * kPage);
  char* const bottom = first.bottom();
  Stack second(std::move(first));
  CHECK(first.bottom() == nullptr);
  CHECK(first.size() == 0);
  CHECK(second.bottom() == bottom);
  CHECK(second.size() == 4 * kPage);
  Stack third = MustAllocate(2 * kPage, false);
  char* const replaced = third.bottom();
  third = std::move(second);
  CHECK(third.bottom() == bottom);
  CHECK(third.size() == 4 * kPage);
  unsigned char resident[4];
  CHECK(!kBareKernel || mincore(replaced, 2 * kPage, resident) == -1);
  Stack& same = third;
  third = std::move(same);
  CHECK(third.bottom() == bottom);
  memset(third.bottom(), 1, third.size());
}

CLAIM("the addresses of a freed stack are clean for their next owner") {
  char* bottom;
  size_t size;
  {
    // Left suspended, with AddressSanitizer's marks around its local.
    Runner runner([](Runner& self) {
      volatile char* local = static_cast<char*>(alloca(1000 + self.value));
      local[0] = 1;
      self.Suspend();
    });
    runner.Resume();
    bottom = runner.stack().bottom();
    size = runner.stack().size();
  }
  void* next = mmap(bottom, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  SKIP_UNLESS(next == bottom, "the system chose other addresses");
  memset(next, 1, size);
  munmap(next, size);
}

CLAIM("an impossible size is nullopt with ENOMEM") {
  for (size_t size : {SIZE_MAX, SIZE_MAX - kPage, SIZE_MAX / 2}) {
    for (bool guard : {true, false}) {
      errno = 0;
      CHECK(!Stack::Allocate({size, guard}));
      CHECK(errno == ENOMEM || !kBareKernel);
    }
  }
}

CLAIM("stacks end at RLIMIT_AS with nullopt, and all of them come back") {
  SKIP_UNLESS(kBareKernel, kHosted);
  CHECK(StatusOfChild([] {
    constexpr size_t kStack = 1 << 20;
    const size_t before = AddressSpace();
    const rlim_t limit = before + 64 * kStack;
    const rlimit limits = {limit, limit};
    CHECK(setrlimit(RLIMIT_AS, &limits) == 0);
    for (int round = 0; round < 3; round++) {
      errno = 0;
      const std::vector<Stack> stacks = AllocateUpTo(1000, kStack, true);
      CHECK(errno == ENOMEM);
      // About 64: the heap gives and takes a few pages in between.
      CHECK(stacks.size() > 60 && stacks.size() < 68);
    }
    CHECK(AddressSpace() < before + kStack);
  }) == 0);
}

CLAIM("a hundred thousand unguarded stacks merge into few mappings") {
  SKIP_UNLESS(kBareKernel, kHosted);
  const size_t before = Mappings();
  const std::vector<Stack> stacks = AllocateUpTo(100000, 1 << 20, false);
  CHECK(stacks.size() == 100000);
  // A touched page must not part a stack from its neighbours either.
  for (size_t i = 0; i < stacks.size(); i += 100) stacks[i].top()[-1] = 1;
  CHECK(Mappings() < before + 100);
}

CLAIM("guarded stacks end at the limit of mappings, and nothing is lost") {
  SKIP_UNLESS(kBareKernel, kHosted);
  CHECK(StatusOfChild([] {
    const size_t before = AddressSpace();
    const size_t mappings = Mappings();
    {
      const std::vector<Stack> stacks = AllocateUpTo(1000000, kPage, true);
      CHECK(errno == ENOMEM);
      CHECK(stacks.size() > 10000 && stacks.size() < 1000000);
      // What was mapped before its guard failed must not stay.
      const size_t at_limit = AddressSpace();
      for (int i = 0; i < 100; i++) Stack::Allocate({1 << 20, true});
      CHECK(AddressSpace() < at_limit + (1 << 20));
    }
    CHECK(Mappings() <= mappings + 2);
    CHECK(AddressSpace() < before + (32 << 20));
  }) == 0);
}

CLAIM("a stack freed at the limit of mappings gives its memory back") {
  SKIP_UNLESS(kBareKernel, kHosted);
  CHECK(StatusOfChild([] {
    std::vector<Stack> merged = AllocateUpTo(3, 64 * kPage, false);
    std::vector<Stack> rest = AllocateUpTo(1000000, kPage, true);
    CHECK(errno == ENOMEM);
    // In the middle of one mapping: cutting it out would need one more.
    Stack middle = std::move(merged[1]);
    memset(middle.bottom(), 1, middle.size());
    char* const bottom = middle.bottom();
    const size_t size = middle.size();
    { const Stack freed = std::move(middle); }
    unsigned char resident[64] = {};
    if (mincore(bottom, size, resident) == 0) {
      for (unsigned char page : resident) CHECK((page & 1) == 0);
    }
  }) == 0);
}

}  // namespace

// As much of a test framework as one test program needs. A claim is a sentence
// with a body; what must crash or exhaust something runs in a forked child.

#ifndef UNBLOCK_TEST_CLAIM_H_
#define UNBLOCK_TEST_CLAIM_H_

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

struct Claim {
  const char* title;
  void (*body)();
};

inline std::vector<Claim> claims;
inline int failures_of_claim = 0;
inline const char* skip_reason = nullptr;

struct ClaimRegistration {
  ClaimRegistration(const char* title, void (*body)()) {
    claims.push_back({title, body});
  }
};

#define JOIN_EXPANDED(a, b) a##b
#define JOIN(a, b) JOIN_EXPANDED(a, b)
#define CLAIM(title)                                       \
  void JOIN(Claim, __LINE__)();                            \
  const ClaimRegistration JOIN(registration, __LINE__)(    \
      title, JOIN(Claim, __LINE__));                       \
  void JOIN(Claim, __LINE__)()
#define CHECK(condition)                                           \
  do {                                                             \
    if (!(condition)) {                                            \
      printf("  %s:%d: %s\n", __FILE__, __LINE__, #condition);     \
      failures_of_claim++;                                         \
    }                                                              \
  } while (false)
// Ends the claim without a verdict; the reason is printed and counted.
#define SKIP_UNLESS(condition, reason)                             \
  if (!(condition)) {                                              \
    skip_reason = reason;                                          \
    return;                                                        \
  }

// Runs body in a child process and returns its wait status: 0 when every CHECK
// in it held.
template <typename Body>
int StatusOfChild(Body body) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    failures_of_claim = 0;
    body();
    fflush(stdout);
    // No exit handlers: they would report what the parent has not freed yet.
    _exit(failures_of_claim == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

inline int RunClaims() {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  for (const Claim& claim : claims) {
    failures_of_claim = 0;
    skip_reason = nullptr;
    claim.body();
    if (skip_reason != nullptr) {
      skipped++;
      printf("skipped: %s (%s)\n", claim.title, skip_reason);
    } else if (failures_of_claim != 0) {
      failed++;
      printf("failed: %s\n", claim.title);
    } else {
      passed++;
    }
    // A claim that kills the process must not take the earlier lines along.
    fflush(stdout);
  }
  printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
  return failed == 0 ? 0 : 1;
}

#endif  // UNBLOCK_TEST_CLAIM_H_

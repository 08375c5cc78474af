// The native half of a greenlet: a machine stack and the V8 thread that lives
// on it. Which greenlet may switch to which, parents, errors and values are all
// the business of src/core/switching/raw-greenlet.ts; down here a switch is a jump.
//
// A finished greenlet's half is kept for the next one with its V8 thread still
// open, and its body suspended, so that a start costs what a switch costs.

#ifndef UNBLOCK_GREENLET_H_
#define UNBLOCK_GREENLET_H_

#include <v8.h>

#include <optional>

#include "context.h"
#include "stack.h"

namespace unblock {

class Environment;

class Greenlet {
 public:
  // The half that stands for the stack Node runs on.
  static constexpr int kMain = 0;

  Greenlet(Environment* env, int id, std::optional<Stack> stack);
  Greenlet(const Greenlet&) = delete;
  Greenlet& operator=(const Greenlet&) = delete;

  // Leaves the running greenlet, which must be this one, for `to`. Returns when
  // somebody switches back.
  void SwitchTo(Greenlet* to);

  // The same for one that has finished. Nothing of its state is worth keeping:
  // the next body on its stack begins with its starter's.
  void Pause(Greenlet* to);

  // Takes the running V8 thread for its own: what main does once.
  void AdoptThread();

  int id() const { return id_; }
  int thread_id() const { return thread_id_; }
  // The highest address of its stack, where V8's conservative scans end.
  uintptr_t stack_start() const;
  // Gives back the pages that lie below what a suspended greenlet uses.
  void Trim();

 private:
  static void Enter(void* greenlet);
  void Run();
  void Jump(Greenlet* to);
  [[noreturn]] void LeaveForGood(Greenlet* to);

  Environment* const env_;
  const int id_;
  std::optional<Stack> stack_;
  Context context_;
  // 0 until V8 has given this stack its id, which stays with it.
  int thread_id_ = 0;
};

}  // namespace unblock

#endif  // UNBLOCK_GREENLET_H_

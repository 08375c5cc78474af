// How much of libuv's loop is alive, for JavaScript to look at without a call:
// its two counters, as memory.

#ifndef UNBLOCK_LOOP_ACTIVITY_H_
#define UNBLOCK_LOOP_ACTIVITY_H_

#include <v8.h>

namespace unblock {

class Environment;

// Adds loopActivity() to an exports object.
v8::Maybe<bool> AddLoopActivity(v8::Local<v8::Context> context,
                                v8::Local<v8::Object> exports,
                                Environment* env);

}  // namespace unblock

#endif  // UNBLOCK_LOOP_ACTIVITY_H_

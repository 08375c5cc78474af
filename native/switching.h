// The functions that JavaScript switches with. They are V8's own function
// callbacks: a Node-API callback that returns on another greenlet's turn would
// trip Node-API's consistency checks.

#ifndef UNBLOCK_SWITCHING_H_
#define UNBLOCK_SWITCHING_H_

#include <v8.h>

namespace unblock {

class Environment;

// Adds start, switchTo and performCheckpoint to an exports object.
v8::Maybe<bool> AddSwitchingFunctions(v8::Local<v8::Context> context,
                                      v8::Local<v8::Object> exports,
                                      Environment* env);

}  // namespace unblock

#endif  // UNBLOCK_SWITCHING_H_

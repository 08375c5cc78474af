// Rejections of promises, before Node hears of them: what a greenlet has not
// handled yet when a blocking call suspends it is not unhandled.

#ifndef UNBLOCK_REJECTIONS_H_
#define UNBLOCK_REJECTIONS_H_

#include <v8.h>

namespace unblock {

class Environment;

// Adds `watchRejections(watcher)` and `tellRejection(promise, reason)`; where
// Node's own function is not exported, neither.
v8::Maybe<bool> AddRejectionFunctions(v8::Local<v8::Context> context,
                                      v8::Local<v8::Object> exports,
                                      Environment* env);

}  // namespace unblock

#endif  // UNBLOCK_REJECTIONS_H_

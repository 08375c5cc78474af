// How a child process has ended, whoever has started it.

#ifndef UNBLOCK_PROCESS_STATUS_H_
#define UNBLOCK_PROCESS_STATUS_H_

#include <v8.h>

namespace unblock {

class Environment;

// Adds openProcess and processStatus to an exports object.
v8::Maybe<bool> AddProcessFunctions(v8::Local<v8::Context> context,
                                    v8::Local<v8::Object> exports,
                                    Environment* env);

}  // namespace unblock

#endif  // UNBLOCK_PROCESS_STATUS_H_

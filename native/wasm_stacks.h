// What greenlets need to know and to change for the sake of the stacks that V8
// makes for WebAssembly below WebAssembly.promising.

#ifndef UNBLOCK_WASM_STACKS_H_
#define UNBLOCK_WASM_STACKS_H_

#include <v8.h>

namespace unblock {

class Environment;

// Adds isBelowWasm() and collectCarefully() to an exports object.
v8::Maybe<bool> AddWasmStackFunctions(v8::Local<v8::Context> context,
                                      v8::Local<v8::Object> exports,
                                      Environment* env);

}  // namespace unblock

#endif  // UNBLOCK_WASM_STACKS_H_

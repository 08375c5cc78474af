// The functions by which JavaScript asks about files without waiting.

#ifndef UNBLOCK_FILES_H_
#define UNBLOCK_FILES_H_

#include <v8.h>

namespace unblock {

class Environment;

// Adds `files`, with the functions that src/core/binding.ts describes.
v8::Maybe<bool> AddFileFunctions(v8::Local<v8::Context> context,
                                 v8::Local<v8::Object> exports,
                                 Environment* env);

}  // namespace unblock

#endif  // UNBLOCK_FILES_H_

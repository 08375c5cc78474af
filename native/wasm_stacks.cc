#include "wasm_stacks.h"

#include <climits>

#include "environment.h"
#include "v8_functions.h"

namespace unblock {

namespace {

// isBelowWasm(): whether the running code was called, at whatever depth, by
// WebAssembly.
void IsBelowWasm(const Arguments& args) {
  v8::Isolate* const isolate = args.GetIsolate();
  const v8::Local<v8::StackTrace> frames =
      v8::StackTrace::CurrentStackTrace(isolate, INT_MAX);
  bool is_below = false;
  for (int i = 0; i < frames->GetFrameCount() && !is_below; i++) {
    is_below = frames->GetFrame(isolate, i)->IsWasm();
  }
  args.GetReturnValue().Set(is_below);
}

// collectCarefully(isOn)
void CollectCarefully(const Arguments& args) {
  Environment* const env = Unwrap(args);
  if (args[0]->IsTrue()) {
    if (!env->careful_collections) env->careful_collections.emplace();
  } else {
    env->careful_collections.reset();
  }
}

}  // namespace

v8::Maybe<bool> AddWasmStackFunctions(v8::Local<v8::Context> context,
                                      v8::Local<v8::Object> exports,
                                      Environment* env) {
  const v8::Local<v8::External> data = Wrap(env->isolate, env);
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    return AddFunction(env->isolate, context, exports, data, name, callback);
  };
  return v8::Just(add("isBelowWasm", IsBelowWasm) &&
                  add("collectCarefully", CollectCarefully));
}

}  // namespace unblock

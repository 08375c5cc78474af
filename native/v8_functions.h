// Plain V8 functions that carry the environment they belong to: for what may
// switch, or is called so often that Node-API's conversions would show.

#ifndef UNBLOCK_V8_FUNCTIONS_H_
#define UNBLOCK_V8_FUNCTIONS_H_

#include <v8.h>

#include "v8_version.h"

namespace unblock {

class Environment;

using Arguments = v8::FunctionCallbackInfo<v8::Value>;

inline v8::Local<v8::External> Wrap(v8::Isolate* isolate, Environment* env) {
#if V8_MAJOR_VERSION >= 14
  return v8::External::New(isolate, env, v8::kExternalPointerTypeTagDefault);
#else
  return v8::External::New(isolate, env);
#endif
}

inline Environment* Unwrap(const Arguments& args) {
  const v8::Local<v8::External> data = args.Data().As<v8::External>();
#if V8_MAJOR_VERSION >= 14
  return static_cast<Environment*>(
      data->Value(v8::kExternalPointerTypeTagDefault));
#else
  return static_cast<Environment*>(data->Value());
#endif
}

inline int IntegerAt(const Arguments& args, int index) {
  return args[index].As<v8::Int32>()->Value();
}

// Gives an object a method; `data` is what Wrap has made. False if an error is
// pending.
inline bool AddFunction(v8::Isolate* isolate,
                        v8::Local<v8::Context> context,
                        v8::Local<v8::Object> exports,
                        v8::Local<v8::External> data,
                        const char* name,
                        v8::FunctionCallback callback) {
  v8::Local<v8::Function> function;
  v8::Local<v8::String> key;
  if (!v8::Function::New(
           context, callback, data, 0, v8::ConstructorBehavior::kThrow)
           .ToLocal(&function) ||
      !v8::String::NewFromUtf8(isolate, name).ToLocal(&key)) {
    return false;
  }
  function->SetName(key);
  return exports->Set(context, key, function).FromMaybe(false);
}

}  // namespace unblock

#endif  // UNBLOCK_V8_FUNCTIONS_H_

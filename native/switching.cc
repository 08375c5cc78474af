#include "switching.h"

#include <cerrno>

#include "environment.h"
#include "v8_version.h"

namespace unblock {

namespace {

using Arguments = v8::FunctionCallbackInfo<v8::Value>;

v8::Local<v8::External> Wrap(v8::Isolate* isolate, Environment* env) {
#if V8_MAJOR_VERSION >= 14
  return v8::External::New(isolate, env, v8::kExternalPointerTypeTagDefault);
#else
  return v8::External::New(isolate, env);
#endif
}

Environment* Unwrap(const Arguments& args) {
  const v8::Local<v8::External> data = args.Data().As<v8::External>();
#if V8_MAJOR_VERSION >= 14
  return static_cast<Environment*>(
      data->Value(v8::kExternalPointerTypeTagDefault));
#else
  return static_cast<Environment*>(data->Value());
#endif
}

// start(): 0 once somebody has switched back, or the errno of the stack that
// could not be had.
void Start(const Arguments& args) {
  Environment* const env = Unwrap(args);
  const int error = env->Start() ? 0 : errno;
  env->PropagateTermination();
  args.GetReturnValue().Set(error);
}

// switchTo(id): returns once somebody has switched back. The caller vouches
// that the id is that of a suspended greenlet.
void SwitchTo(const Arguments& args) {
  Environment* const env = Unwrap(args);
  env->current->SwitchTo(env->Find(args[0].As<v8::Int32>()->Value()));
  env->PropagateTermination();
}

void PerformCheckpoint(const Arguments& args) {
  Unwrap(args)->PerformCheckpoint();
}

}  // namespace

v8::Maybe<bool> AddSwitchingFunctions(v8::Local<v8::Context> context,
                                      v8::Local<v8::Object> exports,
                                      Environment* env) {
  const v8::Local<v8::External> data = Wrap(env->isolate, env);
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    v8::Local<v8::Function> function;
    v8::Local<v8::String> key;
    return v8::Function::New(context,
                             callback,
                             data,
                             0,
                             v8::ConstructorBehavior::kThrow)
               .ToLocal(&function) &&
           v8::String::NewFromUtf8(env->isolate, name).ToLocal(&key) &&
           exports->Set(context, key, function).FromMaybe(false);
  };
  return v8::Just(add("start", Start) && add("switchTo", SwitchTo) &&
                  add("performCheckpoint", PerformCheckpoint));
}

}  // namespace unblock

// The way to Node's own internals: the functions that Node's built-in modules
// get as `internalBinding` and `require`.

#ifndef UNBLOCK_REALM_H_
#define UNBLOCK_REALM_H_

#include <v8.h>

namespace unblock {

// An object { internalBinding, require }, or empty where this build of Node
// does not show its realm.
v8::MaybeLocal<v8::Object> FindInternals(v8::Local<v8::Context> context);

}  // namespace unblock

#endif  // UNBLOCK_REALM_H_

#include "realm.h"

#include <dlfcn.h>

#include <cstdint>

#include "v8_version.h"

namespace unblock {

namespace {

void* EmbedderPointer(v8::Local<v8::Context> context, int slot) {
#if V8_MAJOR_VERSION >= 14
  return context->GetAlignedPointerFromEmbedderData(
      slot, v8::kEmbedderDataTypeTagDefault);
#else
  return context->GetAlignedPointerFromEmbedderData(slot);
#endif
}

}  // namespace

// node::PrincipalRealm is not in any header, but its members are exported from
// the binary, and a context's embedder data holds a pointer to it: the one
// whose first word is that class's vtable.
v8::MaybeLocal<v8::Object> FindInternals(v8::Local<v8::Context> context) {
  // Node's own slots begin here; those below may hold what is no pointer.
  constexpr int kFirstSlot = 32;
  constexpr uintptr_t kLowestPointer = 0x10000;
  using Getter = v8::Local<v8::Function> (*)(void* realm);
  const auto symbol = [](const char* name) {
    return dlsym(RTLD_DEFAULT, name);
  };
  const auto vtable =
      reinterpret_cast<uintptr_t>(symbol("_ZTVN4node14PrincipalRealmE"));
  const auto internal_binding = reinterpret_cast<Getter>(
      symbol("_ZNK4node14PrincipalRealm23internal_binding_loaderEv"));
  const auto require = reinterpret_cast<Getter>(
      symbol("_ZNK4node14PrincipalRealm22builtin_module_requireEv"));
  if (vtable == 0 || internal_binding == nullptr || require == nullptr)
    return {};

  const int slots = static_cast<int>(context->GetNumberOfEmbedderDataFields());
  for (int slot = kFirstSlot; slot < slots; slot++) {
    void* const pointer = EmbedderPointer(context, slot);
    const auto address = reinterpret_cast<uintptr_t>(pointer);
    if (address < kLowestPointer || address % alignof(void*) != 0) continue;
    constexpr uintptr_t kVtablePrefix = 2 * sizeof(void*);
    if (*static_cast<uintptr_t*>(pointer) != vtable + kVtablePrefix) continue;
    v8::Isolate* const isolate = v8::Isolate::GetCurrent();
    const v8::Local<v8::Object> internals = v8::Object::New(isolate);
    const auto set = [&](const char* name, v8::Local<v8::Function> value) {
      return internals
          ->Set(context,
                v8::String::NewFromUtf8(isolate, name).ToLocalChecked(),
                value)
          .FromMaybe(false);
    };
    if (!set("internalBinding", internal_binding(pointer)) ||
        !set("require", require(pointer))) {
      return {};
    }
    return internals;
  }
  return {};
}

}  // namespace unblock

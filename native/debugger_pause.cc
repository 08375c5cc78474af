#include "debugger_pause.h"

#include <dlfcn.h>
#include <malloc.h>
#include <node.h>

#include <algorithm>

#include "probing.h"

namespace unblock {

namespace {

// What comes before the first function in a vtable (Itanium C++ ABI).
constexpr size_t kVtablePrefix = 2;

// The words of an exported vtable, the prefix included, and of what comes after
// it; none if there is none. Its size is known to the linker alone, which would
// go through all of Node's symbols for it.
std::vector<void*> ExportedVtable(const char* name) {
  constexpr size_t kMostWords = 512;
  void* const address = dlsym(RTLD_DEFAULT, name);
  if (address == nullptr) return {};
  std::vector<void*> words(kMostWords);
  SafeReader reader;
  words.resize(reader.ReadSome(reinterpret_cast<uintptr_t>(address),
                               reinterpret_cast<uintptr_t*>(words.data()),
                               kMostWords));
  return words;
}

// The client hangs on an object that hangs on the environment and points back
// to it.
void* FindClient(node::Environment* env, const void* vtable) {
  constexpr size_t kWords = 128;
  constexpr uintptr_t kAlignment = 16;
  constexpr uintptr_t kLowestPointer = 0x10000;
  SafeReader reader;
  const auto self = reinterpret_cast<uintptr_t>(env);
  const auto wanted = reinterpret_cast<uintptr_t>(vtable);
  const auto is_object = [&](uintptr_t word) {
    return word >= kLowestPointer && word % kAlignment == 0 && word != self;
  };
  uintptr_t* const fields = reinterpret_cast<uintptr_t*>(env);
  uintptr_t* const end = fields + malloc_usable_size(env) / sizeof(uintptr_t);
  for (uintptr_t* field = fields; field < end; field++) {
    if (!is_object(*field)) continue;
    uintptr_t words[kWords];
    const size_t count = reader.ReadSome(*field, words, kWords);
    if (std::find(words, words + count, self) == words + count) continue;
    for (size_t i = 0; i < count; i++) {
      uintptr_t first;
      if (is_object(words[i]) && reader.Read(words[i], &first) &&
          first == wanted) {
        return reinterpret_cast<void*>(words[i]);
      }
    }
  }
  return nullptr;
}

}  // namespace

DebuggerPause::DebuggerPause(v8::Local<v8::Context> context)
    : flag_(v8::ArrayBuffer::NewBackingStore(v8::Isolate::GetCurrent(), 1)) {
  const char* const kVtable = "_ZTVN4node9inspector19NodeInspectorClientE";
  const char* const kLoop =
      "_ZN4node9inspector19NodeInspectorClient21runMessageLoopOnPauseEi";
  void* const loop = dlsym(RTLD_DEFAULT, kLoop);
  std::vector<void*> vtable = ExportedVtable(kVtable);
  const auto slot = std::find(vtable.begin(), vtable.end(), loop);
  if (slot == vtable.end()) return;
  stock_vtable_ =
      static_cast<void**>(dlsym(RTLD_DEFAULT, kVtable)) + kVtablePrefix;
  client_ = FindClient(node::GetCurrentEnvironment(context), stock_vtable_);
  if (client_ == nullptr) return;
  loop_ = reinterpret_cast<Loop>(loop);
  *slot = reinterpret_cast<void*>(RunLoop);
  // A word of our own comes first.
  vtable_.push_back(this);
  vtable_.insert(vtable_.end(), vtable.begin(), vtable.end());
  *static_cast<void***>(client_) = vtable_.data() + 1 + kVtablePrefix;
}

DebuggerPause::~DebuggerPause() {
  if (client_ != nullptr) *static_cast<void***>(client_) = stock_vtable_;
}

v8::Local<v8::Uint8Array> DebuggerPause::flag(v8::Isolate* isolate) const {
  return v8::Uint8Array::New(v8::ArrayBuffer::New(isolate, flag_), 0, 1);
}

void DebuggerPause::RunLoop(void* client, int context_group) {
  void** const functions = *static_cast<void***>(client);
  auto* const self =
      static_cast<DebuggerPause*>(functions[-1 - int{kVtablePrefix}]);
  auto* const flag = static_cast<volatile uint8_t*>(self->flag_->Data());
  const uint8_t outer = *flag;
  *flag = 1;
  self->loop_(client, context_group);
  *flag = outer;
}

}  // namespace unblock

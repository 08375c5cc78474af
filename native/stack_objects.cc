#include "stack_objects.h"

#if V8_MAJOR_VERSION == 12

#include <malloc.h>

#include <cstdint>

#include "probing.h"

namespace unblock {

namespace {

// A JSON.stringify within a JSON.stringify, and what the isolate looks like
// from each of their toJSON callbacks.
class Search {
 public:
  explicit Search(v8::Isolate* isolate) : isolate_(isolate) {
    isolate->GetEmbeddedCodeRange(&builtins_.begin, &builtins_.size);
    void* code;
    isolate->GetCodeRange(&code, &code_.size);
    code_.begin = code;
  }

  std::vector<StackObjects::List*> Run() {
    Stringify();
    std::vector<StackObjects::List*> lists;
    // Shorter by both of them now.
    for (const Candidate& found : candidates_) {
      if (levels_ == kLevels && found.list->size() + kLevels == found.size)
        lists.push_back(found.list);
    }
    return lists;
  }

 private:
  static constexpr size_t kLevels = 2;

  struct Range {
    const void* begin;
    size_t size;

    bool Contains(uintptr_t address) const {
      return address - reinterpret_cast<uintptr_t>(begin) < size;
    }
  };

  struct Candidate {
    StackObjects::List* list;
    size_t size;
  };

  void Stringify() {
    const v8::Local<v8::Context> context = isolate_->GetCurrentContext();
    const v8::Local<v8::Object> object = v8::Object::New(isolate_);
    v8::Local<v8::Function> function;
    if (!v8::Function::New(
             context, ToJSON, v8::External::New(isolate_, this))
             .ToLocal(&function) ||
        !object
             ->Set(context,
                   v8::String::NewFromUtf8Literal(isolate_, "toJSON"),
                   function)
             .FromMaybe(false)) {
      return;
    }
    const uintptr_t outer = std::exchange(caller_, Here());
    static_cast<void>(v8::JSON::Stringify(context, object).IsEmpty());
    caller_ = outer;
  }

  static void ToJSON(const v8::FunctionCallbackInfo<v8::Value>& info) {
    auto* const self =
        static_cast<Search*>(info.Data().As<v8::External>()->Value());
    self->Narrow();
    if (self->levels_ < kLevels) self->Stringify();
  }

  static uintptr_t Here() {
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  }

  // The list's last element lies in the frames of the stringify that runs now,
  // and there is one more than in the stringify around it.
  void Narrow() {
    std::vector<Candidate> found;
    if (levels_++ == 0) {
      const auto begin = reinterpret_cast<uintptr_t>(isolate_);
      const uintptr_t end = begin + malloc_usable_size(isolate_);
      for (uintptr_t at = begin; at + sizeof(StackObjects::List) <= end;
           at += sizeof(uintptr_t)) {
        auto* const list = reinterpret_cast<StackObjects::List*>(at);
        if (LooksRight(list)) found.push_back({list, list->size()});
      }
    } else {
      for (const Candidate& outer : candidates_) {
        if (LooksRight(outer.list) && outer.list->size() == outer.size + 1)
          found.push_back({outer.list, outer.size + 1});
      }
    }
    candidates_ = std::move(found);
  }

  bool LooksRight(StackObjects::List* list) {
    constexpr uintptr_t kMost = 1 << 20;
    const auto* const words = reinterpret_cast<const uintptr_t*>(list);
    const uintptr_t begin = words[0];
    const uintptr_t end = words[1];
    const uintptr_t capacity = words[2];
    if (begin % sizeof(void*) != 0 || end % sizeof(void*) != 0 ||
        begin >= end || end > capacity || end - begin > kMost) {
      return false;
    }
    // The isolate's tables of builtins look like thousands of lists.
    if (builtins_.Contains(begin) || code_.Contains(begin)) return false;
    uintptr_t last;
    return reader_.Read(end - sizeof(last), &last) && last > Here() &&
           last < caller_;
  }

  v8::Isolate* const isolate_;
  SafeReader reader_;
  // V8's builtins as they come, and where it may have a copy of them.
  Range builtins_;
  Range code_;
  uintptr_t caller_ = 0;
  size_t levels_ = 0;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::string StackObjects::Probe(v8::Isolate* isolate) {
  v8::HandleScope handles(isolate);
  v8::TryCatch failure(isolate);
  const std::vector<List*> found = Search(isolate).Run();
  if (found.size() != 1)
    return NotOnce("V8's list of objects on the stack", found.size());
  list_ = found[0];
  return "";
}

}  // namespace unblock

#endif

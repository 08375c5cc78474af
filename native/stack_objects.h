// V8 12 (Node 22) lists some of its own objects that live on the stack, such as
// JSON.stringify's cache of keys, so that a sudden end of the isolate can clean
// them up, and aborts the process unless the one that goes is the last in the
// list. A greenlet that is suspended below such an object takes it along.

#ifndef UNBLOCK_STACK_OBJECTS_H_
#define UNBLOCK_STACK_OBJECTS_H_

#include <v8.h>

#include <string>
#include <utility>
#include <vector>

#include "v8_version.h"

namespace unblock {

#if V8_MAJOR_VERSION == 12

class StackObjects {
 public:
  using List = std::vector<void*>;

  // Finds V8's list by what JSON.stringify does to it. Returns an empty string,
  // or what could not be found.
  std::string Probe(v8::Isolate* isolate);

  // The list's own memory stays with V8: it holds what it once held.
  List Take() {
    if (list_->empty()) return {};
    List taken = *list_;
    list_->clear();
    return taken;
  }
  void Put(const List& taken) {
    if (!taken.empty()) list_->assign(taken.begin(), taken.end());
  }

 private:
  // V8's element type is another kind of pointer; the words are the same.
  List* list_ = nullptr;
};

#else

class StackObjects {
 public:
  struct List {};
  std::string Probe(v8::Isolate*) { return ""; }
  List Take() { return {}; }
  void Put(List) {}
};

#endif

}  // namespace unblock

#endif  // UNBLOCK_STACK_OBJECTS_H_

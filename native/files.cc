#include "files.h"

#include <cstring>
#include <memory>
#include <string>

#include "environment.h"
#include "file_peek.h"
#include "v8_functions.h"

namespace unblock {

namespace {

FilePeek& Peek(const Arguments& args) {
  std::unique_ptr<FilePeek>& peek = Unwrap(args)->file_peek;
  if (peek == nullptr) peek = std::make_unique<FilePeek>();
  return *peek;
}

// A path as Node's functions take it: a string, or bytes.
std::string PathAt(const Arguments& args, int index) {
  v8::Isolate* const isolate = args.GetIsolate();
  if (args[index]->IsArrayBufferView()) {
    const v8::Local<v8::ArrayBufferView> view =
        args[index].As<v8::ArrayBufferView>();
    std::string path(view->ByteLength(), '\0');
    view->CopyContents(path.data(), path.size());
    return path;
  }
  const v8::String::Utf8Value path(isolate, args[index]);
  return std::string(*path, path.length());
}

void Answer(const Arguments& args, FilePeek::Answer answer) {
  args.GetReturnValue().Set(static_cast<int32_t>(answer));
}

// peekPath(path, followsLinks)
void PeekPath(const Arguments& args) {
  const std::string path = PathAt(args, 0);
  Answer(args, Peek(args).Path(path.c_str(), args[1]->IsTrue()));
}

// peekOpen(path, flags)
void PeekOpen(const Arguments& args) {
  const std::string path = PathAt(args, 0);
  Answer(args, Peek(args).Open(path.c_str(), IntegerAt(args, 1)));
}

// open(path, flags, mode): the descriptor, or the answer as a negative number.
void Open(const Arguments& args) {
  const std::string path = PathAt(args, 0);
  int fd = -1;
  const FilePeek::Answer answer = Peek(args).OpenNow(
      path.c_str(),
      IntegerAt(args, 1),
      static_cast<unsigned int>(IntegerAt(args, 2)),
      &fd);
  args.GetReturnValue().Set(answer == FilePeek::kDone ? fd : -1 - answer);
}

// peekStat(fd)
void PeekStat(const Arguments& args) {
  Answer(args, Peek(args).Stat(IntegerAt(args, 0)));
}

// peekClose(fd)
void PeekClose(const Arguments& args) {
  Answer(args, Peek(args).Close(IntegerAt(args, 0)));
}

// peekWrite(fd)
void PeekWrite(const Arguments& args) {
  Answer(args, Peek(args).Write(IntegerAt(args, 0)));
}

// read(fd, bytes, offset, length, position, counted): reads what it can, and
// writes to counted[0] how much that was.
void Read(const Arguments& args) {
  const v8::Local<v8::ArrayBufferView> bytes =
      args[1].As<v8::ArrayBufferView>();
  char* const data = static_cast<char*>(bytes->Buffer()->Data()) +
                     bytes->ByteOffset() + IntegerAt(args, 2);
  size_t count;
  const FilePeek::Answer answer =
      Peek(args).Read(IntegerAt(args, 0),
                      data,
                      static_cast<size_t>(IntegerAt(args, 3)),
                      static_cast<int64_t>(args[4].As<v8::Number>()->Value()),
                      &count);
  const v8::Local<v8::Uint32Array> counted = args[5].As<v8::Uint32Array>();
  const auto value = static_cast<uint32_t>(count);
  memcpy(static_cast<char*>(counted->Buffer()->Data()) + counted->ByteOffset(),
         &value,
         sizeof(value));
  Answer(args, answer);
}

}  // namespace

v8::Maybe<bool> AddFileFunctions(v8::Local<v8::Context> context,
                                 v8::Local<v8::Object> exports,
                                 Environment* env) {
  v8::Isolate* const isolate = env->isolate;
  const v8::Local<v8::External> data = Wrap(isolate, env);
  const v8::Local<v8::Object> files = v8::Object::New(isolate);
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    return AddFunction(isolate, context, files, data, name, callback);
  };
  v8::Local<v8::String> key;
  return v8::Just(add("peekPath", PeekPath) && add("peekOpen", PeekOpen) &&
                  add("open", Open) &&
                  add("peekStat", PeekStat) && add("peekClose", PeekClose) &&
                  add("peekWrite", PeekWrite) && add("read", Read) &&
                  v8::String::NewFromUtf8(isolate, "files").ToLocal(&key) &&
                  exports->Set(context, key, files).FromMaybe(false));
}

}  // namespace unblock

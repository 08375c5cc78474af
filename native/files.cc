#include "files.h"

#include <node.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "environment.h"
#include "file_peek.h"
#include "file_read.h"
#include "v8_functions.h"
#include "waiting_open.h"

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

// What a function has to say besides its answer.
void Tell(v8::Local<v8::Value> where, int32_t value) {
  const v8::Local<v8::Int32Array> array = where.As<v8::Int32Array>();
  memcpy(static_cast<char*>(array->Buffer()->Data()) + array->ByteOffset(),
         &value,
         sizeof(value));
}

// open(path, flags, opened): opens what it can, and writes the descriptor
// to opened[0].
void Open(const Arguments& args) {
  const std::string path = PathAt(args, 0);
  int fd = -1;
  Answer(args, Peek(args).OpenNow(path.c_str(), IntegerAt(args, 1), &fd));
  Tell(args[2], fd);
}

WaitingOpens& Waiting(const Arguments& args) {
  std::unique_ptr<WaitingOpens>& waiting = Unwrap(args)->waiting_opens;
  if (waiting == nullptr) waiting = std::make_unique<WaitingOpens>();
  return *waiting;
}

// startOpen(path, flags, mode): what becomes readable, or a negative errno.
void StartOpen(const Arguments& args) {
  args.GetReturnValue().Set(
      Waiting(args).Start(PathAt(args, 0),
                          IntegerAt(args, 1),
                          static_cast<unsigned int>(IntegerAt(args, 2))));
}

// takeOpen(signal): the descriptor, or a negative errno.
void TakeOpen(const Arguments& args) {
  args.GetReturnValue().Set(Waiting(args).Take(IntegerAt(args, 0)));
}

// dropOpen(signal)
void DropOpen(const Arguments& args) {
  Waiting(args).Drop(IntegerAt(args, 0));
}

// openPoll(fd, events): a descriptor that is readable when the other is ready,
// or a negative errno. libuv would make the other non-blocking, for everybody
// who has it.
void OpenPoll(const Arguments& args) {
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = static_cast<uint32_t>(IntegerAt(args, 1));
  int result = poll;
  if (poll < 0) {
    result = -errno;
  } else if (epoll_ctl(poll, EPOLL_CTL_ADD, IntegerAt(args, 0), &event) != 0) {
    result = -errno;
    close(poll);
  }
  args.GetReturnValue().Set(result);
}

// closePoll(poll), closeReader(reader)
void CloseOwn(const Arguments& args) {
  close(IntegerAt(args, 0));
}

// exception(errno, syscall, path or undefined): the error that Node makes of them.
void Exception(const Arguments& args) {
  v8::Isolate* const isolate = args.GetIsolate();
  const v8::String::Utf8Value syscall(isolate, args[1]);
  const bool has_path = !args[2]->IsUndefined();
  const std::string path = has_path ? PathAt(args, 2) : "";
  args.GetReturnValue().Set(node::UVException(isolate,
                                              IntegerAt(args, 0),
                                              *syscall,
                                              nullptr,
                                              has_path ? path.c_str() : nullptr));
}

// peekStat(fd)
void PeekStat(const Arguments& args) {
  Answer(args, Peek(args).Stat(IntegerAt(args, 0)));
}

// peekClose(fd)
void PeekClose(const Arguments& args) {
  Answer(args, Peek(args).Close(IntegerAt(args, 0)));
}

// peekWrite(fd, length)
void PeekWrite(const Arguments& args) {
  const auto length = static_cast<size_t>(args[1].As<v8::Number>()->Value());
  Answer(args, Peek(args).Write(IntegerAt(args, 0), length));
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
  Tell(args[5], static_cast<int32_t>(count));
  Answer(args, answer);
}

// readWhole(path, bytes, told): reads a whole file, if it can, and writes to
// told[0] how long it is, or the descriptor of a FIFO's reader.
void ReadWhole(const Arguments& args) {
  const std::string path = PathAt(args, 0);
  const v8::Local<v8::ArrayBufferView> bytes =
      args[1].As<v8::ArrayBufferView>();
  size_t count;
  int reader;
  const FilePeek::Answer answer = Peek(args).ReadWhole(
      path.c_str(),
      static_cast<char*>(bytes->Buffer()->Data()) + bytes->ByteOffset(),
      bytes->ByteLength(),
      &count,
      &reader);
  Tell(args[2],
       answer == FilePeek::kRendezvous ? reader : static_cast<int32_t>(count));
  Answer(args, answer);
}

// startRead(path, done): has a thread read a whole file; done(bytes or
// undefined).
void StartRead(const Arguments& args) {
  Environment* const env = Unwrap(args);
  if (env->file_reads == nullptr)
    env->file_reads = std::make_unique<FileReads>(env);
  env->file_reads->Start(PathAt(args, 0), args[1].As<v8::Function>());
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
                  add("open", Open) && add("startOpen", StartOpen) &&
                  add("takeOpen", TakeOpen) && add("dropOpen", DropOpen) &&
                  add("openPoll", OpenPoll) && add("closePoll", CloseOwn) && add("closeReader", CloseOwn) &&
                  add("exception", Exception) &&
                  add("peekStat", PeekStat) && add("peekClose", PeekClose) &&
                  add("peekWrite", PeekWrite) && add("read", Read) &&
                  add("readWhole", ReadWhole) &&
                  add("startRead", StartRead) &&
                  v8::String::NewFromUtf8(isolate, "files").ToLocal(&key) &&
                  exports->Set(context, key, files).FromMaybe(false));
}

}  // namespace unblock

#include "file_read.h"

#include <fcntl.h>
#include <node_buffer.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

#include "environment.h"

namespace unblock {

namespace {

// As much as fits into a Buffer on every line.
constexpr size_t kMost = INT32_MAX;

// For a file that does not tell its size, as those of /proc.
constexpr size_t kFirstRoom = 8192;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }

 private:
  const int fd_;
};

struct Free {
  void operator()(char* data) const { free(data); }
};

// Where Buffers take their memory from.
using Memory = std::unique_ptr<char, Free>;

// How much has been read when there is no more, or no more room; -1 for an
// error.
ssize_t Fill(int fd, char* data, size_t room) {
  size_t count = 0;
  while (count < room) {
    const ssize_t result = read(fd, data + count, room - count);
    if (result == 0) break;
    if (result > 0) {
      count += static_cast<size_t>(result);
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return static_cast<ssize_t>(count);
}

bool IsRegular(const struct stat& stats) {
  return S_ISREG(stats.st_mode);
}

}  // namespace

struct FileReads::Read {
  // Reads all of it; without a result if anything is in the way.
  void Run();
  void RunToEnd(int fd);

  FileReads* owner;
  std::string path;
  v8::Global<v8::Function> done;
  uv_work_t work{};
  Memory data;
  size_t length = 0;
};

// Opening what is no file may do something to it. It may also become one
// meanwhile that waits for a peer: not with O_NONBLOCK.
void FileReads::Read::Run() {
  struct stat stats;
  if (stat(path.c_str(), &stats) != 0 || !IsRegular(stats)) return;
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0 || fstat(file.get(), &stats) != 0 || !IsRegular(stats))
    return;
  if (stats.st_size == 0) return RunToEnd(file.get());
  const auto size = static_cast<size_t>(stats.st_size);
  if (size > kMost) return;
  Memory room(static_cast<char*>(malloc(size)));
  if (room == nullptr) return;
  const ssize_t count = Fill(file.get(), room.get(), size);
  if (count < 0) return;
  data = std::move(room);
  length = static_cast<size_t>(count);
}

void FileReads::Read::RunToEnd(int fd) {
  Memory bytes;
  size_t count = 0;
  for (size_t room = kFirstRoom; room < kMost; room *= 2) {
    char* const larger = static_cast<char*>(realloc(bytes.get(), room));
    if (larger == nullptr) return;
    static_cast<void>(bytes.release());
    bytes.reset(larger);
    const ssize_t more = Fill(fd, larger + count, room - count);
    if (more < 0) return;
    count += static_cast<size_t>(more);
    if (count < room) {
      data = std::move(bytes);
      length = count;
      return;
    }
  }
}

FileReads::FileReads(Environment* env)
    : env_(env),
      exit_hook_(node::AddEnvironmentCleanupHook(
          env->isolate, OnEnvironmentExit, this)) {}

void FileReads::Start(std::string path, v8::Local<v8::Function> done) {
  auto read = std::make_unique<Read>();
  read->owner = this;
  read->path = std::move(path);
  read->done.Reset(env_->isolate, done);
  read->work.data = read.get();
  uv_queue_work(
      node::GetCurrentEventLoop(env_->isolate), &read->work, Run, AfterRun);
  running_.insert(read.release());
}

void FileReads::Run(uv_work_t* work) {
  static_cast<Read*>(work->data)->Run();
}

void FileReads::AfterRun(uv_work_t* work, int) {
  Read* const read = static_cast<Read*>(work->data);
  read->owner->Finish(read);
}

void FileReads::Finish(Read* read) {
  const std::unique_ptr<Read> owned(read);
  running_.erase(read);
  if (exit_done_ == nullptr) {
    CallBack(read);
  } else if (running_.empty()) {
    exit_done_(exit_arg_);
  }
}

void FileReads::CallBack(Read* read) {
  v8::Isolate* const isolate = env_->isolate;
  v8::HandleScope handles(isolate);
  const v8::Local<v8::Context> context = env_->context.Get(isolate);
  v8::Context::Scope entered(context);
  // When it closes, Node runs the ticks and the microtasks.
  node::CallbackScope scope(isolate, v8::Object::New(isolate), {0, 0});
  v8::Local<v8::Value> result = v8::Undefined(isolate);
  v8::Local<v8::Object> bytes;
  if (read->data != nullptr &&
      node::Buffer::New(isolate, read->data.release(), read->length)
          .ToLocal(&bytes)) {
    result = bytes;
  }
  // The function deals with all errors; what comes out empty is a termination.
  read->done.Get(isolate)
      ->Call(context, v8::Undefined(isolate), 1, &result)
      .FromMaybe(v8::Local<v8::Value>());
}

void FileReads::OnEnvironmentExit(void* data, void (*done)(void*), void* arg) {
  auto* const reads = static_cast<FileReads*>(data);
  reads->exit_done_ = done;
  reads->exit_arg_ = arg;
  // What no thread has begun.
  for (Read* read : reads->running_) {
    uv_cancel(reinterpret_cast<uv_req_t*>(&read->work));
  }
  if (reads->running_.empty()) done(arg);
}

}  // namespace unblock

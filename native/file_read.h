// Whole files that are not in memory: all that reading one takes is a single
// piece of work for libuv's pool, which also has the descriptor to itself.

#ifndef UNBLOCK_FILE_READ_H_
#define UNBLOCK_FILE_READ_H_

#include <node.h>
#include <uv.h>
#include <v8.h>

#include <string>
#include <unordered_set>

namespace unblock {

class Environment;

// Those of one environment.
class FileReads {
 public:
  explicit FileReads(Environment* env);
  FileReads(const FileReads&) = delete;
  FileReads& operator=(const FileReads&) = delete;

  // Starts one. `done` is called in the loop, with a Buffer; or with nothing if
  // the file cannot be read like that, for whatever reason: the original will
  // say which. Must not throw.
  void Start(std::string path, v8::Local<v8::Function> done);

 private:
  struct Read;

  static void Run(uv_work_t* work);
  static void AfterRun(uv_work_t* work, int status);
  static void OnEnvironmentExit(void* reads, void (*done)(void*), void* arg);
  void Finish(Read* read);
  void CallBack(Read* read);

  Environment* const env_;
  // The loop must not go before them.
  std::unordered_set<Read*> running_;
  node::AsyncCleanupHookHandle exit_hook_;
  void (*exit_done_)(void*) = nullptr;
  void* exit_arg_ = nullptr;
};

}  // namespace unblock

#endif  // UNBLOCK_FILE_READ_H_

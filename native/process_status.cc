#include "process_status.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "environment.h"
#include "v8_functions.h"

namespace unblock {

namespace {

// openProcess(pid): a descriptor that is readable once the process has ended,
// or a negative errno.
void OpenProcess(const Arguments& args) {
  const long fd = syscall(SYS_pidfd_open, IntegerAt(args, 0), 0);
  args.GetReturnValue().Set(fd < 0 ? -errno : static_cast<int>(fd));
}

// As waitpid gives it.
int StatusOf(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return info.si_status << 8;
  return info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
}

// processStatus(pid): the status of a child that has ended; undefined while it
// runs; a negative errno. It stays for whoever has started the child to reap.
void ProcessStatus(const Arguments& args) {
  siginfo_t info{};
  const pid_t pid = IntegerAt(args, 0);
  if (waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    args.GetReturnValue().Set(-errno);
  } else if (info.si_pid != 0) {
    args.GetReturnValue().Set(StatusOf(info));
  }
}

}  // namespace

v8::Maybe<bool> AddProcessFunctions(v8::Local<v8::Context> context,
                                    v8::Local<v8::Object> exports,
                                    Environment* env) {
  v8::Isolate* const isolate = env->isolate;
  const v8::Local<v8::External> data = Wrap(isolate, env);
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    return AddFunction(isolate, context, exports, data, name, callback);
  };
  return v8::Just(add("openProcess", OpenProcess) &&
                  add("processStatus", ProcessStatus));
}

}  // namespace unblock

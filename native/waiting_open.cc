#include "waiting_open.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <utility>

namespace unblock {

// Shared by the thread and by who has started it: the last to let go frees it.
struct WaitingOpens::Call {
  // Whoever is first decides whose the result is.
  enum State { kOpening, kOpened, kDropped };

  std::string path;
  int flags;
  unsigned int mode;
  // Closed when there is a result.
  int signal_end;
  int result = 0;
  std::atomic<State> state = kOpening;
};

void* WaitingOpens::Run(void* data) {
  const std::unique_ptr<std::shared_ptr<Call>> held(
      static_cast<std::shared_ptr<Call>*>(data));
  Call& call = **held;
  const int fd = open(call.path.c_str(), call.flags | O_CLOEXEC, call.mode);
  call.result = fd >= 0 ? fd : -errno;
  if (call.state.exchange(Call::kOpened) == Call::kDropped && fd >= 0)
    close(fd);
  close(call.signal_end);
  return nullptr;
}

int WaitingOpens::Start(std::string path, int flags, unsigned int mode) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
  auto call = std::make_shared<Call>();
  call->path = std::move(path);
  call->flags = flags;
  call->mode = mode;
  call->signal_end = ends[1];
  auto held = std::make_unique<std::shared_ptr<Call>>(call);

  // The signals of the process are not for this thread.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int error = pthread_create(&thread, nullptr, Run, held.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) {
    close(ends[0]);
    close(ends[1]);
    return -error;
  }
  pthread_detach(thread);
  static_cast<void>(held.release());
  calls_.emplace(ends[0], std::move(call));
  return ends[0];
}

int WaitingOpens::Take(int signal) {
  const int result = calls_.at(signal)->result;
  calls_.erase(signal);
  close(signal);
  return result;
}

void WaitingOpens::Drop(int signal) {
  const std::shared_ptr<Call> call = std::move(calls_.at(signal));
  calls_.erase(signal);
  close(signal);
  if (call->state.exchange(Call::kDropped) == Call::kOpened &&
      call->result >= 0) {
    close(call->result);
  }
}

WaitingOpens::~WaitingOpens() {
  while (!calls_.empty()) Drop(calls_.begin()->first);
}

}  // namespace unblock

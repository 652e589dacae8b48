// What Swift's Glibc module lacks: epoll, eventfd, signalfd, accept4, and flags whose imported types differ.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

// epoll_event is packed and its data a union: these doors keep both out of Swift.
typedef struct { uint64_t data; uint32_t events; } headgate_ready;

static inline int headgate_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int headgate_epoll_ctl(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event;
    event.events = events;
    event.data.u64 = data;
    return epoll_ctl(epoll, operation, fd, &event);
}
static inline int headgate_epoll_wait(int epoll, headgate_ready *ready, int most, int timeout_ms) {
    struct epoll_event events[256];
    if (most > 256) most = 256;
    int count = epoll_wait(epoll, events, most, timeout_ms);
    for (int i = 0; i < count; i++) {
        ready[i].data = events[i].data.u64;
        ready[i].events = events[i].events;
    }
    return count;
}
static inline int headgate_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
// Declared here: <sys/socket.h> shows it only under _GNU_SOURCE, which would make these headers differ from Glibc's module.
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
static inline int headgate_accept(int fd, struct sockaddr *address, socklen_t *length) {
    return accept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
static inline int headgate_tcp_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
static inline int headgate_set_option(int fd, int level, int option, int value) {
    return setsockopt(fd, level, option, &value, sizeof value);
}
static inline int headgate_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }

// Declared here: <unistd.h> shows it only under _GNU_SOURCE, as above.
extern long syscall(long number, ...);
// The calling thread comes behind others for a processor and the disk, and is not starved: it may hold a snapshot of the
// ledger, behind which the log grows. PRIO_PROCESS means a thread here (setpriority (2)); 1 is IOPRIO_WHO_PROCESS, 2 the class
// of best effort, 7 its last level (ioprio_set (2), which glibc lacks).
static inline void headgate_yield_to_others(void) {
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 10);
    syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 7);
}

// Declared here: <pthread.h> shows it only under _GNU_SOURCE, as above.
extern int pthread_tryjoin_np(pthread_t thread, void **result);
static inline int headgate_try_join(pthread_t thread) { return pthread_tryjoin_np(thread, NULL); }

static inline void headgate_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

enum {
    HEADGATE_EPOLLIN = EPOLLIN, HEADGATE_EPOLLOUT = EPOLLOUT, HEADGATE_EPOLLERR = EPOLLERR,
    HEADGATE_EPOLLHUP = EPOLLHUP, HEADGATE_EPOLLRDHUP = EPOLLRDHUP
};

// A disk with faults, put under a process by LD_PRELOAD: sees every write, truncation and sync of files below one
// directory, and does to them what the control page says.
//
//   FAULTY_DISK_DIRECTORY  absolute, without a slash at its end
//   FAULTY_DISK_CONTROL    a file of one page, mapped and shared: `struct control`, changed and read while the process runs
//   FAULTY_DISK_TRACE      optional: everything that reached the disk, in order, with its bytes; see `struct record`
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
    _Atomic int64_t syncs;         // counted here: of files and directories
    _Atomic int64_t kill_before;   // SIGKILL instead of this sync; 0: never
    _Atomic int64_t kill_after;    // SIGKILL after this sync, before its caller knows
    _Atomic int64_t fail_from;     // from this sync on…
    _Atomic int64_t fail_count;    // …so many fail with EIO and lose what they should have kept
    _Atomic int64_t fail_what;     // 0: any, 1: the log (…-wal), 2: any but the log
    _Atomic int64_t failed;        // counted here
    _Atomic int64_t space;         // bytes by which files may still grow; -1: no limit
    _Atomic int64_t write_error;   // errno of every write and truncation; 0: none
    _Atomic int64_t delay;         // of every sync, in microseconds
    _Atomic int64_t clock;         // seconds added to the wall clock
};

// In the trace: this head, the path, then the bytes of a write. The kinds:
//   O opened, C created, W written, T truncated to `offset`, S synced, F sync failed, U unlinked, R renamed and L linked
//   (the bytes are the new path), A an HTTP answer with a 2xx status was about to be sent: `offset` is own port << 16 | port of the peer.
struct record {
    char kind;
    char zero[3];
    uint32_t path;
    int64_t offset;
    int64_t bytes;
};

static char directory[4096];
static size_t directory_length;
static struct control *control;
static int trace = -1;
// One operation at a time, so that the trace tells their order.
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

enum { DESCRIPTORS = 65536 };
static char *_Atomic paths[DESCRIPTORS];  // of watched descriptors
static _Atomic char known[DESCRIPTORS];   // 0: not looked at since it was opened

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("FAULTY_DISK_DIRECTORY"), *page = getenv("FAULTY_DISK_CONTROL");
    if (!where || !page) return;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, page, O_RDWR | O_CLOEXEC);
    void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) { perror("FAULTY_DISK_CONTROL"); _exit(70); }
    syscall(SYS_close, fd);
    snprintf(directory, sizeof directory, "%s", where);
    directory_length = strlen(directory);
    control = mapped;
    const char *file = getenv("FAULTY_DISK_TRACE");
    if (file) trace = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static int is_watched(const char *path) {
    return control && path && !strncmp(path, directory, directory_length)
        && (path[directory_length] == '/' || !path[directory_length]);
}

static const char *watched(int fd) {
    if (!control || fd < 0 || fd >= DESCRIPTORS) return NULL;
    if (!known[fd]) {
        char link[32], path[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length < 0 ? 0 : length] = 0;
        paths[fd] = is_watched(path) ? strdup(path) : NULL;  // never freed: another thread may read it
        known[fd] = 1;
    }
    return paths[fd];
}

static void forget(int fd) { if (fd >= 0 && fd < DESCRIPTORS) known[fd] = 0; }

// One writev(2) to a file opened for appending: no other record gets between.
static void record(char kind, const char *path, int64_t offset, const struct iovec *bytes, int count) {
    if (trace < 0) return;
    struct record head = {.kind = kind, .path = (uint32_t)strlen(path), .offset = offset};
    struct iovec parts[66] = {{&head, sizeof head}, {(void *)path, head.path}};
    if (count > 64) abort();
    for (int i = 0; i < count; i++) head.bytes += (int64_t)(parts[i + 2] = bytes[i]).iov_len;
    int64_t all = (int64_t)sizeof head + head.path + head.bytes;
    if (syscall(SYS_writev, trace, parts, count + 2) != all) abort();
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

// MARK: Descriptors

static int note_open(int fd, const char *path, int existed) {
    forget(fd);
    if (fd >= 0 && is_watched(path)) record(existed ? 'O' : 'C', path, 0, NULL, 0);
    return fd;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        int existed = !is_watched(path) || !faccessat(AT_FDCWD, path, F_OK, 0); \
        return note_open(real(path, flags, mode), path, existed); \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    REAL(close);
    forget(fd);
    return real(fd);
}

int unlink(const char *path) {
    REAL(unlink);
    int result = real(path);
    if (!result && is_watched(path)) record('U', path, 0, NULL, 0);
    return result;
}

int rename(const char *from, const char *to) {
    REAL(rename);
    int result = real(from, to);
    struct iovec target = {(void *)to, strlen(to)};
    if (!result && is_watched(from)) record('R', from, 0, &target, 1);
    return result;
}

int link(const char *from, const char *to) {
    REAL(link);
    int result = real(from, to);
    struct iovec target = {(void *)to, strlen(to)};
    if (!result && is_watched(from)) record('L', from, 0, &target, 1);
    return result;
}

// MARK: Writes

static int64_t size_of(int fd) {
    struct stat status;
    return fstat(fd, &status) ? 0 : (int64_t)status.st_size;
}

// The errno that a file's growth to `end` meets, or 0.
static int grow(int fd, int64_t end) {
    if (control->write_error) return (int)control->write_error;
    int64_t more = end - size_of(fd);
    if (control->space < 0) return 0;
    if (more > control->space) return ENOSPC;
    control->space -= more;
    return 0;
}

#define WRITE(name, parameters, arguments, end, at, bytes, count) \
    ssize_t name parameters { \
        REAL(name); \
        const char *path = watched(fd); \
        if (!path) return real arguments; \
        pthread_mutex_lock(&order); \
        int64_t from = at; \
        int error = grow(fd, from + (int64_t)(end)); \
        ssize_t written = error ? -1 : real arguments; \
        if (written >= 0 && written != (ssize_t)(end)) abort(); /* the trace knows whole writes only */ \
        if (written >= 0) record('W', path, from, bytes, count); \
        pthread_mutex_unlock(&order); \
        if (error) errno = error; \
        return written; \
    }
#define ONE (&(struct iovec){(void *)data, length})
static int64_t total(const struct iovec *parts, int count) {
    int64_t sum = 0;
    for (int i = 0; i < count; i++) sum += (int64_t)parts[i].iov_len;
    return sum;
}
WRITE(write, (int fd, const void *data, size_t length), (fd, data, length), length, lseek(fd, 0, SEEK_CUR), ONE, 1)
WRITE(pwrite, (int fd, const void *data, size_t length, off_t offset), (fd, data, length, offset), length, offset, ONE, 1)
WRITE(pwrite64, (int fd, const void *data, size_t length, off64_t offset), (fd, data, length, offset), length, offset, ONE, 1)
WRITE(pwritev, (int fd, const struct iovec *parts, int count, off_t offset), (fd, parts, count, offset),
      total(parts, count), offset, parts, count)

static int shrink(int fd, int64_t length) {
    int error = grow(fd, length);
    if (error) errno = error;
    return error ? -1 : 0;
}

#define TRUNCATE(name, type) \
    int name(int fd, type length) { \
        REAL(name); \
        const char *path = watched(fd); \
        if (!path) return real(fd, length); \
        pthread_mutex_lock(&order); \
        int result = shrink(fd, length) ? -1 : real(fd, length); \
        if (!result) record('T', path, length, NULL, 0); \
        pthread_mutex_unlock(&order); \
        return result; \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

// MARK: Syncs

static int is_chosen(const char *path) {
    size_t length = strlen(path);
    int is_log = length > 4 && !strcmp(path + length - 4, "-wal");
    return !control->fail_what || (control->fail_what == 1) == is_log;
}

static int sync_watched(int fd, const char *path, int (*real)(int)) {
    int64_t delay = control->delay;
    if (delay > 0) nanosleep(&(struct timespec){delay / 1000000, delay % 1000000 * 1000}, NULL);
    pthread_mutex_lock(&order);
    int64_t number = ++control->syncs;
    if (number == control->kill_before) die();
    int result;
    if (control->fail_from && number >= control->fail_from && control->fail_count > 0 && is_chosen(path)) {
        control->fail_count--;
        control->failed++;
        record('F', path, 0, NULL, 0);
        errno = EIO;
        result = -1;
    } else {
        result = real(fd);
        if (!result) record('S', path, 0, NULL, 0);
    }
    if (number == control->kill_after) die();
    pthread_mutex_unlock(&order);
    return result;
}

#define SYNC(name) \
    int name(int fd) { \
        REAL(name); \
        const char *path = watched(fd); \
        return path ? sync_watched(fd, path, real) : real(fd); \
    }
SYNC(fsync)
SYNC(fdatasync)

// MARK: Answers

static void note_answer(int fd, const void *data, size_t length) {
    if (trace < 0 || length < 12 || memcmp(data, "HTTP/1.1 2", 10)) return;
    struct sockaddr_in own, peer;
    socklen_t own_size = sizeof own, peer_size = sizeof peer;
    if (!getsockname(fd, (struct sockaddr *)&own, &own_size) && !getpeername(fd, (struct sockaddr *)&peer, &peer_size)
        && peer.sin_family == AF_INET)
        record('A', "", (int64_t)ntohs(own.sin_port) << 16 | ntohs(peer.sin_port), NULL, 0);
}

ssize_t send(int fd, const void *data, size_t length, int flags) {
    REAL(send);
    note_answer(fd, data, length);
    return real(fd, data, length, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    REAL(sendmsg);
    if (message->msg_iovlen) note_answer(fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len);
    return real(fd, message, flags);
}

// MARK: The clock

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(clock_gettime);
    int result = real(clock, time);
    if (!result && control && clock == CLOCK_REALTIME) time->tv_sec += control->clock;
    return result;
}

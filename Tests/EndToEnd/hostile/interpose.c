// Put before the C library (LD_PRELOAD): answers for names under .test as the file in ANSWERS says, and notes in the file
// in DIALS every address that is dialled. An answer that is a path is none: it comes when somebody opens that FIFO.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void note(const char *text) {
    const char *path = getenv("DIALS");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd < 0) return;
    char line[128];
    int count = snprintf(line, sizeof line, "%s\n", text);
    (void)!write(fd, line, (size_t)count);
    close(fd);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
    static _Atomic(void *) real;
    if (!real) real = dlsym(RTLD_NEXT, "connect");
    char text[INET6_ADDRSTRLEN];
    if (address->sa_family == AF_INET)
        note(inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof text));
    if (address->sa_family == AF_INET6)
        note(inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof text));
    return ((int (*)(int, const struct sockaddr *, socklen_t))real)(fd, address, length);
}

static struct addrinfo *entry(const char *text, const char *service) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found = NULL;
    static _Atomic(void *) real;
    if (!real) real = dlsym(RTLD_NEXT, "getaddrinfo");
    ((int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))real)(text, service, &hints, &found);
    return found;
}

// A line of ANSWERS is a name and its addresses. `name#2` is what the name stands for from the second question on.
static char *answers_of(const char *name, int question) {
    static char line[1024];
    static char best[1024];
    best[0] = 0;
    FILE *file = fopen(getenv("ANSWERS"), "re");
    if (!file) return NULL;
    while (fgets(line, sizeof line, file)) {
        char *rest = line, *key = strsep(&rest, " "), *number = key;
        strsep(&number, "#");
        if (rest && strcasecmp(key, name) == 0 && (!number || question >= atoi(number))) strcpy(best, rest);
    }
    fclose(file);
    return best[0] ? best : NULL;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    static _Atomic(void *) real;
    if (!real) real = dlsym(RTLD_NEXT, "getaddrinfo");
    size_t length = name ? strlen(name) : 0;
    if (length < 5 || strcasecmp(name + length - 5, ".test") != 0 || !getenv("ANSWERS"))
        return ((int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))real)(
            name, service, hints, result);
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct { char name[64]; int count; } asked[256];
    pthread_mutex_lock(&lock);
    int place = 0;
    while (place < 255 && asked[place].name[0] && strcasecmp(asked[place].name, name) != 0) place++;
    snprintf(asked[place].name, sizeof asked[place].name, "%s", name);
    char *rest = answers_of(name, ++asked[place].count), *address;
    if (rest && *rest == '/') {
        char path[1024];
        strcpy(path, strsep(&rest, "\n"));
        pthread_mutex_unlock(&lock);
        int fifo = open(path, O_RDONLY | O_CLOEXEC);
        if (fifo >= 0) close(fifo);
        return EAI_AGAIN;
    }
    struct addrinfo *first = NULL, **last = &first;
    while (rest && (address = strsep(&rest, " \n")))
        if (*address && (*last = entry(address, service))) last = &(*last)->ai_next;
    pthread_mutex_unlock(&lock);
    *result = first;
    return first ? 0 : EAI_NONAME;
}

// Ours are chains of several answers of the real one, each allocated alone.
void freeaddrinfo(struct addrinfo *list) {
    static _Atomic(void *) real;
    if (!real) real = dlsym(RTLD_NEXT, "freeaddrinfo");
    while (list) {
        struct addrinfo *next = list->ai_next;
        list->ai_next = NULL;
        ((void (*)(struct addrinfo *))real)(list);
        list = next;
    }
}

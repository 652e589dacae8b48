// The ceiling: what a bare libcurl multi loop on one thread can post to the same subscribers. No ledger, no signature, no
// decisions; kept connections, a parsed URL (CURLOPT_CURLU) and curl_multi_socket_action on epoll, which are libcurl's
// fastest ways. Whatever a gateway does comes on top of this.
//
//   ceiling SECONDS CONCURRENCY BODY-BYTES URL...        prints one JSON object
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum { batch = 256 };

static int epoll;
static long deadline_ms = -1;  // when libcurl wants its timeout action; -1: never

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int watch(CURL *easy, curl_socket_t fd, int what, void *context, void *known) {
    CURLM *multi = context;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    struct epoll_event event = {.data.fd = fd};
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    epoll_ctl(epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    if (!known) curl_multi_assign(multi, fd, &epoll);
    return 0;
}

static int set_timer(CURLM *multi, long milliseconds, void *context) {
    (void)multi, (void)context;
    deadline_ms = milliseconds < 0 ? -1 : (long)(now() * 1000) + milliseconds;
    return 0;
}

static size_t discard(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes, (void)context;
    return size * count;
}

// As many and as long as the gateway's own, so that the same bytes travel.
static struct curl_slist *headers(void) {
    static const char *lines[] = {
        "Content-Type: application/json", "Expect:", "Accept:",
        "webhook-id: evt_01JDXG5T8ZQ4N7W2C9V3K6M1RB", "webhook-timestamp: 1764000000",
        "webhook-signature: v1,qUoY0c9cP3mCkJ2z1lJ8gC0q3m3uZg6d8rF2Zc1aH9k=",
        "headgate-route: bench", "headgate-event-type: push", "headgate-attempt: 1",
        "headgate-provider-event-id: 72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "headgate-delivery: dlv_01JDXG5T8ZQ4N7W2C9V3K6M1RB_3", "headgate-received-at: 2026-01-01T00:00:00.000000Z",
        "headgate-verified: full", "X-GitHub-Event: push", "X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    };
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) list = curl_slist_append(list, lines[i]);
    return list;
}

static CURL *transfer(const char *url, const char *body, long length, struct curl_slist *fields) {
    CURLU *parsed = curl_url();
    CURL *easy = curl_easy_init();
    if (curl_url_set(parsed, CURLUPART_URL, url, 0)) return NULL;
    curl_easy_setopt(easy, CURLOPT_CURLU, parsed);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, length);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 2048L);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
    return easy;
}

int main(int count, char **arguments) {
    if (count < 5) return fprintf(stderr, "usage: ceiling SECONDS CONCURRENCY BODY-BYTES URL...\n"), 64;
    double seconds = atof(arguments[1]);
    int concurrency = atoi(arguments[2]), urls = count - 4;
    long length = atol(arguments[3]);
    char *body = malloc((size_t)length);
    memset(body, 'x', (size_t)length);

    curl_global_init(CURL_GLOBAL_ALL);
    epoll = epoll_create1(0);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)concurrency);
    struct curl_slist *fields = headers();
    for (int i = 0; i < concurrency; i++)
        curl_multi_add_handle(multi, transfer(arguments[4 + i % urls], body, length, fields));

    struct epoll_event events[batch];
    long done = 0, failed = 0;
    int running = 0;
    double start = now(), end = start + seconds;
    while (now() < end) {
        long wait = deadline_ms < 0 ? 100 : deadline_ms - (long)(now() * 1000);
        int ready = epoll_wait(epoll, events, batch, wait < 0 ? 0 : (int)wait);
        for (int i = 0; i < ready; i++) {
            int what = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0)
                | (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
            curl_multi_socket_action(multi, events[i].data.fd, what, &running);
        }
        if (deadline_ms >= 0 && (long)(now() * 1000) >= deadline_ms) {
            deadline_ms = -1;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        int left;
        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL *easy = message->easy_handle;
            long status = 0;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            if (message->data.result == CURLE_OK && status == 200) done++; else failed++;
            curl_multi_remove_handle(multi, easy);
            curl_multi_add_handle(multi, easy);
        }
    }
    double took = now() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"transfers_per_second\": %.0f, \"cpu_us_per_transfer\": %.1f, \"failed\": %ld}\n",
           (double)done / took, cpu / (double)(done ? done : 1) * 1e6, failed);
    return failed > 0;
}

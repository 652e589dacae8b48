// Variadic curl calls, reached through one typed door per kind of argument, here and nowhere else.
#pragma once
#include <curl/curl.h>

static inline CURLcode headgate_set_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode headgate_set_offset(CURL *h, CURLoption o, curl_off_t v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode headgate_set_string(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode headgate_set_pointer(CURL *h, CURLoption o, const void *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode headgate_set_list(CURL *h, struct curl_slist *v) { return curl_easy_setopt(h, CURLOPT_HTTPHEADER, v); }

static inline CURLcode headgate_connect_to(CURL *h, struct curl_slist *v) { return curl_easy_setopt(h, CURLOPT_CONNECT_TO, v); }

// In place of the system's, whose directory libcurl would search as well; read for each connection, not kept for a day.
static inline CURLcode headgate_set_authorities(CURL *h, const char *file) {
    CURLcode rc = curl_easy_setopt(h, CURLOPT_CAINFO, file);
    rc = rc ? rc : curl_easy_setopt(h, CURLOPT_CAPATH, NULL);
    return rc ? rc : curl_easy_setopt(h, CURLOPT_CA_CACHE_TIMEOUT, 0L);
}

static inline CURLcode headgate_on_body(CURL *h, curl_write_callback f, void *context) {
    CURLcode rc = curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, f);
    return rc ? rc : curl_easy_setopt(h, CURLOPT_WRITEDATA, context);
}
static inline CURLcode headgate_on_header(CURL *h, curl_write_callback f, void *context) {
    CURLcode rc = curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, f);
    return rc ? rc : curl_easy_setopt(h, CURLOPT_HEADERDATA, context);
}
static inline CURLcode headgate_on_open_socket(CURL *h, curl_opensocket_callback f, void *context) {
    CURLcode rc = curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, f);
    return rc ? rc : curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, context);
}
static inline CURLcode headgate_on_close_socket(CURL *h, curl_closesocket_callback f, void *context) {
    CURLcode rc = curl_easy_setopt(h, CURLOPT_CLOSESOCKETFUNCTION, f);
    return rc ? rc : curl_easy_setopt(h, CURLOPT_CLOSESOCKETDATA, context);
}
static inline CURLcode headgate_on_progress(CURL *h, curl_xferinfo_callback f, void *context) {
    CURLcode rc = curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, f);
    rc = rc ? rc : curl_easy_setopt(h, CURLOPT_XFERINFODATA, context);
    return rc ? rc : curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
}
static inline CURLcode headgate_before_request(CURL *h, curl_prereq_callback f, void *context) {
    CURLcode rc = curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, f);
    return rc ? rc : curl_easy_setopt(h, CURLOPT_PREREQDATA, context);
}
static inline CURLcode headgate_get_long(CURL *h, CURLINFO i, long *v) { return curl_easy_getinfo(h, i, v); }
static inline CURLcode headgate_get_offset(CURL *h, CURLINFO i, curl_off_t *v) { return curl_easy_getinfo(h, i, v); }
static inline CURLcode headgate_get_string(CURL *h, CURLINFO i, const char **v) { return curl_easy_getinfo(h, i, (char **)v); }
static inline CURLcode headgate_message_result(const CURLMsg *m) { return m->data.result; }
static inline CURLcode headgate_get_pointer(CURL *h, CURLINFO i, void **v) { return curl_easy_getinfo(h, i, (char **)v); }

static inline CURLMcode headgate_multi_set_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }
static inline CURLMcode headgate_on_socket(CURLM *m, curl_socket_callback f, void *context) {
    CURLMcode rc = curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, f);
    return rc ? rc : curl_multi_setopt(m, CURLMOPT_SOCKETDATA, context);
}
static inline CURLMcode headgate_on_timer(CURLM *m, curl_multi_timer_callback f, void *context) {
    CURLMcode rc = curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, f);
    return rc ? rc : curl_multi_setopt(m, CURLMOPT_TIMERDATA, context);
}

enum { HEADGATE_AUTH_BASIC = 1 << 0, HEADGATE_AUTH_BEARER = 1 << 6 };
_Static_assert(HEADGATE_AUTH_BASIC == CURLAUTH_BASIC && HEADGATE_AUTH_BEARER == CURLAUTH_BEARER, "Swift cannot import casts");

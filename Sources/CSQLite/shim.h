// SQLite 3 as Swift sees it: sqlite3_config and sqlite3_db_config are variadic, SQLITE_TRANSIENT is a cast.
#pragma once
#include <sqlite3.h>

static inline int headgate_sqlite_config(int option, int value) { return sqlite3_config(option, value); }
static inline int headgate_sqlite_db_config(sqlite3 *db, int option, int value) {
    return sqlite3_db_config(db, option, value, (int *)0);
}
static inline int headgate_sqlite_bind_copy(sqlite3_stmt *statement, int place, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, place, bytes, count, SQLITE_TRANSIENT);
}
static inline int headgate_sqlite_bind_text_copy(sqlite3_stmt *statement, int place, const char *text, int count) {
    return sqlite3_bind_text(statement, place, text, count, SQLITE_TRANSIENT);
}

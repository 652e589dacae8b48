// SQLite 3 as Swift sees it; the variadic sqlite3_config and sqlite3_db_config get typed doors.
#pragma once
#include <sqlite3.h>

static inline int headgate_sqlite_config(int option) { return sqlite3_config(option); }
static inline int headgate_sqlite_db_config(sqlite3 *db, int option, int value) {
    return sqlite3_db_config(db, option, value, (int *)0);
}

/* sqlite-query FILE SQL: one line for each row, columns separated by tabs. */
#include <sqlite3.h>
#include <stdio.h>

static int print_row(void *unused, int count, char **values, char **names) {
  (void)unused, (void)names;
  for (int i = 0; i < count; i++) printf("%s%s", values[i] ? values[i] : "NULL", i + 1 < count ? "\t" : "\n");
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s FILE SQL\n", argv[0]);
    return 2;
  }
  sqlite3 *database;
  int status = sqlite3_open(argv[1], &database);
  if (status == SQLITE_OK) status = sqlite3_exec(database, argv[2], print_row, NULL, NULL);
  if (status != SQLITE_OK) fprintf(stderr, "%s: %s\n", argv[0], sqlite3_errmsg(database));
  sqlite3_close(database);
  return status != SQLITE_OK;
}

/*
 * notes: a full-text index of a folder of text files.
 *
 *     notes index FOLDER    reads every file below FOLDER into the index
 *     notes find WORDS      prints the notes that have all the words, best first
 */
#define _XOPEN_SOURCE 700
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const DATABASE = "/var/tmp/notes.db";

static sqlite3 *database;
static sqlite3_stmt *insertion;
static int indexed;

static int fail(void) {
  fprintf(stderr, "notes: %s\n", sqlite3_errmsg(database));
  return 1;
}

/* The text of a file, to be freed; NULL where it cannot be read. */
static char *read_file(const char *path, size_t size) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return NULL;
  }
  char *text = malloc(size + 1);
  if (text != NULL) {
    text[fread(text, 1, size, file)] = '\0';
  }
  fclose(file);
  return text;
}

static int add_file(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)place;
  if (kind != FTW_F) {
    return 0;
  }
  char *text = read_file(path, (size_t)status->st_size);
  if (text == NULL) {
    perror(path);
    return 0;
  }
  sqlite3_bind_text(insertion, 1, path, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text(insertion, 2, text, -1, free);
  if (sqlite3_step(insertion) != SQLITE_DONE) {
    return fail();
  }
  indexed++;
  return sqlite3_reset(insertion);
}

static int index_folder(const char *folder) {
  const char *const schema = "DROP TABLE IF EXISTS note;"
                             "CREATE VIRTUAL TABLE note USING fts5(path UNINDEXED, text);";
  const char *const insert = "INSERT INTO note VALUES (?, ?)";
  if (sqlite3_exec(database, schema, NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2(database, insert, -1, &insertion, NULL) != SQLITE_OK) {
    return fail();
  }
  int failed = nftw(folder, add_file, 16, FTW_PHYS);
  sqlite3_finalize(insertion);
  printf("%d notes indexed\n", indexed);
  return failed != 0;
}

static int find(const char *words) {
  const char *const query = "SELECT path, snippet(note, 1, '[', ']', '…', 8) FROM note "
                            "WHERE note MATCH ? ORDER BY rank";
  sqlite3_stmt *search;
  if (sqlite3_prepare_v2(database, query, -1, &search, NULL) != SQLITE_OK) {
    return fail();
  }
  sqlite3_bind_text(search, 1, words, -1, SQLITE_STATIC);
  int found = 0;
  int state;
  while ((state = sqlite3_step(search)) == SQLITE_ROW) {
    printf("%s: %s\n", sqlite3_column_text(search, 0), sqlite3_column_text(search, 1));
    found++;
  }
  sqlite3_finalize(search);
  return state == SQLITE_DONE ? found == 0 : fail();
}

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "notes index FOLDER | notes find WORDS\n");
    return 2;
  }
  if (sqlite3_open(DATABASE, &database) != SQLITE_OK) {
    return fail();
  }
  int status = 2;
  if (strcmp(words[1], "index") == 0) {
    status = index_folder(words[2]);
  } else if (strcmp(words[1], "find") == 0) {
    status = find(words[2]);
  } else {
    fprintf(stderr, "notes: there is no command \"%s\"\n", words[1]);
  }
  sqlite3_close(database);
  return status;
}

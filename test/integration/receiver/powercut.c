/*
 * Preloaded into the receiver: what a disk surely holds, and syncs that fail.
 *
 * POWERCUT_FOLDER   files in this folder are watched (the -shm file is not: it is rebuilt)
 * POWERCUT_SHADOW   after each successful sync of a file, a copy of it is put here: what a power cut could not take away
 * POWERCUT_KILL_AT  n: SIGKILL in place of the n-th sync; -n: right after its copy was made
 * POWERCUT_FAIL     while this file exists, every sync fails with EIO
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int syncs;

/* The part of the path behind the watched folder, or NULL. */
static const char *watched(const char *path) {
  const char *folder = getenv("POWERCUT_FOLDER");
  if (folder == NULL) return NULL;
  size_t length = strlen(folder);
  if (strncmp(path, folder, length) != 0 || path[length] != '/') return NULL;
  const char *name = path + length + 1;
  size_t end = strlen(name);
  if (strchr(name, '/') != NULL) return NULL;
  if (end > 4 && strcmp(name + end - 4, "-shm") == 0) return NULL;
  return name;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  pause();
}

static void copy(const char *from, const char *name) {
  const char *shadow = getenv("POWERCUT_SHADOW");
  if (shadow == NULL) return;
  char part[PATH_MAX], whole[PATH_MAX], buffer[65536];
  snprintf(part, sizeof part, "%s/.%s.part", shadow, name);
  snprintf(whole, sizeof whole, "%s/%s", shadow, name);
  int in = open(from, O_RDONLY), out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (in < 0 || out < 0) abort();
  for (ssize_t n; (n = read(in, buffer, sizeof buffer)) > 0;)
    if (write(out, buffer, n) != n) abort();
  close(in);
  close(out);
  if (rename(part, whole) != 0) abort();
}

static int synced(int fd, const char *function) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, function);
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return real(fd);
  path[length] = 0;
  const char *name = watched(path);
  if (name == NULL) return real(fd);
  const char *fail = getenv("POWERCUT_FAIL");
  if (fail != NULL && access(fail, F_OK) == 0) {
    errno = EIO;
    return -1;
  }
  pthread_mutex_lock(&lock);
  const char *setting = getenv("POWERCUT_KILL_AT");
  int at = setting == NULL ? 0 : atoi(setting);
  syncs += 1;
  if (at == syncs) die();
  int result = real(fd);
  if (result == 0) copy(path, name);
  if (-at == syncs) die();
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int fd) { return synced(fd, "fsync"); }
int fdatasync(int fd) { return synced(fd, "fdatasync"); }

/* A rollback journal that is gone must be gone in the copy too. SQLite syncs the folder right after. */
int unlink(const char *path) {
  int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
  const char *name = watched(path), *shadow = getenv("POWERCUT_SHADOW");
  if (name != NULL && shadow != NULL) {
    char whole[PATH_MAX];
    snprintf(whole, sizeof whole, "%s/%s", shadow, name);
    real(whole);
  }
  return real(path);
}

/*
 * Preloaded into a service: what a disk surely holds, and a disk that fails.
 *
 * POWERCUT_FOLDER   files in this folder are watched (the -shm file is not: it is rebuilt)
 * POWERCUT_SHADOW   after each successful sync of a file, a copy of it is put here: what a power cut could not take away
 * POWERCUT_KILL_AT  n: SIGKILL in place of the n-th sync; -n: right after its copy was made
 * POWERCUT_FAIL     while this file exists, every sync fails with EIO
 * POWERCUT_SHORT    while this file exists, a write takes half of what it is given, as it may
 * POWERCUT_TORN     while this file exists, every other write takes half, and the next fails with EIO
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

static int ordered(const char *setting) {
  const char *file = getenv(setting);
  return file != NULL && access(file, F_OK) == 0;
}

/* The watched name of an open file, or NULL; its path is put into `path`. */
static const char *opened(int fd, char path[PATH_MAX]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return NULL;
  path[length] = 0;
  return watched(path);
}

static int synced(int fd, const char *function) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, function);
  char path[PATH_MAX];
  const char *name = opened(fd, path);
  if (name == NULL) return real(fd);
  if (ordered("POWERCUT_FAIL")) {
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

/* How much of a write is taken; -1: none, it fails. */
static ssize_t taken(int fd, size_t size) {
  static __thread int torn;
  char path[PATH_MAX];
  int isShort = ordered("POWERCUT_SHORT"), isTorn = ordered("POWERCUT_TORN");
  if (size < 2 || !(isShort || isTorn) || opened(fd, path) == NULL) return (ssize_t)size;
  if (isShort) return (ssize_t)(size / 2);
  torn = !torn;
  if (torn) return (ssize_t)(size / 2);
  errno = EIO;
  return -1;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  ssize_t (*real)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  ssize_t most = taken(fd, size);
  return most < 0 ? -1 : real(fd, bytes, (size_t)most);
}

static ssize_t placed(const char *function, int fd, const void *bytes, size_t size, off64_t at) {
  ssize_t (*real)(int, const void *, size_t, off64_t) =
      (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, function);
  ssize_t most = taken(fd, size);
  return most < 0 ? -1 : real(fd, bytes, (size_t)most, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return placed("pwrite", fd, bytes, size, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) { return placed("pwrite64", fd, bytes, size, at); }

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

/* Preloaded into a process: makes one call to the system fail, of those that touch a folder.

   FAILING_UNDER names the folder, FAILING_CONTROL a file that holds what is to fail (see struct control); all processes
   that are started with these count their calls together in it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, WRITE, FSYNC, RENAME, UNLINK, MKDIR, LINK };

static struct control {
    int operation;          /* one of the above; 0: nothing fails */
    int error;
    int lasting;            /* 0: only that one call; 1: it and all that follow */
    int at;                 /* from 1 */
    int count;              /* calls so far */
} *control;
static char under[4096];
static size_t length;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAILING_CONTROL"), *folder = getenv("FAILING_UNDER");
    if (!path || !folder) return;
    int (*really)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    int descriptor = really(path, O_RDWR);
    if (descriptor < 0) return;
    void *shared = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (shared == MAP_FAILED) return;
    snprintf(under, sizeof under, "%s", folder);
    length = strlen(under);
    control = shared;
}

static int fails(int operation, int folder, const char *path) {
    if (!control || control->operation != operation) return 0;
    char where[4096], link[64];
    if (path && path[0] == '/') {
        snprintf(where, sizeof where, "%s", path);
    } else if (folder >= 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t got = readlink(link, where, sizeof where - 1);
        if (got < 0) return 0;
        where[got] = 0;
    } else {
        return 0;
    }
    if (strncmp(where, under, length)) return 0;
    int count = __sync_add_and_fetch(&control->count, 1);
    if (count == control->at || (control->lasting && count > control->at)) {
        errno = control->error;
        return 1;
    }
    return 0;
}

#define REAL(type, name, ...) static type (*really)(__VA_ARGS__); if (!really) really = dlsym(RTLD_NEXT, name)
#define MODE(flags) mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); \
    mode = va_arg(rest, mode_t); va_end(rest); }

#define OPENS(name) int name(const char *path, int flags, ...) { MODE(flags) REAL(int, #name, const char *, int, ...); \
    return fails(OPEN, -1, path) ? -1 : really(path, flags, mode); }
OPENS(open) OPENS(open64)
#define OPENS_AT(name) int name(int folder, const char *path, int flags, ...) { MODE(flags) \
    REAL(int, #name, int, const char *, int, ...); return fails(OPEN, folder, path) ? -1 : really(folder, path, flags, mode); }
OPENS_AT(openat) OPENS_AT(openat64)

#define WRITES(name, rest, ...) ssize_t name(int file, __VA_ARGS__) { REAL(ssize_t, #name, int, __VA_ARGS__); \
    return fails(WRITE, file, NULL) ? -1 : really rest; }
WRITES(write, (file, data, size), const void *data, size_t size)
WRITES(pwrite, (file, data, size, offset), const void *data, size_t size, off_t offset)
WRITES(pwrite64, (file, data, size, offset), const void *data, size_t size, off64_t offset)
WRITES(writev, (file, parts, count), const struct iovec *parts, int count)

int fsync(int file) { REAL(int, "fsync", int); return fails(FSYNC, file, NULL) ? -1 : really(file); }
int fdatasync(int file) { REAL(int, "fdatasync", int); return fails(FSYNC, file, NULL) ? -1 : really(file); }

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    return fails(RENAME, -1, to) ? -1 : really(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    return fails(RENAME, b, to) ? -1 : really(a, from, b, to);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
    return fails(RENAME, b, to) ? -1 : really(a, from, b, to, flags);
}
int unlink(const char *path) { REAL(int, "unlink", const char *); return fails(UNLINK, -1, path) ? -1 : really(path); }
int unlinkat(int folder, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    return fails(UNLINK, folder, path) ? -1 : really(folder, path, flags);
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return fails(MKDIR, -1, path) ? -1 : really(path, mode);
}
int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    return fails(MKDIR, folder, path) ? -1 : really(folder, path, mode);
}
int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *);
    return fails(LINK, -1, to) ? -1 : really(from, to);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    return fails(LINK, b, to) ? -1 : really(a, from, b, to, flags);
}

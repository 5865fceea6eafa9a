/* Counts the calls by which a process changes files below one folder, and strikes at the n-th of them.

   Preloaded (LD_PRELOAD) into an interpreter that forks one child for each point. The child calls faults_arm; its
   parent reads faults_count, from memory that both share, when the child has ended. Calls that succeed can be recorded
   for a replay. The order of the enums is known to shim.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum op { OPEN, WRITE, SYNC, RENAME, UNLINK, TRUNCATE, MKDIR, MODE, LINK };
enum deed { COUNT, SIGNAL_BEFORE, SIGNAL_AFTER, FAIL, SHORT, TORN };

struct record { int32_t op, names; int64_t offset, length; };

static struct {
    char root[PATH_MAX];
    size_t length;
    int deed, detail, mask, log;
    long from, until;
} plan = {.log = -1};
static long *count;

/* Take memory for the count that is shared with the children from then on, and with nobody else. */
__attribute__((constructor)) void faults_share(void) {
    count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* Do `deed` at those calls of the kinds in `mask` below `root` whose number lies in [from, until). `detail` is a signal
   or an errno. With `log`, a file descriptor, every call that succeeds is recorded there. */
void faults_arm(const char *root, int deed, int detail, int mask, long from, long until, int log) {
    snprintf(plan.root, sizeof plan.root, "%s", root);
    plan.length = strlen(plan.root);
    plan.deed = deed, plan.detail = detail, plan.mask = mask, plan.from = from, plan.until = until, plan.log = log;
    *count = 0;
}

long faults_count(void) { return *count; }

/* Read from /proc what a descriptor stands for. */
static const char *named(int file) {
    static char path[PATH_MAX], link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

static int below(const char *path) {
    return plan.length && !strncmp(path, plan.root, plan.length) && strchr("/", path[plan.length]);
}

/* Count a call, and tell what is to be done at it; a signal that precedes it is sent at once. */
static int judged(enum op op, const char *path) {
    if (!below(path) || !(plan.mask >> op & 1)) return COUNT;
    long number = ++*count;
    if (number < plan.from || number >= plan.until) return COUNT;
    if (plan.deed == SIGNAL_BEFORE) kill(getpid(), plan.detail);
    if (plan.deed == FAIL) errno = plan.detail;
    return plan.deed;
}

static void ended(int deed) {
    int kept = errno;
    if (deed == SIGNAL_AFTER) kill(getpid(), plan.detail);
    if (deed == TORN) kill(getpid(), SIGKILL);
    errno = kept;
}

static void recorded(enum op op, const char *path, const char *other, long offset, const void *data, long length) {
    static ssize_t (*real)(int, const struct iovec *, int);
    if (plan.log < 0 || !below(path)) return;
    if (!real) real = dlsym(RTLD_NEXT, "writev");
    int kept = errno;
    size_t first = strlen(path) + 1, second = strlen(other) + 1;
    struct record head = {op, first + second, offset, length};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)path, first}, {(void *)other, second},
                            {(void *)data, data ? length : 0}};
    real(plan.log, parts, 4);
    errno = kept;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* A call that knows a path; `note` records it. */
#define CALL(name, op, path, parameters, arguments, note) \
    int name parameters { \
        REAL(name); \
        int deed = judged(op, path); \
        if (deed == FAIL) return -1; \
        int result = real arguments; \
        if (result == 0) note; \
        ended(deed); \
        return result; \
    }

CALL(fsync, SYNC, named(file), (int file), (file), recorded(SYNC, named(file), "", 0, NULL, 0))
CALL(fdatasync, SYNC, named(file), (int file), (file), recorded(SYNC, named(file), "", 0, NULL, 0))
CALL(rename, RENAME, new, (const char *old, const char *new), (old, new), recorded(RENAME, old, new, 0, NULL, 0))
CALL(link, LINK, new, (const char *old, const char *new), (old, new), recorded(LINK, old, new, 0, NULL, 0))
CALL(unlink, UNLINK, path, (const char *path), (path), recorded(UNLINK, path, "", 0, NULL, 0))
CALL(mkdir, MKDIR, path, (const char *path, mode_t mode), (path, mode), recorded(MKDIR, path, "", mode, NULL, 0))
CALL(chmod, MODE, path, (const char *path, mode_t mode), (path, mode), recorded(MODE, path, "", mode, NULL, 0))
CALL(fchmod, MODE, named(file), (int file, mode_t mode), (file, mode), recorded(MODE, named(file), "", mode, NULL, 0))
CALL(fchown, MODE, named(file), (int file, uid_t user, gid_t group), (file, user, group), (void)0)
CALL(ftruncate, TRUNCATE, named(file), (int file, off_t length), (file, length),
     recorded(TRUNCATE, named(file), "", length, NULL, 0))
CALL(ftruncate64, TRUNCATE, named(file), (int file, off64_t length), (file, length),
     recorded(TRUNCATE, named(file), "", length, NULL, 0))

#define HALF(deed, length) ((deed) == SHORT || (deed) == TORN ? ((length) + 1) / 2 : (length))

ssize_t write(int file, const void *data, size_t length) {
    REAL(write);
    int deed = judged(WRITE, named(file));
    if (deed == FAIL) return -1;
    ssize_t written = real(file, data, HALF(deed, length));
    if (written > 0) recorded(WRITE, named(file), "", lseek(file, 0, SEEK_CUR) - written, data, written);
    ended(deed);
    return written;
}

#define PWRITE(name, offset_t) \
    ssize_t name(int file, const void *data, size_t length, offset_t offset) { \
        REAL(name); \
        int deed = judged(WRITE, named(file)); \
        if (deed == FAIL) return -1; \
        ssize_t written = real(file, data, HALF(deed, length), offset); \
        if (written > 0) recorded(WRITE, named(file), "", offset, data, written); \
        ended(deed); \
        return written; \
    }

PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

/* Opening counts where it can make a file or empty one. */
#define OPENED(name, declared, given) \
    int name declared { \
        REAL(name); \
        mode_t mode = 0; \
        if (flags & O_CREAT) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        int deed = flags & (O_CREAT | O_TRUNC) ? judged(OPEN, path) : COUNT; \
        if (deed == FAIL) return -1; \
        int file = real given; \
        if (file >= 0 && flags & (O_CREAT | O_TRUNC)) recorded(OPEN, path, "", flags & O_TRUNC, NULL, mode); \
        ended(deed); \
        return file; \
    }

OPENED(open, (const char *path, int flags, ...), (path, flags, mode))
OPENED(open64, (const char *path, int flags, ...), (path, flags, mode))
OPENED(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPENED(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))

#include "tests/app/session/faulty_vfs.h"

#include <algorithm>
#include <csignal>
#include <map>
#include <new>
#include <random>
#include <sqlite3.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace lectern::test {

namespace {

Fault g_fault = Fault::None;
int g_at = 0;
int g_count = 0;
sqlite3_vfs g_vfs = {};
sqlite3_vfs* g_below = nullptr;

// The real file follows this header in the memory SQLite gives us.
struct FaultyFile {
    sqlite3_file base;
    sqlite3_file* below;
    int number; // its key in g_unsynced
};

// What a write that is not yet synced has changed.
struct UnsyncedWrite {
    sqlite3_int64 at = 0;
    sqlite3_int64 sizeBefore = 0;
    std::string before; // as far as the file reached
    std::string after;
};

struct OpenedFile {
    sqlite3_file* below = nullptr;
    std::vector<UnsyncedWrite> writes; // the oldest first
};

std::map<int, OpenedFile> g_unsynced;
int g_nextNumber = 0;

sqlite3_file* belowOf(sqlite3_file* file)
{
    return reinterpret_cast<FaultyFile*>(file)->below;
}

bool losesPower()
{
    return g_fault == Fault::PowerLoss || g_fault == Fault::TornPowerLoss;
}

void remember(FaultyFile* file, const char* after, int size, sqlite3_int64 at)
{
    UnsyncedWrite write;
    write.at = at;
    write.after.assign(after, static_cast<std::size_t>(size));
    file->below->pMethods->xFileSize(file->below, &write.sizeBefore);
    const auto reach = std::clamp<sqlite3_int64>(write.sizeBefore - at, 0, size);
    write.before.resize(static_cast<std::size_t>(reach));
    if (reach > 0)
        file->below->pMethods->xRead(file->below, write.before.data(), static_cast<int>(reach), at);
    g_unsynced[file->number].writes.push_back(std::move(write));
}

// Takes back what no sync has kept, then puts some of it on the disk again where it is torn, in any order of its own.
void losePower()
{
    std::mt19937 random(static_cast<unsigned>(g_at));
    for (auto& [number, file] : g_unsynced) {
        const auto put = [below = file.below](const std::string& bytes, std::size_t size, sqlite3_int64 at) {
            if (size > 0)
                below->pMethods->xWrite(below, bytes.data(), static_cast<int>(size), at);
        };
        for (auto write = file.writes.rbegin(); write != file.writes.rend(); ++write) {
            put(write->before, write->before.size(), write->at);
            file.below->pMethods->xTruncate(file.below, write->sizeBefore);
        }
        if (g_fault == Fault::TornPowerLoss)
            for (const UnsyncedWrite& write : file.writes)
                put(write.after, write.after.size() * (random() % 3) / 2, write.at);
    }
    ::kill(::getpid(), SIGKILL);
}

// SQLITE_OK, or the code this operation has to fail with.
int nextOperation(bool isWrite)
{
    ++g_count;
    const bool hit = g_count == g_at;
    const bool past = g_count >= g_at;
    switch (g_fault) {
    case Fault::None:
    case Fault::TornKill:
        return SQLITE_OK;
    case Fault::FullOnce:
        return hit && isWrite ? SQLITE_FULL : SQLITE_OK;
    case Fault::FullAlways:
        return past && isWrite ? SQLITE_FULL : SQLITE_OK;
    case Fault::ErrorOnce:
        return hit ? SQLITE_IOERR_WRITE : SQLITE_OK;
    case Fault::ErrorAlways:
        return past ? SQLITE_IOERR_WRITE : SQLITE_OK;
    case Fault::Kill:
        if (hit)
            ::kill(::getpid(), SIGKILL);
        return SQLITE_OK;
    case Fault::PowerLoss:
    case Fault::TornPowerLoss:
        if (hit)
            losePower();
        return SQLITE_OK;
    }
    return SQLITE_OK;
}

int numberOf(sqlite3_file* file)
{
    return reinterpret_cast<FaultyFile*>(file)->number;
}

int closeFile(sqlite3_file* f)
{
    g_unsynced.erase(numberOf(f));
    return belowOf(f)->pMethods ? belowOf(f)->pMethods->xClose(belowOf(f)) : SQLITE_OK;
}
int readFile(sqlite3_file* f, void* to, int size, sqlite3_int64 at)
{
    return belowOf(f)->pMethods->xRead(belowOf(f), to, size, at);
}
int writeFile(sqlite3_file* f, const void* from, int size, sqlite3_int64 at)
{
    if (const int code = nextOperation(true); code != SQLITE_OK)
        return code;
    if (g_fault == Fault::TornKill && g_count >= g_at) {
        belowOf(f)->pMethods->xWrite(belowOf(f), from, size / 2, at);
        ::kill(::getpid(), SIGKILL);
    }
    if (losesPower())
        remember(reinterpret_cast<FaultyFile*>(f), static_cast<const char*>(from), size, at);
    return belowOf(f)->pMethods->xWrite(belowOf(f), from, size, at);
}
int truncateFile(sqlite3_file* f, sqlite3_int64 size)
{
    const int code = nextOperation(false);
    return code != SQLITE_OK ? code : belowOf(f)->pMethods->xTruncate(belowOf(f), size);
}
int syncFile(sqlite3_file* f, int flags)
{
    if (const int code = nextOperation(false); code != SQLITE_OK)
        return code;
    g_unsynced[numberOf(f)].writes.clear();
    return belowOf(f)->pMethods->xSync(belowOf(f), flags);
}
int sizeOfFile(sqlite3_file* f, sqlite3_int64* size)
{
    return belowOf(f)->pMethods->xFileSize(belowOf(f), size);
}
int lockFile(sqlite3_file* f, int level)
{
    return belowOf(f)->pMethods->xLock(belowOf(f), level);
}
int unlockFile(sqlite3_file* f, int level)
{
    return belowOf(f)->pMethods->xUnlock(belowOf(f), level);
}
int checkLock(sqlite3_file* f, int* held)
{
    return belowOf(f)->pMethods->xCheckReservedLock(belowOf(f), held);
}
int controlFile(sqlite3_file* f, int op, void* arg)
{
    return belowOf(f)->pMethods->xFileControl(belowOf(f), op, arg);
}
int sectorSize(sqlite3_file* f)
{
    return belowOf(f)->pMethods->xSectorSize(belowOf(f));
}
int characteristics(sqlite3_file* f)
{
    return belowOf(f)->pMethods->xDeviceCharacteristics(belowOf(f));
}
int mapShared(sqlite3_file* f, int page, int size, int extend, void volatile** out)
{
    return belowOf(f)->pMethods->xShmMap(belowOf(f), page, size, extend, out);
}
int lockShared(sqlite3_file* f, int offset, int n, int flags)
{
    return belowOf(f)->pMethods->xShmLock(belowOf(f), offset, n, flags);
}
void barrierShared(sqlite3_file* f)
{
    belowOf(f)->pMethods->xShmBarrier(belowOf(f));
}
int unmapShared(sqlite3_file* f, int remove)
{
    return belowOf(f)->pMethods->xShmUnmap(belowOf(f), remove);
}

const sqlite3_io_methods kMethods = {
    2,          closeFile,     readFile,    writeFile,   truncateFile, syncFile,        sizeOfFile,
    lockFile,   unlockFile,    checkLock,   controlFile, sectorSize,   characteristics, mapShared,
    lockShared, barrierShared, unmapShared, nullptr,     nullptr};

int openFile(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* outFlags)
{
    auto* faulty = new (file) FaultyFile{};
    faulty->below = reinterpret_cast<sqlite3_file*>(faulty + 1);
    faulty->below->pMethods = nullptr;
    const int code = g_below->xOpen(g_below, name, faulty->below, flags, outFlags);
    faulty->base.pMethods = faulty->below->pMethods ? &kMethods : nullptr;
    faulty->number = g_nextNumber++;
    if (faulty->below->pMethods)
        g_unsynced[faulty->number].below = faulty->below;
    return code;
}

} // namespace

void installFaultyVfs()
{
    g_below = sqlite3_vfs_find(nullptr);
    g_vfs = *g_below;
    g_vfs.zName = "faulty";
    g_vfs.szOsFile = static_cast<int>(sizeof(FaultyFile)) + g_below->szOsFile;
    g_vfs.xOpen = &openFile;
    sqlite3_vfs_register(&g_vfs, 1);
}

void armFault(Fault fault, int at)
{
    g_fault = fault;
    g_at = at;
    g_count = 0;
}

int operationsSinceArmed()
{
    return g_count;
}

} // namespace lectern::test

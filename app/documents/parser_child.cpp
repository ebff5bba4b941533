// The child's side: gives up what a parser does not need, reads one document, sends it.
#include "app/documents/parser_process.h"
#include "app/documents/parser_spawn.h"
#include "app/documents/parser_wire.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <array>
#include <QCoreApplication>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lectern {

namespace {

constexpr auto kProgressEvery = std::chrono::milliseconds(30);

// Set once, before any reader runs.
std::atomic<bool> g_available{false};

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0; // unknown: no filter
#endif

sock_filter statement(std::uint32_t code, std::uint32_t value)
{
    return {static_cast<std::uint16_t>(code), 0, 0, value};
}
sock_filter jump(std::uint32_t code, std::uint32_t value, std::uint8_t ifTrue, std::uint8_t ifFalse)
{
    return {static_cast<std::uint16_t>(code), ifTrue, ifFalse, value};
}

// System calls that a parser never needs: those of networks, of other programs and of changing files. They fail with
// EPERM, as does opening a file to write. seccomp(2); the classic BPF program reads struct seccomp_data.
bool denySystemCalls()
{
    constexpr auto kDenied = std::to_array<std::uint32_t>(
        {SYS_socket, SYS_connect, SYS_bind, SYS_socketpair, SYS_execve, SYS_execveat, SYS_ptrace, SYS_unlinkat,
         SYS_renameat2, SYS_mkdirat, SYS_linkat, SYS_symlinkat, SYS_fchmodat, SYS_fchownat, SYS_truncate, SYS_mount,
#if defined(__x86_64__)
         SYS_fork, SYS_vfork, SYS_unlink, SYS_rename, SYS_renameat, SYS_mkdir, SYS_rmdir, SYS_link, SYS_symlink,
         SYS_chmod, SYS_creat,
#endif
         SYS_kill, SYS_process_vm_readv});
    constexpr std::uint32_t kDeny = SECCOMP_RET_ERRNO | EPERM;
    constexpr auto kCount = static_cast<std::uint8_t>(kDenied.size());
    std::vector<sock_filter> program = {
        statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
        jump(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
        statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
    };
    for (std::uint8_t i = 0; i < kCount; ++i)
        program.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, kDenied[i], static_cast<std::uint8_t>(kCount - i + 3), 0));
    program.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 2)); // else: to allow
    program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])));
    program.push_back(jump(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 1, 0));
    program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    program.push_back(statement(BPF_RET | BPF_K, kDeny));
    const sock_fprog filter = {static_cast<unsigned short>(program.size()), program.data()};
    return kArchitecture == 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

void setLimit(__rlimit_resource resource, rlim_t value)
{
    const rlimit limit = {value, value};
    ::setrlimit(resource, &limit);
}

void giveUpPowers(const ReadLimits& limits)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // these map terabytes and write reports
    setLimit(RLIMIT_AS, limits.maxParserMemoryBytes);
    setLimit(RLIMIT_FSIZE, 0);
#endif
    setLimit(RLIMIT_CPU, limits.maxParserCpuSeconds);
    setLimit(RLIMIT_CORE, 0);
    setLimit(RLIMIT_NOFILE, 256);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    denySystemCalls(); // where the kernel has none the limits above still hold
}

std::string readAll(int fd)
{
    std::string bytes;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;)
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
    return bytes;
}

ReadOptions childOptions(const ReadLimits& limits)
{
    ReadOptions options;
    options.limits = limits;
    options.progress = [last = std::chrono::steady_clock::time_point()](const ReadProgress& progress) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (now - last < kProgressEvery)
            return;
        last = now;
        writeFrame(kParserReplyFd, FrameType::Progress, progressToBytes(progress));
    };
    return options;
}

int sendDocument(const Result<Document>& document)
{
    if (!document)
        return writeFrame(kParserReplyFd, FrameType::Failure, errorToBytes(document.error())) ? 0 : 1;
    const bool sent = writeFrame(kParserReplyFd, FrameType::Facts, factsToBytes(*document)) &&
                      writeFrame(kParserReplyFd, FrameType::Text, document->text);
    return sent ? 0 : 1;
}

} // namespace

bool parserChildAvailable()
{
    return g_available;
}

std::optional<int> parserChildMain(int argc, char** argv)
{
    if (argc < 2 || std::string_view(argv[1]) != kParserArgument) {
        g_available = true;
        return std::nullopt;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    const Result<ParserRequest> request = requestFromBytes(readAll(STDIN_FILENO));
    if (!request)
        return 1;
    QCoreApplication application(argc, argv); // QtPdf wants one
    giveUpPowers(request->limits);
    return sendDocument(readDocument(request->path, childOptions(request->limits)));
}

} // namespace lectern

// The parent's side of the parser child.
#include "app/documents/parser_process.h"

#include "app/documents/input_file.h"
#include "app/documents/parser_spawn.h"
#include "app/documents/parser_wire.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace lectern {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLookEveryMs = 50; // at the cancel flag and the clock
constexpr int kGraceLooks = 200; // for a child that has closed its pipe to end
constexpr int kGraceLookMs = 5;
constexpr std::uint64_t kMostFactsBytes = std::uint64_t(256) << 20;
constexpr std::uint64_t kMostSmallBytes = std::uint64_t(1) << 20; // of a progress or error frame

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : m_fd(fd) {}
    Descriptor(Descriptor&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~Descriptor() { close(); }
    int get() const { return m_fd; }
    void close()
    {
        if (m_fd >= 0)
            ::close(std::exchange(m_fd, -1));
    }

private:
    int m_fd = -1;
};

struct Pipe {
    Descriptor readEnd, writeEnd;
    bool open()
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return false;
        readEnd = Descriptor(ends[0]);
        writeEnd = Descriptor(ends[1]);
        return true;
    }
};

// A child that is waited for wherever its owner goes.
class Child {
public:
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child() = default;
    ~Child() { end(SIGKILL); }

    bool start(int requestFd, int replyFd)
    {
        posix_spawn_file_actions_t actions;
        if (::posix_spawn_file_actions_init(&actions) != 0)
            return false;
        // Moved out of the way first: a descriptor that is already 3 would keep its close-on-exec flag.
        const Descriptor reply(::fcntl(replyFd, F_DUPFD_CLOEXEC, 10));
        const Descriptor request(::fcntl(requestFd, F_DUPFD_CLOEXEC, 10));
        bool ready = reply.get() >= 0 && request.get() >= 0;
        ready = ready && ::posix_spawn_file_actions_adddup2(&actions, request.get(), STDIN_FILENO) == 0;
        ready = ready && ::posix_spawn_file_actions_adddup2(&actions, reply.get(), kParserReplyFd) == 0;
        for (const int fd : {STDOUT_FILENO, STDERR_FILENO})
            ready = ready && ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0) == 0;
        std::string program = "lectern-parser";
        std::string argument(kParserArgument);
        std::array<char*, 3> arguments = {program.data(), argument.data(), nullptr};
        const bool started = ready && ::posix_spawn(&m_pid, "/proc/self/exe", &actions, nullptr, arguments.data(),
                                                    ::environ) == 0;
        ::posix_spawn_file_actions_destroy(&actions);
        if (!started)
            m_pid = -1;
        return started;
    }

    // Its wait status. With signal 0 it has a second to end by itself, which says why it died.
    int end(int signal)
    {
        if (m_pid < 0)
            return m_status;
        for (int wait = 0; signal == 0 && wait < kGraceLooks; ++wait) {
            if (::waitpid(m_pid, &m_status, WNOHANG) == m_pid) {
                m_pid = -1;
                return m_status;
            }
            ::poll(nullptr, 0, kGraceLookMs);
        }
        ::kill(m_pid, SIGKILL);
        while (::waitpid(m_pid, &m_status, 0) < 0 && errno == EINTR) {
        }
        m_pid = -1;
        return m_status;
    }

private:
    pid_t m_pid = -1;
    int m_status = 0;
};

// The frames of one child, as they come.
class Reply {
public:
    Reply(const ReadOptions& options, std::string name, const char* label)
        : m_options(options), m_name(std::move(name)), m_label(label)
    {
    }

    // Reads until the child has closed its end or something is wrong with it.
    Status receive(int fd)
    {
        auto lastSign = Clock::now();
        while (!m_complete) {
            if (m_options.cancel.isCancelled())
                return fail(ErrorCode::Cancelled, "Reading " + m_name + " was stopped.");
            const auto silence = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - lastSign).count();
            if (silence >= std::int64_t(m_options.limits.maxParserSilenceMs))
                return fail(ErrorCode::TooLong,
                            m_name + " kept the reader of " + m_label + " files busy for " +
                                std::to_string(m_options.limits.maxParserSilenceMs / 1000) +
                                " s without getting on, so it was stopped.",
                            "The file is very large, damaged or hostile; leave it out or save it anew.");
            pollfd waiting = {fd, POLLIN, 0};
            // Not a moment longer than it may still be silent: a sign that comes too late is none.
            const auto left = std::int64_t(m_options.limits.maxParserSilenceMs) - silence;
            const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, kLookEveryMs)));
            if (ready <= 0)
                continue;
            const ssize_t got = ::read(fd, m_buffer.data(), m_buffer.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                return {};
            lastSign = Clock::now();
            if (const Status taken = take({m_buffer.data(), static_cast<std::size_t>(got)}); !taken)
                return taken;
        }
        return {};
    }

    bool complete() const { return m_complete; }
    Result<Document> document(const std::string& path)
    {
        if (m_error)
            return tl::unexpected<Error>(*m_error);
        Result<Document> document = documentFromBytes(m_facts, std::move(m_text));
        if (document)
            document->path = path;
        return document;
    }

private:
    Status take(std::string_view bytes)
    {
        while (!bytes.empty()) {
            if (m_headBytes < sizeof m_head) {
                const std::size_t part = std::min(bytes.size(), sizeof m_head - m_headBytes);
                std::memcpy(reinterpret_cast<char*>(&m_head) + m_headBytes, bytes.data(), part);
                m_headBytes += part;
                bytes.remove_prefix(part);
                if (m_headBytes < sizeof m_head)
                    return {};
                if (m_head.bytes > mostBytes(m_head.type))
                    return fail(ErrorCode::BadInput, m_name + " made its reader send more than it may.",
                                "The file is damaged or hostile; leave it out.");
            }
            const std::size_t part = std::min<std::uint64_t>(bytes.size(), m_head.bytes - m_payload.size());
            m_payload.append(bytes.substr(0, part));
            bytes.remove_prefix(part);
            if (m_payload.size() == m_head.bytes)
                finishFrame();
        }
        if (m_headBytes == sizeof m_head && m_head.bytes == 0)
            finishFrame();
        return {};
    }

    std::uint64_t mostBytes(FrameType type) const
    {
        return type == FrameType::Text    ? m_options.limits.maxTextBytes + kMostSmallBytes
               : type == FrameType::Facts ? kMostFactsBytes
                                          : kMostSmallBytes;
    }

    void finishFrame()
    {
        m_headBytes = 0;
        std::string payload = std::exchange(m_payload, {});
        if (m_head.type == FrameType::Progress) {
            const Result<ReadProgress> progress = progressFromBytes(payload);
            if (progress && m_options.progress)
                m_options.progress(*progress);
        } else if (m_head.type == FrameType::Facts) {
            m_facts = std::move(payload);
        } else if (m_head.type == FrameType::Text) {
            m_text = std::move(payload);
            m_complete = true;
        } else {
            m_error = errorFromBytes(payload);
            m_complete = true;
        }
    }

    const ReadOptions& m_options;
    const std::string m_name;
    const char* m_label;
    std::array<char, 64 * 1024> m_buffer{};
    FrameHead m_head;
    std::size_t m_headBytes = 0;
    std::string m_payload, m_facts, m_text;
    std::optional<Error> m_error;
    bool m_complete = false;
};

// The child has ended without an answer.
tl::unexpected<Error> deathOf(int status, const std::string& name, const char* label, const ReadLimits& limits)
{
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (signal == SIGXCPU)
        return fail(ErrorCode::TooLong,
                    name + " took more than " + std::to_string(limits.maxParserCpuSeconds) +
                        " s of computing to read, so it was stopped.",
                    "Split it into smaller files.");
    return fail(ErrorCode::BadInput,
                name + " made the reader of " + label + " files fail (" +
                    (signal != 0 ? ::strsignal(signal) : "it ended early") + "); nothing else was harmed.",
                "The file is damaged or hostile, or needs more than " + shownBytes(limits.maxParserMemoryBytes) +
                    " of memory; leave it out or save it anew.");
}

} // namespace

Result<Document> readInChild(const std::string& path, const char* label, const ReadOptions& options)
{
    const std::string name = shownName(path);
    Pipe request, reply;
    Child child;
    if (!request.open() || !reply.open() || !child.start(request.readEnd.get(), reply.writeEnd.get()))
        return fail(ErrorCode::OutOfMemory,
                    name + " can not be read: no process could be started for it (" + std::strerror(errno) + ").",
                    "Close other programs and try again.");
    reply.writeEnd.close();
    // Shorter than a pipe holds, so this can not block; our own reading end keeps a child that is gone from being a SIGPIPE.
    writeAll(request.writeEnd.get(), requestToBytes({path, options.limits}));
    request.writeEnd.close();
    request.readEnd.close();
    Reply answer(options, name, label);
    const Status received = answer.receive(reply.readEnd.get());
    const int status = child.end(received && !answer.complete() ? 0 : SIGKILL);
    if (!received)
        return failed(received);
    if (!answer.complete())
        return deathOf(status, name, label, options.limits);
    return answer.document(path);
}

} // namespace lectern

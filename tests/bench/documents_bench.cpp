// Times reading, packing and searching at the sizes Lectern is made for, and says what memory each took. Makes its files
// in a folder of its own under --folder. Prints one JSON document; see --help for the parts.
#include "app/documents/document_readers.h"
#include "app/documents/parser_process.h"
#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"

#include <algorithm>
#include <chrono>
#include <CLI/CLI.hpp>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <QGuiApplication>
#include <QPainter>
#include <QPdfWriter>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace lectern;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;
using lectern::test::FilesIn;

namespace {

double millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Of this thread: what a loaded machine does not stretch.
double processorMs()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

std::string makePdf(const FilesIn& folder, int pages)
{
    const std::string path = folder.path("book.pdf");
    QPdfWriter writer(QString::fromStdString(path));
    QPainter painter(&writer);
    for (int page = 1; page <= pages; ++page) {
        for (int line = 0; line < 45; ++line)
            painter.drawText(400, 600 + line * 280,
                             QStringLiteral("Line %1 of page %2 tells what the keeper of the gate wrote in that year, and more.")
                                 .arg(line)
                                 .arg(page));
        if (page < pages)
            writer.newPage();
    }
    return path;
}

std::string makeText(const FilesIn& folder, std::size_t bytes)
{
    std::string text;
    while (text.size() < bytes)
        text += "Line " + std::to_string(text.size()) + " tells what the keeper of the gate wrote, and mor\xC3\xA9.\n";
    return folder.write("book.txt", text);
}

std::string makeRepository(const FilesIn& folder, int files, std::size_t bytesEach)
{
    for (int i = 0; i < files; ++i) {
        std::string text = "// file " + std::to_string(i) + "\n";
        for (int line = 0; text.size() < bytesEach; ++line)
            text += "    total += values[" + std::to_string(line) + "]; // and so on\n";
        folder.write("r/part" + std::to_string(i / 200) + "/sub" + std::to_string(i % 10) + "/file" + std::to_string(i) +
                         ".cc",
                     text);
    }
    return folder.path("r");
}

struct Reading {
    double ms = 0, firstProgressMs = 0, longestSilenceMs = 0, stoppedAfterMs = 0;
    int progressCalls = 0;
    std::uint64_t textBytes = 0;
    std::size_t pages = 0, files = 0;
};

Reading readOnce(const std::string& path, bool numbered)
{
    Reading reading;
    ReadOptions options;
    options.folder.lineNumbers = numbered;
    const auto start = Clock::now();
    auto last = start;
    options.progress = [&](const ReadProgress&) {
        if (reading.progressCalls++ == 0)
            reading.firstProgressMs = millisecondsSince(start);
        reading.longestSilenceMs = std::max(reading.longestSilenceMs, millisecondsSince(last));
        last = Clock::now();
    };
    const Result<Document> document = readDocument(path, options);
    reading.ms = millisecondsSince(start);
    if (!document) {
        std::cerr << document.error().message << "\n";
        return reading;
    }
    reading.textBytes = document->text.size();
    reading.pages = document->pages.size();
    reading.files = document->files.size();
    return reading;
}

// The worst of several: from another thread, after a part of the time that a whole reading takes.
double stopTime(const std::string& path, double wholeMs)
{
    double worst = 0;
    for (int tenth = 1; tenth < 10; tenth += 2) {
        ReadOptions options;
        Clock::time_point wished;
        std::thread person([&] {
            std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(wholeMs * tenth / 10));
            wished = Clock::now();
            options.cancel.cancel();
        });
        const Result<Document> document = readDocument(path, options);
        const auto ended = Clock::now();
        person.join();
        if (!document)
            worst = std::max(worst, std::chrono::duration<double, std::milli>(ended - wished).count());
    }
    return worst;
}

// In a process of its own, so that the peak is this reading's.
Json measureReading(const std::string& path, bool numbered)
{
    int ends[2] = {};
    if (::pipe(ends) != 0)
        return {};
    const pid_t child = ::fork();
    if (child == 0) {
        Reading reading = readOnce(path, numbered);
        rusage own = {}, parser = {};
        ::getrusage(RUSAGE_SELF, &own);
        ::getrusage(RUSAGE_CHILDREN, &parser);
        reading.stoppedAfterMs = stopTime(path, reading.ms);
        const Json row = {{"ms", reading.ms},
                          {"text_bytes", reading.textBytes},
                          {"pages", reading.pages},
                          {"files", reading.files},
                          {"progress_calls", reading.progressCalls},
                          {"first_progress_ms", reading.firstProgressMs},
                          {"longest_silence_ms", reading.longestSilenceMs},
                          {"worst_stop_ms", reading.stoppedAfterMs},
                          {"peak_mb", double(own.ru_maxrss) / 1024},
                          {"parser_peak_mb", double(parser.ru_maxrss) / 1024}};
        const std::string line = row.dump();
        (void)!::write(ends[1], line.data(), line.size());
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string line;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        line.append(buffer, std::size_t(got));
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return Json::parse(line, nullptr, false);
}

// "the" stands everywhere, the words of high numbers are rare.
std::string proseOf(std::mt19937& random, std::size_t bytes)
{
    std::string text;
    while (text.size() < bytes)
        text += "the w" + std::to_string(std::min(random() % 50'000, random() % 50'000)) +
                (random() % 12 == 0 ? ".\n" : " ");
    return text;
}

Json measureSearch(const FilesIn& folder, int sessions, std::size_t bytesEach)
{
    Result<SessionStore> store = SessionStore::open(folder.path("store"));
    if (!store)
        return {};
    std::mt19937 random(9);
    const auto start = Clock::now();
    for (int s = 0; s < sessions; ++s) {
        const SessionId session = store->createSession("session " + std::to_string(s)).value();
        Document document;
        document.name = "d" + std::to_string(s);
        document.kind = "text";
        document.text = proseOf(random, bytesEach);
        if (!store->addDocument(session, document) ||
            !store->addMessage(session, MessageRole::User, proseOf(random, 200)))
            return {};
    }
    Json rows = Json::array();
    for (const char* typed : {"the", "w499", "the w10", "w49999", "\"the w17 the\"", "w1234 w4321", "w12345", "nowhere"}) {
        std::vector<double> times;
        double processor = 1e9;
        std::size_t hits = 0;
        for (int repeat = 0; repeat < 5; ++repeat) {
            const auto asked = Clock::now();
            const double before = processorMs();
            const auto found = store->search(typed);
            times.push_back(millisecondsSince(asked));
            processor = std::min(processor, processorMs() - before);
            hits = found ? found->size() : 0;
        }
        const double first = times.front();
        std::ranges::sort(times);
        rows.push_back({{"typed", typed}, {"hits", hits}, {"first_ms", first}, {"median_ms", times[2]}, {"worst_ms", times[4]}, {"processor_ms", processor}});
    }
    return {{"sessions", sessions},
            {"document_bytes", std::uint64_t(sessions) * bytesEach},
            {"filled_ms", millisecondsSince(start)},
            {"searches", rows}};
}

} // namespace

int main(int argc, char** argv)
{
    if (const auto parsed = parserChildMain(argc, argv))
        return *parsed;
    std::vector<std::string> parts = {"pdf", "text", "repository", "search"};
    std::string folderAbove;
    CLI::App app("Times reading, packing and searching.");
    app.add_option("--parts", parts, "pdf, text, repository, search")->delimiter(',');
    app.add_option("--folder", folderAbove, "where the files are made; default: the temporary folder");
    CLI11_PARSE(app, argc, argv);
    if (!folderAbove.empty())
        qputenv("TMPDIR", folderAbove.c_str());
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication application(argc, argv);
    const FilesIn folder;
    Json report;
    for (const std::string& part : parts) {
        if (part == "pdf")
            report[part] = measureReading(makePdf(folder, 1000), false);
        else if (part == "text")
            report[part] = measureReading(makeText(folder, 50'000'000), false);
        else if (part == "repository")
            report[part] = measureReading(makeRepository(folder, 10'000, 10'000), true);
        else if (part == "search")
            report[part] = measureSearch(folder, 1000, 200'000);
    }
    std::cout << report.dump(1) << "\n";
}

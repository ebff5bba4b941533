// Files mapped into memory and aligned buffers.
#include "engine/base/aligned_buffer.h"
#include "engine/base/mapped_file.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cstdint>
#include <sys/stat.h>

using namespace lectern;

class TestMemory : public QObject {
    Q_OBJECT

private slots:
    void mapsWhatTheFileHolds();
    void noticesChanges();
    void lostPagesAreZeros();
    void refusesWhatIsNoFile();
    void moves();
    void buffersAreAlignedAndZero();
    void absurdSizesAreRefusedWithNumbers();
    void availableMemoryIsKnown();

private:
    std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }
    void put(const char* name, const QByteArray& bytes) const
    {
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }

    QTemporaryDir m_folder;
};

void TestMemory::mapsWhatTheFileHolds()
{
    const QByteArray bytes(100'000, 'x');
    put("plain", bytes);
    const auto file = MappedFile::open(path("plain"));
    QVERIFY(file);
    QCOMPARE(file->bytes().size(), std::size_t(bytes.size()));
    QVERIFY(std::ranges::all_of(file->bytes(), [](std::byte b) { return b == std::byte{'x'}; }));
    QCOMPARE(file->path(), path("plain"));
    QVERIFY(file->stillIntact());
}

void TestMemory::noticesChanges()
{
    const auto opened = [&](const char* name) {
        put(name, QByteArray(5000, 'y'));
        return MappedFile::open(path(name));
    };
    const auto cut = opened("cut"), gone = opened("gone"), grown = opened("grown"),
               rewritten = opened("rewritten");
    QVERIFY(cut && gone && grown && rewritten);
    QVERIFY(QFile::resize(m_folder.filePath("cut"), 10));
    QVERIFY(QFile::remove(m_folder.filePath("gone")));
    QVERIFY(QFile::resize(m_folder.filePath("grown"), 6000));
    QTest::qWait(20); // past the clock step of the file system
    put("rewritten", QByteArray(5000, 'z'));
    for (const auto* file : {&*cut, &*gone, &*grown, &*rewritten}) {
        const Status status = file->stillIntact();
        QVERIFY(!status);
        QVERIFY(status.error().message.find(file->path()) != std::string::npos);
    }
}

// Without the guard this ends the program.
void TestMemory::lostPagesAreZeros()
{
    put("shrinking", QByteArray(5'000'000, 'x'));
    put("whole", QByteArray(5'000'000, 'w'));
    auto opened = MappedFile::open(path("shrinking"));
    const auto whole = MappedFile::open(path("whole"));
    QVERIFY(opened && whole);
    const MappedFile file = std::move(*opened); // the guard moves with the mapping
    QVERIFY(QFile::resize(m_folder.filePath("shrinking"), 100'000));
    const auto count = [](const MappedFile& read, char letter) {
        return std::ranges::count(read.bytes(), std::byte(letter));
    };
    QCOMPARE(count(file, 'x'), std::ptrdiff_t{100'000});
    QCOMPARE(count(file, 0), std::ptrdiff_t{4'900'000});
    QVERIFY(!file.stillIntact());
    // Longer again, it is not what it was.
    put("shrinking", QByteArray(5'000'000, 'x'));
    QVERIFY(!file.stillIntact());
    QCOMPARE(count(*whole, 'w'), std::ptrdiff_t{5'000'000});
    QVERIFY(whole->stillIntact());
}

void TestMemory::refusesWhatIsNoFile()
{
    put("empty", {});
    QVERIFY(::mkfifo(path("fifo").c_str(), 0600) == 0);
    const auto absent = MappedFile::open(path("absent"));
    QVERIFY(!absent && absent.error().code == ErrorCode::NotFound);
    const std::string notFiles[] = {path("empty"), path("fifo"), path("."), "/dev/null"};
    for (const std::string& name : notFiles) {
        const auto file = MappedFile::open(name); // a FIFO must not hang
        QVERIFY(!file && file.error().code == ErrorCode::BadInput);
        QVERIFY(file.error().message.find(name) != std::string::npos);
    }
}

void TestMemory::moves()
{
    put("moved", "abc");
    auto first = MappedFile::open(path("moved"));
    QVERIFY(first);
    const std::byte* data = first->bytes().data();
    MappedFile second = std::move(*first);
    QVERIFY(first->bytes().empty());
    QVERIFY(second.bytes().data() == data);
    second = MappedFile();

    auto buffer = AlignedBuffer::allocate(64, "test");
    QVERIFY(buffer);
    AlignedBuffer taken = std::move(*buffer);
    QCOMPARE(buffer->size(), std::size_t{0});
    QCOMPARE(taken.size(), std::size_t{64});
}

void TestMemory::buffersAreAlignedAndZero()
{
    for (const std::size_t size : {1u, 63u, 64u, 65u, 4097u, 1u << 22}) {
        auto buffer = AlignedBuffer::allocate(size, "test");
        QVERIFY(buffer);
        QCOMPARE(buffer->size(), size);
        QCOMPARE(reinterpret_cast<std::uintptr_t>(buffer->data()) % AlignedBuffer::kAlignment,
                 std::uintptr_t{0});
        QVERIFY(std::all_of(buffer->data(), buffer->data() + size,
                            [](std::byte b) { return b == std::byte{0}; }));
        std::fill_n(buffer->data(), size, std::byte{0xff});
    }
    const auto none = AlignedBuffer::allocate(0, "test");
    QVERIFY(none && none->size() == 0);
}

void TestMemory::absurdSizesAreRefusedWithNumbers()
{
    for (const std::size_t size : {SIZE_MAX, SIZE_MAX - 63, SIZE_MAX / 2, std::size_t{1} << 50}) {
        const auto buffer = AlignedBuffer::allocate(size, "the key cache");
        QVERIFY(!buffer);
        QVERIFY(buffer.error().code == ErrorCode::OutOfMemory);
        QCOMPARE(buffer.error().bytesAsked, std::uint64_t(size));
        QVERIFY(buffer.error().message.find("the key cache") != std::string::npos);
    }
}

void TestMemory::availableMemoryIsKnown()
{
    QVERIFY(availableMemoryBytes() > (std::uint64_t{1} << 20));
}

QTEST_GUILESS_MAIN(TestMemory)
#include "tst_memory.moc"

// Builds files as torch.save() writes them: pickles of protocol 2, and zips of stored entries. Nothing is
// checked.
#pragma once

#include <QByteArray>

#include <utility>
#include <vector>

namespace lectern::test {

template <typename T> QByteArray rawBytes(T value)
{
    return QByteArray(reinterpret_cast<const char*>(&value), sizeof value);
}

inline QByteArray pickledText(const QByteArray& text)
{
    return "X" + rawBytes<quint32>(quint32(text.size())) + text;
}
inline QByteArray pickledInt(qint32 number)
{
    return "J" + rawBytes(number);
}
inline QByteArray pickledInts(const std::vector<int>& numbers)
{
    QByteArray tuple = "(";
    for (const int number : numbers)
        tuple += pickledInt(number);
    return tuple + "t";
}

// A float tensor in the storage data/<storage>.
inline QByteArray pickledTensor(const char* storage, int storageElements, int offset,
                                const std::vector<int>& shape, const std::vector<int>& strides)
{
    return "ctorch._utils\n_rebuild_tensor_v2\n((" + pickledText("storage") + "ctorch\nFloatStorage\n" +
           pickledText(storage) + pickledText("cpu") + pickledInt(storageElements) + "tQ" +
           pickledInt(offset) + pickledInts(shape) + pickledInts(strides) + "\x89" +
           "ccollections\nOrderedDict\n)RtR";
}

inline QByteArray pickledDict(const std::vector<std::pair<QByteArray, QByteArray>>& items)
{
    QByteArray pickle = "\x80\x02}q\1(";
    for (const auto& [key, value] : items)
        pickle += pickledText(key) + value;
    return pickle + "u.";
}

using ZipEntries = std::vector<std::pair<QByteArray, QByteArray>>;

inline QByteArray storedZip(const ZipEntries& entries, quint16 method = 0)
{
    QByteArray zip, directory;
    for (const auto& [name, content] : entries) {
        const QByteArray sizes = rawBytes(quint32(0)) + rawBytes(quint32(content.size())) +
                                 rawBytes(quint32(content.size())) + rawBytes(quint16(name.size())) +
                                 rawBytes(quint16(0));
        const QByteArray common =
            rawBytes(quint16(20)) + rawBytes(quint16(0)) + rawBytes(method) + rawBytes(quint32(0)) + sizes;
        directory += "PK\1\2" + rawBytes(quint16(20)) + common + QByteArray(10, '\0') +
                     rawBytes(quint32(zip.size())) + name;
        zip += "PK\3\4" + common + name + content;
    }
    const quint16 count = quint16(entries.size());
    return zip + directory + "PK\5\6" + QByteArray(4, '\0') + rawBytes(count) + rawBytes(count) +
           rawBytes(quint32(directory.size())) + rawBytes(quint32(zip.size())) + rawBytes(quint16(0));
}

} // namespace lectern::test

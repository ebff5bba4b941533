// Numbers and rows as CBOR, for the parts of a capture file.
#pragma once

#include <QCborArray>
#include <QCborValue>

#include <cstring>
#include <initializer_list>
#include <vector>

namespace lectern {

// Plain numbers as bytes in the machine's order, which is little-endian everywhere Lectern runs.
template <typename T> QByteArray packed(const std::vector<T>& numbers)
{
    return QByteArray(reinterpret_cast<const char*>(numbers.data()), qsizetype(numbers.size() * sizeof(T)));
}

template <typename T> bool unpack(const QCborValue& value, std::vector<T>& numbers)
{
    const QByteArray bytes = value.toByteArray();
    if (!value.isByteArray() || bytes.size() % qsizetype(sizeof(T)) != 0)
        return false;
    numbers.resize(std::size_t(bytes.size()) / sizeof(T));
    if (!numbers.empty())
        std::memcpy(numbers.data(), bytes.constData(), std::size_t(bytes.size()));
    return true;
}

// A short list of whole numbers.
inline QCborArray cborRow(std::initializer_list<std::int64_t> numbers)
{
    QCborArray array;
    for (const std::int64_t number : numbers)
        array.append(qint64(number));
    return array;
}

inline bool isRowOf(const QCborValue& value, qsizetype size)
{
    return value.isArray() && value.toArray().size() == size;
}

} // namespace lectern

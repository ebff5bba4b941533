#include "ui/state/capture_file.h"

#include "ui/state/capture_parts.h"

#include <QCoreApplication>
#include <QFile>
#include <QSaveFile>
#include <QtEndian>

namespace lectern {

namespace {

constexpr char kMagic[] = "LECTERN-CAPTURE\n";
constexpr qsizetype kMagicSize = sizeof kMagic - 1;
constexpr quint32 kLargest = 1u << 30; // bytes unpacked: a file that claims more is not one of ours
constexpr int kVersion = 1;

std::string tr(const char* text)
{
    return QCoreApplication::translate("Capture", text).toStdString();
}

Error notACapture()
{
    return {ErrorCode::BadInput, tr("This is not a capture of Lectern, or it is damaged."),
            tr("Choose a file that ends in .lectern-capture, or save it again."), 0, 0};
}

} // namespace

QByteArray captureToBytes(const Capture& capture)
{
    QCborMap map;
    map[QStringLiteral("version")] = kVersion;
    map[QStringLiteral("session")] = capture.session;
    map[QStringLiteral("model")] = capture.model;
    map[QStringLiteral("plan")] = capture.plan;
    map[QStringLiteral("measured")] = qint64(capture.measuredAnswer);
    map[QStringLiteral("messages")] = listToCbor(capture.messages);
    map[QStringLiteral("documents")] = listToCbor(capture.documents);
    map[QStringLiteral("texts")] = listToCbor(capture.texts);
    map[QStringLiteral("spans")] = listToCbor(capture.spans);
    map[QStringLiteral("memory")] = listToCbor(capture.memory);
    map[QStringLiteral("steps")] = stepsToCbor(capture.steps);
    return QByteArray(kMagic, kMagicSize) + qCompress(QCborValue(map).toCbor(), 1);
}

Result<Capture> captureFromBytes(const QByteArray& bytes)
{
    if (!bytes.startsWith(QByteArray(kMagic, kMagicSize)) || bytes.size() < kMagicSize + 4)
        return tl::unexpected<Error>(notACapture());
    const auto size = qFromBigEndian<quint32>(bytes.constData() + kMagicSize);
    if (size > kLargest)
        return tl::unexpected<Error>(notACapture());
    QCborParserError error;
    const QCborValue value = QCborValue::fromCbor(qUncompress(bytes.mid(kMagicSize)), &error);
    if (error.error != QCborError::NoError || !value.isMap())
        return tl::unexpected<Error>(notACapture());
    const QCborMap map = value.toMap();
    if (map[QStringLiteral("version")].toInteger() > kVersion)
        return tl::unexpected<Error>(Error{ErrorCode::Unsupported,
                                           tr("This capture was made by a newer Lectern."),
                                           tr("Open it with that version."), 0, 0});
    Capture capture;
    capture.session = map[QStringLiteral("session")].toString();
    capture.model = map[QStringLiteral("model")].toString();
    capture.plan = map[QStringLiteral("plan")].toString();
    capture.measuredAnswer = map[QStringLiteral("measured")].toInteger();
    const bool whole = listFromCbor(map[QStringLiteral("messages")], capture.messages) &&
                       listFromCbor(map[QStringLiteral("documents")], capture.documents) &&
                       listFromCbor(map[QStringLiteral("texts")], capture.texts) &&
                       listFromCbor(map[QStringLiteral("spans")], capture.spans) &&
                       listFromCbor(map[QStringLiteral("memory")], capture.memory) &&
                       stepsFromCbor(map[QStringLiteral("steps")], capture.steps);
    if (!whole || capture.texts.size() != capture.documents.size())
        return tl::unexpected<Error>(notACapture());
    return capture;
}

Status saveCapture(const QString& path, const Capture& capture)
{
    QSaveFile file(path);
    const QByteArray bytes = captureToBytes(capture);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
        return {};
    return fail(ErrorCode::Disk, file.errorString().toStdString(), tr("Choose another place."));
}

Result<Capture> loadCapture(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::BadInput, file.errorString().toStdString(), tr("Choose another file."));
    if (file.size() > qint64(kLargest))
        return tl::unexpected<Error>(notACapture());
    return captureFromBytes(file.readAll());
}

} // namespace lectern

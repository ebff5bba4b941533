// PDF files written by hand, object by object.
#pragma once

#include <QByteArray>
#include <QList>

namespace lectern::test {

// Objects numbered from 1, with their table of places.
inline QByteArray pdfOf(const QList<QByteArray>& objects)
{
    QByteArray pdf = "%PDF-1.4\n";
    QByteArray table = "xref\n0 " + QByteArray::number(objects.size() + 1) + "\n0000000000 65535 f \n";
    for (int i = 0; i < objects.size(); ++i) {
        table += QByteArray::number(pdf.size()).rightJustified(10, '0') + " 00000 n \n";
        pdf += QByteArray::number(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
    }
    const qsizetype at = pdf.size();
    return pdf + table + "trailer\n<</Size " + QByteArray::number(objects.size() + 1) + "/Root 1 0 R>>\nstartxref\n" +
           QByteArray::number(at) + "\n%%EOF\n";
}

inline QByteArray pageStream(const QByteArray& content)
{
    return "<</Length " + QByteArray::number(content.size()) + ">>\nstream\n" + content + "\nendstream";
}

} // namespace lectern::test

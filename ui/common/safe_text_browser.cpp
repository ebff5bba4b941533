#include "ui/common/safe_text_browser.h"

#include "ui/common/visible_text.h"

#include <QAbstractTextDocumentLayout>
#include <QDesktopServices>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollBar>
#include <QTextBlock>
#include <QWheelEvent>

#include <cmath>
#include <memory>

namespace lectern {

namespace {

bool askPerson(QWidget* parent, const QString& address)
{
    QMessageBox box(parent);
    box.setTextFormat(Qt::PlainText);
    box.setIcon(QMessageBox::Question);
    box.setWindowTitle(SafeTextBrowser::tr("Open a link"));
    box.setText(SafeTextBrowser::tr(
        "Open this address in your web browser? It comes from the answer, not from you."));
    box.setInformativeText(address);
    const QPushButton* open = box.addButton(SafeTextBrowser::tr("&Open"), QMessageBox::AcceptRole);
    box.setDefaultButton(box.addButton(QMessageBox::Cancel));
    box.exec();
    return box.clickedButton() == open;
}

} // namespace

bool isAllowedLink(const QUrl& url)
{
    const QString scheme = url.scheme().toLower();
    return url.isValid() && (scheme == QLatin1String("http") || scheme == QLatin1String("https") ||
                             scheme == QLatin1String("mailto"));
}

SafeTextBrowser::SafeTextBrowser(QWidget* parent) : QTextBrowser(parent)
{
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    document()->setDocumentMargin(0);
    viewport()->setAutoFillBackground(false);
    m_ask = [this](const QString& address) { return askPerson(this, address); };
    m_open = [](const QUrl& url) { QDesktopServices::openUrl(url); };
    connect(this, &QTextBrowser::anchorClicked, this, &SafeTextBrowser::followLink);
    connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            [this] { updateGeometry(); });
}

int SafeTextBrowser::heightForWidth(int width) const
{
    const std::unique_ptr<QTextDocument> copy(width == viewport()->width() ? nullptr : document()->clone());
    if (copy)
        copy->setTextWidth(width);
    const double height = copy ? copy->size().height() : document()->size().height();
    return int(std::ceil(height)) + 2;
}

QSize SafeTextBrowser::sizeHint() const
{
    return {400, int(std::ceil(document()->size().height())) + 2};
}

QSize SafeTextBrowser::minimumSizeHint() const
{
    return {120, int(std::ceil(document()->size().height())) + 2};
}

QVariant SafeTextBrowser::loadResource(int type, const QUrl& name)
{
    if (name.scheme() == QLatin1String("qrc"))
        return QTextBrowser::loadResource(type, name);
    return {};
}

void SafeTextBrowser::resizeEvent(QResizeEvent* event)
{
    QTextBrowser::resizeEvent(event);
    if (event->oldSize().width() != event->size().width())
        updateGeometry(); // the height that its layout gave it is no news
}

void SafeTextBrowser::wheelEvent(QWheelEvent* event)
{
    event->ignore(); // the column around scrolls
}

void SafeTextBrowser::setMarks(MarkLayer layer, const QList<QTextEdit::ExtraSelection>& marks)
{
    m_marks[std::size_t(layer)] = marks;
    setExtraSelections(m_marks[std::size_t(MarkLayer::Use)] + m_marks[std::size_t(MarkLayer::Found)]);
}

void SafeTextBrowser::followLink(const QUrl& url)
{
    if (!isAllowedLink(url))
        return;
    if (m_ask(visibleLine(QString::fromUtf8(url.toEncoded()))))
        m_open(url);
}

} // namespace lectern

// Shows rich text that came from a model or a document and can not be trusted: loads nothing from disk or
// network, opens no link by itself. A click on a web or mail link asks first, with the whole address in view.
#pragma once

#include <QTextBrowser>
#include <QUrl>

#include <array>
#include <functional>

namespace lectern {

// Only http, https and mailto may ever be opened.
bool isAllowedLink(const QUrl& url);

class SafeTextBrowser : public QTextBrowser {
    Q_OBJECT
public:
    explicit SafeTextBrowser(QWidget* parent = nullptr);

    // As tall as its text at the present width: for use inside a scrolling column.
    int heightForWidth(int width) const override;
    bool hasHeightForWidth() const override { return true; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    // Marks over the text in layers: what a search found lies over what an answer used.
    enum class MarkLayer { Use, Found };
    void setMarks(MarkLayer layer, const QList<QTextEdit::ExtraSelection>& marks);

    // Replaces the question put to the person; for tests. Gets the full address as text.
    void setAsk(std::function<bool(const QString& address)> ask) { m_ask = std::move(ask); }
    void setOpen(std::function<void(const QUrl& url)> open) { m_open = std::move(open); }

protected:
    QVariant loadResource(int type, const QUrl& name) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void followLink(const QUrl& url);

    std::function<bool(const QString& address)> m_ask;
    std::function<void(const QUrl& url)> m_open;
    std::array<QList<QTextEdit::ExtraSelection>, 2> m_marks;
};

} // namespace lectern

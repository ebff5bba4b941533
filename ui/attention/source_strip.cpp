#include "ui/attention/source_strip.h"

#include "ui/common/chart.h"
#include "ui/common/color_map.h"
#include "ui/common/format.h"
#include "ui/state/prompt_map.h"

#include <QImage>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace lectern {

SourceStrip::SourceStrip(AttentionModel& model, Selection& selection, QWidget* parent)
    : PaintedView(tr("Sources of each answer token"), parent), m_model(model), m_selection(selection)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    connect(&m_model, &AttentionModel::changed, this, [this] { update(); });
    connect(&m_selection, &Selection::answerTokenChanged, this, [this] {
        update();
        textChanged();
    });
}

int SourceStrip::tokenCount() const
{
    return m_model.snapshot() ? int(m_model.snapshot()->sources.size()) : 0;
}

QString SourceStrip::textTwin() const
{
    const int token = m_selection.answerToken();
    if (tokenCount() == 0)
        return tr("No answer tokens yet.");
    const std::vector<float> profile = sourceProfile(m_model.snapshot()->sources, token);
    if (profile.empty())
        return {};
    const auto best = std::max_element(profile.begin(), profile.end()) - profile.begin();
    const QString what = token < 0 ? tr("The answer") : tr("Answer token %1").arg(token + 1);
    return tr("%1 looked most at tokens %2 to %3 (%4)")
        .arg(what, formatCount(best * kTokensPerSourceBlock),
             formatCount((best + 1) * kTokensPerSourceBlock - 1),
             formatShare(double(profile[std::size_t(best)])));
}

QString SourceStrip::csv() const
{
    if (tokenCount() == 0)
        return {};
    QString csv = QStringLiteral("answer_token,token_begin,token_end,share\n");
    for (int token = 0; token < tokenCount(); ++token) {
        const auto& mass = m_model.snapshot()->sources[std::size_t(token)].blockMass;
        for (std::size_t b = 0; b < mass.size(); ++b)
            if (mass[b] > 0)
                csv += QStringLiteral("%1,%2,%3,%4\n")
                           .arg(token)
                           .arg(b * kTokensPerSourceBlock)
                           .arg((b + 1) * kTokensPerSourceBlock)
                           .arg(double(mass[b]));
    }
    return csv;
}

void SourceStrip::setMarked(std::int64_t first, std::int64_t last)
{
    m_markedFirst = first;
    m_markedLast = last;
    update();
}

QRectF SourceStrip::plotRect() const
{
    const QFontMetricsF metrics(font());
    const double left = metrics.horizontalAdvance(QStringLiteral("8,888")) + 14;
    return QRectF(rect()).adjusted(left, metrics.height() + 10, -12, -2 * metrics.height() - 10);
}

void SourceStrip::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.fillRect(rect(), colors.background);
    const QFontMetricsF metrics(font());
    const int tokens = tokenCount();
    paintChartTitle(painter, QRectF(rect()).adjusted(10, 4, -10, 0), colors,
                    m_selection.answerToken() < 0
                        ? tr("Where each answer token looked")
                        : tr("Where answer token %1 looked").arg(m_selection.answerToken() + 1));
    std::size_t blocks = 0;
    float most = 0;
    if (tokens > 0) {
        for (const TokenSources& source : m_model.snapshot()->sources) {
            blocks = std::max(blocks, source.blockMass.size());
            for (const float mass : source.blockMass)
                most = std::max(most, mass);
        }
    }
    const QRectF plot = plotRect();
    if (blocks == 0 || plot.isEmpty()) {
        painter.setPen(colors.mutedText);
        painter.drawText(rect(), Qt::AlignCenter, tr("Comes with the next answer"));
        paintFocusRing(painter);
        return;
    }
    QImage image(int(blocks), tokens, QImage::Format_RGB32);
    image.fill(heatColors().front());
    for (int row = 0; row < tokens; ++row) {
        const auto& mass = m_model.snapshot()->sources[std::size_t(row)].blockMass;
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
        for (std::size_t b = 0; b < mass.size(); ++b)
            line[b] = heatColor(most > 0 ? std::sqrt(double(mass[b] / most)) : 0.0);
    }
    painter.drawImage(plot, image);
    ChartFrame frame;
    frame.plot = plot;
    frame.maxX = double(blocks * kTokensPerSourceBlock);
    paintTokenAxis(painter, frame, colors, tr("Position in the prompt (tokens)"));
    painter.setPen(colors.mutedText);
    painter.drawText(QRectF(0, plot.top() - 2, plot.left() - 6, metrics.height()),
                     Qt::AlignRight | Qt::AlignTop, QStringLiteral("1"));
    painter.drawText(QRectF(0, plot.bottom() - metrics.height() + 2, plot.left() - 6, metrics.height()),
                     Qt::AlignRight | Qt::AlignBottom, formatCount(tokens));
    painter.setBrush(Qt::NoBrush);
    if (const AnswerRange range = m_selection.answerRange(); !range.isAll() && range.begin < tokens) {
        const double height = plot.height() / tokens;
        const int rows = std::min(range.end, tokens) - range.begin;
        painter.setPen(QPen(colors.accent, 2));
        painter.drawRect(QRectF(plot.left() - 1, plot.top() + range.begin * height - 1, plot.width() + 2,
                                std::max(3.0, height * rows) + 2));
    }
    if (m_markedFirst >= 0) {
        painter.setPen(QPen(colors.evidenceCurrent, 2));
        const double left = frame.x(double(m_markedFirst)), right = frame.x(double(m_markedLast));
        painter.drawRect(
            QRectF(left - 1, plot.top() - 1, std::max(3.0, right - left) + 2, plot.height() + 2));
    }
    paintFocusRing(painter);
}

void SourceStrip::mousePressEvent(QMouseEvent* event)
{
    const QRectF plot = plotRect();
    const QPointF at = event->position();
    choose(plot.contains(at) ? int((at.y() - plot.top()) / plot.height() * tokenCount()) : -1);
}

void SourceStrip::keyPressEvent(QKeyEvent* event)
{
    const int token = m_selection.answerToken();
    if (event->key() == Qt::Key_Down && token + 1 < tokenCount())
        choose(token + 1);
    else if (event->key() == Qt::Key_Up && token >= 0)
        choose(token - 1);
    else if (event->key() == Qt::Key_Home)
        choose(-1);
    else
        PaintedView::keyPressEvent(event);
}

void SourceStrip::choose(int token)
{
    m_selection.setAnswerToken(token < tokenCount() ? token : -1);
    emit readoutChanged(textTwin());
}

} // namespace lectern

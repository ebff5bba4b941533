#include "ui/models/model_dialog.h"

#include "ui/common/format.h"
#include "ui/common/plain_label.h"
#include "ui/common/unit_text.h"
#include "ui/common/visible_text.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace lectern {

std::vector<std::pair<QString, QString>> modelFactRows(const ModelFacts& facts)
{
    using D = ModelDialog;
    std::vector<std::pair<QString, QString>> rows;
    const auto add = [&rows](const QString& what, const QString& value) {
        if (!value.isEmpty())
            rows.emplace_back(what, value);
    };
    add(D::tr("Name"), visibleLine(facts.name));
    add(D::tr("File"), visibleLine(facts.path));
    add(D::tr("Size on disk"), formatBytes(facts.fileBytes));
    add(D::tr("Architecture"), visibleLine(facts.architecture));
    add(D::tr("Parameters"), formatParameters(facts.parameters));
    add(D::tr("Weights in memory"), formatBytes(facts.weightsBytes));
    add(D::tr("Layers"), formatCount(facts.layers));
    add(D::tr("Heads"), D::tr("%1 query, %2 key and value, %3 wide")
                            .arg(formatCount(facts.heads), formatCount(facts.kvHeads), formatCount(facts.headDim)));
    add(D::tr("Width"), formatCount(facts.embeddingLength));
    add(D::tr("Vocabulary"), formatTokens(facts.vocabularySize));
    add(D::tr("Trained context"), formatTokens(facts.contextLength));
    add(D::tr("Tokenizer"), visibleLine(facts.tokenizer));
    add(D::tr("Chat template"), facts.hasChatTemplate ? D::tr("Yes") : D::tr("No"));
    add(D::tr("Attention plan"), visibleLine(facts.plan));
    add(D::tr("Runs on"), deviceText(visibleLine(facts.device)));
    return rows;
}

ModelDialog::ModelDialog(const ModelFacts& facts, QWidget* parent) : QDialog(parent)
{
    setWindowTitle(tr("Model details"));
    setAccessibleName(windowTitle());
    auto* column = new QVBoxLayout(this);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(18);
    form->setVerticalSpacing(7);
    for (const auto& [what, value] : modelFactRows(facts)) {
        auto* caption = new PlainLabel(what, this);
        caption->setMuted(true);
        auto* text = new PlainLabel(value, this);
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        text->setAccessibleName(what + QStringLiteral(": ") + value);
        text->setMinimumWidth(300);
        form->addRow(caption, text);
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    QPushButton* another = buttons->addButton(tr("&Open another model…"), QDialogButtonBox::ActionRole);
    connect(another, &QPushButton::clicked, this, [this] {
        accept();
        emit openAnotherWanted();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addLayout(form);
    column->addStretch(1);
    column->addWidget(buttons);
}

} // namespace lectern

// What a reading model's answers must be, as its file says. None of it holds for a model whose file says
// nothing.
#pragma once

#include "engine/base/ids.h"

#include <string>

namespace lectern {

struct AnswerRules {
    // lectern.answers = "spans": the document's own words, in one piece (extractive question answering).
    bool spansOnly = false;

    // The no-answer threshold of SQuAD 2.0's evaluation (null_score_diff_threshold): the model says that the
    // document gives no answer only where it is surer of that than of any answer by this much. Fitted on
    // questions kept aside.
    std::string noAnswer;       // lectern.no_answer.text: "The document does not say."
    TokenId noAnswerFirst = -1; // the token it begins with; -1: there is no such answer
    double noAnswerThreshold =
        0.0; // lectern.no_answer.threshold: nats that the logit of this token must lead by
};

} // namespace lectern

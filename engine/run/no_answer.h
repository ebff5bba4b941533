// The no-answer threshold of SQuAD 2.0's evaluation (null_score_diff_threshold): a reading model says that the document
// gives no answer only where it is surer of that than of any answer by this much. Fitted on questions kept aside.
// A model file carries it as lectern.no_answer.text ("The document does not say.") and lectern.no_answer.threshold.
#pragma once

#include "engine/base/ids.h"

namespace lectern {

struct NoAnswer {
    TokenId first = -1;     // the token such an answer begins with
    double threshold = 0.0; // nats that its logit must lead by
};

} // namespace lectern

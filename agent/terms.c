#include "agent/terms.h"

#include "agent/agent.h"
#include "agent/shelf.h"
#include "common/base/error.h"
#include "common/catalogue/catalogue.h"
#include "common/cube/carrying.h"
#include "common/cube/checking.h"
#include "common/model/submission.h"

bool terms_carry(const struct agent *agent, struct transaction *txn,
                 const struct statement *statement, struct arena *arena, struct submission *out,
                 bool *out_carried, struct error *err)
{
    const struct submission *submission = &statement->submission;
    struct error unfit;
    const struct catalogue *its = agent->catalogue;
    *out_carried = false;
    if (!digest_equal(&statement->catalogue, &agent->catalogue->digest))
        its = shelf_find(agent->shelf, &agent->store, txn, &statement->catalogue, err);
    if (!its)
        return false;
    *out_carried = submission_fits(submission, its, &unfit) &&
                   submission_carry(submission, its, agent->catalogue, arena, out);
    return true;
}

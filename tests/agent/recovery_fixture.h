#ifndef TESTS_AGENT_RECOVERY_FIXTURE_H
#define TESTS_AGENT_RECOVERY_FIXTURE_H

/* A zone whose history comes back to a new machine, page by page. Include tests/support/test.h
 * first. */

#include "agent/history.h"
#include "agent/recovery.h"
#include "common/base/error.h"
#include "common/catalogue/source.h"
#include "tests/support/little_journal.h"
#include "tests/support/zone_office.h"

/* An old machine that reported three months, and a new one without a history. */
struct recovery_fixture {
    struct zone_office *old, *fresh;
    struct little_journal journal;
    size_t positions[LITTLE_JOURNAL_ENTRIES_MAX]; /* of what concerns the zone */
    size_t count;
    struct recovery_page page;
    struct recovery_end end;
    struct error err;
};

void recovery_append(struct recovery_fixture *f, const struct entry *entry,
                     const struct sealed_statement *sealed);
void recovery_adopt(struct recovery_fixture *f, struct sources sources);
void recovery_enrol(struct recovery_fixture *f, const struct zone_office *office, uint32_t epoch);
void recovery_arrive(struct recovery_fixture *f, struct zone_office *office, uint64_t sequence,
                     enum verdict verdict);
int recovery_set_up(void **state);
int recovery_tear_down(void **state);
size_t recovery_known_size(struct zone_office *office);
struct excerpt recovery_page_of(struct recovery_fixture *f, size_t first, size_t count,
                                size_t known);
bool recovery_accept_page(struct recovery_fixture *f, struct zone_office *office,
                          const struct excerpt *excerpt);
void recovery_run(struct recovery_fixture *f, struct zone_office *office);
struct version recovery_newest(struct zone_office *office, int month);

#endif

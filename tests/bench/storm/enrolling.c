#include "tests/bench/storm/enrolling.h"

#include "aggregator/ledger.h"
#include "aggregator/province.h"
#include "aggregator/registry.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "tests/bench/workload.h"

static bool take(struct ledger *ledger, const struct workload *workload, size_t device,
                 struct error *err)
{
    const struct stream_id *stream = workload_stream(workload, device);
    struct journal_record record = { .entry = { .kind = ENTRY_ENROLMENT,
                                                .enrolment = {
                                                    .zone = stream->zone,
                                                    .device = stream->device,
                                                    .epoch = stream->epoch,
                                                    .keys = workload_keys(workload, device)->public,
                                                    .label = "bench" } } };
    if (!registry_find(ledger_registry(ledger), &stream->zone))
        return error_set(err, ERROR_REFUSED, "zone %s is not registered", stream->zone.text);
    (void)ledger_take(ledger, &record);
    return true;
}

bool enrolling_run(const char *data_folder, const struct workload *workload, struct error *err)
{
    struct province_seams seams = { .clock = &clock_system, .random = random_system() };
    CLEANUP(province_close) struct province *province = province_open(data_folder, &seams, err);
    if (!province || !ledger_begin(province->ledger, province_utc_ms(province), err))
        return false;
    for (size_t i = 0; i < workload_devices(workload); i++)
        if (!take(province->ledger, workload, i, err)) {
            ledger_abort(province->ledger);
            return false;
        }
    return ledger_commit(province->ledger, err);
}

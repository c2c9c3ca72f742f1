#include "common/model/submission.h"

bool stream_id_equal(const struct stream_id *left, const struct stream_id *right)
{
    return zone_id_equal(&left->zone, &right->zone) && left->epoch == right->epoch &&
           bytes_equal(BYTES_OF(left->device), BYTES_OF(right->device));
}

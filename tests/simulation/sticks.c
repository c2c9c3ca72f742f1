#include "tests/simulation/sticks.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/simulation/clockwork.h"
#include "tests/simulation/stage.h"

static struct stick *new_stick(struct stage *stage, const struct stream_id *stream, bool answer)
{
    if (stage->stick_count == STICKS_MAX)
        return NULL;
    struct stick *stick = &stage->sticks[stage->stick_count];
    *stick = (struct stick){ .stream = *stream, .answer = answer };
    snprintf(stick->path, sizeof stick->path, "%s/stick%zu", stage->world->folder,
             stage->stick_count);
    return stick;
}

void sticks_export(struct stage *stage, struct desk *desk)
{
    struct world *world = stage->world;
    struct stick *stick = new_stick(stage, &desk->stream, false);
    if (!stick)
        return;
    bool copied = seat_is_copied(&desk->seat), full = desk->seat.process.disk_full;
    desk->seat.err = (struct error){ 0 };
    bool done = seat_export(&desk->seat, stick->path);
    bool died = desk->seat.process.dead;
    if (done && copied)
        world_fail(world, "%s: exports on another computer", desk->seat.name);
    if (!done && !died && !copied && !full)
        world_fail(world, "%s: does not export: %s", desk->seat.name, desk->seat.err.text);
    if (stage_conclude(stage, desk, done, 0)) {
        world_note(world, EVENT_EXPORTED, "%s: writes stick %zu", desk->seat.name,
                   stage->stick_count);
        stage->stick_count++;
    }
}

void sticks_bring(struct stage *stage, struct stick *stick)
{
    struct world *world = stage->world;
    struct office *office = &stage->office;
    struct stick *answer = new_stick(stage, &stick->stream, true);
    struct office_file_report report;
    if (!office->province || !answer)
        return;
    clockwork_arm_office(stage);
    enum office_file outcome = office_take_file(office, stick->path, answer->path, &report);
    if (outcome == OFFICE_FILE_FAILED) {
        clockwork_office_fails(stage);
        return;
    }
    if (clockwork_office_was_full(stage))
        return;
    world_note(world, outcome == OFFICE_FILE_TAKEN ? EVENT_BROUGHT : EVENT_STICK_REFUSED,
               "the province reads %s: %" PRIu64 " new, %" PRIu64 " repeated%s%s", stick->path,
               report.appended, report.duplicates,
               outcome == OFFICE_FILE_TAKEN ? "" : ", refused: ",
               outcome == OFFICE_FILE_TAKEN ? "" : office->err.text);
    if (outcome == OFFICE_FILE_TAKEN && stick->spoilt)
        world_fail(world, "the province takes a spoilt stick");
    model_audit(stage->model, office);
    if (outcome == OFFICE_FILE_REFUSED && !stick->spoilt &&
        !model_shuts_out(stage->model, &stick->stream))
        world_fail(world, "the province refuses a good stick: %s", office->err.text);
    if (report.forked)
        model_note_fork(stage->model, &stick->stream);
    stage->stick_count += report.answered;
}

void sticks_import(struct stage *stage, struct desk *desk, const struct stick *stick)
{
    struct world *world = stage->world;
    desk->seat.err = (struct error){ 0 };
    bool ours = sight_same_stream(&desk->stream, &stick->stream);
    bool done = seat_import(&desk->seat, stick->path);
    if (done && (!ours || stick->spoilt))
        world_fail(world, "%s: takes a stick that is %s", desk->seat.name,
                   ours ? "spoilt" : "another's");
    if (stage_conclude(stage, desk, done, 0))
        world_note(world, EVENT_IMPORTED, "%s: reads %s", desk->seat.name, stick->path);
    else
        world_note(world, EVENT_STICK_REFUSED, "%s: does not take %s: %s", desk->seat.name,
                   stick->path, desk->seat.err.text);
}

void sticks_spoil(struct stage *stage, struct stick *stick)
{
    struct world *world = stage->world;
    struct stat status;
    unsigned char byte;
    int file = open(stick->path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return;
    if (fstat(file, &status) == 0 && status.st_size > 0) {
        off_t at = (off_t)world_pick(world, (uint64_t)status.st_size);
        if (world_chance(world, 30))
            stick->spoilt |= ftruncate(file, at) == 0;
        else if (pread(file, &byte, 1, at) == 1) {
            byte ^= (unsigned char)(1u << world_pick(world, 8));
            stick->spoilt |= pwrite(file, &byte, 1, at) == 1;
        }
        world_note(world, EVENT_STICK_SPOILT, "%s is spoilt", stick->path);
    }
    close(file);
}

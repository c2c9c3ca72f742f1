/*
 * A storm: many agents with a backlog each come at once.
 *
 *     storm seal AGENTS EACH FOLDER                 writes FOLDER/statements and registry.csv
 *     storm enrol AGENTS DATA                       lets the devices in; registry.csv is imported
 *     storm zonetally KIND ROUND FOLDER PID READY CARD [repeat]
 *     storm nats|rabbitmq KIND ROUND FOLDER PID PORT WINDOW
 *
 * KIND is `storm` (nobody waits for anybody) or `backlog` (all are let in before the clock
 * runs). PID is the server's, whose memory and descriptors are told. Prints a JSON line.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/file.h"
#include "tests/bench/storm/agents.h"
#include "tests/bench/storm/consignment.h"
#include "tests/bench/storm/course.h"
#include "tests/bench/storm/enrolling.h"
#include "tests/bench/storm/nats.h"
#include "tests/bench/storm/rabbitmq.h"
#include "tests/bench/workload.h"

#define PATH_SIZE 512
#define SMALL_FILE_SIZE_MAX 4096
#define NAME_SIZE 64

struct storm {
    const char *contender;
    enum storm_kind kind;
    int round;
    pid_t server;
    struct consignment consignment;
    struct arena *arena;
};

static bool seal(size_t agents, size_t each, const char *folder, struct error *err)
{
    char path[PATH_SIZE];
    CLEANUP(workload_destroy) struct workload *workload = workload_create(agents, err);
    snprintf(path, sizeof path, "%s/statements", folder);
    return workload && workload_write_registry(workload, folder, err) &&
           consignment_write(workload, each, path, err);
}

static bool enrol(size_t agents, const char *data_folder, struct error *err)
{
    CLEANUP(workload_destroy) struct workload *workload = workload_create(agents, err);
    return workload && enrolling_run(data_folder, workload, err);
}

static bool run_agents(struct storm *storm, struct agents *agents, struct course *course,
                       bool repeat, struct error *err)
{
    if (!agents_run(agents, err))
        return false;
    course_print(course, storm->contender, storm->round);
    return agents_prove(agents, err) && (!repeat || agents_repeat(agents, err));
}

static bool storm_of_agents(struct storm *storm, const char *ready, const char *card, bool repeat,
                            struct error *err)
{
    struct bytes endpoint, text;
    CLEANUP(course_destroy)
    struct course *course = course_create(&storm->consignment, storm->kind, storm->server);
    CLEANUP(workload_destroy)
    struct workload *workload = workload_create(storm->consignment.agents, err);
    struct agents_options options = { .workload = workload,
                                      .consignment = &storm->consignment,
                                      .course = course };
    if (!workload || !file_read(ready, SMALL_FILE_SIZE_MAX, storm->arena, &endpoint, err) ||
        !file_read(card, CARD_SIZE_MAX, storm->arena, &text, err) ||
        !province_card_read(text, storm->arena, &options.card, err))
        return false;
    options.endpoint = arena_format(storm->arena, "%.*s", (int)strcspn(endpoint.data, "\n"),
                                    (const char *)endpoint.data);
    CLEANUP(agents_destroy) struct agents *agents = agents_create(&options, err);
    return agents && run_agents(storm, agents, course, repeat, err);
}

/* By one connection, before the clock runs. */
static bool found(struct crowd_options options, struct error *err)
{
    const struct consignment nothing = { .agents = 1, .each = 0 };
    CLEANUP(course_destroy) struct course *course = course_create(&nothing, STORM_AT_ONCE, 0);
    options.consignment = &nothing;
    options.course = course;
    options.founds = true;
    CLEANUP(crowd_destroy) struct crowd *crowd = crowd_create(&options);
    return crowd_run(crowd, err);
}

static bool storm_of_a_crowd(const struct storm *storm, const char *port, const char *window,
                             struct error *err)
{
    char name[NAME_SIZE];
    CLEANUP(course_destroy)
    struct course *course = course_create(&storm->consignment, storm->kind, storm->server);
    struct crowd_options options = { .protocol = strcmp(storm->contender, "nats") == 0
                                                     ? &nats_protocol
                                                     : &rabbitmq_protocol,
                                     .consignment = &storm->consignment,
                                     .course = course,
                                     .port = (uint16_t)strtoul(port, NULL, 10),
                                     .window = strtoul(window, NULL, 10) };
    snprintf(name, sizeof name, "%s, %zu in flight each", storm->contender, options.window);
    if (!found(options, err))
        return false;
    CLEANUP(crowd_destroy) struct crowd *crowd = crowd_create(&options);
    if (!crowd_run(crowd, err))
        return false;
    course_print(course, name, storm->round);
    return true;
}

/* A ZeroMQ socket takes two or three of them, a TCP connection one. */
static void allow_many_files(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static bool run(int argc, char **argv, struct error *err)
{
    char path[PATH_SIZE];
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct storm storm = { .contender = argv[1],
                           .kind = strcmp(argv[2], "backlog") ? STORM_AT_ONCE : STORM_BACKLOG,
                           .round = atoi(argv[3]),
                           .server = atoi(argv[5]),
                           .arena = arena };
    snprintf(path, sizeof path, "%s/statements", argv[4]);
    allow_many_files();
    if (!consignment_read(path, arena, &storm.consignment, err))
        return false;
    return strcmp(argv[1], "zonetally") == 0
               ? storm_of_agents(&storm, argv[6], argv[7], argc > 8, err)
               : storm_of_a_crowd(&storm, argv[6], argv[7], err);
}

static bool choose(int argc, char **argv, struct error *err)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (argc == 5 && strcmp(word, "seal") == 0)
        return seal(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), argv[4], err);
    if (argc == 4 && strcmp(word, "enrol") == 0)
        return enrol(strtoul(argv[2], NULL, 10), argv[3], err);
    if (argc >= 8 && (strcmp(word, "zonetally") == 0 || strcmp(word, "nats") == 0 ||
                      strcmp(word, "rabbitmq") == 0))
        return run(argc, argv, err);
    return error_set(err, ERROR_USAGE, "see the beginning of tests/bench/storm/storm.c");
}

int main(int argc, char **argv)
{
    struct error err = { 0 };
    if (choose(argc, argv, &err))
        return EXIT_SUCCESS;
    fprintf(stderr, "storm: %s\n", err.text);
    return EXIT_FAILURE;
}

#include "tests/bench/storm/rabbitmq.h"

#include <string.h>

#include "tests/bench/storm/consignment.h"

#define QUEUE "storm"
#define HEAD_SIZE 7
#define END_MARK 0xce
#define METHOD(class, number) (((unsigned)(class) << 16) | (number))
#define FRAME_SIZE 256

enum frame_kind {
    FRAME_METHOD = 1,
    FRAME_HEADER = 2,
    FRAME_BODY = 3,
};

enum method {
    CONNECTION_START = METHOD(10, 10),
    CONNECTION_START_OK = METHOD(10, 11),
    CONNECTION_TUNE = METHOD(10, 30),
    CONNECTION_TUNE_OK = METHOD(10, 31),
    CONNECTION_OPEN = METHOD(10, 40),
    CONNECTION_OPEN_OK = METHOD(10, 41),
    CHANNEL_OPEN = METHOD(20, 10),
    CHANNEL_OPEN_OK = METHOD(20, 11),
    QUEUE_DECLARE = METHOD(50, 10),
    QUEUE_DECLARE_OK = METHOD(50, 11),
    BASIC_PUBLISH = METHOD(60, 40),
    BASIC_ACK = METHOD(60, 80),
    CONFIRM_SELECT = METHOD(85, 10),
    CONFIRM_SELECT_OK = METHOD(85, 11),
};

/* A frame that is being written. */
struct frame {
    unsigned char bytes[FRAME_SIZE];
    size_t size;
};

static void put(struct frame *frame, const void *data, size_t size)
{
    memcpy(frame->bytes + frame->size, data, size);
    frame->size += size;
}

static void put_u8(struct frame *frame, unsigned value)
{
    frame->bytes[frame->size++] = (unsigned char)value;
}

static void put_u16(struct frame *frame, unsigned value)
{
    put_u8(frame, value >> 8 & 0xff);
    put_u8(frame, value & 0xff);
}

static void put_u32(struct frame *frame, unsigned value)
{
    put_u16(frame, value >> 16);
    put_u16(frame, value & 0xffff);
}

static void put_short_text(struct frame *frame, const char *text)
{
    put_u8(frame, (unsigned)strlen(text));
    put(frame, text, strlen(text));
}

static void put_long(struct frame *frame, const void *data, size_t size)
{
    put_u32(frame, (unsigned)size);
    put(frame, data, size);
}

static struct frame frame_begin(enum frame_kind kind, unsigned channel)
{
    struct frame frame = { .size = 0 };
    put_u8(&frame, kind);
    put_u16(&frame, channel);
    put_u32(&frame, 0); /* the size, when it is known */
    return frame;
}

static struct frame method_begin(unsigned channel, enum method method)
{
    struct frame frame = frame_begin(FRAME_METHOD, channel);
    put_u32(&frame, method);
    return frame;
}

static void frame_say(struct crowd *crowd, size_t agent, struct frame *frame)
{
    bytes_put_u32(frame->bytes + 3, (unsigned)(frame->size - HEAD_SIZE));
    put_u8(frame, END_MARK);
    crowd_say(crowd, agent, (struct bytes){ frame->bytes, frame->size });
}

static void greet(struct crowd *crowd, size_t agent)
{
    crowd_say(crowd, agent, (struct bytes){ "AMQP\0\0\11\1", 8 });
}

static void log_in(struct crowd *crowd, size_t agent)
{
    struct frame frame = method_begin(0, CONNECTION_START_OK);
    put_u32(&frame, 0); /* no properties of the client */
    put_short_text(&frame, "PLAIN");
    put_long(&frame, "\0guest\0guest", 12);
    put_short_text(&frame, "en_US");
    frame_say(crowd, agent, &frame);
}

static void tune(struct crowd *crowd, size_t agent, const unsigned char *proposed)
{
    struct frame frame = method_begin(0, CONNECTION_TUNE_OK);
    put(&frame, proposed, 6); /* channels and size of a frame as the server has them */
    put_u16(&frame, 0);       /* no heartbeats */
    frame_say(crowd, agent, &frame);
    frame = method_begin(0, CONNECTION_OPEN);
    put_short_text(&frame, "/");
    put_u16(&frame, 0);
    frame_say(crowd, agent, &frame);
}

static void open_channel(struct crowd *crowd, size_t agent)
{
    struct frame frame = method_begin(1, CHANNEL_OPEN);
    put_u8(&frame, 0);
    frame_say(crowd, agent, &frame);
}

static void declare_queue(struct crowd *crowd, size_t agent)
{
    static const char arguments[] = "\14x-queue-typeS\0\0\0\6quorum";
    struct frame frame = method_begin(1, QUEUE_DECLARE);
    put_u16(&frame, 0);
    put_short_text(&frame, QUEUE);
    put_u8(&frame, 2); /* durable */
    put_long(&frame, arguments, sizeof arguments - 1);
    frame_say(crowd, agent, &frame);
}

static void ask_for_confirmations(struct crowd *crowd, size_t agent)
{
    struct frame frame = method_begin(1, CONFIRM_SELECT);
    put_u8(&frame, 0);
    frame_say(crowd, agent, &frame);
}

static void publish(struct crowd *crowd, size_t agent, size_t number)
{
    struct bytes sealed = consignment_at(crowd_options(crowd)->consignment, agent, number);
    struct frame frame = method_begin(1, BASIC_PUBLISH);
    put_u16(&frame, 0);
    put_short_text(&frame, "");
    put_short_text(&frame, QUEUE);
    put_u8(&frame, 0);
    frame_say(crowd, agent, &frame);

    frame = frame_begin(FRAME_HEADER, 1);
    put_u16(&frame, 60);
    put_u16(&frame, 0);
    put_u32(&frame, 0);
    put_u32(&frame, (unsigned)sealed.size);
    put_u16(&frame, 0x1000); /* the delivery mode is told: */
    put_u8(&frame, 2);       /* persistent */
    frame_say(crowd, agent, &frame);

    frame = frame_begin(FRAME_BODY, 1);
    bytes_put_u32(frame.bytes + 3, (unsigned)sealed.size);
    crowd_say(crowd, agent, (struct bytes){ frame.bytes, HEAD_SIZE });
    crowd_say(crowd, agent, sealed);
    crowd_say(crowd, agent, (struct bytes){ "\xce", 1 });
}

/* Tags count from 1; `multiple` means: and all before it. */
static void take_confirmation(struct crowd *crowd, size_t agent, const unsigned char *at)
{
    uint64_t last = bytes_get_u64(at), flying = crowd_in_flight(crowd, agent);
    bool multiple = at[8] & 1;
    if (last < 1 || last > crowd_sent(crowd, agent)) {
        crowd_break(crowd, "a confirmation of what was not sent", bytes_of_text(""));
        return;
    }
    for (size_t number = multiple ? 0 : last - 1; number < last; number++)
        if (!multiple || flying >> number & 1)
            crowd_acknowledged(crowd, agent, number);
}

static void take_method(struct crowd *crowd, size_t agent, const unsigned char *at, size_t size)
{
    const struct bytes words = { at, size };
    unsigned method = size < 4 ? 0 : bytes_get_u32(at);
    if (method == CONNECTION_START)
        log_in(crowd, agent);
    else if (method == CONNECTION_TUNE && size >= 12)
        tune(crowd, agent, at + 4);
    else if (method == CONNECTION_OPEN_OK)
        open_channel(crowd, agent);
    else if (method == CHANNEL_OPEN_OK && crowd_options(crowd)->founds)
        declare_queue(crowd, agent);
    else if (method == CHANNEL_OPEN_OK)
        ask_for_confirmations(crowd, agent);
    else if (method == CONFIRM_SELECT_OK || method == QUEUE_DECLARE_OK)
        crowd_let_in(crowd, agent);
    else if (method == BASIC_ACK && size >= 13)
        take_confirmation(crowd, agent, at + 4);
    else
        crowd_break(crowd, "RabbitMQ says something else",
                    size > 11 ? (struct bytes){ at + 7, size - 7 } : words);
}

static size_t hear(struct crowd *crowd, size_t agent, struct bytes heard)
{
    const unsigned char *at = heard.data;
    if (heard.size < HEAD_SIZE)
        return 0;
    size_t size = bytes_get_u32(at + 3);
    if (heard.size < HEAD_SIZE + size + 1)
        return 0;
    if (at[0] == FRAME_METHOD)
        take_method(crowd, agent, at + HEAD_SIZE, size);
    return HEAD_SIZE + size + 1;
}

const struct crowd_protocol rabbitmq_protocol = { greet, hear, publish };

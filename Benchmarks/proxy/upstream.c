// A language model's server that costs far less than any proxy in front of it: answers chat completions and messages at
// once, or as a stream whose pieces say when they were sent.
//
//   upstream PORT
//
// A stream is asked for by "stream":true; the member "user":"DELAY,PIECES,GAP" says after how many milliseconds it
// begins, of how many pieces it is, and how many milliseconds lie between them.
#define _GNU_SOURCE
enum { ROOM = 16 << 10 };

// A stream in progress.
struct answer {
    int left, gap, begun;
};

#include "../model_server.h"

// Whole answers

#define WORDS                                                                                                          \
    "The answer names the menu, the section and the button, and nothing else is needed. It would be a little better "  \
    "with a word on where the mail arrives, and on what to do when none comes within a few minutes."

static const char completion[] =
    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1764000000,\"model\":\"bench\",\"choices\":[{"
    "\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" WORDS "\",\"refusal\":null},\"logprobs\":null,"
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":210,\"completion_tokens\":45,\"total_tokens\":255,"
    "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":{"
    "\"reasoning_tokens\":0,\"audio_tokens\":0}},\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\"}";
static const char message[] =
    "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench\",\"content\":[{\"type\":\"text\","
    "\"text\":\"" WORDS "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":210,"
    "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":45}}";

static int answer_at_once(struct connection *connection, const char *body) {
    return reply(connection,
                 "x-request-id: req_1\r\nx-ratelimit-limit-requests: 10000\r\n"
                 "x-ratelimit-remaining-requests: 9999\r\nx-ratelimit-reset-requests: 6ms\r\n",
                 body);
}

// Streams

#define CHUNK                                                                                                          \
    "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"bench\","    \
    "\"choices\":"

static int frame(char *text, size_t room, const char *event) {
    return snprintf(text, room, "%zx\r\n%s\r\n", strlen(event), event);
}

// Sends the next piece, and all that follows the last one.
static int go_on(struct connection *connection) {
    char text[4096], event[512];
    int length = 0;
    struct answer *answer = &connection->answer;
    if (!answer->begun) {
        answer->begun = 1;
        length += snprintf(text, sizeof text,
                           "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        length += frame(text + length, sizeof text - (size_t)length,
                        CHUNK "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                              "\"finish_reason\":null}]}\n\n");
    }
    snprintf(event, sizeof event, CHUNK "[{\"index\":0,\"delta\":{\"content\":\" at=%llu\"},\"finish_reason\":null}]}\n\n",
             (unsigned long long)now());
    length += frame(text + length, sizeof text - (size_t)length, event);
    if (--answer->left == 0) {
        const char *ends[] = {
            CHUNK "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
            CHUNK "[],\"usage\":{\"prompt_tokens\":210,\"completion_tokens\":50,\"total_tokens\":260}}\n\n",
            "data: [DONE]\n\n",
        };
        for (size_t end = 0; end < 3; end++) length += frame(text + length, sizeof text - (size_t)length, ends[end]);
        length += snprintf(text + length, sizeof text - (size_t)length, "0\r\n\r\n");
        wait_no_more(connection);
    } else {
        wait_until(connection, connection->due + (uint64_t)answer->gap * 1000000u);
    }
    return say(connection, text, (size_t)length);
}

static int begin_stream(struct connection *connection, const char *body) {
    int delay = 0;
    struct answer *answer = &connection->answer;
    *answer = (struct answer){.left = 50};
    const char *wish = strstr(body, "\"user\":\"");
    if (wish) sscanf(wish + 8, "%d,%d,%d", &delay, &answer->left, &answer->gap);
    wait_until(connection, now() + (uint64_t)delay * 1000000u);
    return 1;
}

// Requests

static int serve(struct connection *connection, const char *body) {
    if (strstr(body, "\"stream\":true")) return begin_stream(connection, body);
    return answer_at_once(connection, strstr(connection->in, "/messages") ? message : completion);
}

int main(int count, char **arguments) {
    if (count != 2) return fprintf(stderr, "usage: upstream PORT\n"), 2;
    return run(arguments[1]);
}

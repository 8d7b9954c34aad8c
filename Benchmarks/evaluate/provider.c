// A provider of a model that judges everything alike, after a fixed time: what is left of a measurement is the work of
// those who ask. Chat completions in one piece.
//
//   provider PORT MILLISECONDS
//
// GET /calls answers how many completions it has given.
#define _GNU_SOURCE
enum { ROOM = 64 << 10 };

struct answer {
    const char *content;
};

#include "../model_server.h"

static uint64_t delay;
static unsigned long calls;

// What is asked for is known by the names that the request's own text has.
static const char VERDICT[] =
    "{\\\"justification\\\": \\\"The answer names the menu, the section and the button, and nothing else is needed."
    "\\\", \\\"score\\\": 0.85}";
static const char PEERS_VERDICT[] =
    "{\\\"reason\\\": \\\"The answer names the menu, the section and the button, and nothing else is needed.\\\", "
    "\\\"score\\\": 8, \\\"verdict\\\": 1}";

static int serve(struct connection *connection, const char *body) {
    if (!strncmp(connection->in, "GET ", 4)) {
        char count[32];
        snprintf(count, sizeof count, "%lu\n", calls);
        return reply(connection, "", count);
    }
    connection->answer.content = strstr(body, "justification") ? VERDICT : PEERS_VERDICT;
    wait_until(connection, now() + delay);
    return 1;
}

static int go_on(struct connection *connection) {
    wait_no_more(connection);
    char body[3072];
    snprintf(body, sizeof body,
             "{\"id\":\"chatcmpl-%lu\",\"object\":\"chat.completion\",\"created\":1764000000,\"model\":\"judge\","
             "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"logprobs\":null,"
             "\"finish_reason\":\"stop\"}],"
             "\"usage\":{\"prompt_tokens\":420,\"completion_tokens\":31,\"total_tokens\":451}}",
             ++calls, connection->answer.content);
    return reply(connection, "", body);
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: provider PORT MILLISECONDS\n"), 2;
    delay = strtoul(arguments[2], NULL, 10) * 1000000u;
    return run(arguments[1]);
}

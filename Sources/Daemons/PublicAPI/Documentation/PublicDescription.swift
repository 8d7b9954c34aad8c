internal import JSON
package import OpenAPI

/// What the public API is, described once: `/openapi.json` and `/docs/` are made of it, and tests hold it to the routes and
/// to what they answer.
///
/// A file a group of operations; the schemas are read from the types of the wire.
package enum PublicDescription {
    /// The description, of this release.
    package static func of(release: String) -> APIDescription {
        APIDescription(
            title: "Scorable", version: release, introduction: introduction, groups: groups,
            commonProblems: [401, 403, 429, 500, 503], problem: problem, headers: [idempotencyKey])
    }

    static let groups = [
        evaluators, judges, judgedCompletions, batchExecutions, executionLogs, datasets, files, annotations,
        scoreConfigs,
        calibrationRuns, promptTests, objectives, models, otel, projects, temporaryUsers,
        programs,
    ]

    /// What stands for an identifier in examples.
    static let exampleID: JSONValue = "0193a500-0000-7000-8000-000000000001"

    /// Older clients send it to lists that have one order only.
    static let ordering = Parameter.text(
        "ordering", "`created_at` for the oldest first; else the newest comes first.")

    /// By what a repeated call is known.
    private static let idempotencyKey = Parameter(
        "Idempotency-Key", in: .header, idempotencyKeySchema,
        "A text of your choice for this one call. Repeated with it within 24 hours, the call is answered as before and not "
            + "done again; for another call the key is refused, and for a form with files or an answer that is streamed."
    )

    private static let idempotencyKeySchema: Schema = {
        var schema = Schema.string
        schema.lengths = 1...255
        return schema
    }()

    private static let introduction = [
        "Send your key with every call: `Authorization: Api-Key <key>`, or `Bearer` in place of `Api-Key`. Every path is also "
            + "there without `/v1`, and a slash at its end does not matter.",
        "A key may do what its owner may, and of that what its scopes name; other calls get 403, as do all of them from an "
            + "address that the key is not meant for (`address_not_allowed`). A key that ended or was revoked gets 401 within "
            + "seconds. Scanners for leaked secrets find keys by the expression `\\bsk_[0-9A-Za-z]{49}\\b`; the last six "
            + "characters are the CRC-32 of all before them, in base 62 with the digits 0-9, A-Z, a-z.",
        "Lists come in pages where nothing else is said, the newest first. `next` and `previous` are whole addresses; their "
            + "`cursor` leads on also while others add and delete: what is there throughout comes exactly once. A cursor that "
            + "is none is refused.",
        "Bodies are JSON in UTF-8 where nothing else is said. Members that are not known are ignored. In what you send, null "
            + "means the same as absent, and what is absent from a change stays as it is, where nothing else is said. Times "
            + "are ISO 8601 in UTC.",
        "Problems are `application/problem+json` with `status`, `code`, `title` and `detail`, and a list of complaints under "
            + "the name of each field that is wrong; where OpenAI's clients call, `application/json` with an `error` beside "
            + "them. Programs look at `code`, people at `detail`.",
        "A `POST` can be repeated safely with the header `Idempotency-Key`: within 24 hours the same key of the same person "
            + "with the same path, query and body gets the same answer, with `Idempotent-Replayed: true`, and nothing is done "
            + "twice. While the first call runs, the second waits for it. Another path or body gets 422. Only success is "
            + "kept: after a problem the call may be made again. When the server stopped in the middle, batches and prompt "
            + "tests are started all the same, once, and evaluators and judges are executed and logged once; of other calls "
            + "nobody knows whether they were done, and the answer is 409: look, and use a new key. An answer that carries a secret, or is longer than 8 MiB, is given once: the "
            + "repeated call is answered with 409. Answers that are streamed and forms with files cannot be repeated: such a "
            + "call with a key is refused. Other methods ignore it.",
        "Calls are limited by key and by organisation; beyond that the answer is 429, and `Retry-After` says after how many "
            + "seconds to come again. Bodies that are too large are answered with 413, and the limit is named.",
    ]

    private static let problem = Schema.object(
        .init("type", .words(["about:blank"]), isRequired: true),
        .init("status", Schema.integer.saying("The same as the status of the answer."), isRequired: true),
        .init("title", Schema.string.saying("What kind of problem it is."), isRequired: true),
        .init("detail", Schema.string.saying("What is wrong this time, for a person."), isRequired: true),
        .init("instance", Schema.string.orNull, isRequired: true),
        .init("code", Schema.string.saying("A word that programs compare, such as `not_found`."), isRequired: true)
    ).saying("Why a call failed. Fields that are wrong come as further members, each a list of complaints.")
}

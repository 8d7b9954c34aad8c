package import FoundationEssentials
internal import JSON
package import Postgres
package import Records
internal import Scoring
internal import Tenancy

/// How the models of providers did over days.
package struct DeploymentSpanStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores what a proxy has seen, in place of what it had stored of the same spans before. What is of a place that
    /// there is not any more is left out.
    package func write(_ spans: [DeploymentSpan], of proxy: UUID) async throws {
        guard !spans.isEmpty else { return }
        let sums = spans.map(\.sums)
        try await database.execute(
            """
            INSERT INTO deployment_spans (place_id, start, upstream_model, proxy_id, organization_id, calls, abandoned, \
            failures, prompt_tokens, completion_tokens, cost_nano_dollars, first_byte, whole, worst_score, \
            worst_sentence)
            SELECT s.place, s.start, s.model, \(proxy), o.organization_id, s.calls, s.abandoned, s.failures::jsonb, \
            s.prompt_tokens, s.completion_tokens, s.cost, s.first_byte::jsonb, s.whole::jsonb, s.score, s.sentence
            FROM unnest(\(spans.map(\.place)), \(spans.map(\.start)), \(spans.map(\.upstreamModel)), \
                \(sums.map(\.calls)), \(sums.map(\.abandoned)), \(sums.map { Self.json($0.failures) }), \
                \(sums.map(\.promptTokens)), \(sums.map(\.completionTokens)), \(sums.map(\.costInNanoDollars)), \
                \(sums.map { Self.json($0.firstByte) }), \(sums.map { Self.json($0.whole) }), \
                \(spans.map { Int32(clamping: $0.worst.score) }), \(spans.map(\.worst.sentence))) \
                AS s (place, start, model, calls, abandoned, failures, prompt_tokens, completion_tokens, cost, \
                first_byte, whole, score, sentence)
            JOIN (SELECT id, organization_id FROM providers UNION ALL SELECT id, organization_id FROM models) AS o
                ON o.id = s.place
            ON CONFLICT (place_id, start, upstream_model, proxy_id) DO UPDATE SET calls = excluded.calls, \
                abandoned = excluded.abandoned, failures = excluded.failures, \
                prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens, \
                cost_nano_dollars = excluded.cost_nano_dollars, first_byte = excluded.first_byte, \
                whole = excluded.whole, worst_score = excluded.worst_score, worst_sentence = excluded.worst_sentence
            """)
    }

    /// What all proxies saw of a place, or of one model there, in `[from, to)`, by stretches of `bucket` counted from
    /// `from`; those of which nothing is known are left out.
    package func history(
        of place: UUID, upstreamModel: String?, from: Date, to: Date, every bucket: Duration
    ) async throws -> [(start: Date, sums: DeploymentSums, worst: WorstHealth)] {
        let known: SQL = """
            SELECT date_bin(\(bucket), start, \(from)) AS bucket, * FROM deployment_spans
            WHERE place_id = \(place) AND start >= \(from) AND start < \(to)
                AND (\(upstreamModel) IS NULL OR upstream_model = \(upstreamModel))
            """
        let rows = try await database.query(
            """
            SELECT bucket, sum(calls)::bigint AS calls, sum(abandoned)::bigint AS abandoned, \
            sum(prompt_tokens)::bigint AS prompt_tokens, sum(completion_tokens)::bigint AS completion_tokens, \
            sum(cost_nano_dollars)::bigint AS cost, \
            (array_agg(worst_score ORDER BY worst_score, start))[1] AS score, \
            (array_agg(worst_sentence ORDER BY worst_score, start))[1] AS sentence
            FROM (\(fragment: known)) AS known GROUP BY bucket ORDER BY bucket
            """)
        var found = try rows.map { row in
            var sums = DeploymentSums()
            sums.calls = try row.decode("calls")
            sums.abandoned = try row.decode("abandoned")
            sums.promptTokens = try row.decode("prompt_tokens")
            sums.completionTokens = try row.decode("completion_tokens")
            sums.costInNanoDollars = try row.decode("cost")
            return (
                start: try row.decode("bucket", as: Date.self), sums: sums,
                worst: WorstHealth(score: try row.decode("score"), sentence: try row.decode("sentence"))
            )
        }
        let places = Dictionary(uniqueKeysWithValues: found.enumerated().map { ($1.start, $0) })
        for row in try await parts(of: known) {
            guard let place = places[try row.decode("bucket", as: Date.self)] else { continue }
            try Self.add(row, to: &found[place].sums)
        }
        return found
    }

    /// Deletes the spans before a moment, at most `limit`; how many they were.
    package func delete(before moment: Date, limit: Int) async throws -> Int {
        try await database.execute(
            """
            DELETE FROM deployment_spans WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM deployment_spans WHERE start < \(moment) LIMIT \(limit)))
            """)
    }

    /// Failures and histograms, part by part.
    private func parts(of known: SQL) async throws -> PostgresRows {
        try await database.query(
            """
            SELECT k.bucket, part.what, e.key AS name, sum(e.value::bigint)::bigint AS amount
            FROM (\(fragment: known)) AS k
            CROSS JOIN LATERAL (VALUES ('failures', k.failures), ('first_byte', k.first_byte), ('whole', k.whole)) \
            AS part (what, counts)
            CROSS JOIN LATERAL jsonb_each_text(part.counts) AS e
            GROUP BY k.bucket, part.what, e.key
            """)
    }

    private static func add(_ row: PostgresRow, to sums: inout DeploymentSums) throws {
        let (name, amount) = (try row.decode("name", as: String.self), try row.decode("amount", as: Int.self))
        switch try row.decode("what", as: String.self) {
        case "failures": sums.failures[name, default: 0] += amount
        case "first_byte": sums.firstByte.add(amount, in: Int(name) ?? 0)
        default: sums.whole.add(amount, in: Int(name) ?? 0)
        }
    }

    private static func json(_ counts: [String: Int]) -> String {
        var object: JSONObject = [:]
        for (name, count) in counts { object[name] = .integer(Int64(count)) }
        return String(decoding: JSONWriter.bytes(of: .object(object)), as: UTF8.self)
    }

    private static func json(_ histogram: LatencyHistogram) -> String {
        let filled = histogram.counts.enumerated().filter { $1 > 0 }
        return json(Dictionary(uniqueKeysWithValues: filled.map { ("\($0)", $1) }))
    }
}

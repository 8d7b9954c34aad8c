package import FoundationEssentials
import Postgres

/// What a round of summing up came to.
package struct SumRound: Sendable, Hashable {
    /// Another process was at it.
    package let isTaken: Bool
    /// Up to when minutes are summed up now; `nil` when it was not learnt.
    package let through: Date?
    /// Whether more could be summed up at once.
    package let isBehind: Bool
    /// How many sums are new or different.
    package let changed: Int

    static let taken = SumRound(isTaken: true, through: nil, isBehind: false, changed: 0)
}

// Summing up, which the worker does.
extension ExecutionSumStore {
    /// How long a minute is left alone after it has ended, for logs that are still being committed.
    package static let settling: TimeInterval = 20
    /// How long after it has ended a minute is summed up once more. A log waits for its commit for ten seconds at most,
    /// but the clocks of the daemons may differ.
    package static let checking: TimeInterval = 900
    /// How far back the first round begins.
    package static let reach: TimeInterval = 35 * 86_400

    /// Sums up what has ended and is not summed up yet, at most `span` of it, in one transaction. Of several processes one
    /// does it and the others are told so at once.
    package func sumUp(now: Date, atMost span: TimeInterval) async throws -> SumRound {
        try await database.transaction { connection in
            let lock = try await connection.query(
                "SELECT pg_try_advisory_xact_lock(hashtext('execution sums')) AS is_ours")
            guard try lock.first?.decode("is_ours") == true else { return .taken }
            let known = try await Self.place(connection, now: now)
            var place = known
            let settled = Self.minute(of: now.addingTimeInterval(-Self.settling))
            let end = min(settled, Self.minute(of: place.minutes.addingTimeInterval(max(span, 60))))
            var changed = 0
            if place.minutes < end {
                changed += try await connection.execute(SumStatements.makeMinutes(from: place.minutes, to: end))
            }
            let old = Self.minute(of: now.addingTimeInterval(-Self.checking))
            // What was old already when it was summed up needs no second look.
            if place.checked >= place.minutes { place.checked = max(place.checked, min(end, old)) }
            place.minutes = max(place.minutes, end)
            changed += try await check(&place, until: min(old, place.minutes), span, connection)
            let hour = Self.hour(of: place.minutes)
            if place.hours < hour {
                try await connection.execute(SumStatements.makeHours(from: place.hours, to: hour))
                place.hours = hour
            }
            if place != known || place.isFirst { try await place.store(connection) }
            return SumRound(
                isTaken: false, through: place.minutes, isBehind: place.minutes < settled || place.checked < old,
                changed: changed)
        }
    }

    /// Deletes the minutes before a moment, at most `limit` rows; how many they were. Hours are made of minutes, so the
    /// moment lies days back.
    package func deleteMinutes(before moment: Date, limit: Int) async throws -> Int {
        try await database.execute(
            """
            DELETE FROM execution_minutes WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM execution_minutes WHERE start < \(moment) LIMIT \(limit)))
            """)
    }

    /// Deletes the hours before a moment, at most `limit` rows; how many they were.
    package func deleteHours(before moment: Date, limit: Int) async throws -> Int {
        try await database.execute(
            """
            DELETE FROM execution_hours WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM execution_hours WHERE start < \(moment) LIMIT \(limit)))
            """)
    }

    /// Sums minutes up for the second time; hours that are made of one that was different are made anew.
    private func check(
        _ place: inout Place, until old: Date, _ span: TimeInterval, _ connection: PostgresConnection
    ) async throws -> Int {
        guard place.checked < old else { return 0 }
        let end = min(old, Self.minute(of: place.checked.addingTimeInterval(max(span, 60))))
        let changed = try await connection.execute(SumStatements.makeMinutes(from: place.checked, to: end))
        if changed > 0 {
            let from = Self.hour(of: place.checked)
            let to = min(place.hours, Self.hour(of: end.addingTimeInterval(3599)))
            if from < to { try await connection.execute(SumStatements.makeHours(from: from, to: to)) }
        }
        place.checked = end
        return changed
    }

    /// How far the rounds have come.
    private struct Place: Equatable {
        var minutes: Date
        var checked: Date
        var hours: Date
        /// Whether none was stored yet.
        var isFirst = false

        func store(_ connection: PostgresConnection) async throws {
            try await connection.execute(
                """
                UPDATE execution_sums SET minutes_through = \(minutes), checked_through = \(checked), \
                hours_through = \(hours)
                """)
        }
    }

    /// Where the rounds are; the first begins with the oldest log, but not too far back.
    private static func place(_ connection: PostgresConnection, now: Date) async throws -> Place {
        let rows = try await connection.query(
            "SELECT minutes_through, checked_through, hours_through FROM execution_sums")
        if let row = rows.first, let minutes = try row.decode("minutes_through", as: Date?.self) {
            let hours = try row.decode("hours_through", as: Date?.self)
            let checked = try row.decode("checked_through", as: Date?.self)
            return Place(minutes: minutes, checked: checked ?? minutes, hours: hours ?? hour(of: minutes))
        }
        let oldest = try await connection.query(
            """
            SELECT min(l.created_at) AS moment FROM organizations o CROSS JOIN LATERAL (
                SELECT created_at FROM execution_logs WHERE organization_id = o.id
                    AND created_at >= \(now.addingTimeInterval(-reach)) AND created_at < \(now)
                ORDER BY created_at LIMIT 1) l
            """)
        // From the beginning of an hour, so that the first hour is a whole one.
        let start = hour(of: try oldest.first?.decode("moment", as: Date?.self) ?? now)
        return Place(minutes: start, checked: start, hours: start, isFirst: true)
    }

    private static func minute(of moment: Date) -> Date { beginning(of: moment, 60) }
    private static func hour(of moment: Date) -> Date { beginning(of: moment, 3600) }

    private static func beginning(of moment: Date, _ length: TimeInterval) -> Date {
        Date(timeIntervalSince1970: (moment.timeIntervalSince1970 / length).rounded(.down) * length)
    }
}

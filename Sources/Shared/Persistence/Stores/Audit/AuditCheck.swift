package import FoundationEssentials
internal import Postgres
package import Records

/// How far the daemons have gone over a chain in the round under way, and what they have found.
package struct AuditCheck: Sendable, Hashable {
    package var place: AuditPlace
    package var checkedAt: Date
    /// When the last round came to the end.
    package var checkedWholeAt: Date?
    package var fault: Fault?

    package init(place: AuditPlace, checkedAt: Date, checkedWholeAt: Date? = nil, fault: Fault? = nil) {
        self.place = place
        self.checkedAt = checkedAt
        self.checkedWholeAt = checkedWholeAt
        self.fault = fault
    }

    /// The first broken place.
    package struct Fault: Sendable, Hashable {
        package let position: Int64
        package let reason: String
        package let foundAt: Date

        package init(position: Int64, reason: String, foundAt: Date) {
            self.position = position
            self.reason = reason
            self.foundAt = foundAt
        }
    }

    init(row: PostgresRow) throws {
        let position: Int64? = try row.decode("fault_position")
        self.init(
            place: try AuditPlace(row: row), checkedAt: try row.decode("checked_at"),
            checkedWholeAt: try row.decode("checked_whole_at"),
            fault: try position.map {
                Fault(
                    position: $0, reason: try row.decode("fault_reason"), foundAt: try row.decode("fault_found_at"))
            })
    }
}

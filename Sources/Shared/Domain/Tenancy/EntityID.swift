package import FoundationEssentials

/// The identifier of one kind of thing; an `EntityID<Project>` cannot be passed where an evaluator's is wanted.
package struct EntityID<Entity>: Sendable, Hashable, LosslessStringConvertible {
    package let uuid: UUID

    package init(uuid: UUID) { self.uuid = uuid }

    /// Reads the hyphenated form in either case; `nil` for anything else.
    package init?(_ text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    /// The hyphenated form in lower case, as every interface of ours shows it.
    package var description: String { uuid.lowercaseText }

    @inlinable package static func == (left: EntityID, right: EntityID) -> Bool { left.uuid == right.uuid }

    /// By the second half alone, in which those differ that were made in the same millisecond: calls look up by several.
    @inlinable package func hash(into hasher: inout Hasher) {
        let b = uuid.uuid
        let high = UInt32(b.8) << 24 | UInt32(b.9) << 16 | UInt32(b.10) << 8 | UInt32(b.11)
        let low = UInt32(b.12) << 24 | UInt32(b.13) << 16 | UInt32(b.14) << 8 | UInt32(b.15)
        hasher.combine(UInt64(high) << 32 | UInt64(low))
    }
}

extension UUID {
    /// The hyphenated form in lower case. By hand: every request writes some, and Foundation's capitals would have to be
    /// changed one by one.
    package var lowercaseText: String {
        let b = uuid
        let bytes: InlineArray<16, UInt8> = [
            b.0, b.1, b.2, b.3, b.4, b.5, b.6, b.7, b.8, b.9, b.10, b.11, b.12, b.13, b.14, b.15,
        ]
        var text = [UInt8](repeating: UInt8(ascii: "-"), count: 36)
        var place = 0
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
        for index in bytes.indices {
            if index == 4 || index == 6 || index == 8 || index == 10 { place += 1 }
            text[place] = digit(bytes[index] >> 4)
            text[place + 1] = digit(bytes[index] & 15)
            place += 2
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension EntityID: Comparable {
    /// The order of the sixteen bytes, which is also PostgreSQL's order of `uuid`.
    package static func < (left: EntityID, right: EntityID) -> Bool { left.uuid < right.uuid }
}

package typealias OrganizationID = EntityID<Organization>
package typealias ProjectID = EntityID<Project>
package typealias UserID = EntityID<User>
package typealias SessionID = EntityID<Session>
package typealias APIKeyID = EntityID<APIKey>

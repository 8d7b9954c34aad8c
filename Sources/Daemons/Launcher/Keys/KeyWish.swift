package import FoundationEssentials
internal import JSON

/// What the command line says of a key that is to be made.
package struct KeyWish: Sendable {
    /// For whom a key acts.
    package enum Owner: Sendable {
        case person(email: String)
        /// By name, address or identifier.
        case serviceAccount(String)
    }

    let name: String
    let owner: Owner
    let scopes: [String]
    let project: String?
    /// Whether it opens the project and nothing else.
    let isConfined: Bool
    let end: KeyEnd?
    let ranges: [String]

    package init(
        name: String, owner: Owner, scopes: [String], project: String?, isConfined: Bool = false, end: KeyEnd?,
        ranges: [String]
    ) {
        self.name = name
        self.owner = owner
        self.scopes = scopes
        self.project = project
        self.isConfined = isConfined
        self.end = end
        self.ranges = ranges
    }
}

/// When a key ends: a while from now, such as `90d` or `12h`, or at a moment, such as `2027-01-31` or
/// `2027-01-31T12:00:00Z`.
package struct KeyEnd: Sendable, Hashable {
    private enum Form: Hashable {
        case after(seconds: Int)
        case at(Date)
    }

    private let form: Form

    /// `nil` for anything else.
    package init?(_ text: String) {
        if let seconds = Self.seconds(text) {
            form = .after(seconds: seconds)
        } else if let moment = ISO8601.date(text) {
            form = .at(moment)
        } else {
            return nil
        }
    }

    /// A while as words such as `30d`, in seconds; `nil` for anything else.
    package static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            (0...100_000).contains(count)
        else { return nil }
        return count * unit
    }

    func date(from moment: Date) -> Date {
        switch form {
        case .after(let seconds): moment.addingTimeInterval(TimeInterval(seconds))
        case .at(let date): date
        }
    }
}

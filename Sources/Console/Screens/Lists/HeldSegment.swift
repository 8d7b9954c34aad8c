import Terminal

extension Segment {
    /// How many rows of a list are shown, and how old they are: what the address line says at the right.
    static func held(
        shown: Int, of count: Int, isCut: Bool, loadedAt: Duration?, failingSince: Duration?, _ scope: Scope
    ) -> Segment {
        let rows = shown == count ? Formats.count(shown) : "\(Formats.count(shown)) of \(Formats.count(count))"
        let all = isCut ? "\(rows), the newest" : rows
        if let failingSince, count > 0 {
            return Segment(
                "\(all), not read for \(Formats.span(seconds: (scope.now - failingSince).wholeSeconds))", .bad)
        }
        guard let loadedAt else { return Segment(count > 0 ? "\(all), loading" : "loading") }
        let minutes = (scope.now - loadedAt).wholeSeconds / 60
        guard minutes > 0 else { return Segment(all) }
        return Segment("\(all), read \(minutes < 60 ? "\(minutes)m" : "\(minutes / 60)h") ago")
    }

    /// When the age that is shown changes.
    static func nextAge(of loadedAt: Duration?, after now: Duration) -> Duration? {
        loadedAt.map { $0 + .seconds(((now - $0).wholeSeconds / 60 + 1) * 60) + .milliseconds(1) }
    }
}

extension Query {
    /// What is wrong with a filter, `nil` when it can be applied.
    static func problem(of text: String, _ vocabulary: [QueryField]) -> String? {
        do {
            _ = try parse(text, vocabulary)
            return nil
        } catch {
            return error.message
        }
    }
}

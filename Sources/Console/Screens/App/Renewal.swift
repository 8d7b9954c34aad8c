import Terminal
import WireAPI

/// What changes all the time is read anew while somebody looks at it.
extension Loadable {
    /// Reads it anew when what is known is older than a span: for the ticks of a screen that is seen.
    mutating func renew(
        after age: Duration, _ request: OperatorRequest<Reply>, _ context: inout ScreenContext
    ) {
        guard let loadedAt, !isLoading, context.now - loadedAt >= age else { return }
        load(request, &context)
    }

    /// When that has to be done, or its age changes.
    func wake(renewingAfter age: Duration, _ now: Duration) -> Duration? {
        guard let loadedAt else { return failure == nil ? nil : now + .seconds(1) }
        // While an answer is awaited, only the age changes.
        return isLoading ? now + .seconds(1) : max(loadedAt + age, now + .milliseconds(1))
    }

    /// How old what is shown is, for the address line: `current`, or since when it could not be read.
    func age(_ scope: Scope) -> Segment {
        guard let loadedAt else { return Segment("reading") }
        let age = (scope.now - loadedAt).wholeSeconds
        let isOld = failure != nil || age > 30
        return Segment(isOld ? "not read for \(Formats.span(seconds: age))" : "current", isOld ? .bad : .quiet)
    }
}

import Terminal
import WireAPI

/// The first row: which deployment, where in it, whether live data flows, whether there is room, who, what time the server
/// has.
struct Header {
    private let model: Model
    private let marks: Marks

    init(_ model: Model) {
        self.model = model
        marks = Marks(model.charset)
    }

    func draw(into frame: inout Frame) {
        let bar = Style(.plain, on: .bar)
        let width = frame.size.columns
        frame.fill(0, bar)
        var left = 0
        if let deployment = model.session?.deployment {
            let style = Style(.strong, on: deployment.isProduction ? .alert : .calm)
            left = frame.put(" \(deployment.name) ", 0, left, style, width: min(20, width / 3))
        }
        left = frame.put(" \(place) ", 0, left, Style(.strong, on: .bar), width: max(8, width / 2 - left))
        for part in [liveness] + [room, ending].compactMap(\.self) {
            left = frame.put(" \(part.text) ", 0, left, Style(part.ink, on: .bar), width: width - left - 1)
        }
        // The longest that fits; the time and the person stay longest.
        let right = rights.first { width - 1 - $0.columns > left + 1 } ?? ""
        frame.put(right, 0, width - 1 - right.columns, Style(.quiet, on: .bar))
    }

    private var place: String {
        if model.session == nil { return "scorable console" }
        let titles = [model.room.title] + (model.stacks[model.room] ?? []).dropFirst().suffix(2).map(\.title)
        return titles.joined(separator: " \(marks.between) ")
    }

    /// Who and when, from the whole to the least.
    private var rights: [String] {
        guard let session = model.session else { return [model.server] }
        let time = model.clock.date(at: model.now).map { "\(Formats.minute($0)) UTC" } ?? ""
        let separator = " \(marks.separator) "
        return [
            [session.organization.name, session.user.email, session.user.role, time],
            [session.organization.name, session.user.email, time], [session.user.email, time], [time],
        ].map { $0.joined(separator: separator) }
    }

    /// That nothing new is taken, or will not be soon, is told in every room.
    private var room: (text: String, ink: Ink)? {
        guard model.session != nil, let storage = model.storage else { return nil }
        if storage.level == "full" { return ("\(marks.down) disk full, nothing new is taken", .bad) }
        if let days = storage.daysLeft, days < OperatorStorageNews.soon {
            let count = Int(days)
            let span = count == 0 ? "within a day" : "in \(count) \(count == 1 ? "day" : "days")"
            return ("disk full \(span)", storage.level == "low" ? .bad : .caution)
        }
        return storage.level == "low" ? ("disk nearly full", .caution) : nil
    }

    /// A session that ends soon is told in time.
    private var ending: (text: String, ink: Ink)? {
        guard let date = model.scope.date, let left = model.limits?.remaining(at: date) else { return nil }
        return ("session ends in \(Formats.span(seconds: Int(left)))", .caution)
    }

    /// Whether what is on the screen is the present, in words beside the mark.
    private var liveness: (text: String, ink: Ink) {
        let now = model.now
        switch model.stream.phase {
        case .off:
            guard model.session != nil else { return ("", .quiet) }
            if model.screen.failure != nil { return ("\(marks.down) no data", .bad) }
            return ("\(marks.waiting) connecting", .quiet)
        case .connecting(let since):
            return ("\(marks.waiting) connecting\(Self.age(since: since, now))", .caution)
        case .live:
            guard model.stream.isSilent(at: now) else { return ("\(marks.live) live", .good) }
            return (
                "\(marks.waiting) silent \(Formats.span(seconds: model.stream.silence(at: now).wholeSeconds))", .caution
            )
        case .down(let since, _, let retryAt):
            let wait = (retryAt - now + .milliseconds(999)).wholeSeconds
            let next = retryAt > now ? ", retry in \(wait)s" : ", retrying"
            return ("\(marks.down) not live for \(Formats.span(seconds: (now - since).wholeSeconds))\(next)", .bad)
        }
    }

    private static func age(since: Duration, _ now: Duration) -> String {
        let seconds = (now - since).wholeSeconds
        return seconds > 0 ? " \(Formats.span(seconds: seconds))" : ""
    }
}

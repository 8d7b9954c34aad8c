import Terminal

/// Everything that the console told the person in this session, the newest last. Bounded.
struct MessageLog: Sendable {
    /// A message with its time by the server's clock, as it is shown.
    struct Entry: Sendable, Hashable {
        let time: String
        let message: Message
    }

    private static let limit = 500

    private(set) var entries: [Entry] = []

    mutating func add(_ message: Message, time: String) {
        if entries.count == Self.limit { entries.removeFirst(Self.limit / 10) }
        entries.append(Entry(time: time, message: message))
    }

    func draw(into frame: inout Frame, _ area: Area, top: Int) {
        let panel = Panel("Messages", width: area.columns.count - 4, height: max(3, entries.count + 2), in: area)
        panel.draw(into: &frame)
        let left = panel.inside.columns.lowerBound + 1
        let width = panel.inside.columns.count - 2
        if entries.isEmpty, let row = panel.inside.rows.first {
            frame.put("Nothing was said yet", row, left, Style(.quiet, on: .panel), width: width)
        }
        let first = max(0, min(top, entries.count - panel.inside.rows.count))
        for (row, entry) in zip(panel.inside.rows, entries.reversed().dropFirst(first)) {
            frame.put(entry.time, row, left, Style(.quiet, on: .panel), width: width)
            frame.put(entry.message.text, row, left + 10, Style(entry.message.tone.ink, on: .panel), width: width - 10)
        }
        if entries.count - first > panel.inside.rows.count { panel.drawMore(into: &frame) }
    }
}

extension Message.Tone {
    /// How it looks.
    var ink: Ink {
        switch self {
        case .plain: .accent
        case .good: .good
        case .caution: .caution
        case .bad: .bad
        }
    }
}

import Terminal

/// The row of rooms with the digits that go there.
enum Tabs {
    static func draw(_ room: Room, row: Int, into frame: inout Frame) {
        var column = 1
        // They move together where they would not fit.
        let width = Room.allCases.reduce(3) { $0 + $1.title.columns + 5 }
        let gap = width > frame.size.columns ? 2 : 3
        for candidate in Room.allCases {
            let isHere = candidate == room
            let style = Style(isHere ? .strong : .quiet, on: isHere ? .selection : .page)
            column = frame.put(isHere ? " " : "", row, column, style)
            column = frame.put(String(candidate.digit), row, column, Style(.accent, on: style.ground))
            column = frame.put(" \(candidate.title)\(isHere ? " " : "")", row, column, style) + gap
        }
    }
}

import Terminal

/// The row of rooms with the digits that go there.
enum Tabs {
    static func draw(_ room: Room, row: Int, into frame: inout Frame) {
        var column = 1
        for candidate in Room.allCases {
            let isHere = candidate == room
            let style = Style(isHere ? .strong : .quiet, on: isHere ? .selection : .page)
            column = frame.put(isHere ? " " : "", row, column, style)
            column = frame.put(String(candidate.digit), row, column, Style(.accent, on: style.ground))
            column = frame.put(" \(candidate.title)\(isHere ? " " : "")", row, column, style) + 3
        }
    }
}

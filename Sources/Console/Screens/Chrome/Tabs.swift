import Terminal

/// The row of rooms with the digits that go there.
enum Tabs {
    static func draw(_ room: Room, row: Int, into frame: inout Frame) {
        var column = 1
        // Those without a digit would take the room of the others; one of them is shown while one is there.
        let rooms = Room.allCases.filter { $0.digit != nil || $0 == room }
        // They move together where they would not fit.
        let width = rooms.reduce(3) { $0 + $1.title.columns + 5 }
        let gap = width > frame.size.columns ? 2 : 3
        for candidate in rooms {
            let isHere = candidate == room
            let style = Style(isHere ? .strong : .quiet, on: isHere ? .selection : .page)
            column = frame.put(isHere ? " " : "", row, column, style)
            column = frame.put(
                candidate.digit.map(String.init) ?? "g\(candidate.letter)", row, column,
                Style(.accent, on: style.ground))
            column = frame.put(" \(candidate.title)\(isHere ? " " : "")", row, column, style) + gap
        }
    }
}

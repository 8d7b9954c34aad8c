import Terminal

/// The row of rooms with the digits that go there.
enum Tabs {
    static func draw(_ room: Room, row: Int, into frame: inout Frame) {
        var column = 1
        // Those without a digit would take the room of the others; one of them is shown while one is there, if it fits.
        var rooms = Room.allCases.filter { $0.digit != nil || $0 == room }
        if width(of: rooms, gap: 2) > frame.size.columns { rooms.removeAll { $0.digit == nil } }
        // They move together where they would not fit.
        let gap = width(of: rooms, gap: 3) > frame.size.columns ? 2 : 3
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

    /// The columns that rooms take, of which one is set off.
    private static func width(of rooms: [Room], gap: Int) -> Int {
        rooms.reduce(3 - gap) { $0 + $1.title.columns + ($1.digit == nil ? 3 : 2) + gap }
    }
}

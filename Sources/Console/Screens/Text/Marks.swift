import Terminal

/// The characters that stand for states, one table for each charset. All are one column wide in every terminal.
struct Marks {
    let live: String
    let waiting: String
    let down: String
    let cursor: String
    let bar: Character
    let barRest: Character
    let rule: Character
    let separator: String
    let between: String
    let failure: String
    let mask: Character
    let logo: String
    let corners: [String]
    let side: String
    let up: String
    let sortedUp: String
    let sortedDown: String

    init(_ charset: Charset) {
        self = charset == .unicode ? Self.unicode : Self.ascii
    }

    private init(
        live: String, waiting: String, down: String, cursor: String, bar: Character, barRest: Character,
        rule: Character,
        separator: String, between: String, failure: String, mask: Character, logo: String, corners: [String],
        side: String, up: String, sortedUp: String, sortedDown: String
    ) {
        self.live = live
        self.waiting = waiting
        self.down = down
        self.cursor = cursor
        self.bar = bar
        self.barRest = barRest
        self.rule = rule
        self.separator = separator
        self.between = between
        self.failure = failure
        self.mask = mask
        self.logo = logo
        self.corners = corners
        self.side = side
        self.up = up
        self.sortedUp = sortedUp
        self.sortedDown = sortedDown
    }

    private static let unicode = Marks(
        live: "●", waiting: "◌", down: "✕", cursor: "▸", bar: "■", barRest: "·", rule: "─", separator: "·",
        between: "›", failure: "✕", mask: "•", logo: "▂▄▆█", corners: ["┌", "┐", "└", "┘"], side: "│", up: "↑",
        sortedUp: "↑", sortedDown: "↓")
    private static let ascii = Marks(
        live: "*", waiting: "o", down: "x", cursor: ">", bar: "#", barRest: ".", rule: "-", separator: ".",
        between: ">", failure: "x", mask: "*", logo: "", corners: ["+", "+", "+", "+"], side: "|", up: "^",
        sortedUp: "^", sortedDown: "v")
}

/// A number from 0 to 1 as a bar.
enum ScoreBar {
    /// The filled part; at least one mark for what is above 0.
    static func filled(_ score: Double, width: Int, _ marks: Marks) -> String {
        guard score.isFinite else { return "" }
        let count = Int((min(1, max(0, score)) * Double(width)).rounded())
        return String(repeating: marks.bar, count: score > 0 ? max(1, count) : 0)
    }

    /// What a score is worth a colour of; the number always stands beside it.
    static func ink(_ score: Double) -> Ink {
        switch score {
        case 0.7...: .good
        case 0.4...: .caution
        default: .bad
        }
    }
}

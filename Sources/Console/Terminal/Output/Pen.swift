/// What a terminal writes with: everything that the next character will look like, and where it leads.
struct Pen: Hashable {
    var ink = Colour.own
    var ground = Colour.own
    var attributes: Look.Attributes = []
    /// The number of the link that characters belong to, 0 for none.
    var link = 0

    /// As a terminal has it after a reset.
    static let reset = Pen()

    /// The sequence that turns another pen into this one, the shorter of two ways; empty when they look the same.
    func sequence(from other: Pen) -> String {
        guard ink != other.ink || ground != other.ground || attributes != other.attributes else { return "" }
        let whole = ([""] + added(to: .reset)).joined(separator: ";")
        let part = (removed(from: other) + added(to: other)).joined(separator: ";")
        return "\u{1B}[\(whole.utf8.count < part.utf8.count ? whole : part)m"
    }

    /// The sequence that makes this pen of one that nobody knows.
    var sequenceFromUnknown: String { "\u{1B}[\(([""] + added(to: .reset)).joined(separator: ";"))m" }

    private func removed(from other: Pen) -> [String] {
        let gone = other.attributes.subtracting(attributes)
        var codes: [String] = []
        if gone.contains(.bold) || gone.contains(.dim) { codes.append("22") }
        if gone.contains(.underline) { codes.append("24") }
        if gone.contains(.reverse) { codes.append("27") }
        return codes
    }

    private func added(to other: Pen) -> [String] {
        let gone = other.attributes.subtracting(attributes)
        // One code ends both bold and dim; what stays of the two must be said again.
        let kept: Look.Attributes = gone.contains(.bold) || gone.contains(.dim) ? [.bold, .dim] : []
        let new = attributes.subtracting(other.attributes.subtracting(kept))
        var codes: [String] = []
        if new.contains(.bold) { codes.append("1") }
        if new.contains(.dim) { codes.append("2") }
        if new.contains(.underline) { codes.append("4") }
        if new.contains(.reverse) { codes.append("7") }
        if ink != other.ink { codes.append(Self.code(ink, 30)) }
        if ground != other.ground { codes.append(Self.code(ground, 40)) }
        return codes
    }

    private static func code(_ colour: Colour, _ base: Int) -> String {
        switch colour {
        case .own: "\(base + 9)"
        case .palette(let number) where number < 8: "\(base + Int(number))"
        case .palette(let number) where number < 16: "\(base + 52 + Int(number))"
        case .palette(let number): "\(base + 8);5;\(number)"
        case .direct(let rgb): "\(base + 8);2;\(rgb.red);\(rgb.green);\(rgb.blue)"
        }
    }
}

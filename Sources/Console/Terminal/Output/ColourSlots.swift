/// The numbers that ncurses draws with, and what each stands for.
///
/// ncurses knows 256 colours and no links. Here a colour number is only a name: of a colour of the palette, of any other
/// colour, or of a colour together with a link. ncurses compares names, so it repaints exactly the cells of which the
/// meaning has changed, and moves links when it scrolls; `PenStream` says the meanings to the terminal.
struct ColourSlots {
    /// What an ink number stands for.
    struct Ink: Hashable {
        var colour: Colour
        var link: Int
    }

    /// The first number in use: those below have forms of their own in many terminfo entries.
    private static let first = 16
    private static let count = 240

    private var inks: [Ink?] = Array(repeating: nil, count: count)
    private var numbers: [Ink: Int] = [:]
    private var grounds: [Colour] = []
    /// The numbers of links that the last picture used: ncurses would take a new meaning for the old one.
    private var held: Set<Int> = []
    private var used: Set<Int> = []
    private var urls: [Int: String] = [:]
    private var links: [String: Int] = [:]
    private var nextLink = 1

    /// Forgets everything; nothing that was drawn may stay.
    mutating func removeAll() { self = ColourSlots() }

    /// The number for a ground, -1 for the terminal's own.
    mutating func number(ofGround colour: Colour) -> Int {
        guard colour != .own else { return -1 }
        if let place = grounds.firstIndex(of: colour) { return Self.first + place }
        guard grounds.count < Self.count else { return -1 }
        grounds.append(colour)
        return Self.first + grounds.count - 1
    }

    /// The number for an ink, -1 for the terminal's own. A link for which no number is free is left out.
    mutating func number(ofInk colour: Colour, link url: String? = nil) -> Int {
        guard let url else {
            return colour == .own ? -1 : number(of: Ink(colour: colour, link: 0)) ?? -1
        }
        guard let number = number(of: Ink(colour: colour, link: link(for: url))) else {
            return number(ofInk: colour)
        }
        used.insert(number)
        return number
    }

    /// A picture has been drawn: numbers of links that it did not use are free for the picture after it.
    mutating func endPicture() {
        for (number, ink) in inks.enumerated() {
            let name = Self.first + number
            guard let ink, ink.link != 0, !used.contains(name), !held.contains(name) else { continue }
            inks[number] = nil
            numbers[ink] = nil
        }
        held = used
        used = []
        let live = Set(inks.compactMap { $0?.link })
        for (url, link) in links where !live.contains(link) {
            links[url] = nil
            urls[link] = nil
        }
    }

    /// What an ink number stands for.
    func ink(_ number: Int) -> Ink {
        let place = number - Self.first
        guard inks.indices.contains(place), let ink = inks[place] else {
            return Ink(colour: .palette(UInt8(truncatingIfNeeded: number)), link: 0)
        }
        return ink
    }

    /// What a ground number stands for.
    func ground(_ number: Int) -> Colour {
        let place = number - Self.first
        return grounds.indices.contains(place) ? grounds[place] : .palette(UInt8(truncatingIfNeeded: number))
    }

    /// Where a link leads.
    func url(_ link: Int) -> String? { urls[link] }

    private mutating func number(of ink: Ink) -> Int? {
        if let number = numbers[ink] { return number }
        guard let place = inks.firstIndex(where: { $0 == nil }) else { return nil }
        inks[place] = ink
        numbers[ink] = Self.first + place
        return Self.first + place
    }

    private mutating func link(for url: String) -> Int {
        if let link = links[url] { return link }
        links[url] = nextLink
        urls[nextLink] = url
        nextLink += 1
        return nextLink - 1
    }
}

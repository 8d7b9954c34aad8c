/// A theme as a designer writes it down: one colour for each meaning.
///
/// On a ground where an ink would be too weak it is moved towards white or black until it can be read, so every ink can
/// be used on every ground, and nobody has to choose a hundred and fifty combinations by hand.
struct ColourScheme {
    /// The colour behind everything: what the terminal most likely has, or what is painted.
    let page: RGB
    /// Whether the page is painted. What is not painted keeps the colours that the user chose for the terminal.
    let paintsPage: Bool
    /// The least contrast of text that is read, and of text that only explains.
    let contrast: (text: Double, faint: Double)
    let ground: (Ground) -> RGB
    let ink: (Ink) -> RGB

    /// What stands behind text on a ground.
    func colour(of ground: Ground) -> RGB { ground == .page ? page : self.ground(ground) }

    private func target(_ ink: Ink) -> Double {
        switch ink {
        case .faint: contrast.faint
        case .plain, .quiet, .strong, .accent, .good, .caution, .bad, .series1, .series2, .series3, .series4, .added,
            .removed, .link:
            contrast.text
        }
    }

    /// The looks of every ink on a ground, for terminals that show any colour or those of the palette.
    func looks(on ground: Ground, _ depth: ColourDepth) -> [Look] {
        let isOwn = ground == .page && !paintsPage
        let behind = isOwn ? Colour.own : shown(colour(of: ground), depth)
        let seen = behind.rgb ?? page
        return Ink.allCases.map { ink in
            var attributes: Look.Attributes = []
            if ink == .strong { attributes.insert(.bold) }
            if ink == .link { attributes.insert(.underline) }
            if isOwn, ink == .plain || ink == .strong {
                return Look(ink: .own, ground: .own, attributes: attributes)
            }
            return Look(ink: readable(ink, on: seen, depth), ground: behind, attributes: attributes)
        }
    }

    /// A ground as it is shown: a colour that the palette has is said by its number, which is shorter.
    private func shown(_ colour: RGB, _ depth: ColourDepth) -> Colour {
        let nearest = Self.nearest(to: colour) { _ in true }
        return depth == .direct && XtermPalette.colours[Int(nearest)] != colour ? .direct(colour) : .palette(nearest)
    }

    private func readable(_ ink: Ink, on ground: RGB, _ depth: ColourDepth) -> Colour {
        let target = target(ink)
        let limit = ground.luminance < 0.18 ? RGB.white : RGB.black
        // What is read all the time needs no hue to be kept.
        let isText = (ink == .plain || ink == .strong) && self.ink(ink).contrast(to: ground) < target
        let wished = isText ? limit : self.ink(ink)
        let steps = 32
        let colour =
            (0...steps).lazy.map { wished.mixed(with: limit, Double($0) / Double(steps)) }
            .first { $0.contrast(to: ground) >= target } ?? limit
        let behind = ground.luminance
        let nearest = Self.nearest(to: colour) { number in
            let (one, two) = (XtermPalette.luminances[number], behind)
            return (max(one, two) + 0.05) / (min(one, two) + 0.05) >= target
        }
        return depth == .direct && XtermPalette.colours[Int(nearest)] != colour ? .direct(colour) : .palette(nearest)
    }

    /// The palette's nearest colour among those that will do.
    private static func nearest(to colour: RGB, where suits: (Int) -> Bool) -> UInt8 {
        var best = colour.luminance < 0.18 ? 16 : 231
        var least = Int.max
        for number in XtermPalette.fixed where suits(number) {
            let distance = colour.distance(to: XtermPalette.colours[number])
            if distance < least { (best, least) = (number, distance) }
        }
        return UInt8(best)
    }
}

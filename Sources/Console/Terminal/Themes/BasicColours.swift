/// The looks of a theme where a terminal has eight or sixteen colours: too few to mix, and users change them, so each
/// combination is chosen by hand. Numbers are those of ECMA-48: black, red, green, yellow, blue, magenta, cyan, white,
/// then their bright halves.
struct BasicColours {
    let name: ThemeName
    /// Whether the bright halves are there.
    let isBright: Bool

    func look(of style: Style) -> Look {
        switch style.ground {
        case .page, .panel: onPage(style.ink)
        case .bar, .selection, .field, .calm, .alert, .mark, .danger, .badge, .paper: on(style.ground, style.ink)
        }
    }

    // MARK: The page

    private func onPage(_ ink: Ink) -> Look {
        var attributes: Look.Attributes = []
        if ink == .strong || (ink == .bad && !isBright) { attributes.insert(.bold) }
        if ink == .link { attributes.insert(.underline) }
        if isFaint(ink), !isBright, name != .highContrast { attributes.insert(.dim) }
        switch name {
        case .dark, .mono: return Look(ink: onDark(ink), ground: .own, attributes: attributes)
        case .light: return Look(ink: onLight(ink), ground: .own, attributes: attributes)
        case .colourBlind:
            // Orange is not among them: what failed is yellow as well, and heavier.
            if ink == .bad { attributes.formUnion([.bold, .underline]) }
            return Look(ink: blueAndYellow(ink), ground: .palette(0), attributes: attributes)
        case .highContrast:
            if ink == .bad { attributes.formUnion([.bold, .underline]) }
            return Look(ink: strongest(ink), ground: .palette(0), attributes: attributes)
        }
    }

    private func isFaint(_ ink: Ink) -> Bool { ink == .quiet || ink == .faint }

    private func onDark(_ ink: Ink) -> Colour {
        switch ink {
        case .plain, .strong: .own
        case .quiet, .faint: isBright ? .palette(8) : .own
        case .accent, .series1: .palette(6)
        case .good, .added, .series3: .palette(2)
        case .caution, .series2: .palette(3)
        case .bad, .removed: .palette(isBright ? 9 : 1)
        case .series4: .palette(isBright ? 13 : 5)
        case .link: .palette(6)
        }
    }

    /// Green, yellow and cyan cannot be read on white.
    private func onLight(_ ink: Ink) -> Colour {
        switch ink {
        case .plain, .strong, .series4: .own
        case .quiet, .faint: isBright ? .palette(8) : .own
        case .accent, .good, .added, .series1, .link: .palette(4)
        case .caution, .series2: .palette(5)
        case .bad, .removed, .series3: .palette(1)
        }
    }

    private func blueAndYellow(_ ink: Ink) -> Colour {
        switch ink {
        case .plain, .accent, .series4: .palette(7)
        case .quiet, .faint: .palette(isBright ? 8 : 7)
        case .strong: .palette(isBright ? 15 : 7)
        case .good, .added, .series1, .link: .palette(isBright ? 14 : 6)
        case .caution, .series2: .palette(isBright ? 11 : 3)
        case .bad, .removed, .series3: .palette(3)
        }
    }

    private func strongest(_ ink: Ink) -> Colour {
        switch ink {
        case .plain, .quiet, .faint, .series4: .palette(7)
        case .strong, .bad, .removed: .palette(isBright ? 15 : 7)
        case .accent, .series1, .link: .palette(6)
        case .good, .added, .series3: .palette(2)
        case .caution, .series2: .palette(3)
        }
    }

    // MARK: Other grounds: one ink reads well on each

    private func on(_ ground: Ground, _ ink: Ink) -> Look {
        let (behind, text) = name == .highContrast ? strongest(ground) : usual(ground)
        var attributes: Look.Attributes = []
        if ground == .alert || ground == .danger || ink == .strong || ink == .bad { attributes.insert(.bold) }
        if ink == .link { attributes.insert(.underline) }
        guard ground == .bar, name != .highContrast else {
            return Look(ink: .palette(text), ground: .palette(behind), attributes: attributes)
        }
        // Red, green and cyan cannot be read on blue; their words stand beside them anyway.
        if !isFaint(ink), ink != .plain { attributes.insert(.bold) }
        let isLit = ink == .caution || ink == .bad
        let number = isLit ? 3 : text
        return Look(
            ink: .palette(isBright && isLit ? number + 8 : number), ground: .palette(behind), attributes: attributes)
    }

    private func usual(_ ground: Ground) -> (ground: UInt8, ink: UInt8) {
        switch ground {
        case .page, .panel, .bar: (4, 7)
        case .selection: (6, 0)
        case .field, .badge: (7, 0)
        case .paper: (isBright ? 15 : 7, 0)
        case .calm: name == .colourBlind ? (4, 7) : (2, 0)
        case .alert, .danger: name == .colourBlind ? (3, 0) : (1, 7)
        case .mark: name == .colourBlind ? (7, 0) : (3, 0)
        }
    }

    private func strongest(_ ground: Ground) -> (ground: UInt8, ink: UInt8) {
        switch ground {
        case .page, .panel: (0, 7)
        case .bar, .field, .badge, .danger: (7, 0)
        case .paper: (isBright ? 15 : 7, 0)
        case .selection, .alert: (3, 0)
        case .calm: (2, 0)
        case .mark: (6, 0)
        }
    }
}

/// The look of one style: colours and attributes.
package struct Look: Sendable, Hashable {
    /// Attributes of a cell beside its colours.
    package struct Attributes: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let bold = Attributes(rawValue: 1)
        package static let dim = Attributes(rawValue: 2)
        package static let reverse = Attributes(rawValue: 4)
        package static let underline = Attributes(rawValue: 8)
    }

    package var ink: Colour
    package var ground: Colour
    package var attributes: Attributes
}

/// Maps meanings to looks, one table for each name and colour depth.
///
/// Colour is never alone: each meaning also has a word or a mark on the screen, so every theme tells the same.
package struct Theme: Sendable, Hashable {
    package let name: ThemeName
    /// The colours that the theme may use.
    package let depth: ColourDepth
    /// One for each style.
    private let looks: [Look]

    /// A theme for a terminal that shows so many colours.
    package init(name: ThemeName = .dark, depth: ColourDepth) {
        self.name = name
        self.depth = depth
        looks = Self.looks(name, depth)
    }

    /// The look of a style.
    package func look(of style: Style) -> Look { looks[Self.index(of: style)] }

    /// What a style looks like in red, green and blue, where the terminal's own page is as the theme expects it.
    package func colours(of style: Style) -> (ink: RGB, ground: RGB) {
        let look = look(of: style)
        let page = name == .light ? RGB.white : RGB.black
        let ground = look.ground.rgb ?? page
        let ink = look.ink.rgb ?? (page == .white ? .black : .white)
        return look.attributes.contains(.reverse) ? (ground, ink) : (ink, ground)
    }

    /// The place of a style in tables that have one entry for each.
    static func index(of style: Style) -> Int {
        Int(style.ground.rawValue) * Ink.allCases.count + Int(style.ink.rawValue)
    }

    /// A table with nothing for each style.
    static var emptyTable: [Int?] { Array(repeating: nil, count: Ground.allCases.count * Ink.allCases.count) }

    private static func looks(_ name: ThemeName, _ depth: ColourDepth) -> [Look] {
        let colourless = { monochrome($0, isLight: name == .light) }
        guard let scheme = ColourScheme(name) else { return all(colourless) }
        switch depth {
        case .none: return all(colourless)
        case .eight, .sixteen: return all(BasicColours(name: name, isBright: depth == .sixteen).look)
        case .indexed, .direct: return Ground.allCases.flatMap { scheme.looks(on: $0, depth) }
        }
    }

    private static func all(_ look: (Style) -> Look) -> [Look] {
        Ground.allCases.flatMap { ground in Ink.allCases.map { look(Style($0, on: ground)) } }
    }

    private static func monochrome(_ style: Style, isLight: Bool) -> Look {
        var attributes: Look.Attributes = []
        switch style.ground {
        // The terminal's own page is white already where the theme is for one.
        case .paper: if !isLight { attributes.insert(.reverse) }
        case .page, .panel, .danger: break
        case .bar, .selection, .calm, .alert, .badge: attributes.insert(.reverse)
        case .field: attributes.insert(.underline)
        case .mark: attributes.insert(.bold)
        }
        switch style.ink {
        case .plain, .accent, .good, .caution, .series1, .series2, .series3, .series4, .added: break
        case .quiet, .faint: if style.ground == .page || style.ground == .panel { attributes.insert(.dim) }
        case .strong, .bad: attributes.insert(.bold)
        case .removed: attributes.insert(.dim)
        case .link: attributes.insert(.underline)
        }
        return Look(ink: .own, ground: .own, attributes: attributes)
    }
}

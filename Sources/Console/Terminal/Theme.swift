/// How many colours a terminal shows.
package enum ColourDepth: UInt8, Sendable, CaseIterable {
    /// No colour, or none wanted: bold, dim, reverse and underline only.
    case none
    /// The eight of ECMA-48.
    case eight
    /// The eight and their bright halves.
    case sixteen
    /// The palette of xterm.
    case indexed

    /// The depth for the number of colours that terminfo tells.
    package init(colours: Int) {
        switch colours {
        case 256...: self = .indexed
        case 16...: self = .sixteen
        case 8...: self = .eight
        default: self = .none
        }
    }
}

/// The look of one style: colour numbers (-1 is the terminal's own) and attributes.
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

    package var ink: Int
    package var ground: Int
    package var attributes: Attributes
}

/// Maps meanings to looks, one table for each colour depth.
///
/// Colour is never alone: each meaning also has a word or a mark on the screen, so every depth tells the same.
package struct Theme: Sendable, Hashable {
    /// The colours that the theme may use.
    package let depth: ColourDepth

    package init(depth: ColourDepth) { self.depth = depth }

    /// The look of a style.
    package func look(of style: Style) -> Look {
        switch depth {
        case .none: Self.mono(style)
        case .eight: Self.eight(style)
        case .sixteen: Self.sixteen(style)
        case .indexed: Self.indexed(style)
        }
    }

    private static func mono(_ style: Style) -> Look {
        var attributes: Look.Attributes = []
        switch style.ground {
        case .page, .panel: break
        case .bar, .selection, .calm, .alert: attributes.insert(.reverse)
        case .field: attributes.insert(.underline)
        }
        switch style.ink {
        case .plain, .accent, .good, .caution: break
        case .quiet, .faint: if style.ground == .page || style.ground == .panel { attributes.insert(.dim) }
        case .strong, .bad: attributes.insert(.bold)
        }
        return Look(ink: -1, ground: -1, attributes: attributes)
    }

    private static func eight(_ style: Style) -> Look {
        let bold: Look.Attributes = style.ink == .strong || style.ink == .bad ? .bold : []
        switch style.ground {
        case .page, .panel:
            let quiet = style.ink == .quiet || style.ink == .faint
            return Look(ink: basic(style.ink), ground: -1, attributes: quiet ? .dim : bold)
        case .bar:
            let isLit = style.ink != .plain && style.ink != .quiet && style.ink != .faint
            return Look(ink: onBlue(style.ink), ground: 4, attributes: isLit ? .bold : [])
        case .selection: return Look(ink: 0, ground: 6, attributes: [])
        case .field: return Look(ink: 0, ground: 7, attributes: [])
        case .calm: return Look(ink: 0, ground: 2, attributes: [])
        case .alert: return Look(ink: 7, ground: 1, attributes: .bold)
        }
    }

    private static func sixteen(_ style: Style) -> Look {
        var look = eight(style)
        switch style.ground {
        case .page, .panel:
            look.attributes = style.ink == .strong ? .bold : []
            if style.ink == .quiet || style.ink == .faint { look.ink = 8 }
            if style.ink == .bad { look.ink = 9 }
        case .bar: if look.ink != 7 { look.ink += 8 }
        case .selection, .field, .calm, .alert: break
        }
        return look
    }

    private static func basic(_ ink: Ink) -> Int {
        switch ink {
        case .plain, .quiet, .faint, .strong: -1
        case .accent: 6
        case .good: 2
        case .caution: 3
        case .bad: 1
        }
    }

    /// Red, green and cyan cannot be read on blue; their words stand beside them anyway.
    private static func onBlue(_ ink: Ink) -> Int { ink == .caution || ink == .bad ? 3 : 7 }

    private static func indexed(_ style: Style) -> Look {
        let bold: Look.Attributes = style.ink == .strong ? .bold : []
        let (ground, inks) = palette(style.ground)
        return Look(ink: inks[Int(style.ink.rawValue)], ground: ground, attributes: bold)
    }

    /// Ground, then plain, quiet, faint, strong, accent, good, caution, bad.
    private static func palette(_ ground: Ground) -> (Int, [Int]) {
        switch ground {
        case .page: (-1, [-1, 245, 240, -1, 74, 71, 178, 203])
        case .bar: (236, [252, 246, 241, 231, 117, 114, 221, 210])
        case .selection: (24, [255, 152, 110, 231, 159, 157, 229, 217])
        case .panel: (235, [252, 246, 240, 231, 117, 114, 221, 210])
        case .field: (238, [255, 248, 244, 231, 117, 114, 221, 210])
        case .calm: (29, [255, 194, 151, 231, 231, 231, 231, 231])
        case .alert: (160, [231, 224, 217, 231, 231, 231, 231, 231])
        }
    }
}

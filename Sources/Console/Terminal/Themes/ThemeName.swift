/// The themes that people choose from. The raw value is how a theme is called on the screen, in settings and by commands.
package enum ThemeName: String, Sendable, Hashable, CaseIterable, Codable {
    /// For a dark terminal.
    case dark
    /// For a light terminal.
    case light
    /// Blue and orange instead of green and red, on a page of its own: the states differ also for eyes that lack one of
    /// the three kinds of cones.
    case colourBlind = "colour-blind"
    /// Black, white and few strong colours, on a page of its own.
    case highContrast = "high-contrast"
    /// No colours: bold, dim, reverse and underline.
    case mono
}

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
    /// Any colour, said by its red, green and blue.
    case direct

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

/// The characters that a terminal can show.
package enum Charset: UInt8, Sendable, CaseIterable {
    case ascii
    case unicode
}

/// What the terminal can do, as far as a picture depends on it.
package struct Capabilities: Sendable, Hashable {
    /// The characters it shows.
    package var charset: Charset
    /// The colours it shows.
    package var colours: ColourDepth
    /// The theme in use.
    package var theme: ThemeName
    /// Whether the mouse is told.
    package var isMouseOn: Bool
    /// From a picture to the terminal's word that it has been shown; `nil` before the first, and when it never says so.
    package var roundTrip: Duration?
    /// Whether links can be followed: where not, an address is worth its place on the screen.
    package var showsLinks: Bool

    package init(
        charset: Charset, colours: ColourDepth, theme: ThemeName = .dark, isMouseOn: Bool = false,
        roundTrip: Duration? = nil, showsLinks: Bool = false
    ) {
        self.charset = charset
        self.colours = colours
        self.theme = theme
        self.isMouseOn = isMouseOn
        self.roundTrip = roundTrip
        self.showsLinks = showsLinks
    }
}

/// The size of a terminal in cells; at least one by one.
package struct Size: Sendable, Hashable {
    package let columns: Int
    package let rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = max(1, columns)
        self.rows = max(1, rows)
    }
}

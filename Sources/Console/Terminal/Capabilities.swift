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

    package init(charset: Charset, colours: ColourDepth) {
        self.charset = charset
        self.colours = colours
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

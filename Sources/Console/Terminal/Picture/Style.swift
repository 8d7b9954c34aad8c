/// What a piece of text means; the theme decides how it looks.
package enum Ink: UInt8, Sendable, CaseIterable {
    /// What is read.
    case plain
    /// What explains: labels, units, second-rank columns.
    case quiet
    /// What only separates.
    case faint
    /// What is looked for: names, titles.
    case strong
    /// What can be acted on.
    case accent
    /// What is well.
    case good
    /// What deserves a look.
    case caution
    /// What failed.
    case bad
    /// The first of several series in one chart; series say nothing of good or bad.
    case series1
    case series2
    case series3
    case series4
    /// What a newer version has and the older had not.
    case added
    /// What the older version had and the newer has not.
    case removed
    /// What leads somewhere outside the terminal.
    case link
}

/// What a piece of text stands on.
package enum Ground: UInt8, Sendable, CaseIterable {
    /// The terminal's own background.
    case page
    /// The header and the key line.
    case bar
    /// The row under the cursor.
    case selection
    /// A layer over the page.
    case panel
    /// A text field.
    case field
    /// A deployment where a mistake costs nothing.
    case calm
    /// A deployment where a mistake costs something.
    case alert
    /// A row that is marked for an action on many.
    case mark
    /// A layer that asks before something is done that cannot be taken back.
    case danger
    /// A word set off from its line, such as a kind or a count.
    case badge
    /// What a camera reads: dark on white in every theme.
    case paper
}

/// The meaning of a cell: an ink on a ground.
package struct Style: Sendable, Hashable {
    /// What the text means.
    package var ink: Ink
    /// What it stands on.
    package var ground: Ground

    /// An ink on a ground.
    package init(_ ink: Ink, on ground: Ground = .page) {
        self.ink = ink
        self.ground = ground
    }

    /// Plain text on the page.
    package static let plain = Style(.plain)
}

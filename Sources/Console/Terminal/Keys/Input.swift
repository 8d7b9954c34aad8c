/// A key of the keyboard with the modifiers held.
package struct Key: Sendable, Hashable {
    /// Which key it was.
    package enum Code: Sendable, Hashable {
        /// A character as typed; a letter with Control is lower case.
        case character(Unicode.Scalar)
        case enter, tab, escape, backspace, insert, delete
        case up, down, left, right, home, end, pageUp, pageDown
        case function(Int)
    }

    /// The keys held with it. Shift is only told where the character does not tell it.
    package struct Modifiers: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let shift = Modifiers(rawValue: 1)
        package static let alt = Modifiers(rawValue: 2)
        package static let control = Modifiers(rawValue: 4)
    }

    package var code: Code
    package var modifiers: Modifiers

    package init(_ code: Code, _ modifiers: Modifiers = []) {
        self.code = code
        self.modifiers = modifiers
    }

    /// The key of a character.
    package static func character(_ scalar: Unicode.Scalar) -> Key { Key(.character(scalar)) }
    /// A letter with Control.
    package static func control(_ scalar: Unicode.Scalar) -> Key { Key(.character(scalar), .control) }
}

/// What arrives from the terminal.
package enum Input: Sendable, Hashable {
    case key(Key)
    /// Text that was pasted, as one piece: never read as keys.
    case paste(String)
    case mouse(Mouse)
    case focus(Focus)
    case report(Report)

    /// What the mouse did, at a cell counted from 0.
    package struct Mouse: Sendable, Hashable {
        /// The kinds of it that are told apart.
        package enum Action: Sendable, Hashable { case press, release, wheelUp, wheelDown, move }
        package let action: Action
        package let row: Int
        package let column: Int

        package init(action: Action, row: Int, column: Int) {
            self.action = action
            self.row = row
            self.column = column
        }
    }

    /// Whether the terminal's window has the keyboard.
    package enum Focus: Sendable, Hashable { case gained, lost }

    /// The terminal's answer to a question of ours.
    package enum Report: Sendable, Hashable {
        /// All that was sent before the question has been shown.
        case status
        /// A private mode is known to the terminal (set or reset), or not.
        case mode(Int, isKnown: Bool)
        /// What the terminal is, and which version.
        case name(String)
        /// The colour behind everything.
        case page(RGB)
    }
}

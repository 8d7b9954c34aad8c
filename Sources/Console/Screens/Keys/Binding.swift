package import Tenancy
package import Terminal

/// One line of a key table: it binds the keys, and the key line, the help, the menu of actions, the palette and the
/// manual page are made from it.
package struct Binding<Command: Sendable & Hashable>: Sendable {
    /// The keys that do it, the one to show first.
    package let keys: [Key]
    package let command: Command
    /// What the key line says, in a word or two; `nil` where the key line does not name it.
    package let hint: String?
    /// What the help, the menu and the palette say: an imperative, such as `Show the rows of a session`.
    package let explanation: String
    package let section: KeySection
    /// Who may not do it does not see it.
    package let needs: Permission?

    package init(
        _ keys: [Key], _ command: Command, hint: String? = nil, _ explanation: String,
        _ section: KeySection = .screen, needs: Permission? = nil
    ) {
        self.keys = keys
        self.command = command
        self.hint = hint
        self.explanation = explanation
        self.section = section
        self.needs = needs
    }
}

/// A group of the help.
package enum KeySection: String, Sendable, Hashable, CaseIterable {
    /// What only looks.
    case screen = "This screen"
    /// What changes something; its keys are upper case letters, and `x` shows it as a menu.
    case action = "Actions"
    case list = "Lists"
    case move = "Move"
    case everywhere = "Everywhere"
}

/// A binding as the help and the key line need it.
package struct KeyHelp: Sendable, Hashable {
    package let keys: [Key]
    package let hint: String?
    package let explanation: String
    package let section: KeySection

    package init<Command>(_ binding: Binding<Command>) {
        keys = binding.keys
        hint = binding.hint
        explanation = binding.explanation
        section = binding.section
    }

    /// The keys as they are written for people.
    package var keyNames: String { keys.map(\.name).joined(separator: " ") }
}

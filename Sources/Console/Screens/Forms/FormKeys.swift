internal import Terminal

/// The keys of forms; every other key is text.
package enum FormKeys {
    /// What they do.
    package enum Command: Sendable, Hashable {
        case save
        case nextField
        case previousField
        case nextChoice
        case previousChoice
        case pickName
        case leave
        case help
    }

    /// The keys of a form by what its Enter does: most are saved, some start or try something; and by whether its field with
    /// the cursor has names to pick from.
    static func bindings(sending verb: String, picksNames: Bool) -> [Binding<Command>] {
        let first =
            verb == "save" ? bindings[0] : Binding([Key(.enter)], .save, hint: verb, "Do what the form says")
        return [first] + bindings.dropFirst().filter { picksNames || $0.command != .pickName }
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .save, hint: "save", "Save what the form says"),
        Binding([Key(.tab), Key(.down)], .nextField, hint: "next field", "Go to the next field"),
        Binding([Key(.tab, .shift), Key(.up)], .previousField, "Go to the field before"),
        Binding(
            [Key(.right)], .nextChoice, hint: "choose",
            "Where there are choices: the next one, as does Space; in a text: a character to the right"),
        Binding([Key(.left)], .previousChoice, "Where there are choices: the one before; a letter goes to its next"),
        Binding(
            [.control("o"), Key(.function(4))], .pickName, hint: "list",
            "Where a name is typed: pick it, or several, from a list"),
        Binding([Key(.escape)], .leave, hint: "cancel", "Leave it; what was typed is thrown away", .everywhere),
        Binding([Key(.function(1))], .help, "Show these keys", .everywhere),
    ]
}

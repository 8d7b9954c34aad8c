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
        case leave
    }

    /// The keys of a form that is not saved but starts or tries something.
    static func bindings(sending verb: String) -> [Binding<Command>] {
        [Binding([Key(.enter)], .save, hint: verb, "Do what the form says")] + bindings.dropFirst()
    }

    package static let bindings: [Binding<Command>] = [
        Binding([Key(.enter)], .save, hint: "save", "Save what the form says"),
        Binding([Key(.tab), Key(.down)], .nextField, hint: "next field", "Go to the next field"),
        Binding([Key(.tab, .shift), Key(.up)], .previousField, "Go to the field before"),
        Binding(
            [Key(.right)], .nextChoice, hint: "choose",
            "Where there are choices: the next one, as does Space; in a text: a character to the right"),
        Binding([Key(.left)], .previousChoice, "Where there are choices: the one before; a letter goes to its next"),
        Binding([Key(.escape)], .leave, hint: "cancel", "Leave it; what was typed is thrown away", .everywhere),
    ]
}

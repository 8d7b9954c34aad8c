/// A page for a browser, as text: it is made into HTML in one place, which escapes all of it.
package struct Page: Sendable, Hashable {
    /// What stands on a page, from top to bottom.
    package enum Block: Sendable, Hashable {
        case text(String)
        /// What somebody should stop at.
        case warning(String)
        /// Something to compare or copy, such as a code.
        case code(String)
        case facts([Fact])
        case form(PageForm)
    }

    /// Something with its name.
    package struct Fact: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package let title: String
    package let blocks: [Block]
    /// Where its forms lead besides to us, as a content security policy says it.
    package let formTargets: [String]

    package init(_ title: String, _ blocks: [Block], formTargets: [String] = []) {
        self.title = title
        self.blocks = blocks
        self.formTargets = formTargets
    }
}

/// A form of a page.
package struct PageForm: Sendable, Hashable {
    /// What somebody fills in.
    package struct Field: Sendable, Hashable {
        /// What a browser makes of it.
        package enum Kind: String, Sendable, Hashable {
            case text
            case email
            /// The one that is there.
            case password
            /// One to be chosen.
            case newPassword
            /// A code of a few characters.
            case code
        }

        package let name: String
        package let label: String
        package let kind: Kind
        package let value: String
        /// What it should be, below it.
        package let hint: String

        package init(_ name: String, label: String, _ kind: Kind = .text, value: String = "", hint: String = "") {
            self.name = name
            self.label = label
            self.kind = kind
            self.value = value
            self.hint = hint
        }
    }

    /// What is sent along unseen.
    package struct Hidden: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Where it leads.
    package enum Action: Sendable, Hashable {
        /// Posted to a path of ours, with what shows that it was ours: `PageVisit.form()` looks for it.
        case post(String)
        /// A path of ours that is merely opened.
        case open(String)
        /// Posted to somebody else: an identity provider.
        case postElsewhere(String)
    }

    package let action: Action
    package let fields: [Field]
    package let hidden: [Hidden]
    /// What its button says.
    package let button: String
    /// Whether the button is not the one that is usually meant.
    package let isSecondary: Bool

    package init(
        _ action: Action, fields: [Field] = [], hidden: [Hidden] = [], button: String, isSecondary: Bool = false
    ) {
        self.action = action
        self.fields = fields
        self.hidden = hidden
        self.button = button
        self.isSecondary = isSecondary
    }
}

import Terminal

/// One thing that a form asks for.
package struct FormField: Sendable {
    /// How it is answered.
    package enum Kind: Sendable, Hashable {
        /// Typed.
        case text
        /// Typed, and never seen again: not on the screen, not in a copy, not in what is kept.
        case secret
        /// One of these.
        case choice([Choice])
    }

    /// One of several answers.
    package struct Choice: Sendable, Hashable {
        /// As it is sent.
        package let value: String
        /// As people read it.
        package let label: String

        package init(_ value: String, _ label: String) {
            self.value = value
            self.label = label
        }
    }

    /// The names that a text may be picked from; typing one is as good.
    package struct Names: Sendable {
        let source: NameSource
        /// Whether several are named, with commas between.
        let areSeveral: Bool
    }

    /// Its name, which complaints of the server begin with.
    package let id: String
    package let label: String
    /// What is expected, and an example.
    package let hint: String
    package let kind: Kind
    package let isRequired: Bool
    /// What a text may be picked from.
    let names: Names?
    /// Whether it is asked for at all, given the other answers.
    private let condition: @Sendable (FormValues) -> Bool
    private let first: String
    private(set) var typed: TextField
    private(set) var chosen: Int

    private init(
        _ id: String, _ label: String, hint: String, kind: Kind, isRequired: Bool, names: Names? = nil, first: String,
        chosen: Int = 0, condition: @escaping @Sendable (FormValues) -> Bool
    ) {
        self.id = id
        self.label = label
        self.hint = hint
        self.kind = kind
        self.isRequired = isRequired
        self.names = names
        self.first = first
        self.condition = condition
        typed = TextField(kind == .text ? first : "")
        self.chosen = chosen
    }

    /// A text, with what it is now.
    package static func text(
        _ id: String, _ label: String, hint: String = "", value: String = "", isRequired: Bool = false,
        when condition: @escaping @Sendable (FormValues) -> Bool = { _ in true }
    ) -> FormField {
        FormField(
            id, label, hint: hint, kind: .text, isRequired: isRequired, first: value, condition: condition)
    }

    /// The name of a thing, typed or picked from a list.
    package static func name(
        _ id: String, _ label: String, of source: NameSource, hint: String = "", value: String = "",
        isRequired: Bool = false, when condition: @escaping @Sendable (FormValues) -> Bool = { _ in true }
    ) -> FormField {
        FormField(
            id, label, hint: hint, kind: .text, isRequired: isRequired, names: Names(source: source, areSeveral: false),
            first: value, condition: condition)
    }

    /// The names of things with commas between, typed or picked from a list.
    package static func names(
        _ id: String, _ label: String, of source: NameSource, hint: String = "", value: String = "",
        isRequired: Bool = false, when condition: @escaping @Sendable (FormValues) -> Bool = { _ in true }
    ) -> FormField {
        FormField(
            id, label, hint: hint, kind: .text, isRequired: isRequired, names: Names(source: source, areSeveral: true),
            first: value, condition: condition)
    }

    /// A text that nobody sees; it is always typed anew.
    package static func secret(
        _ id: String, _ label: String, hint: String = "", isRequired: Bool = false,
        when condition: @escaping @Sendable (FormValues) -> Bool = { _ in true }
    ) -> FormField {
        FormField(id, label, hint: hint, kind: .secret, isRequired: isRequired, first: "", condition: condition)
    }

    /// One of several, the present one or else the first.
    package static func choice(
        _ id: String, _ label: String, hint: String = "", _ choices: [Choice], value: String? = nil,
        when condition: @escaping @Sendable (FormValues) -> Bool = { _ in true }
    ) -> FormField {
        let chosen = choices.firstIndex { $0.value == value } ?? 0
        let first = choices.indices.contains(chosen) ? choices[chosen].value : ""
        return FormField(
            id, label, hint: hint, kind: .choice(choices), isRequired: false, first: first, chosen: chosen,
            condition: condition)
    }

    /// Yes or no.
    package static func decision(
        _ id: String, _ label: String, hint: String = "", isOn: Bool,
        when condition: @escaping @Sendable (FormValues) -> Bool = { _ in true }
    ) -> FormField {
        .choice(
            id, label, hint: hint, [Choice("yes", "yes"), Choice("no", "no")], value: isOn ? "yes" : "no",
            when: condition)
    }

    /// The answer, without blanks around it.
    var value: String {
        guard case .choice(let choices) = kind else { return typed.text.trimmingBlanks }
        return choices.indices.contains(chosen) ? choices[chosen].value : ""
    }

    var isChanged: Bool { value != first }

    func isAsked(_ values: FormValues) -> Bool { condition(values) }

    /// Takes a key; says whether it was one for the field.
    mutating func take(_ key: Key) -> Bool {
        guard case .choice(let choices) = kind else { return typed.take(key) }
        guard !choices.isEmpty else { return false }
        switch (key.code, key.modifiers) {
        case (.right, []), (.character(" "), []): chosen = (chosen + 1) % choices.count
        case (.left, []): chosen = (chosen + choices.count - 1) % choices.count
        case (.character(let letter), []):
            // The next one that begins with the letter.
            let wanted = String(letter).lowercased()
            let order = (1...choices.count).map { (chosen + $0) % choices.count }
            guard let next = order.first(where: { choices[$0].label.lowercased().hasPrefix(wanted) }) else {
                return false
            }
            chosen = next
        default: return false
        }
        return true
    }

    /// Takes pasted text; one of several is not pasted.
    mutating func insert(_ text: String) {
        switch kind {
        case .text, .secret: typed.insert(text)
        case .choice: break
        }
    }

    /// Puts what was picked into it.
    mutating func fill(_ text: String) { typed = TextField(text) }

    /// Forgets what was typed where nobody may see it.
    mutating func forgetSecret() {
        if kind == .secret { typed = TextField() }
    }
}

/// What is typed where nobody may see it is not told by a description either.
extension FormField: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(id): \(kind == .secret ? "‹redacted›" : value)" }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension String {
    /// Without the blanks around it.
    var trimmingBlanks: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}

internal import Terminal

/// Fields that are filled in, one of which has the cursor.
package struct Form: Sendable {
    private(set) var fields: [FormField]
    private var focusID: String

    /// A form with the cursor in its first field.
    package init(_ fields: [FormField]) {
        self.fields = fields
        focusID = fields.first?.id ?? ""
    }

    /// Everything that is answered; what is not asked for is not.
    package var values: FormValues {
        let all = FormValues(Dictionary(uniqueKeysWithValues: fields.map { ($0.id, $0.value) }))
        return FormValues(
            Dictionary(uniqueKeysWithValues: fields.filter { $0.isAsked(all) }.map { ($0.id, $0.value) }))
    }

    /// The fields that are asked for now.
    var asked: [FormField] {
        let all = FormValues(Dictionary(uniqueKeysWithValues: fields.map { ($0.id, $0.value) }))
        return fields.filter { $0.isAsked(all) }
    }

    /// The place of the cursor among those.
    var focus: Int { asked.firstIndex { $0.id == focusID } ?? 0 }
    var focused: FormField? {
        let asked = asked
        return asked.indices.contains(focus) ? asked[focus] : nil
    }
    var isChanged: Bool { fields.contains(where: \.isChanged) }

    /// Goes on to another field, around the ends.
    mutating func move(by count: Int) {
        let asked = asked
        guard !asked.isEmpty else { return }
        focusID = asked[(focus + count + asked.count) % asked.count].id
    }

    /// Puts the cursor into a field.
    mutating func point(at id: String) {
        if asked.contains(where: { $0.id == id }) { focusID = id }
    }

    mutating func point(atPlace place: Int) {
        let asked = asked
        if asked.indices.contains(place) { focusID = asked[place].id }
    }

    /// Takes a key; says whether it was one for the field with the cursor.
    mutating func take(_ key: Key) -> Bool {
        guard let index = fields.firstIndex(where: { $0.id == focused?.id }) else { return false }
        return fields[index].take(key)
    }

    mutating func insert(_ text: String) {
        if let index = fields.firstIndex(where: { $0.id == focused?.id }) { fields[index].insert(text) }
    }

    /// Puts what was picked into the field with the cursor.
    mutating func fill(_ text: String) {
        if let index = fields.firstIndex(where: { $0.id == focused?.id }) { fields[index].fill(text) }
    }

    /// Forgets what was typed where nobody may see it.
    mutating func forgetSecrets() { for index in fields.indices { fields[index].forgetSecret() } }

    /// The first field that must be filled in and is not.
    var missing: FormProblem? {
        asked.first { $0.isRequired && $0.value.isEmpty }.map { FormProblem($0.id, "this is needed") }
    }
}

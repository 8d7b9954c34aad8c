/// Whole members at once; one whose value is nil is left out.
extension JSONWriter {
    package mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    package mutating func member(_ name: String, _ value: Bool?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    package mutating func member(_ name: String, _ value: Int?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    package mutating func member(_ name: String, _ value: Double?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    /// A member that is an object, filled by `fill`.
    package mutating func object(_ name: String, _ fill: (inout JSONWriter) -> Void) {
        key(name)
        object(fill)
    }

    /// Begins a member that is an object; ``endObject()`` ends it.
    package mutating func beginObject(_ name: String) {
        key(name)
        beginObject()
    }

    /// Begins a member that is an array; ``endArray()`` ends it.
    package mutating func beginArray(_ name: String) {
        key(name)
        beginArray()
    }

    /// An object as the next value, filled by `fill`.
    package mutating func object(_ fill: (inout JSONWriter) -> Void) {
        beginObject()
        fill(&self)
        endObject()
    }

    /// A member that is an array, filled by `fill`.
    package mutating func array(_ name: String, _ fill: (inout JSONWriter) -> Void) {
        key(name)
        beginArray()
        fill(&self)
        endArray()
    }

    /// A member that is null when there is no value.
    package mutating func nullable(_ name: String, _ value: String?) {
        key(name)
        if let value { write(value) } else { writeNull() }
    }
}

internal import FoundationEssentials
internal import JSON

/// The schemas of types, read from how they decode themselves. Named ones are collected, so that each is described once.
package struct SchemaReader {
    /// The named schemas that were come across, by name.
    package private(set) var components: [String: Schema] = [:]
    /// Notes on members that a type does not have: mistakes of whoever wrote them.
    package private(set) var mistakes: [String] = []
    /// Which type has a name.
    private var owners: [String: ObjectIdentifier] = [:]

    /// No schemas yet.
    package init() {}

    /// The schema of `type`; a reference where it has a name.
    package mutating func schema<T: Decodable>(of type: T.Type) -> Schema { read(type, isSent: false).schema }

    /// The schema of `type`, and a value of it that means nothing, where one could be made. `isSent` is whether it is part of
    /// an answer.
    mutating func read<T: Decodable>(_ type: T.Type, isSent: Bool) -> (schema: Schema, sample: T?) {
        if let known = type as? any KnownShape.Type {
            let (schema, sample) = known.shape(&self, isSent: isSent)
            return (schema, sample as? T)
        }
        if let words = type as? any CaseIterable.Type, let (choices, first) = Self.words(of: words) {
            return (.words(choices), first as? T)
        }
        guard let named = type as? any Documented.Type else { return plain(type, isSent: isSent) }
        return component(named, type, isSent: named is any DocumentedResponse.Type)
    }

    private mutating func component<T: Decodable>(
        _ named: any Documented.Type, _ type: T.Type, isSent: Bool
    ) -> (schema: Schema, sample: T?) {
        let notes = named.notes
        let owner = ObjectIdentifier(named)
        if let known = owners[notes.name], known != owner { mistakes.append("two types are called \(notes.name)") }
        owners[notes.name] = owner
        var (schema, sample) = plain(type, isSent: isSent)
        if components[notes.name] == nil {
            schema.text = notes.text
            if case .object(let members) = schema.kind { schema.kind = .object(note(members, notes)) }
            components[notes.name] = schema
        }
        return (Schema(.reference(notes.name)), sample)
    }

    private mutating func note(_ members: [Schema.Member], _ notes: TypeNotes) -> [Schema.Member] {
        let names = Set(members.map(\.name))
        mistakes += notes.members.keys.filter { !names.contains($0) }.sorted().map {
            "\(notes.name) has no member \($0)"
        }
        return members.map { member in
            guard let note = notes.members[member.name] else { return member }
            var noted = member
            noted.schema = member.schema.noted(note)
            if note.isLeftOut {
                noted.isRequired = false
                noted.schema.isNullable = false
            }
            return noted
        }
    }

    /// The schema of a type without a name.
    private mutating func plain<T: Decodable>(_ type: T.Type, isSent: Bool) -> (schema: Schema, sample: T?) {
        let recorder = ShapeRecorder(self, isSent: isSent)
        let sample: T?
        do {
            sample = try T(from: ShapeDecoder(recorder: recorder))
        } catch {
            // A type that is particular about its text makes no value of an empty one; its shape is known all the same.
            sample = nil
        }
        self = recorder.reader
        return (Schema(recorder.kind), sample)
    }

    private static func words(of type: any CaseIterable.Type) -> ([String], Any)? {
        func read<C: CaseIterable>(_: C.Type) -> ([String], Any)? {
            let words = C.allCases.compactMap { ($0 as? any RawRepresentable<String>)?.rawValue }
            return words.isEmpty ? nil : C.allCases.first.map { (words, $0) }
        }
        return read(type)
    }
}

/// A type whose JSON is no matter of its members.
private protocol KnownShape {
    /// Its schema, and a value of it that means nothing.
    static func shape(_ reader: inout SchemaReader, isSent: Bool) -> (Schema, Any)
}

extension Bool: KnownShape {
    static func shape(_: inout SchemaReader, isSent _: Bool) -> (Schema, Any) { (.boolean, false) }
}

extension Int: KnownShape {
    static func shape(_: inout SchemaReader, isSent _: Bool) -> (Schema, Any) { (.integer, 0) }
}

extension Double: KnownShape {
    static func shape(_: inout SchemaReader, isSent _: Bool) -> (Schema, Any) { (.number, 0.0) }
}

extension String: KnownShape {
    static func shape(_: inout SchemaReader, isSent _: Bool) -> (Schema, Any) { (.string, "") }
}

extension UUID: KnownShape {
    static func shape(_: inout SchemaReader, isSent _: Bool) -> (Schema, Any) { (.uuid, UUID()) }
}

extension Date: KnownShape {
    static func shape(_: inout SchemaReader, isSent _: Bool) -> (Schema, Any) { (.moment, Date()) }
}

extension JSONValue: KnownShape {
    static func shape(_: inout SchemaReader, isSent _: Bool) -> (Schema, Any) { (.any, JSONValue.null) }
}

extension Array: KnownShape where Element: Decodable {
    static func shape(_ reader: inout SchemaReader, isSent: Bool) -> (Schema, Any) {
        (.array(of: reader.read(Element.self, isSent: isSent).schema), [Element]())
    }
}

extension Dictionary: KnownShape where Key == String, Value: Decodable {
    static func shape(_ reader: inout SchemaReader, isSent: Bool) -> (Schema, Any) {
        (.map(of: reader.read(Value.self, isSent: isSent).schema), [String: Value]())
    }
}

extension Optional: KnownShape where Wrapped: Decodable {
    static func shape(_ reader: inout SchemaReader, isSent: Bool) -> (Schema, Any) {
        (reader.read(Wrapped.self, isSent: isSent).schema.orNull, Wrapped?.none as Any)
    }
}

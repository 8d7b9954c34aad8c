/// Header fields in the order they were added; names compare without regard to case (RFC 9110 §5.1).
///
/// They are kept as one block of bytes, as they came from the wire or will go onto it, with the places of names and values
/// in it: most fields of most messages are never asked for, and a string for each of them would cost more than all else that
/// is done with a head.
@usableFromInline package struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    /// One field as it stands on the wire.
    package struct Field: Sendable, Hashable {
        /// The name as it was written.
        package let name: String
        /// The value without surrounding white space.
        package let value: String
    }

    /// Where a field stands in its block.
    @usableFromInline package struct Place: Sendable {
        @usableFromInline fileprivate(set) var nameStart, nameEnd, valueStart, valueEnd: UInt32

        /// The name's place, and that of the value without the white space around it.
        @inlinable package init(name: Range<Int>, value: Range<Int>) {
            nameStart = UInt32(name.lowerBound)
            nameEnd = UInt32(name.upperBound)
            valueStart = UInt32(value.lowerBound)
            valueEnd = UInt32(value.upperBound)
        }

        @inlinable var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        @inlinable var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    @usableFromInline private(set) var block: [UInt8] = []
    @usableFromInline private(set) var places: [Place] = []

    /// No fields.
    package init() {}

    /// The fields of a head that was received. Their syntax is the caller's to have checked.
    package init(block: [UInt8], places: [Place]) {
        self.block = block
        self.places = places
    }

    @usableFromInline package init(dictionaryLiteral elements: (String, String)...) {
        // With room for those that are mostly added: growing costs more than the fields.
        reserveCapacity(elements.count + 4)
        for (name, value) in elements { add(name, value) }
    }

    /// How many fields there are.
    package var count: Int { places.count }

    /// About how many bytes they are on the wire.
    package var size: Int { block.count + places.count * 4 }

    /// All fields, repeated names included, as strings: for those few who want all of them.
    package var fields: [Field] {
        places.map { Field(name: text($0.name), value: text($0.value)) }
    }

    /// The first value of `name`; setting replaces every field of that name, `nil` removes them.
    package subscript(name: String) -> String? {
        get { position(of: name).map { text(places[$0].value) } }
        set {
            if contains(name) { places = places.filter { !isNamed($0, name.utf8.span) } }
            if let newValue { add(name, newValue) }
        }
    }

    /// Whether there is a field of that name.
    package func contains(_ name: String) -> Bool { position(of: name) != nil }

    /// Adds a field and keeps those of the same name.
    package mutating func add(_ name: String, _ value: String) { add(name, value.utf8.span) }

    /// Adds a field whose value is these bytes, and keeps those of the same name.
    package mutating func add(_ name: String, _ value: Span<UInt8>) {
        // All at once: growing field by field costs more than the fields.
        if places.isEmpty { reserveCapacity(12) }
        let start = block.count
        let name = name.utf8.span
        block.append(copying: name)
        block.append(copying: value)
        let middle = start + name.count
        places.append(Place(name: start..<middle, value: middle..<block.count))
    }

    /// Adds all fields of `other`.
    package mutating func add(contentsOf other: HTTPHeaders) {
        guard !places.isEmpty else { return self = other }
        let shift = UInt32(block.count)
        block += other.block
        for var place in other.places {
            place.nameStart += shift
            place.nameEnd += shift
            place.valueStart += shift
            place.valueEnd += shift
            places.append(place)
        }
    }

    /// Makes room for so many fields.
    package mutating func reserveCapacity(_ count: Int) {
        places.reserveCapacity(count)
        block.reserveCapacity(count * 40)
    }

    /// Every value of `name`, in order.
    package func all(_ name: String) -> [String] {
        let name = name.utf8.span
        var values: [String] = []
        for place in places where isNamed(place, name) { values.append(text(place.value)) }
        return values
    }

    /// Calls `body` with every field's name and value, as bytes.
    @inlinable package func forEach(_ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
        let bytes = block.span
        for place in places { body(bytes.extracting(place.name), bytes.extracting(place.value)) }
    }

    /// Calls `body` with the bytes of the first value of `name`; `nil` when there is none.
    @inlinable package func withValue<Result>(of name: String, _ body: (Span<UInt8>) -> Result) -> Result? {
        guard let position = position(of: name) else { return nil }
        return body(block.span.extracting(places[position].value))
    }

    /// The text of a name or a value.
    package static func text(_ bytes: Span<UInt8>) -> String {
        // Copied before the call returns.
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Whether two field names are the same but for ASCII case.
    package static func same(_ left: String, _ right: String) -> Bool { same(left.utf8.span, right.utf8.span) }

    /// Whether two field names are the same but for ASCII case.
    package static func same(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] {
            let letter = left[index] | 0x20
            guard letter == right[index] | 0x20, letter &- UInt8(ascii: "a") < 26 else { return false }
        }
        return true
    }

    @usableFromInline func position(of name: String) -> Int? {
        let name = name.utf8.span
        for index in places.indices where isNamed(places[index], name) { return index }
        return nil
    }

    private func isNamed(_ place: Place, _ name: Span<UInt8>) -> Bool {
        guard Int(place.nameEnd - place.nameStart) == name.count else { return false }
        return Self.same(block.span.extracting(place.name), name)
    }

    private func text(_ range: Range<Int>) -> String { Self.text(block.span.extracting(range)) }
}

extension HTTPHeaders: Hashable {
    @usableFromInline package static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
        left.fields == right.fields
    }

    @usableFromInline package func hash(into hasher: inout Hasher) { hasher.combine(fields) }
}

package import FoundationEssentials
internal import JSON

/// The parameters of a query string or of a form body, decoded, in order.
package struct QueryParameters: Sendable {
    /// One `name=value`.
    package struct Pair: Sendable, Hashable {
        package let name: String
        package let value: String
        /// As the client wrote it, percent-encoding included.
        package let raw: Substring
    }

    package let pairs: [Pair]

    /// No parameters.
    package static let none = QueryParameters(nil)

    /// The parameters of `text`: pairs between `&`, names and values percent-decoded, `+` as a space.
    package init(_ text: String?) {
        guard let text, !text.isEmpty else {
            pairs = []
            return
        }
        pairs = PercentCoding.split(text, at: "&").map { raw in
            let equals = raw.utf8.firstIndex(of: UInt8(ascii: "=")) ?? raw.endIndex
            let value = equals < raw.endIndex ? raw[raw.utf8.index(after: equals)...] : ""
            return Pair(
                name: PercentCoding.decode(raw[..<equals], plusIsSpace: true),
                value: PercentCoding.decode(value, plusIsSpace: true), raw: raw)
        }
    }

    /// The first value of `name` that is not empty: clients send `name=` for what they leave open.
    package subscript(_ name: String) -> String? {
        pairs.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// Every value of `name`, also where clients join an array with commas.
    package func list(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.flatMap { $0.value.split(separator: ",") }.map(String.init)
    }

    /// A boolean: `true`, `True`, `1` and their opposites.
    package func bool(_ name: String) throws -> Bool? {
        guard let text = self[name] else { return nil }
        switch text.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw APIProblem.invalid(name, "Must be a valid boolean.")
        }
    }

    /// A whole number, moved into `range` when it lies outside.
    package func int(_ name: String, clampedTo range: ClosedRange<Int>) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let value = Int(text) else {
            // Too many digits for any integer is still a number, and numbers are clamped.
            let digits = text.drop { $0 == "-" || $0 == "+" }
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw APIProblem.invalid(name, "A valid integer is required.")
            }
            return text.hasPrefix("-") ? range.lowerBound : range.upperBound
        }
        return min(max(value, range.lowerBound), range.upperBound)
    }

    /// A finite number.
    package func number(_ name: String) throws -> Double? {
        guard let text = self[name] else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw APIProblem.invalid(name, "A valid number is required.")
        }
        return value
    }

    /// A moment: a date, or a date and time with or without an offset (then UTC).
    package func date(_ name: String) throws -> Date? {
        guard let text = self[name] else { return nil }
        // A client that does not encode the `+` of an offset makes a space of it.
        let mended = text.lastIndex(of: " ").map { text[..<$0] + "+" + text[text.index(after: $0)...] }
        guard let date = ISO8601.date(text) ?? mended.flatMap({ ISO8601.date(String($0)) }) else {
            throw APIProblem.invalid(name, "Datetime has wrong format. Use ISO 8601, such as 2026-01-02T03:04:05Z.")
        }
        return date
    }

    /// A value of a type that reads itself from text: an identifier or one of an enumeration's names.
    package func value<Value: LosslessStringConvertible>(_ name: String, as _: Value.Type = Value.self) throws -> Value?
    {
        guard let text = self[name] else { return nil }
        guard let value = Value(text) else { throw APIProblem.invalid(name, "“\(text)” is not a valid value.") }
        return value
    }

    /// One of an enumeration's raw values.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of _: Choice.Type = Choice.self
    ) throws -> Choice? {
        guard let text = self[name] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIProblem.invalid(name, "“\(text)” is not a valid choice. Use one of: \(known).")
        }
        return choice
    }
}

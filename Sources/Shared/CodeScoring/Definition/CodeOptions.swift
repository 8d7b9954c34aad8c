internal import JSON
internal import Scoring
internal import Tenancy

/// Reads the options of a code evaluation from JSON, and notes what is wrong under the name of the field.
struct CodeOptions {
    private let object: JSONObject
    private var read: Set<String> = []
    private(set) var problems: [InvalidDefinition.Problem] = []

    /// The name of the whole in the interface.
    static let field = "code"

    init(_ object: JSONObject) { self.object = object }

    mutating func text(_ name: String) -> String? {
        value(name, "a text") { $0.stringValue }
    }

    mutating func requiredText(_ name: String) -> String {
        guard let text = text(name) else {
            if object[name] == nil || object[name]?.isNull == true { add(name, "This field is required.") }
            return ""
        }
        if text.isEmpty { add(name, "This field may not be blank.") }
        return text
    }

    mutating func flag(_ name: String) -> Bool {
        value(name, "true or false") { $0.boolValue } ?? false
    }

    mutating func number(_ name: String, in range: ClosedRange<Double>? = nil) -> Double? {
        guard let number = value(name, "a number", { $0.doubleValue }) else { return nil }
        if let range, !range.contains(number) {
            add(name, "Must be from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    mutating func texts(_ name: String) -> [String]? {
        value(name, "a list of texts") { value in
            guard let elements = value.arrayValue else { return nil }
            let texts = elements.compactMap(\.stringValue)
            return texts.count == elements.count ? texts : nil
        }
    }

    /// One of the words of `Choice`; `nil` when absent or wrong, which is noted.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type = Choice.self
    ) -> Choice? where Choice.RawValue == String {
        guard let word = text(name) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            add(name, "“\(word)” is none of \(type.allCases.map(\.rawValue).joined(separator: ", ")).")
            return nil
        }
        return choice
    }

    /// A value of any type.
    mutating func any(_ name: String) -> JSONValue? {
        value(name, "a value") { $0 }
    }

    mutating func bounds() -> Bounds {
        let bounds = Bounds(minimum: number("minimum"), maximum: number("maximum"))
        if let minimum = bounds.minimum, let maximum = bounds.maximum, minimum > maximum {
            add("maximum", "Must not be below the minimum.")
        }
        return bounds
    }

    mutating func folding() -> TextFolding {
        var folding = TextFolding()
        folding.ignoresCase = flag("ignore_case")
        folding.ignoresWhitespace = flag("ignore_whitespace")
        folding.ignoresPunctuation = flag("ignore_punctuation")
        return folding
    }

    /// Notes the options that nobody has asked for.
    mutating func refuseOthers() {
        for key in object.keys where !read.contains(key) {
            add(key, "There is no such option here. The options are: \(read.sorted().joined(separator: ", ")).")
        }
    }

    mutating func add(_ name: String, _ message: String) {
        problems.append(.init(field: "\(Self.field).\(name)", message: message))
    }

    /// The value, where `null` is as good as absent.
    private mutating func value<Value>(
        _ name: String, _ expected: String, _ convert: (JSONValue) -> Value?
    ) -> Value? {
        read.insert(name)
        guard let json = object[name], !json.isNull else { return nil }
        guard let value = convert(json) else {
            add(name, "Must be \(expected).")
            return nil
        }
        return value
    }
}

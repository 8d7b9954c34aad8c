internal import JSON

// The keywords for values, texts and numbers.
extension SchemaValidation {
    mutating func checkValue(_ object: JSONObject, _ value: JSONValue, _ path: JSONPath) -> Bool {
        var holds = true
        if let type = object["type"] {
            let names = type.arrayValue?.compactMap(\.stringValue) ?? [type.stringValue ?? ""]
            let isRight = names.contains { value.isOfType($0) }
            holds =
                require(
                    isRight, "\(path.text) is of the type \(value.typeName), not \(names.joined(separator: " or "))")
                && holds
        }
        if let choices = object["enum"]?.arrayValue {
            let isRight = choices.contains { $0.isSame(as: value) }
            holds = require(isRight, "\(path.text) is none of \(JSONValue.array(choices).clipped)") && holds
        }
        if let only = object["const"] {
            holds = require(only.isSame(as: value), "\(path.text) is not \(only.clipped)") && holds
        }
        if let number = value.doubleValue { holds = checkNumber(object, number, path) && holds }
        if let text = value.stringValue { holds = checkText(object, text, path) && holds }
        return holds
    }

    private mutating func checkNumber(_ object: JSONObject, _ number: Double, _ path: JSONPath) -> Bool {
        var holds = true
        func bound(_ keyword: String) -> Double? { object[keyword]?.doubleValue }
        let found = "\(path.text) is \(number.short)"
        if let limit = bound("minimum") {
            holds = require(number >= limit, "\(found), less than \(limit.short)") && holds
        }
        if let limit = bound("maximum") {
            holds = require(number <= limit, "\(found), more than \(limit.short)") && holds
        }
        if let limit = bound("exclusiveMinimum") {
            holds = require(number > limit, "\(found), not more than \(limit.short)") && holds
        }
        if let limit = bound("exclusiveMaximum") {
            holds = require(number < limit, "\(found), not less than \(limit.short)") && holds
        }
        if let unit = bound("multipleOf") {
            let quotient = number / unit
            // Decimal fractions such as 0.3 and 0.1 are no binary ones: their quotient is whole but for rounding.
            let isWhole = quotient.isFinite && abs(quotient - quotient.rounded()) <= 4 * quotient.ulp
            holds = require(isWhole, "\(found), no multiple of \(unit)") && holds
        }
        return holds
    }

    private mutating func checkText(_ object: JSONObject, _ text: String, _ path: JSONPath) -> Bool {
        var holds = true
        let length = text.unicodeScalars.count
        if let limit = object["maxLength"]?.count {
            holds = require(length <= limit, "\(path.text) has \(length) characters, more than \(limit)") && holds
        }
        if let limit = object["minLength"]?.count {
            holds = require(length >= limit, "\(path.text) has \(length) characters, fewer than \(limit)") && holds
        }
        if let pattern = object["pattern"]?.stringValue {
            holds = require(matches(pattern, text), "\(path.text) does not match \(pattern)") && holds
        }
        return holds
    }

    /// Whether the pattern of the schema is found; a text too long to be searched makes the whole too large.
    mutating func matches(_ pattern: String, _ text: String) -> Bool {
        guard let compiled = schema.patterns[pattern] else { return true }
        let scalars = Array(text.unicodeScalars)
        guard compiled.isAffordable(for: scalars.count) else {
            giveUp()
            return true
        }
        return compiled.firstMatch(in: scalars) != nil
    }
}

extension JSONValue {
    /// Whether a value is of a type as JSON Schema names it: 1.0 is an integer.
    fileprivate func isOfType(_ name: String) -> Bool {
        switch (name, self) {
        case ("integer", .integer): true
        case ("integer", .number(let number)): number.rounded() == number
        case (_, .null), (_, .bool), (_, .integer), (_, .number), (_, .string), (_, .array), (_, .object):
            name == typeName
        }
    }

    /// The compact document, not too long for a sentence.
    var clipped: String {
        let text = description
        return text.count > 80 ? "\(text.prefix(77))…" : text
    }
}

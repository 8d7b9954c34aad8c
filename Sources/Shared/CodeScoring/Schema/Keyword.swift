internal import JSON

/// The keywords of JSON Schema, and what each must be. Others are annotations and ignored, as both drafts ask.
enum Keyword: String {
    case type, `enum`, const
    case multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum
    case maxLength, minLength, pattern
    case items, prefixItems, additionalItems, contains, maxContains, minContains, maxItems, minItems, uniqueItems
    case unevaluatedItems
    case properties, patternProperties, additionalProperties, propertyNames, maxProperties, minProperties, required
    case dependentRequired, dependentSchemas, dependencies, unevaluatedProperties
    case allOf, anyOf, oneOf, not, `if`, then, `else`
    case definitions
    case defs = "$defs"
    case dynamicReference = "$dynamicRef"
    case recursiveReference = "$recursiveRef"

    /// What stands behind a keyword.
    enum Form {
        case schema
        case schemas
        case schemaMap
        case schemaOrSchemas
        case dependencies
        case pattern
        case value(isRight: (JSONValue) -> Bool, expected: String)
        case unsupported(String)
        case ignored
    }

    func form(in draft: JSONSchema.Draft) -> Form {
        switch self {
        case .contains, .additionalProperties, .propertyNames, .not, .if, .then, .else: .schema
        case .allOf, .anyOf, .oneOf: .schemas
        case .properties, .patternProperties, .definitions, .defs: .schemaMap
        case .pattern: .pattern
        case .items: draft == .seven ? .schemaOrSchemas : .schema
        case .additionalItems: draft == .seven ? .schema : .ignored
        case .prefixItems: draft == .seven ? .ignored : .schemas
        case .unevaluatedItems, .unevaluatedProperties: draft == .seven ? .ignored : .schema
        case .dependentSchemas: draft == .seven ? .ignored : .schemaMap
        case .dependencies: .dependencies
        case .dynamicReference, .recursiveReference: .unsupported("is not supported; use $ref")
        case .type: .value(isRight: Self.isType, expected: "one or several of \(Self.types.joined(separator: ", "))")
        case .enum: .value(isRight: { $0.arrayValue != nil }, expected: "a list")
        case .const: .ignored
        case .multipleOf: .value(isRight: { $0.doubleValue ?? 0 > 0 }, expected: "a number above 0")
        case .maximum, .exclusiveMaximum, .minimum, .exclusiveMinimum:
            .value(isRight: { $0.doubleValue != nil }, expected: "a number")
        case .maxLength, .minLength, .maxItems, .minItems, .maxProperties, .minProperties, .maxContains, .minContains:
            .value(isRight: { $0.count != nil }, expected: "a whole number from 0")
        case .uniqueItems: .value(isRight: { $0.boolValue != nil }, expected: "true or false")
        case .required: .value(isRight: Self.isListOfTexts, expected: "a list of texts")
        case .dependentRequired:
            .value(
                isRight: { $0.objectValue?.members.allSatisfy { Self.isListOfTexts($0.value) } ?? false },
                expected: "an object of lists of texts")
        }
    }

    private static let types = ["null", "boolean", "object", "array", "number", "string", "integer"]

    private static func isType(_ value: JSONValue) -> Bool {
        guard let names = value.arrayValue else { return types.contains(value.stringValue ?? "") }
        return !names.isEmpty && names.allSatisfy { types.contains($0.stringValue ?? "") }
    }

    static func isListOfTexts(_ value: JSONValue) -> Bool {
        value.arrayValue?.allSatisfy { $0.stringValue != nil } ?? false
    }
}

extension JSONValue {
    /// A whole number from 0, however it is written.
    var count: Int? {
        guard let number = doubleValue, number >= 0 else { return nil }
        return Int(exactly: number)
    }
}

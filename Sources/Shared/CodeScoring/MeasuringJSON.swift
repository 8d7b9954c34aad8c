internal import JSON
internal import Scoring

// The rules for JSON, applied. A text that is no JSON scores 0: that is what it is looked at for.
extension Measuring {
    static func validity(of text: String, _ top: JSONTop) -> Measurement {
        switch parse(text) {
        case .failure(let reason): return Measurement(false, "The text is no JSON: \(reason.message).")
        case .success(let value):
            let isRight =
                switch top {
                case .any: true
                case .object: value.objectValue != nil
                case .array: value.arrayValue != nil
                }
            return Measurement(
                isRight,
                isRight
                    ? "The text is JSON: \(value.typeName)."
                    : "The text is JSON, but at its top is \(value.typeName) and not \(top.rawValue).")
        }
    }

    static func conformance(of text: String, to schema: JSONSchema) throws(EvaluationFailure) -> Measurement {
        switch parse(text) {
        case .failure(let reason): return Measurement(false, "The text is no JSON: \(reason.message).")
        case .success(let value):
            let validation = SchemaValidation(schema, of: value)
            guard !validation.isTooLarge else {
                throw CodeEvaluator.unusable(
                    "applying the schema takes more steps than are allowed; does it refer to itself?")
            }
            let findings = validation.findings
            return Measurement(
                findings.isEmpty,
                findings.isEmpty
                    ? "The text conforms to the schema."
                    : "The text does not conform to the schema: \(listed(Array(findings.prefix(10)), of: findings.count))."
            )
        }
    }

    static func fields(
        of text: String, _ expected: String, _ rule: JSONComparison
    ) throws(EvaluationFailure) -> Measurement {
        let wanted: JSONValue
        switch parse(expected) {
        case .failure(let reason): throw CodeEvaluator.unusable("the expected output is no JSON: \(reason.message)")
        case .success(let value): wanted = value
        }
        switch parse(text) {
        case .failure(let reason): return Measurement(false, "The text is no JSON: \(reason.message).")
        case .success(let value):
            let comparison = FieldComparison(rule, value, expected: wanted)
            guard !comparison.isTooLarge else {
                throw CodeEvaluator.unusable("the documents are too large to be compared without regard to order")
            }
            let summary = "\(comparison.matching) of \(comparison.total) fields match"
            let differences = comparison.differences
            return Measurement(
                comparison.share,
                differences.isEmpty
                    ? "\(summary)." : "\(summary): \(listed(Array(differences.prefix(10)), of: differences.count)).")
        }
    }

    static func filling(of text: String) -> Measurement {
        switch parse(text) {
        case .failure(let reason): return Measurement(false, "The text is no JSON: \(reason.message).")
        case .success(let value):
            let fields = value.fields
            let blank = fields.filter(\.value.isBlank).map(\.path.text)
            let share = Double(fields.count - blank.count) / Double(fields.count)
            return Measurement(
                share,
                blank.isEmpty
                    ? "All \(fields.count) fields have a value."
                    : "\(blank.count) of \(fields.count) fields have no value: "
                        + "\(listed(Array(blank.prefix(10)), of: blank.count)).")
        }
    }

    private static func parse(_ text: String) -> Result<JSONValue, JSONDecodingError> {
        do throws(JSONDecodingError) {
            return .success(try JSONParser.parse(text))
        } catch {
            return .failure(error)
        }
    }
}

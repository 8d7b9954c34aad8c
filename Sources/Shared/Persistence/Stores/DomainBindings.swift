// How the domain's small values travel as parameters and results.
package import Postgres
package import Queueing
package import Records
package import Scoring
package import Tenancy

extension EntityID: PostgresBindable, PostgresArrayElement, PostgresDecodable, PostgresDecodableElement {
    package static var postgresType: PostgresType { .uuid }
    package func encode(into bytes: inout [UInt8]) { uuid.encode(into: &bytes) }
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> EntityID {
        EntityID(uuid: try .decode(cell))
    }
}

extension Role: PostgresBindable, PostgresDecodable {}
extension User.Kind: PostgresBindable, PostgresDecodable {}
extension Visibility: PostgresBindable, PostgresDecodable {}
extension EvaluatorBehavior: PostgresBindable, PostgresArrayElement, PostgresDecodable {}
extension ModelVisibility: PostgresBindable, PostgresDecodable {}
extension ProviderKind: PostgresBindable, PostgresDecodable {}
extension ScoreScale.Kind: PostgresBindable, PostgresDecodable {}
extension Annotation.Status: PostgresBindable, PostgresDecodable {}
extension BatchState: PostgresDecodable {}
extension Notice.Severity: PostgresBindable, PostgresDecodable {}
extension Notice.Subject.Kind: PostgresBindable, PostgresDecodable {}
extension Permission: PostgresBindable {}
extension ExecutionType: PostgresBindable, PostgresArrayElement, PostgresDecodable {}
extension EvaluationFailure.Code: PostgresBindable, PostgresArrayElement, PostgresDecodable {}

extension Money: PostgresBindable, PostgresArrayElement, PostgresDecodable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { nanoDollars.encode(into: &bytes) }
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Money {
        Money(nanoDollars: try .decode(cell))
    }
}

extension Score: PostgresBindable, PostgresArrayElement, PostgresDecodable {
    package static var postgresType: PostgresType { .float8 }
    package func encode(into bytes: inout [UInt8]) { value.encode(into: &bytes) }
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Score {
        let value = try Double.decode(cell)
        do {
            return try Score(value)
        } catch {
            throw PostgresDecodingFailure(expected: "a score", found: error.description)
        }
    }
}

extension UserReference {
    /// Reads a person from the columns `<prefix>_id`, `<prefix>_email` and `<prefix>_full_name`.
    init(row: PostgresRow, prefix: String) throws(PostgresError) {
        self.init(
            id: try row.decode("\(prefix)_id"), email: try row.decode("\(prefix)_email"),
            fullName: try row.decode("\(prefix)_full_name"))
    }
}

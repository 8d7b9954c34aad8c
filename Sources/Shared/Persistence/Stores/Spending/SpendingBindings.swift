// How the values of spending travel as parameters and results.
package import Postgres
package import Spending

extension BudgetPeriod: PostgresBindable, PostgresDecodable {}
extension BudgetEnforcement: PostgresBindable, PostgresDecodable {}
extension ProviderKeyState: PostgresBindable, PostgresDecodable {}

extension UTCDay: PostgresBindable, PostgresArrayElement {
    /// The server counts from 2000-01-01.
    private static let daysFrom1970To2000 = 10_957

    package static var postgresType: PostgresType { PostgresType(oid: 1082, arrayOID: 1182) }
    package func encode(into bytes: inout [UInt8]) {
        Int32(clamping: number - Self.daysFrom1970To2000).encode(into: &bytes)
    }
}

extension PostgresRow {
    /// Reads the number of a day since 1970, which the statement made of a date: `day - date '1970-01-01'`.
    func decodeDay(_ column: String) throws(PostgresError) -> UTCDay {
        UTCDay(number: try decode(column, as: Int.self))
    }
}

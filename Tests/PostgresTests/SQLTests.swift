import FoundationEssentials
import Testing

@testable import Postgres

@Suite struct SQLTests {
    @Test func interpolatedValuesBecomeParameters() {
        let name = "Robert'); DROP TABLE students;--"
        let sql: SQL = "SELECT \(1) FROM t WHERE name = \(name) AND flag = \(true)"
        #expect(sql.text == "SELECT $1 FROM t WHERE name = $2 AND flag = $3")
        #expect(sql.parameters.slots.map(\.type) == [20, 25, 16])
        #expect(sql.parameters.slots.map(\.length) == [8, name.utf8.count, 1])
    }

    @Test func adjacentAndOutermostValuesKeepTheirPlaces() {
        let sql: SQL = "\(1)\(2) \(3)"
        #expect(sql.text == "$1$2 $3")
        #expect(SQL().text == "")
        #expect(("only text" as SQL).text == "only text")
    }

    @Test func fragmentsBringTheirParametersAlong() {
        let condition: SQL = "a = \(1) AND b = \("x")"
        let sql: SQL = "SELECT \(Int32(7)) WHERE (\(fragment: condition)) OR c = \(2.5)"
        #expect(sql.text == "SELECT $1 WHERE (a = $2 AND b = $3) OR c = $4")
        #expect(sql.parameters.slots.map(\.type) == [23, 20, 25, 701])
        #expect(sql.parameters.slots.map(\.offset) == [0, 4, 12, 13])
    }

    @Test func listsAreJoined() {
        let conditions: [SQL] = ["a = \(1)", "b = \(2)", "true"]
        #expect(conditions.joined(separator: " AND ").text == "a = $1 AND b = $2 AND true")
        #expect([SQL]().joined(separator: ", ").text == "")
    }

    @Test func identifiersAreQuoted() {
        let sql: SQL = "SELECT * FROM \(identifier: "odd \"name\"\0")"
        #expect(sql.text == "SELECT * FROM \"odd \"\"name\"\"\"")
    }

    @Test func nilIsNullOfTheRightType() {
        let id: UUID? = nil
        let sql: SQL = "SELECT \(id), \(Optional("x"))"
        #expect(sql.parameters.slots.map(\.type) == [2950, 25])
        #expect(sql.parameters.slots.map(\.length) == [-1, 1])
    }

    @Test func bytesAreByteaAndOtherArraysAreArrays() {
        let sql: SQL = "\([UInt8]([1, 2, 3])) \([1, 2]) \(["a", nil]) \([[UInt8]]())"
        #expect(sql.parameters.slots.map(\.type) == [17, 1016, 1009, 1001])
        #expect(sql.parameters.slots.map(\.length) == [3, 20 + 2 * 12, 20 + 5 + 4, 12])
    }

    private enum Colour: String, PostgresBindable { case red }

    @Test func rawValuesAreBoundByDeclarationAlone() {
        let sql: SQL = "\(Colour.red)"
        #expect(sql.parameters.bytes == Array("red".utf8))
        #expect(sql.parameters.slots.map(\.type) == [25])
    }

    @Test func statementsAreKnownByTextAndTypes() {
        var cache = StatementCache(limit: 2)
        let first = StatementCache.Key("SELECT \(1)")
        #expect(cache.insert(first, name: cache.newName()) == nil)
        let known = cache.name(for: StatementCache.Key("SELECT \(2)"))
        #expect(known == Array("s1".utf8CString))
        #expect(cache.name(for: StatementCache.Key("SELECT \("a")")) == nil)
        #expect(cache.name(for: StatementCache.Key("SELECT  \(1)")) == nil)
    }

    @Test func theStatementNotUsedForTheLongestTimeIsEvicted() {
        var cache = StatementCache(limit: 2)
        let keys = (0..<3).map { StatementCache.Key("SELECT \(identifier: "\($0)")") }
        #expect(cache.insert(keys[0], name: cache.newName()) == nil)
        #expect(cache.insert(keys[1], name: cache.newName()) == nil)
        let kept = cache.name(for: keys[0])
        #expect(kept == Array("s1".utf8CString))
        let evicted = cache.insert(keys[2], name: cache.newName())
        #expect(evicted == Array("s2".utf8CString))
        #expect(cache.count == 2)
        cache.remove(keys[0])
        #expect(cache.name(for: keys[0]) == nil)
    }

    @Test func errorsSayWhetherToTryAgain() {
        #expect(PostgresError(.server(.serializationFailure), "").isRetryable)
        #expect(PostgresError(.server(.deadlockDetected), "").isRetryable)
        #expect(!PostgresError(.server(.uniqueViolation), "").isRetryable)
        #expect(PostgresError(.unavailable, "").isRetryable)
        var lost = PostgresError(.connectionLost, "gone")
        #expect(lost.isRetryable)
        lost.outcomeIsUnknown = true
        #expect(!lost.isRetryable)
    }
}

import FoundationEssentials
import Testing

@testable import Schema

@Suite struct SchemaStatusTests {
    private let known = [
        Migration(1, "one", Array("SELECT 1".utf8)), Migration(2, "two", Array("SELECT 2".utf8)),
        Migration(4, "four", Array("SELECT 4".utf8)),
    ]

    private func applied(_ migrations: [Migration]) -> [AppliedMigration] {
        migrations.map { AppliedMigration(version: $0.version, name: $0.name, checksum: $0.checksum) }
    }

    private func kind(_ applied: [AppliedMigration]) -> (SchemaError.Kind, String)? {
        do {
            _ = try SchemaStatus(known: known, applied: applied)
            return nil
        } catch {
            return (error.kind, error.file)
        }
    }

    @Test func aDatabaseIsCurrentBehindOrNewer() throws {
        #expect(try SchemaStatus(known: known, applied: []) == .behind(known))
        #expect(try SchemaStatus(known: known, applied: applied([known[0]])) == .behind([known[1], known[2]]))
        #expect(try SchemaStatus(known: known, applied: applied(known)) == .current)
        let newer = applied(known) + [AppliedMigration(version: 9, name: "nine", checksum: "")]
        #expect(try SchemaStatus(known: known, applied: newer) == .newer(version: 9, isCompatible: true))
    }

    @Test func aChangedFileIsNamed() throws {
        let edited = Migration(2, "two", Array("SELECT 2 -- edited".utf8))
        let error = try #require(kind(applied([known[0], edited])))
        #expect(error == (.changed, "V0002_two.sql"))
    }

    @Test func stepsThatTheProgramDoesNotKnowAreNamed() throws {
        let foreign = AppliedMigration(version: 3, name: "three", checksum: "")
        #expect(try #require(kind(applied([known[0]]) + [foreign])) == (.unknown, "V0003_three.sql"))
        let renamed = AppliedMigration(version: 1, name: "uno", checksum: known[0].checksum)
        #expect(try #require(kind([renamed])) == (.unknown, "V0001_uno.sql"))
    }

    @Test func aFileNumberedTooLowIsNamed() throws {
        #expect(try #require(kind(applied([known[0], known[2]]))) == (.skipped, "V0002_two.sql"))
    }

    @Test func theListIsTheDirectory() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let directory = root.appending(path: "Sources/Shared/Persistence/Schema/Migrations")
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path()).sorted()
        #expect(Migration.all.map(\.file) == files)
        #expect(Migration.all.map(\.version) == Array(1...files.count))
        for migration in Migration.all {
            let bytes = try Data(contentsOf: directory.appending(path: migration.file))
            #expect(Array(migration.script.utf8) == Array(bytes), "\(migration.file)")
            #expect(migration.checksum.utf8.count == 64)
        }
    }
}
